"""Compiled loops of scores: posting lists are gone through once, and what a row is worth is added where it belongs.

A list is given as bytes, data[start:end] (see text_loops.py), with `count` rows, masks of `width` bytes each, and the
byte of each story's length. `impacts` holds an impact for each code that there can be (see byte_codes.py), `table` what
a mask is worth, its last entry for all masks beyond, `scale` what all of that is multiplied with (as if it were of 32
bits); with one entry in the table no mask is looked at. Rows that are worth nothing are passed over. Damaged lists
raise IndexError.
Where the scores of all stories are at hand, bonuses and filters are put into these.
"""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.doc_blocks import BLOCK, NO_ROW, SPOTS, find_rows, read_block
from index.engines.whoosh.postings.search_loops import whole
from index.engines.whoosh.postings.text_loops import mask_of, weights_of
from index.relevance.bm25f import Floats
from text.compiled import compiled

_CODES = 1 << 16
_AT_ONCE = 1024


@compiled
def _factor(data: Array, place: int, count: int, width: int, table: Floats, scale: float) -> np.float32:
    """What the mask is worth whose lower plane is at a place."""
    mask = min(mask_of(data, place, count, width), len(table) - 1) if len(table) > 1 else 0
    factor: np.float32 = table[mask] * np.float32(scale)
    return factor


@compiled
def _worths(table: Floats, scale: float) -> Floats:
    """What each mask of one byte is worth."""
    worths = np.empty(1 << 8, np.float32)
    for mask in range(len(worths)):
        worths[mask] = table[min(mask, len(table) - 1)] * np.float32(scale)
    return worths


@compiled
def _impact(impacts: Floats, weight: np.uint8, length: np.uint8) -> np.float32:
    """The impact of a weight's code in a story of a length's byte."""
    impact: np.float32 = impacts[(np.uint32(weight) << np.uint32(8)) | np.uint32(length)]
    return impact


@compiled
def _opened(data: Array, start: int, end: int, count: int, width: int, impacts: Floats) -> tuple[int, int]:
    """Where the weights of a list begin, and where the entries of its blocks do."""
    if len(impacts) < _CODES:
        raise IndexError("not all codes have an impact")
    return weights_of(data, start, end, count, width)


@compiled
def score_rows(
    base: int,
    impacts: Floats,
    data: Array,
    start: int,
    end: int,
    count: int,
    width: int,
    lengths: Array,
    table: Floats,
    scale: float,
) -> tuple[Array, Floats]:
    """The stories of a list, numbered from `base` on, and their scores."""
    first, _ = _opened(data, start, end, count, width, impacts)
    docs, held, scores = np.empty(BLOCK, np.uint32), np.empty(count, np.int32), np.empty(count, np.float32)
    place, before, done = start, -1, 0
    for row in range(0, count, BLOCK):
        size = min(BLOCK, count - row)
        place = read_block(data, place, first, size, before, len(lengths), docs)
        before = whole(docs[size - 1])
        weights = data[first + row : first + row + size]
        for number in range(size):
            factor = _factor(data, first + count + row + number, count, width, table, scale)
            value = _impact(impacts, weights[number], lengths[docs[number]]) * factor
            held[done], scores[done] = whole(docs[number]) + base, value
            done += int(value > 0)
    return held[:done], scores[:done]


@compiled
def add_rows(
    totals: Floats,
    hits: Array,
    impacts: Floats,
    data: Array,
    start: int,
    end: int,
    count: int,
    width: int,
    lengths: Array,
    table: Floats,
    scale: float,
) -> None:
    """Add the scores of a list to those of all stories, and one to the hits of those that it holds, if these count."""
    first, _ = _opened(data, start, end, count, width, impacts)
    below, counts = min(len(totals), len(lengths)), len(hits) >= len(totals)
    docs, factors = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.float32)
    single, worth = table[min(len(table) - 1, 1)] * np.float32(scale), _worths(table, scale)
    place, before = start, -1
    for row in range(0, count, BLOCK):
        size = min(BLOCK, count - row)
        place = read_block(data, place, first, size, before, below, docs)
        before = whole(docs[size - 1])
        weights = data[first + row : first + row + size]
        if len(table) == 1 or width == 0:
            for number in range(size):
                doc = docs[number]
                value = _impact(impacts, weights[number], lengths[doc]) * single
                totals[doc] += value
                if counts:
                    hits[doc] += value > 0
            continue
        masks = data[first + count + row : first + count + row + size]
        if width > 1:
            for number in range(size):
                factors[number] = _factor(data, first + count + row + number, count, width, table, scale)
        for number in range(size):
            doc = docs[number]
            factor = factors[number] if width > 1 else worth[masks[number]]
            value = _impact(impacts, weights[number], lengths[doc]) * factor
            totals[doc] += value
            if counts:
                hits[doc] += value > 0


@compiled
def add_bonus(totals: Floats, hits: Array, wanted: int, bonus: np.float32) -> None:
    """Add to the scores of the stories that so many lists hold."""
    # Without a branch and with numbers of one size, so that the processor takes several at a time.
    number, none = np.uint8(wanted), np.float32(0)
    for doc in range(min(len(totals), len(hits))):
        totals[doc] += bonus if hits[doc] == number else none


