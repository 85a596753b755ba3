"""Compiled loop of ranking: what all scores have to say, in one pass.

Scores are given by their bits as integers, which order like the scores themselves where none is below 0, and whose
highest are found several at a time.
"""

import numpy as np

from index.engines.whoosh.segments.arrays import Array
from text.compiled import compiled

_BLOCK = 256


@compiled
def tally(scores: Array, number: int) -> tuple[int, int]:
    """How many scores are above 0, and the number-th highest of these; 0 where there are fewer."""
    best = np.zeros(number, np.int32)
    count = 0
    for start in range(0, len(scores), _BLOCK):
        block = scores[start : start + _BLOCK]
        above, highest = 0, np.int32(0)
        for score in block:
            above += score > 0
            highest = max(highest, score)
        count += above
        if number and highest > best[0]:
            for score in block:
                if score > best[0]:
                    _replace_lowest(best, score)
    return count, best[0] if number else 0


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
