"""Compounds and words that only look like some, each list of `compounds/` named after its language.

A line is a word, a colon, and the words that it is made of, as far as they are long enough to be found; none where it
is no compound.
"""

from pathlib import Path

import pytest

from text.analysis import exact, parts, stem

LEAST_FOUND = 0.85
MOST_CUT = 0.10


def _words(path: Path) -> dict[str, tuple[str, ...]]:
    lines = [line.partition(":") for line in path.read_text(encoding="utf-8").splitlines()]
    return {word: tuple(made_of.split()) for word, _, made_of in lines}


LISTS = {path.stem: _words(path) for path in sorted(Path(__file__).parent.glob("compounds/*.txt"))}


@pytest.mark.parametrize("language", LISTS)
def test_compounds_are_found_by_what_they_are_made_of(language: str) -> None:
    wanted = [(word, part) for word, made_of in LISTS[language].items() for part in made_of]
    missed = [(word, part) for word, part in wanted if stem(exact(part), language) not in parts(exact(word), language)]
    assert len(missed) <= (1 - LEAST_FOUND) * len(wanted), missed


@pytest.mark.parametrize("language", LISTS)
def test_other_long_words_are_left_whole(language: str) -> None:
    others = [word for word, made_of in LISTS[language].items() if not made_of]
    cut = [(word, parts(exact(word), language)) for word in others if parts(exact(word), language)]
    assert len(cut) <= MOST_CUT * len(others), cut


@pytest.mark.parametrize(
    ("language", "word", "made_of"),
    [
        ("de", "Umweltschutzmaßnahmen", {"umweltschutz", "maßnahme", "umwelt", "schutz", "schutzmaßnahme"}),
        ("de", "Schulschließungen", {"schule", "schließung"}),
        ("sv", "skolbyggnader", {"skola", "byggnad"}),
        ("fi", "ihmisoikeudet", {"ihminen", "oikeus"}),
        ("fi", "ympäristönsuojelu", {"ympäristö", "suojelu"}),
        ("is", "húsnæðismarkaður", {"húsnæði", "markaður"}),
        ("nl", "stadsbestuur", {"stad", "bestuur"}),
        ("de", "Maßnahme", set()),
        ("de", "Niederlage", set()),
        ("de", "bezeichneten", set()),
        ("de", "Bundes", set()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_parts(language: str, word: str, made_of: set[str]) -> None:
    found = set(parts(exact(word), language))
    assert {stem(exact(part), language) for part in made_of} <= found
    assert found if made_of else not found


def test_a_form_of_a_compound_that_no_dictionary_has_meets_its_base_form() -> None:
    assert stem("gaspipelinebetreibern", "de", True) == stem("gaspipelinebetreiber", "de", True)
