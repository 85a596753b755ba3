"""Ranges of rows: NumPy has no word for "all of these ranges"."""

from collections.abc import Iterator

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from text.compiled import compiled


def expand_ranges(starts: Array, counts: Array, values: Array | None = None) -> tuple[Array, Array]:
    """The numbers of many ranges in a row: the index of each one's range, and the number itself (or values[number])."""
    of = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    numbers = np.arange(len(of)) + (starts - before)[of]
    return of, numbers if values is None else values[numbers]


@compiled
def gather_ranges(starts: Array, counts: Array, values: Array) -> Array:
    """The values of many ranges, one after the other. Raises IndexError where a range goes beyond them."""
    total = 0
    for number in range(len(counts)):
        if not 0 <= starts[number] <= starts[number] + counts[number] <= len(values):
            raise IndexError("a range goes too far")
        total += counts[number]
    gathered = np.empty(total, values.dtype)
    done = 0
    for number in range(len(counts)):
        for place in range(starts[number], starts[number] + counts[number]):
            gathered[done] = values[place]
            done += 1
    return gathered


def batches(counts: Array, most: int) -> Iterator[tuple[int, int]]:
    """Neighbours, from and to, that count at most `most` together; what counts more stands alone."""
    ends = np.cumsum(counts, dtype=np.int64)
    first = done = 0
    while first < len(ends):
        last = max(first + 1, int(ends.searchsorted(done + most, side="right")))
        yield first, last
        first, done = last, int(ends[last - 1])


def bounds_of(counts: Array) -> Array:
    """Where each of some ranges begins that follow each other, and at last where they end."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))


def in_order(lists: Array, docs: Array, counts: Array, positions: Array) -> tuple[Array, Array, Array, Array]:
    """Rows in order of their lists and stories, one for each story: those of one story in one list are put together.

    Row by row a list, a story and its number of positions; `positions` has those of all rows. Rows that are in order
    are returned as they are.
    """
    if not len(docs) or not ((np.diff(lists) == 0) & (np.diff(docs) <= 0)).any():
        return lists, docs, counts, positions
    lists, docs = np.repeat(lists, counts), np.repeat(docs, counts)
    order = np.lexsort((positions, docs, lists))
    lists, docs = lists[order], docs[order]
    firsts = first_of_each(lists, docs)
    return lists[firsts], docs[firsts], np.diff(np.append(firsts, len(order))), positions[order]


def first_of_each(*columns: Array) -> Array:
    """The rows in which any of the columns differs from the row before."""
    opens = np.zeros(len(columns[0]), np.bool_)
    opens[:1] = True
    for column in columns:
        opens[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(opens)
