"""Compiled search in ascending arrays, which ends within them even where a damaged file holds them in disorder."""

from typing import Any

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from text.compiled import compiled


@compiled
def whole(number: Any) -> Any:
    """A number of a file, of whatever type, as one that can be reckoned with."""
    return np.int64(number)


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
def places_of(values: Array, wanted: Array) -> Array:
    """The places of some numbers (ascending) among ascending values, of those that are there."""
    found = np.empty(len(wanted), np.int64)
    count = place = 0
    for number in wanted:
        place = first_from(values, place, len(values), number)
        if place < len(values) and values[place] == number:
            found[count] = place
            count += 1
    return found[:count]