@compiled
def keep_only(totals: Floats, kept: Array) -> None:
    """Take the scores of all stories that a mask leaves out."""
    none = np.float32(0)
    for doc in range(min(len(totals), len(kept))):
        totals[doc] = totals[doc] if kept[doc] else none


@compiled
def mark(mask: Array, docs: Array) -> None:
    """Put some stories into a mask."""
    for doc in docs:
        if 0 <= doc < len(mask):
            mask[doc] = True


@compiled
def add_found(totals: Floats, hits: Array, docs: Array, scores: Floats) -> None:
    """Add scores to those of all stories, and one to the hits of each that has one, if these count."""
    counts = len(hits) >= len(totals)
    for number in range(min(len(docs), len(scores))):
        doc = docs[number]
        if 0 <= doc < len(totals):
            totals[doc] += scores[number]
            if counts:
                hits[doc] += 1


@compiled
def raise_some(
    best: Floats,
    wanted: Array,
    base: int,
    impacts: Floats,
    data: Array,
    start: int,
    end: int,
    count: int,
    width: int,
    lengths: Array,
    table: Floats,
    scale: float,
) -> None:
    """The same for some stories (ascending), numbered from `base` on."""
    first, entries = _opened(data, start, end, count, width, impacts)
    docs, spots, rows = np.empty(BLOCK, np.uint32), np.zeros(SPOTS, np.uint8), np.empty(len(wanted), np.int64)
    find_rows(data, start, first, entries, count, len(lengths), 0, docs, spots, wanted, base, rows)
    for number in range(min(len(best), len(wanted))):
        if rows[number] != NO_ROW:
            place, length = first + rows[number], lengths[wanted[number] - base]
            factor = _factor(data, place + count, count, width, table, scale)
            best[number] = max(best[number], _impact(impacts, data[place], length) * factor)


@compiled
def narrow(
    wanted: Array,
    scores: Floats,
    impacts: Floats,
    data: Array,
    start: int,
    end: int,
    count: int,
    width: int,
    lengths: Array,
    table: Floats,
    scale: float,
) -> tuple[Array, Floats]:
    """Those of some stories (ascending) that a list holds too, and their scores with its own added."""
    first, entries = _opened(data, start, end, count, width, impacts)
    docs, spots, rows = np.empty(BLOCK, np.uint32), np.zeros(SPOTS, np.uint8), np.empty(_AT_ONCE, np.int64)
    number, block, done = min(len(wanted), len(scores)), 0, 0
    held, sums = np.empty(number, np.int32), np.empty(number, np.float32)
    for column in range(0, number, _AT_ONCE):
        part = wanted[column : min(column + _AT_ONCE, number)]
        block = find_rows(data, start, first, entries, count, len(lengths), block, docs, spots, part, 0, rows)
        for place in range(len(part)):
            if rows[place] != NO_ROW:
                story, at = part[place], first + rows[place]
                factor = _factor(data, at + count, count, width, table, scale)
                value = _impact(impacts, data[at], lengths[story]) * factor
                held[done], sums[done] = story, scores[column + place] + value
                done += int(value > 0)
    return held[:done], sums[:done]


@compiled
def keep_scored(docs: Array, scores: Floats, more: Floats) -> tuple[Array, Floats]:
    """Those of some stories that have more scores above 0, added to the scores that they have."""
    number = min(len(docs), len(scores), len(more))
    held, sums, done = np.empty(number, np.int32), np.empty(number, np.float32), 0
    for row in range(number):
        held[done], sums[done] = docs[row], scores[row] + more[row]
        done += int(more[row] > 0)
    return held[:done], sums[:done]


@compiled
def best_of_both(docs: Array, scores: Floats, others: Array, their_scores: Floats) -> tuple[Array, Floats]:
    """The stories of both lists (ascending), each with the better of its scores."""
    most = len(docs) + len(others)
    held, best = np.empty(most, np.int32), np.empty(most, np.float32)
    left = right = count = 0
    while left < len(docs) or right < len(others):
        from_left = right == len(others) or (left < len(docs) and docs[left] <= others[right])
        from_right = left == len(docs) or (right < len(others) and others[right] <= docs[left])
        held[count] = docs[left] if from_left else others[right]
        best[count] = scores[left] if from_left else their_scores[right]
        if from_left and from_right:
            best[count] = max(scores[left], their_scores[right])
        left += from_left
        right += from_right
        count += 1
    return held[:count], best[:count]


@compiled
def unite(docs: Array, scores: Floats, hits: Array, others: Array, their_scores: Floats) -> tuple[Array, Floats, Array]:
    """The stories of both lists (ascending), their scores added, and in how many lists each was: `hits`, and one."""
    most = len(docs) + len(others)
    held, sums, counts = np.empty(most, np.int32), np.empty(most, np.float32), np.empty(most, np.uint8)
    left = right = count = 0
    while left < len(docs) or right < len(others):
        from_left = right == len(others) or (left < len(docs) and docs[left] <= others[right])
        from_right = left == len(docs) or (right < len(others) and others[right] <= docs[left])
        held[count] = docs[left] if from_left else others[right]
        sums[count] = 0
        counts[count] = 0
        if from_left:
            sums[count] = scores[left]
            counts[count] = hits[left]
            left += 1
        if from_right:
            sums[count] += their_scores[right]
            counts[count] += 1
            right += 1
        count += 1
    return held[:count], sums[:count], counts[:count]
