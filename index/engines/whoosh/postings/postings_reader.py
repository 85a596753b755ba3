"""Postings reader of one text field.

The list of a word is a range of rows, a story each; the positions of a row are a range of another array. NumPy has no
word for "all of these ranges", so that is here too.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from index.engines.whoosh.postings.arrays import Array, MappedArrays
from index.engines.whoosh.postings.phrase_loops import occurrences, phrase_stories
from index.engines.whoosh.postings.search_loops import ranges_of

_GATHERED_AT_ONCE = 1_000_000


class PostingsReader:
    """The posting lists of one text field."""

    def __init__(self, arrays: MappedArrays, name: str) -> None:
        self._words, self._starts = arrays[f"{name}.words"], arrays[f"{name}.starts"]
        self.docs, self._places = arrays[f"{name}.docs"], arrays[f"{name}.places"]
        self._positions = arrays[f"{name}.positions"]
        self.lengths = arrays[f"{name}.lengths"]

    def ranges(self, words: Sequence[int] | Array) -> Array:
        """The rows of the lists of some words (ascending), from and to, without those that the field doesn't hold."""
        return ranges_of(self._words, self._starts, np.asarray(words, np.int64))

    def stories_in_order(self, ranges: Array, bounds: Array, furthest: int, low: int, high: int) -> Array:
        """The stories from `low` to below `high` in which words follow each other (see phrase_loops.phrase_stories)."""
        return phrase_stories(self.docs, self._places, self._positions, ranges, bounds, furthest, low, high)

    def rows_of(self, words: Array) -> tuple[Array, Array]:
        """Stories and counts of many words, word by word; a story may come several times."""
        numbers = self._words.searchsorted(words)
        numbers = numbers[self._words.take(numbers, mode="clip") == words] if len(self._words) else numbers[:0]
        _, rows = expand_ranges(self._starts[numbers], self._starts[numbers + 1] - self._starts[numbers])
        return self.docs[rows], self._places[rows + 1] - self._places[rows]

    def counts(self, start: int, end: int) -> Array:
        """How often the word of those rows stands in each story."""
        return np.diff(self._places[start : end + 1])

    def occurrences(self, start: int, end: int, docs: Array) -> Array:
        """Every occurrence of the word of those rows in some stories (ascending): story << STORY_BITS | position."""
        return occurrences(self.docs, self._places, self._positions, start, end, docs)


def expand_ranges(starts: Array, counts: Array, values: Array | None = None) -> tuple[Array, Array]:
    """The numbers of many ranges in a row: the index of each one's range, and the number itself (or values[number])."""
    of = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    numbers = np.arange(len(of)) + (starts - before)[of]
    return of, numbers if values is None else values[numbers]


def gather_ranges(starts: Array, counts: Array, values: Array) -> Array:
    """The values of many ranges in a row, in bounded memory."""
    gathered = np.empty(int(counts.sum()), values.dtype)
    done = 0
    for first, last in batches(counts, _GATHERED_AT_ONCE):
        part = expand_ranges(starts[first:last].astype(np.int64), counts[first:last], values)[1]
        gathered[done : done + len(part)] = part
        done += len(part)
    return gathered


def batches(counts: Array, most: int) -> Iterator[tuple[int, int]]:
    """Neighbours, from and to, that count at most `most` together; what counts more stands alone."""
    ends = np.cumsum(counts, dtype=np.int64)
    first = done = 0
    while first < len(ends):
        last = max(first + 1, int(ends.searchsorted(done + most, side="right")))
        yield first, last
        first, done = last, int(ends[last - 1])


def first_of_each(*columns: Array) -> Array:
    """The rows in which any of the columns differs from the row before."""
    opens = np.zeros(len(columns[0]), np.bool_)
    opens[:1] = True
    for column in columns:
        opens[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(opens)
