"""Forms and the words that they are forms of."""

import pytest

from text.analysis import query_stems, stem


@pytest.mark.parametrize(
    ("language", "form", "word"),
    [
        ("de", "häuser", "haus"),
        ("de", "ging", "gehen"),
        ("de", "maßnahmen".casefold(), "maßnahme".casefold()),
        ("de", "beamten", "beamter"),
        ("de", "selenskyjs", "selenskyj"),
        ("nl", "stegen", "stijgen"),
        ("da", "mændene", "mand"),
        ("sv", "böckerna", "bok"),
        ("no", "bøkene", "bok"),
        ("is", "bækurnar", "bók"),
        ("fi", "kädet", "käsi"),
        ("fi", "maanjäristyksessä", "maanjäristys"),
        ("et", "põllumehed", "põllumees"),
        ("hu", "lovak", "ló"),
        ("hu", "védelmi", "védelem"),
        ("lb", "haiser", "haus"),
        ("af", "stede", "stad"),
        ("fo", "børnini", "barn"),
        ("en", "women", "woman"),
        ("en", "held", "hold"),
        ("da", "aarhus", "århus"),
    ],
)
def test_a_form_meets_its_word(language: str, form: str, word: str) -> None:
    assert stem(form, language) in query_stems(word, language)
    assert stem(word, language) in query_stems(form, language)


@pytest.mark.parametrize(
    ("language", "form", "name"),
    [
        ("de", "merkels", "merkel"),
        ("de", "orbáns", "orbán"),
        ("nl", "poetins", "poetin"),
        ("sv", "netanyahus", "netanyahu"),
        ("no", "støres", "støre"),
        ("is", "pútíns", "pútín"),
        ("fi", "putinin", "putin"),
        ("fi", "macronista", "macron"),
        ("et", "putinit", "putin"),
        ("hu", "putyinnak", "putyin"),
        ("hu", "trumppal", "trump"),
    ],
)
def test_a_name_in_a_case_meets_the_name(language: str, form: str, name: str) -> None:
    assert stem(form, language) in query_stems(name, language)
    assert stem(name, language) in query_stems(form, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("en", "saw", "see"), ("en", "found", "find"), ("en", "left", "leave"), ("nl", "gerecht", "recht")],
)
def test_words_that_look_alike_stay_apart(language: str, one: str, other: str) -> None:
    assert stem(one, language) not in query_stems(other, language)


def test_a_capital_tells_a_german_noun_from_a_verb() -> None:
    assert stem("stiegen", "de", is_capitalised=False) == stem("steigen", "de", is_capitalised=False)
    assert stem("stiegen", "de", is_capitalised=True) == stem("stiege", "de", is_capitalised=True)
    assert {stem("stiege", "de"), stem("steigen", "de")} <= set(query_stems("stiegen", "de"))


def test_a_lemma_that_is_a_form_itself_leads_on() -> None:
    assert stem("priset", "sv") == stem("pris", "sv") == stem("prisa", "sv")
