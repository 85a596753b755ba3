"""Lists of one text field of a segment, a word each, with positions."""

from collections.abc import Sequence

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.field_loops import occurrences, unpack_counts, unpack_field
from index.engines.whoosh.postings.packed_lists import ListSource
from index.engines.whoosh.postings.phrase_loops import phrase_stories
from index.engines.whoosh.postings.search_loops import places_of


class FieldLists:
    """The lists of one field over so many stories; `words` are the words that have one, ascending."""

    def __init__(self, source: ListSource, words: Array, size: int) -> None:
        self._source, self.words, self._size = source, words, size

    def numbers(self, words: Sequence[int] | Array) -> Array:
        """The numbers of the lists of some words (ascending), without those that the field doesn't hold."""
        return places_of(self.words, np.asarray(words, np.int64))

    def stories_in_order(self, numbers: Array, bounds: Array, furthest: int, low: int, high: int) -> Array:
        """The stories from `low` to below `high` in which words follow each other (see phrase_loops.phrase_stories)."""
        return phrase_stories(*self._source.raw(numbers), self._size, bounds, furthest, low, high)

    def rows_of(self, words: Array) -> tuple[Array, Array]:
        """Stories and counts of many words (in any order), list by list; a story may come several times."""
        return unpack_counts(*self._source.raw(self.numbers(np.sort(words))), self._size)

    def occurrences(self, numbers: Array, docs: Array) -> Array:
        """Every occurrence of the words of some lists in some stories (ascending), in order (see field_loops.py)."""
        data, *columns = self._source.raw(numbers)
        lists = zip(*(column.tolist() for column in columns), strict=True)
        parts = [occurrences(data, start, end, count, self._size, docs) for start, end, count in lists]
        return parts[0] if len(parts) == 1 else np.sort(np.concatenate([np.empty(0, np.int64), *parts]))

    def every(self, first: int, end: int) -> tuple[Array, Array, Array, Array]:
        """Neighbouring lists in a row: stories, how many positions each has, these, and the rows of each list."""
        raw = self._source.raw(np.arange(first, end))
        return *unpack_field(*raw, self._size), raw.counts
