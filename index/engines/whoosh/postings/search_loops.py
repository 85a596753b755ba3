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
def first_string_from(blob: Array, offsets: Array, wanted: Array) -> int:
    """The number of the first of some strings in ascending order that is not before `wanted`, all in bytes.

    The strings stand one after the other in `blob`, `offsets` says where each begins, and at last where they end.
    """
    low, high, size = 0, len(offsets) - 1, len(blob)
    while low < high:
        middle = (low + high) >> 1
        start = min(max(whole(offsets[middle]), 0), size)
        length = min(whole(offsets[middle + 1]), size) - start
        place, shared = 0, min(length, len(wanted))
        while place < shared and blob[start + place] == wanted[place]:
            place += 1
        if blob[start + place] < wanted[place] if place < shared else length < len(wanted):
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def string_at(blob: Array, offsets: Array, wanted: Array) -> int:
    """The number of a string among such strings, -1 where it is not there."""
    number = first_string_from(blob, offsets, wanted)
    if number >= len(offsets) - 1:
        return -1
    start, end = whole(offsets[number]), whole(offsets[number + 1])
    if start < 0 or end > len(blob) or end - start != len(wanted):
        return -1
    for place in range(len(wanted)):
        if blob[start + place] != wanted[place]:
            return -1
    return number


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
