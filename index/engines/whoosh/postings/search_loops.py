"""Compiled search in ascending arrays, which ends within them even where a damaged file holds them in disorder."""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from text.compiled import compiled


@compiled
def first_from(values: Array, place: int, end: int, value: int) -> int:
    """The first place from `place` on that holds `value` or more; `end` where none before it does.

    Found in steps that double, so that what is near costs little.
    """
    low = high = place
    step = 1
    while high < end and values[high] < value:
        low = high + 1
        high += step
        step *= 2
    high = min(high, end)
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def ranges_of(words: Array, starts: Array, numbers: Array) -> Array:
    """The rows, from and to, of the lists of some words (ascending numbers), of those words that have one."""
    found = np.empty((len(numbers), 2), np.int64)
    count = place = 0
    end = min(len(words), len(starts) - 1)
    for number in numbers:
        place = first_from(words, place, end, number)
        if place < end and words[place] == number:
            found[count, 0], found[count, 1] = starts[place], starts[place + 1]
            count += 1
    return found[:count]
