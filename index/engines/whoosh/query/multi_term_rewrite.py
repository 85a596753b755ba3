"""Multi-term rewrite: the words of the index that a prefix, a pattern or a misspelling stands for.

The words found are scored as one word.
"""

import re
from collections.abc import Callable

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.segments.term_dictionary import TermDictionary
from index.relevance.spelled_terms import MOST_EDITS

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
