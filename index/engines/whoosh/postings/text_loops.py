"""Compiled loops of lists with weights: those over all default fields, and the forward index.

The list of a class, of so many rows (a story each), is

    blocks of stories, a byte of weight for each row, a mask of 0, 1 or 2 bytes for each, entries of the blocks

(see doc_blocks.py). A class of one word needs no mask, one of up to eight a byte; masks of two bytes are in two planes,
the lower one first. The list of a story in the forward index is

    gap of a class, a byte of weight, gap of the next class, ...

Damaged lists raise IndexError.
"""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.byte_numbers import gap_size, get_gap, put_gap
from index.engines.whoosh.postings.doc_blocks import (
    SPARE,
    blocks_size,
    check_blocks,
    entries_size,
    put_blocks,
    read_all,
)
from index.engines.whoosh.postings.search_loops import whole
from text.compiled import compiled


@compiled
def pack_text(starts: Array, docs: Array, weights: Array, masks: Array, widths: Array) -> tuple[Array, Array]:
    """Lists in bytes, and where each begins.

    List n is the rows starts[n]:starts[n + 1], its masks are of widths[n] bytes.
    """
    bounds = np.zeros(len(starts), np.int64)
    for number in range(len(widths)):
        count = starts[number + 1] - starts[number]
        size = blocks_size(docs, starts[number], starts[number + 1]) + count * (1 + whole(widths[number]))
        bounds[number + 1] = bounds[number] + size + entries_size(count)
    data = np.zeros(bounds[-1] + SPARE, np.uint8)
    for number in range(len(widths)):
        first, last = starts[number], starts[number + 1]
        place = put_blocks(data, bounds[number], bounds[number + 1], docs, first, last)
        for weight in weights[first:last]:
            data[place] = weight
            place += 1
        for plane in range(widths[number]):
            for mask in masks[first:last]:
                data[place] = (whole(mask) >> (8 * plane)) & 0xFF
                place += 1
    return data, bounds


@compiled
def weights_of(data: Array, start: int, end: int, count: int, width: int) -> tuple[int, int]:
    """Where the weights of a list begin, and where the entries of its blocks do."""
    entries = check_blocks(data, start, end, count, 1 + width)
    weights = entries - count * (1 + width)
    if weights < start:
        raise IndexError("a list of another size")
    return weights, entries


@compiled
def mask_of(data: Array, place: int, count: int, width: int) -> int:
    """A mask, whose lower plane is at a place; 1 where there is none."""
    if width == 0:
        return 1
    mask: int = whole(data[place])
    return mask if width == 1 else mask | (whole(data[place + count]) << 8)


@compiled
def unpack_text(
    data: Array, starts: Array, ends: Array, counts: Array, widths: Array, size: int
) -> tuple[Array, Array, Array]:
    """The stories (below `size`), weights and masks of several lists, one after the other."""
    total = 0
    for number in range(len(counts)):
        weights_of(data, starts[number], ends[number], counts[number], whole(widths[number]))
        total += counts[number]
    docs, weights, masks = np.empty(total, np.int32), np.empty(total, np.uint8), np.empty(total, np.uint16)
    done = 0
    for number in range(len(counts)):
        count, width = counts[number], whole(widths[number])
        first, entries = weights_of(data, starts[number], ends[number], count, width)
        read_all(data, starts[number], first, entries, count, size, docs[done : done + count])
        for row in range(count):
            weights[done + row] = data[first + row]
            masks[done + row] = mask_of(data, first + count + row, count, width)
        done += count
    return docs, weights, masks


@compiled
def raise_codes(
    best: Array,
    data: Array,
    starts: Array,
    ends: Array,
    counts: Array,
    widths: Array,
    wanted: Array,
    lengths: Array,
) -> None:
    """Raise the codes of all stories to those of several lists, where their masks have any bit that is wanted."""
    most = 0
    for number in range(len(counts)):
        weights_of(data, starts[number], ends[number], counts[number], whole(widths[number]))
        most = max(most, counts[number])
    docs = np.empty(most, np.uint32)
    for number in range(len(counts)):
        count, width = counts[number], whole(widths[number])
        first, entries = weights_of(data, starts[number], ends[number], count, width)
        read_all(data, starts[number], first, entries, count, min(len(best), len(lengths)), docs[:count])
        for row in range(count):
            doc = docs[row]
            if mask_of(data, first + count + row, count, width) & wanted[number] or width == 0:
                best[doc] = max(whole(best[doc]), (whole(data[first + row]) << 8) | whole(lengths[doc]))


@compiled
def pack_forward(starts: Array, classes: Array, weights: Array) -> tuple[Array, Array]:
    """Lists of the forward index in bytes, and where each begins.

    That of story n is the rows starts[n]:starts[n + 1].
    """
    bounds = np.zeros(len(starts), np.int64)
    for doc in range(len(starts) - 1):
        size, before = 0, -1
        for number in classes[starts[doc] : starts[doc + 1]]:
            size += gap_size(number - before - 1) + 1
            before = number
        bounds[doc + 1] = bounds[doc] + size
    data = np.zeros(bounds[-1] + SPARE, np.uint8)
    for doc in range(len(starts) - 1):
        place, before = bounds[doc], -1
        for row in range(starts[doc], starts[doc + 1]):
            place = put_gap(data, place, classes[row] - before - 1)
            data[place] = weights[row]
            before = classes[row]
            place += 1
    return data, bounds


@compiled
def unpack_forward(data: Array, starts: Array, ends: Array, below: int) -> tuple[Array, Array, Array]:
    """The classes (numbers below a bound) and weights of some stories, one after the other, and how many each has."""
    most = 0
    for number in range(len(starts)):
        if not 0 <= starts[number] <= ends[number] <= len(data) - SPARE:
            raise IndexError("a list out of its bytes")
        most += (ends[number] - starts[number]) // 2
    classes, weights = np.empty(most, np.int32), np.empty(most, np.uint8)
    counts = np.empty(len(starts), np.int64)
    done = 0
    for number in range(len(starts)):
        place, before, first = starts[number], -1, done
        while place < ends[number]:
            gap, place = get_gap(data, place)
            before += gap + 1
            if before >= below or place >= ends[number]:
                raise IndexError("a list goes too far")
            classes[done], weights[done] = before, data[place]
            place += 1
            done += 1
        counts[number] = done - first
    return classes[:done], weights[:done], counts


@compiled
def lists_by_doc(starts: Array, docs: Array, weights: Array, size: int) -> tuple[Array, Array, Array]:
    """Lists turned round: for each of so many stories the numbers of the lists that hold it, ascending, with weights.

    Returns where each story's rows begin, the numbers and the weights.
    """
    bounds = np.zeros(size + 1, np.int64)
    for doc in docs:
        if not 0 <= doc < size:
            raise IndexError("a story that there is not")
        bounds[doc + 1] += 1
    for doc in range(size):
        bounds[doc + 1] += bounds[doc]
    ends = bounds[:-1].copy()
    numbers, turned = np.empty(len(docs), np.int32), np.empty(len(docs), np.uint8)
    for number in range(len(starts) - 1):
        for row in range(starts[number], starts[number + 1]):
            place = ends[docs[row]]
            ends[docs[row]] = place + 1
            numbers[place], turned[place] = number, weights[row]
    return bounds, numbers, turned
