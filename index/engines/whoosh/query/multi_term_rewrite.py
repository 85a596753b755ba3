"""Multi-term rewrite: the words of the index that a prefix, a pattern or a misspelling stands for.

The words found are scored as one word.
"""

import re
import unicodedata
from collections.abc import Callable

import numpy as np

from index.engines.whoosh.schema import keyword_term
from index.engines.whoosh.segments.arrays import Array
from index.engines.whoosh.segments.term_dictionary import TermDictionary
from text.analysis import tokens

MOST_EDITS = 2
"""Beyond two edits nearly every short word is like every other."""

Rewrite = Callable[[TermDictionary], Array]
"""Finds the numbers of the strings that a leaf of a query stands for."""


def with_prefix(prefix: str) -> Rewrite:
    """All words that begin with an analysed prefix."""
    return lambda words: np.array(words.prefixed(prefix), np.int64)


def matching(pattern: str) -> Rewrite:
    """All words that match a pattern of `*` and `?`."""
    beginning = re.split(r"[*?]", pattern)[0]
    return lambda words: words.spellings.matching(pattern, words.prefixed(beginning))


def within(word: str, edits: int) -> Rewrite:
    """All words within that many insertions, deletions, substitutions or swaps of neighbours (at most MOST_EDITS)."""
    edits = max(0, min(edits, MOST_EDITS))

    def find(words: TermDictionary) -> Array:
        if not edits:
            number = words.find(word)
            return np.array([number] if number >= 0 else [], np.int64)
        return words.spellings.near(word, edits)

    return find


def analysed(text: str) -> str:
    """A prefix or misspelt word as the index spells words; "" where nothing of it is a word."""
    return "".join(token.exact for token in tokens(text))


def analysed_pattern(text: str, *, keyword: bool) -> str:
    """A pattern as the index spells words, its `*` and `?` kept; "" where it holds no character of a word."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if keyword:
        return keyword_term(folded)
    pattern = "".join(character for character in folded if character.isalnum() or character in "*?_")
    return pattern if pattern.strip("*?") else ""
