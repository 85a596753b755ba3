"""Compiled loops of lists with positions: those of each field.

The list of a word, of so many rows (a story each), is

    blocks of stories, the positions of each row, samples, entries of the blocks

(see doc_blocks.py and byte_numbers.py). A sample is where the positions of every SAMPLED-th row but the first begin,
counted from where those of the first do: four bytes, little-endian. Damaged lists raise IndexError.
"""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.byte_numbers import get_row, pass_rows, position_size, put_position
from index.engines.whoosh.postings.doc_blocks import (
    BLOCK,
    NO_ROW,
    SPARE,
    SPOTS,
    block_of,
    blocks_size,
    check_blocks,
    entries_size,
    find_rows,
    get_half,
    put_blocks,
    put_half,
    read_all,
)
from index.engines.whoosh.postings.search_loops import whole
from text.compiled import compiled

STORY_BITS = 32
"""An occurrence is one number: the story above these bits, the position below."""
SAMPLED = 16
_SAMPLE = 4
_TOO_LONG = 1 << 32


@compiled
def pack_field(starts: Array, docs: Array, places: Array, positions: Array) -> tuple[Array, Array]:
    """Lists in bytes, and where each begins; list n is the rows starts[n]:starts[n + 1].

    The positions of row r are positions[places[r]:places[r + 1]].
    """
    bounds = np.zeros(len(starts), np.int64)
    for number in range(len(starts) - 1):
        first, last = whole(starts[number]), whole(starts[number + 1])
        size = blocks_size(docs, first, last) + samples_size(last - first) + entries_size(last - first)
        for position in positions[places[first] : places[last]]:
            size += position_size(whole(position))
        bounds[number + 1] = bounds[number] + size
    data = np.zeros(bounds[-1] + SPARE, np.uint8)
    for number in range(len(starts) - 1):
        first, last, end = whole(starts[number]), whole(starts[number + 1]), bounds[number + 1]
        place = put_blocks(data, bounds[number], end, docs, first, last)
        _put_positions(data, place, end - entries_size(last - first), places[first : last + 1], positions)
    return data, bounds


@compiled
def _put_positions(data: Array, start: int, end: int, places: Array, positions: Array) -> None:
    """Write the positions of rows from `start` on, and their samples before `end`."""
    target, sample = start, end - samples_size(len(places) - 1)
    for row in range(len(places) - 1):
        if target - start >= _TOO_LONG:
            raise OverflowError("the positions of one word take 4 GB and more")
        if row and row % SAMPLED == 0:
            put_half(data, sample, target - start)
            sample += _SAMPLE
        for place in range(places[row], places[row + 1]):
            target = put_position(data, target, whole(positions[place]), place + 1 == places[row + 1])


@compiled
def samples_size(count: int) -> int:
    """The bytes of the samples of so many rows."""
    return (max(count, 1) - 1) // SAMPLED * _SAMPLE


@compiled
def open_list(data: Array, start: int, end: int, count: int) -> tuple[int, int, int]:
    """Where the positions of a list begin, where its samples do, and where the entries of its blocks do."""
    entries = check_blocks(data, start, end, count, 2)
    samples = entries - samples_size(count)
    if count == 0:
        return start, samples, entries
    place, _, size = block_of(data, start, entries, count, (count - 1) // BLOCK)
    if not start <= place < samples:
        raise IndexError("a list of another size")
    positions = place + 1 + whole(data[place]) * size
    if positions > samples:
        raise IndexError("a list of another size")
    return positions, samples, entries


@compiled
def place_of_row(data: Array, positions: int, samples: int, row: int) -> int:
    """Where the positions of a row begin, of a list whose positions and samples begin at these places."""
    sample = row // SAMPLED
    place = positions + (get_half(data, samples + (sample - 1) * _SAMPLE) if sample else 0)
    return pass_rows(data, place, samples, row % SAMPLED)


@compiled
def occurrences(data: Array, start: int, end: int, count: int, size: int, wanted: Array) -> Array:
    """Every occurrence of a word in some stories (ascending), in order: story << STORY_BITS | position."""
    positions, samples, entries = open_list(data, start, end, count)
    rows, found, keys = np.empty(len(wanted), np.int64), np.empty(64, np.int64), np.empty(64, np.int64)
    docs, spots = np.empty(BLOCK, np.uint32), np.zeros(SPOTS, np.uint8)
    find_rows(data, start, samples, entries, count, size, 0, docs, spots, wanted, 0, rows)
    done = 0
    for column in range(len(rows)):
        if rows[column] == NO_ROW:
            continue
        place = place_of_row(data, positions, samples, rows[column])
        number, _ = get_row(data, place, samples, found, 0)
        if number > len(found):
            found = np.empty(2 * number, np.int64)
            number, _ = get_row(data, place, samples, found, 0)
        if done + number > len(keys):
            longer = np.empty(2 * (done + number), np.int64)
            longer[:done] = keys[:done]
            keys = longer
        for position in found[:number]:
            keys[done] = (whole(wanted[column]) << STORY_BITS) | position
            done += 1
    return keys[:done].copy()


@compiled
def unpack_counts(data: Array, starts: Array, ends: Array, counts: Array, size: int) -> tuple[Array, Array]:
    """The stories (below `size`) of several lists, one after the other, and how often each holds the word."""
    total = 0
    for number in range(len(counts)):
        open_list(data, starts[number], ends[number], counts[number])
        total += counts[number]
    docs, times, none = np.empty(total, np.int32), np.empty(total, np.int64), np.empty(0, np.int32)
    done = 0
    for number in range(len(counts)):
        count = counts[number]
        _, samples, entries = open_list(data, starts[number], ends[number], count)
        place = read_all(data, starts[number], samples, entries, count, size, docs[done : done + count])
        for row in range(done, done + count):
            times[row], place = get_row(data, place, samples, none, 0)
        done += count
    return docs, times


@compiled
def unpack_field(data: Array, starts: Array, ends: Array, counts: Array, size: int) -> tuple[Array, Array, Array]:
    """The stories (below `size`) of several lists, one after the other, how many positions each has, and all these."""
    docs, times = unpack_counts(data, starts, ends, counts, size)
    positions = np.empty(times.sum(), np.int32)
    done = 0
    for number in range(len(counts)):
        place, samples, _ = open_list(data, starts[number], ends[number], counts[number])
        for _ in range(counts[number]):
            done, place = get_row(data, place, samples, positions, done)
    return docs, times, positions
