"""Term forms: the terms under which a word is found in the index.

Each word can be found by its exact form (the bare term), by its folded form where that differs, by its stems, and as a
part of other words. All but the first carry a mark that no word can hold, so that prefixes, wildcards and fuzzy words
meet exact forms only. A stem names its algorithm: the English stem of "dies" is "die", and must not find every German
story.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from text.analysis import exact_forms, fold, has_parts, language_of, query_stems, stem

FOLDED_MARK = "\x01"
STEM_MARK = "\x02"
PART_MARK = "\x03"
_OF_A_LANGUAGE = STEM_MARK + PART_MARK

EXACT_FACTOR = 1.0
STEM_FACTOR = 0.95
FOLDED_FACTOR = 0.9
PART_FACTOR = 0.5
"""How much a form is worth beside the exact one; a word scores as its best form."""


@dataclass(frozen=True, slots=True)
class Form:
    """Alternative terms of one kind, each worth `factor` of an exact match."""

    terms: tuple[str, ...]
    factor: float

    def __hash__(self) -> int:
        return hash(self.terms)

    @property
    def is_stemmed(self) -> bool:
        """Whether it is a stem or a part, which names have none of."""
        return self.terms[0][0] in _OF_A_LANGUAGE

    @property
    def is_part(self) -> bool:
        """Whether it is the word as a part of others."""
        return self.terms[0][0] == PART_MARK


@dataclass(frozen=True, slots=True)
class WordForms:
    """One word of a query in all its forms: the exact one first, as a part of others last."""

    exact: str
    forms: tuple[Form, ...]

    def __hash__(self) -> int:
        return hash(self.exact)


def class_name(algorithm: str, stemmed: str) -> str:
    """The name of the class of all words that have a stem in common."""
    return f"{algorithm}:{stemmed}"


@lru_cache(maxsize=1 << 12)
def query_words(text: str, algorithms: frozenset[str]) -> tuple[WordForms, ...]:
    """The words of a query text, each with the forms that it may take in stories of those algorithms' languages."""
    return tuple([_forms(word, algorithms) for word in exact_forms(text)])


@lru_cache(maxsize=1 << 12)
def exact_words(text: str) -> tuple[WordForms, ...]:
    """The words of a quoted text: nothing but their exact forms."""
    return tuple([WordForms(word, (Form((word,), EXACT_FACTOR),)) for word in exact_forms(text)])


def word_frequency(forms: Sequence[Form], frequencies: Sequence[int]) -> int:
    """The number of stories that a word counts as standing in, from the number that hold each of its forms.

    The forms overlap: the most frequent kind comes nearest. As a part of others a word is as rare as it is by itself,
    where it stands by itself at all.
    """
    alone = frequencies[:-1] if forms and forms[-1].is_part else frequencies
    return max(alone, default=0) or max(frequencies, default=0)


class _Languages(NamedTuple):
    """Algorithms in order, with a language that each is for: all of them, and those whose words are found by parts."""

    all: Sequence[tuple[str, str | None]]
    of_parts: Sequence[tuple[str, str | None]]


@lru_cache(maxsize=1 << 6)
def _languages(algorithms: frozenset[str]) -> _Languages:
    found = [(algorithm, language_of(algorithm)) for algorithm in sorted(algorithms)]
    return _Languages(found, [(algorithm, language) for algorithm, language in found if has_parts(algorithm)])


def _forms(word: str, algorithms: frozenset[str]) -> WordForms:
    folded = fold(word)
    languages = _languages(algorithms)
    stems = [
        STEM_MARK + class_name(algorithm, stemmed)
        for algorithm, language in languages.all
        for stemmed in query_stems(word, language)
    ]
    without_accents = (FOLDED_MARK + folded,) if folded == word else (FOLDED_MARK + folded, folded)
    forms = (Form((word,), EXACT_FACTOR), Form(tuple(stems), STEM_FACTOR), Form(without_accents, FOLDED_FACTOR))
    if not languages.of_parts:
        return WordForms(word, forms)
    parts = [PART_MARK + class_name(algorithm, stem(word, language)) for algorithm, language in languages.of_parts]
    return WordForms(word, (*forms, Form(tuple(parts), PART_FACTOR)))
