"""Look-up of many stories in a segment by a compiled loop: a commit asks every segment for all that it brings."""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.segments.segment import SegmentView
from text.compiled import compiled


def documents_of(view: SegmentView, names: Array, offsets: Array) -> Array:
    """What `view.document` says of many ids, packed as `pack_strings` packs them; -1 where there is none."""
    arrays = view.arrays
    return last_of_each(arrays["ids.bytes"], arrays["ids.offsets"], arrays["ids.order"], names, offsets)


@compiled
def _compared(one: Array, other: Array) -> int:
    """Below 0, 0 or above 0, as one string of bytes comes before another, is the same or comes after it."""
    for place in range(min(len(one), len(other))):
        if one[place] != other[place]:
            return -1 if one[place] < other[place] else 1
    return len(one) - len(other)


@compiled
def last_of_each(data: Array, offsets: Array, order: Array, wanted: Array, wanted_offsets: Array) -> Array:
    """For each of some strings the number of the last one that is the same, -1 where there is none.

    String n is data[offsets[n]:offsets[n + 1]], and `order` holds their numbers in the order of the strings. Raises
    ValueError for a number that is out of range; a slice never is.
    """
    found = np.full(len(wanted_offsets) - 1, -1, np.int64)
    for number in range(len(found)):
        string = wanted[wanted_offsets[number] : wanted_offsets[number + 1]]
        low, high, same = 0, len(order), -1
        while low < high:
            middle = (low + high) // 2
            place = order[middle]
            if not 0 <= place < len(offsets) - 1:
                raise ValueError("a string is out of range")
            comes = _compared(data[offsets[place] : offsets[place + 1]], string)
            if comes > 0:
                high = middle
                continue
            low = middle + 1
            if comes == 0:
                same = place
        found[number] = same
    return found
