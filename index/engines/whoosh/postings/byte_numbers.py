"""Compiled numbers of bytes: positions, and the gaps of the forward index.

A gap says how many numbers were passed over since the one before. It is in base 128, its lowest digit first, a digit a
byte; all bytes but the last have their highest bit set (LEB128, as in DWARF 5, section 7.6).

Positions are units of two bytes (little-endian): fifteen bits of the position, the highest bit set in the last unit of
a row. A position that fifteen bits don't hold is three units: _ESCAPE, its lower fifteen bits, its higher ones.
"""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.search_loops import whole
from text.compiled import compiled

FAR, NEAR, UNKNOWN = 0, 1, 2
_MORE = 0x80
_DIGIT = 0x7F
_ESCAPE = 0x7FFF
_BITS = 15
_LAST = 1 << _BITS
_UNIT = 2
_LONG = 3 * _UNIT


@compiled
def gap_size(gap: int) -> int:
    """The number of bytes of a gap."""
    size = 1
    while gap >= _MORE:
        gap >>= 7
        size += 1
    return size


@compiled
def put_gap(data: Array, place: int, gap: int) -> int:
    """Write a gap; returns the place behind it."""
    while gap >= _MORE:
        data[place] = _MORE | (gap & _DIGIT)
        gap >>= 7
        place += 1
    data[place] = gap
    return place + 1


@compiled
def get_gap(data: Array, place: int) -> tuple[int, int]:
    """A gap of at most five bytes, and the place behind it."""
    digit = whole(data[place])
    place += 1
    gap = digit & _DIGIT
    shift = 7
    while digit >= _MORE and shift < 35:
        digit = whole(data[place])
        place += 1
        gap |= (digit & _DIGIT) << shift
        shift += 7
    return gap, place


@compiled
def position_size(position: int) -> int:
    """The number of bytes of a position. Raises OverflowError where three units don't hold it."""
    if position >> (2 * _BITS):
        raise OverflowError("a story has more words than an index can tell apart")
    return _UNIT if position < _ESCAPE else _LONG


@compiled
def put_position(data: Array, place: int, position: int, is_last: bool) -> int:
    """Write a position that has a size; returns the place behind it."""
    if position >= _ESCAPE:
        place = _put_unit(data, _put_unit(data, place, _ESCAPE), position & _ESCAPE)
        position >>= _BITS
    return _put_unit(data, place, position | (_LAST if is_last else 0))


@compiled
def _put_unit(data: Array, place: int, unit: int) -> int:
    data[place], data[place + 1] = unit & 0xFF, unit >> 8
    return place + _UNIT


@compiled
def _unit(data: Array, place: np.uint64) -> int:
    """The unit at a place, given without a sign: such a place is not taken for one from the end."""
    unit: int = whole(data[place]) | (whole(data[place + np.uint64(1)]) << 8)
    return unit


@compiled
def get_row(data: Array, place: int, end: int, positions: Array, count: int) -> tuple[int, int]:
    """Read the positions of a row behind the first `count` of an array, as many as fit.

    Returns how many the array holds then, and the place behind the row. Raises IndexError where the row has no end.
    """
    if not 0 <= place <= end <= len(data):
        raise IndexError("positions out of their list")
    at, stop = np.uint64(place), np.uint64(end)
    step = np.uint64(_UNIT)
    while at + step <= stop:
        unit = _unit(data, at)
        position = unit & _ESCAPE
        if unit == _ESCAPE:
            if at + np.uint64(_LONG) > stop:
                break
            unit = _unit(data, at + step + step)
            position = _unit(data, at + step) | ((unit & _ESCAPE) << _BITS)
            at += step + step
        at += step
        if count < len(positions):
            positions[count] = position
        count += 1
        if unit >= _LAST:
            return count, whole(at)
    raise IndexError("positions have no end")


@compiled
def pass_rows(data: Array, place: int, end: int, rows: int) -> int:
    """The place behind so many rows of positions. Raises IndexError where there are fewer."""
    if not 0 <= place <= end <= len(data):
        raise IndexError("positions out of their list")
    at, stop = np.uint64(place + 1), np.uint64(end)
    while rows > 0:
        if at >= stop:
            raise IndexError("positions end early")
        rows -= data[at] >= _MORE
        at += np.uint64(_UNIT)
    after: int = whole(at) - 1
    return after


@compiled
def places_between(data: Array, place: int, end: int, rows: int, places: Array) -> None:
    """The places of a row of positions and of so many rows behind it. Raises IndexError where there are fewer."""
    if not (0 <= place <= end <= len(data) and rows < len(places)):
        raise IndexError("positions out of their list")
    at, stop, passed = np.uint64(place + 1), np.uint64(end), np.uint64(0)
    places[0] = place
    while passed < np.uint64(rows):
        if at >= stop:
            raise IndexError("positions end early")
        # Written after each position, and left where it was the last of its row.
        places[passed + np.uint64(1)] = whole(at) + 1
        passed += np.uint64(data[at] >> 7)
        at += np.uint64(_UNIT)


@compiled
def nearness(data: Array, left: int, left_end: int, right: int, right_end: int, furthest: int) -> int:
    """Whether a position of one row is followed by one of another, at most so much further: NEAR, FAR or UNKNOWN.

    Unknown where a position is of three units. Each row is given by its place. Without a branch that depends on the
    positions but the last: processors can't foretell these.
    """
    if not (0 <= left <= left_end <= len(data) and 0 <= right <= right_end <= len(data)):
        raise IndexError("positions out of their list")
    here, there = np.uint64(left), np.uint64(right)
    here_stop, there_stop = np.uint64(left_end), np.uint64(right_end)
    none, step = np.uint64(0), np.uint64(_UNIT)
    while here + step <= here_stop and there + step <= there_stop:
        first, second = _unit(data, here), _unit(data, there)
        distance = (second & _ESCAPE) - (first & _ESCAPE)
        if (first & _ESCAPE) == _ESCAPE or (second & _ESCAPE) == _ESCAPE:
            return UNKNOWN
        if 0 < distance <= furthest:
            return NEAR
        if (first if distance > 0 else second) >= _LAST:
            return FAR
        here += step if distance > 0 else none
        there += none if distance > 0 else step
    raise IndexError("positions have no end")
