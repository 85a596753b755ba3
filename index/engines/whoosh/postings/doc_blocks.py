"""Compiled blocks of stories: the ascending stories of a posting list, BLOCK at a time.

A block is one byte, the width, and then for each of its stories how many were passed over since the one before, in so
many bytes, plane by plane: the lowest bytes of all, the next ones of all, and so on (little-endian). As nothing in a
block depends on what a number is, processors read it several numbers at a time. For each block but the first a list of
several has an entry of eight bytes at its end: the last story of the block before, and where the block begins, counted
from where the list does. So a list is searched without reading all of it.

Damaged lists raise IndexError.
"""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.search_loops import whole
from text.compiled import compiled

BLOCK = 128
SPARE = 8
"""So many bytes stand behind the last list, so that the end of a number need not be looked for."""
NO_ROW = -1
SPOTS = 1 << 12
"""A block whose stories are no further apart is looked at by a table of so many places."""
_SEVERAL = 6
"""So many stories are looked for in a block before it is worth a table."""
_BEYOND = 1 << 40
_ENTRY = 8
_HALF = 4
_MOST_WIDTH = 4


@compiled
def entries_size(count: int) -> int:
    """The bytes of the entries of a list of so many stories."""
    return (max(count, 1) - 1) // BLOCK * _ENTRY


@compiled
def blocks_size(docs: Array, first: int, last: int) -> int:
    """The bytes of the blocks of docs[first:last]."""
    size, before = 0, -1
    for start in range(first, last, BLOCK):
        end = min(start + BLOCK, last)
        size += 1 + _width(docs, start, end, before) * (end - start)
        before = whole(docs[end - 1])
    return size


@compiled
def _width(docs: Array, first: int, last: int, before: int) -> int:
    """How many bytes each story of a block takes."""
    most = 0
    for row in range(first, last):
        most = max(most, whole(docs[row]) - before - 1)
        before = whole(docs[row])
    width = 1
    while most >> (8 * width):
        width += 1
    return width


@compiled
def put_blocks(data: Array, start: int, end: int, docs: Array, first: int, last: int) -> int:
    """Write the blocks of docs[first:last] from `start` on, and their entries before `end`.

    Returns the place behind the blocks.
    """
    place, entry, before = start, end - entries_size(last - first), -1
    for head in range(first, last, BLOCK):
        tail = min(head + BLOCK, last)
        if head > first:
            put_half(data, entry, before)
            put_half(data, entry + _HALF, place - start)
            entry += _ENTRY
        width = data[place] = _width(docs, head, tail, before)
        place += 1
        for row in range(head, tail):
            gap = whole(docs[row]) - before - 1
            before = whole(docs[row])
            for plane in range(width):
                data[place + plane * (tail - head) + row - head] = (gap >> (8 * plane)) & 0xFF
        place += width * (tail - head)
    return place


@compiled
def put_half(data: Array, place: int, number: int) -> None:
    """Write a number of four bytes."""
    for byte in range(_HALF):
        data[place + byte] = (number >> (8 * byte)) & 0xFF


@compiled
def get_half(data: Array, place: int) -> int:
    """A number of four bytes."""
    # A place without a sign is not taken for one from the end, so that the four bytes are read at once.
    at = np.uint64(place)
    low = np.uint32(data[at]) | np.uint32(data[at + np.uint64(1)]) << np.uint32(8)
    high = np.uint32(data[at + np.uint64(2)]) | np.uint32(data[at + np.uint64(3)]) << np.uint32(8)
    number: int = whole(low | high << np.uint32(16))
    return number


@compiled
def read_block(data: Array, place: int, end: int, count: int, before: int, below: int, docs: Array) -> int:
    """Read a block of so many stories, which come after one and are below another; returns the place behind it."""
    width = whole(data[place]) if 0 <= place < end else 0
    stop = place + 1 + width * count
    if not (1 <= width <= _MOST_WIDTH and 0 < count <= len(docs) and stop <= end <= len(data)):
        raise IndexError("a block of another size")
    place += 1
    doc, one, byte = np.uint64(before + 1), np.uint64(1), np.uint64(8)
    lowest = data[place : place + count]
    if width == 1:
        for row in range(count):
            doc += np.uint64(lowest[row])
            docs[row] = doc
            doc += one
    elif width == 2:
        second = data[place + count : stop]
        for row in range(count):
            doc += np.uint64(lowest[row]) | (np.uint64(second[row]) << byte)
            docs[row] = doc
            doc += one
    else:
        for row in range(count):
            gap = np.uint64(lowest[row])
            for plane in range(1, width):
                gap |= np.uint64(data[place + plane * count + row]) << np.uint64(8 * plane)
            doc += gap
            docs[row] = doc
            doc += one
    if doc > np.uint64(below):
        raise IndexError("a block goes too far")
    return stop


@compiled
def check_blocks(data: Array, start: int, end: int, count: int, other: int) -> int:
    """Where the entries of a list begin, each row of which takes `other` bytes and more beside its story."""
    size = end - start
    if not (0 <= start <= end <= len(data) - SPARE and 0 <= count <= size and count * (1 + other) <= size):
        raise IndexError("a list of another size")
    entries = end - entries_size(count)
    if entries < start:
        raise IndexError("a list of another size")
    return entries


