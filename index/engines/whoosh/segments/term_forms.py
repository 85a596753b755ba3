"""Term forms: the terms under which a word is found in the index.

Each word can be found by its exact form (the bare term), by its folded form where that differs, by its stems, and as a
part of other words. All but the first carry a mark that no word can hold, so that prefixes, wildcards and fuzzy words
meet exact forms only. A stem names its algorithm: the English stem of "dies" is "die", and must not find every German
story.
"""

from dataclasses import dataclass
from functools import lru_cache

from text.analysis import fold, has_parts, language_of, query_stems, stem, tokens

FOLDED_MARK = "\x01"
STEM_MARK = "\x02"
PART_MARK = "\x03"

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


@dataclass(frozen=True, slots=True)
class WordForms:
    """One word of a query in all its forms, the exact one first."""

    exact: str
    forms: tuple[Form, ...]


def class_name(algorithm: str, stemmed: str) -> str:
    """The name of the class of all words that have a stem in common."""
    return f"{algorithm}:{stemmed}"


@lru_cache(maxsize=1 << 12)
def query_words(text: str, algorithms: frozenset[str]) -> tuple[WordForms, ...]:
    """The words of a query text, each with the forms that it may take in stories of those algorithms' languages."""
    return tuple(_forms(token.exact, algorithms) for token in tokens(text))


def exact_words(text: str) -> tuple[WordForms, ...]:
    """The words of a quoted text: nothing but their exact forms."""
    return tuple(WordForms(token.exact, (Form((token.exact,), EXACT_FACTOR),)) for token in tokens(text))


def _forms(word: str, algorithms: frozenset[str]) -> WordForms:
    folded = fold(word)
    languages = {algorithm: language_of(algorithm) for algorithm in sorted(algorithms)}
    stems = tuple(
        STEM_MARK + class_name(algorithm, stemmed)
        for algorithm, language in languages.items()
        for stemmed in query_stems(word, language)
    )
    parts = tuple(
        PART_MARK + class_name(algorithm, stem(word, language))
        for algorithm, language in languages.items()
        if has_parts(algorithm)
    )
    without_accents = (FOLDED_MARK + folded,) if folded == word else (FOLDED_MARK + folded, folded)
    forms = (Form((word,), EXACT_FACTOR), Form(stems, STEM_FACTOR), Form(without_accents, FOLDED_FACTOR))
    return WordForms(word, (*forms, Form(parts, PART_FACTOR)) if parts else forms)
