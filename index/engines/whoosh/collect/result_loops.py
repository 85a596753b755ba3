"""Compiled loops over a whole result: which stories are the best, and how often each value of a facet occurs.

Scores are given by their bits as integers, which order like the scores themselves where none is below 0, and whose
highest are found several at a time.
"""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from text.compiled import compiled

_BLOCK = 256


@compiled
def leading(scores: Array, number: int, share: float) -> tuple[int, float, Array]:
    """How many scores are above 0, the number-th highest of these (0 where there are fewer), and which come near it.

    These are the rows, ascending, of all scores above 0 that are at least the number-th highest divided by `share`;
    none where `number` is 0.
    """
    codes = scores.view(np.int32)
    peaks = np.empty(-(-len(codes) // _BLOCK), np.int32)
    count, bound = _tally(codes, number, peaks)
    lowest = np.empty(1, np.int32)
    lowest[0] = bound
    height = lowest.view(np.float32)[0]
    if not number:
        return count, height, np.empty(0, np.int64)
    lowest.view(np.float32)[0] = height / share
    least = max(lowest[0], np.int32(1))
    reached = 0
    for peak in peaks:
        reached += peak >= least
    rows, done = np.empty(reached * _BLOCK, np.int64), 0
    for block in range(len(peaks)):
        if peaks[block] >= least:
            for row in range(block * _BLOCK, min((block + 1) * _BLOCK, len(codes))):
                rows[done] = row
                done += codes[row] >= least
    return count, height, rows[:done]


@compiled
def _tally(scores: Array, number: int, peaks: Array) -> tuple[int, int]:
    """How many scores are above 0, and the number-th highest of these; 0 where there are fewer.

    The highest score of each block is left in `peaks`.
    """
    best = np.zeros(number, np.int32)
    none, one = np.int32(0), np.int32(1)
    count = 0
    for start in range(0, len(scores), _BLOCK):
        block = scores[start : start + _BLOCK]
        # Without branches and in one type, so that the processor takes several scores at a time.
        above = highest = none
        for place in range(len(block)):
            above += one if block[place] > none else none
            highest = block[place] if block[place] > highest else highest
        count += int(above)
        peaks[start // _BLOCK] = highest
        if number and highest > best[0]:
            for place in range(len(block)):
                if block[place] > best[0]:
                    _replace_lowest(best, block[place])
    return count, best[0] if number else 0


@compiled
def number_counts(numbers: Array, docs: Array, size: int) -> Array:
    """How often each number below `size` is that of one of some stories."""
    counts = np.zeros(size, np.int64)
    for doc in docs:
        number = np.uint64(numbers[np.uint64(doc)])
        if number < np.uint64(size):
            counts[number] += 1
    return counts


@compiled
def value_counts(together: Array, stride: int, starts: Array, values: Array, size: int) -> Array:
    """How often each of `size` values of a facet occurs, from how often each number for several facets does.

    The facet's set is a digit of the number, at `stride`; set n holds the values from starts[n] to starts[n + 1].
    """
    totals = np.zeros(size, np.int64)
    sets = len(starts) - 1
    for number in range(len(together)):
        if together[number]:
            own = number // stride % sets
            for place in range(starts[own], starts[own + 1]):
                totals[values[place]] += together[number]
    return totals


@compiled
def _replace_lowest(heap: Array, value: int) -> None:
    """Put a value in place of the first of a heap, in which none is above those at twice its place and 1 or 2 more."""
    place = 0
    while 2 * place + 1 < len(heap):
        child = 2 * place + 1
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = value