@compiled
def block_of(data: Array, start: int, entries: int, count: int, block: int) -> tuple[int, int, int]:
    """Where a block begins, the last story before it, and how many stories it has."""
    size = min(BLOCK, count - block * BLOCK)
    if block == 0:
        return start, -1, size
    entry = entries + (block - 1) * _ENTRY
    return start + get_half(data, entry + _HALF), get_half(data, entry), size


@compiled
def block_with(data: Array, entries: int, count: int, block: int, doc: int) -> int:
    """The first block from one on that may hold a story or one behind it; the last one where none does."""
    low, last = block, (max(count, 1) - 1) // BLOCK
    step, high = 1, block
    while high < last and get_half(data, entries + high * _ENTRY) < doc:
        low = high + 1
        high += step
        step *= 2
    high = min(high, last)
    while low < high:
        middle = (low + high) >> 1
        if get_half(data, entries + middle * _ENTRY) < doc:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def read_all(data: Array, start: int, end: int, entries: int, count: int, below: int, docs: Array) -> int:
    """Read all stories of a list; returns the place behind its blocks, which end at `end` at the latest."""
    place, before = start, -1
    for first in range(0, count, BLOCK):
        last = min(first + BLOCK, count)
        place = read_block(data, place, min(end, entries), last - first, before, below, docs[first:last])
        before = whole(docs[last - 1])
    return place


@compiled
def open_block(
    data: Array, start: int, end: int, entries: int, count: int, block: int
) -> tuple[int, int, int, int, int]:
    """Where the numbers of a block begin, their width and their number, the story before, and its last one or beyond.

    The blocks of the list end at `end` at the latest.
    """
    place, before, size = block_of(data, start, entries, count, block)
    width = whole(data[place]) if 0 <= place < end else 0
    if not (1 <= width <= _MOST_WIDTH and size > 0 and place + 1 + width * size <= end <= len(data)):
        raise IndexError("a block of another size")
    last = get_half(data, entries + block * _ENTRY) if (block + 1) * BLOCK < count else _BEYOND
    return place + 1, width, size, before, last


@compiled
def go_on(data: Array, place: int, width: int, size: int, row: int, doc: int, wanted: int) -> tuple[int, int]:
    """The next row of an open block that is not before a story, and its own story, seen from the row of another.

    Its last row where all are before. No more is read than that takes.
    """
    at, end = np.uint64(place + row), np.uint64(place + size - 1)
    one, plane = np.uint64(1), np.uint64(size)
    if width == 1:
        while doc < wanted and at + one <= end:
            at += one
            doc += whole(data[at]) + 1
    elif width == 2:
        while doc < wanted and at + one <= end:
            at += one
            doc += (whole(data[at]) | (whole(data[at + plane]) << 8)) + 1
    else:
        while doc < wanted and at + one <= end:
            at += one
            for byte in range(width):
                doc += whole(data[at + np.uint64(byte) * plane]) << (8 * byte)
            doc += 1
    return whole(at) - place, doc


@compiled
def find_rows(
    data: Array,
    start: int,
    end: int,
    entries: int,
    count: int,
    below: int,
    block: int,
    docs: Array,
    spots: Array,
    wanted: Array,
    base: int,
    rows: Array,
) -> int:
    """The row of each of some stories (ascending, numbered from `base` on) in a list, or NO_ROW.

    The blocks of the list end at `end` at the latest; those before `block` are passed over. Returns the block that was
    looked at last. `docs` and `spots` (of zeros at first) have room for BLOCK and SPOTS numbers.
    """
    number, column = min(len(wanted), len(rows)), 0
    while column < number and count:
        block = block_with(data, entries, count, block, whole(wanted[column]) - base)
        place, width, size, doc, last = open_block(data, start, end, entries, count, block)
        several = column + _SEVERAL
        if several < number and whole(wanted[several]) - base <= min(last, doc + SPOTS):
            read_block(data, place - 1, end, size, doc, below, docs)
            if whole(docs[size - 1]) - docs[0] < SPOTS:
                column = _look_up(docs, spots, size, block * BLOCK, last, wanted, base, column, number, rows)
                continue
        row = -1
        while column < number and whole(wanted[column]) - base <= last:
            story = whole(wanted[column]) - base
            row, doc = go_on(data, place, width, size, row, doc, story)
            rows[column] = block * BLOCK + row if doc == story and 0 <= story < below else NO_ROW
            column += 1
    while column < number:
        rows[column] = NO_ROW
        column += 1
    return block


@compiled
def _look_up(
    docs: Array,
    spots: Array,
    size: int,
    first: int,
    last: int,
    wanted: Array,
    base: int,
    column: int,
    number: int,
    rows: Array,
) -> int:
    """Find the rows of the stories up to `last` in a block that was read; returns the column behind them."""
    few = np.uint32(SPOTS - 1)
    for row in range(size):
        spots[docs[row] & few] = row
    while column < number and whole(wanted[column]) - base <= last:
        story = whole(wanted[column]) - base
        # Without branches that depend on the stories. What an earlier block left in a spot is told by its story.
        row = min(whole(spots[np.uint32(story) & few]), size - 1)
        rows[column] = first + row if whole(docs[np.uint32(row)]) == story else NO_ROW
        column += 1
    return column
