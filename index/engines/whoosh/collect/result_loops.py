"""Compiled loops over a whole result: which stories are the best, and how often each value of a facet occurs.

Scores are given by their bits as integers, which order like the scores themselves where none is below 0, and whose
highest are found several at a time.
"""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from text.compiled import compiled

_BLOCK = 32
_DIGIT_BITS = 11
_SCORE_BITS = 33
_FEW = 16
"""Of so many scores at most the highest are kept in order: more would be moved too often."""
_AT_ONCE = 1024


@compiled
def leading(scores: Array, number: int, share: float) -> tuple[int, float, Array]:
    """How many scores are above 0, the number-th highest of these (0 where there are fewer), and which come near it.

    These are the rows, ascending, of all scores above 0 that are at least the number-th highest divided by `share`;
    none where `number` is 0.
    """
    codes = scores.view(np.int32)
    peaks = np.empty(-(-len(codes) // _BLOCK), np.int32)
    count = _tally(codes, peaks)
    lowest = np.zeros(1, np.int32)
    height = lowest.view(np.float32)
    if not number:
        return count, height[0], np.empty(0, np.int64)
    lowest[0] = _bound(codes, peaks, number)
    bound = height[0]
    height[0] = bound / share
    return count, bound, _reaching(codes, peaks, lowest[0])


@compiled
def _tally(scores: Array, peaks: Array) -> int:
    """How many scores are above 0; the highest of each block is left in `peaks`."""
    none, one = np.int32(0), np.int32(1)
    count = 0
    for start in range(0, len(scores), _BLOCK):
        block = scores[start : start + _BLOCK]
        # Without branches and in one type, so that the processor takes several scores at a time.
        above = highest = none
        for place in range(len(block)):
            above += one if block[place] > none else none
            highest = block[place] if block[place] > highest else highest
        count += int(above)
        peaks[start // _BLOCK] = highest
    return count


@compiled
def _bound(scores: Array, peaks: Array, number: int) -> int:
    """The number-th highest score above 0, and 0 where there are fewer.

    The highest of each block are scores themselves. So only blocks whose highest is among the highest of all blocks
    can hold more of those that are looked for.
    """
    return _select(scores[_reaching(scores, peaks, _select(peaks, number))], number)


@compiled
def _reaching(scores: Array, peaks: Array, bound: int) -> Array:
    """The rows, ascending, of all scores above 0 that are at least `bound`."""
    least = max(bound, np.int32(1))
    blocks, reached = np.empty(len(peaks), np.int32), 0
    for block in range(len(peaks)):  # without a branch, which few blocks take
        blocks[reached] = block
        reached += peaks[block] >= least
    rows, done = np.empty(reached * _BLOCK, np.int64), 0
    for block in blocks[:reached]:
        for row in range(block * _BLOCK, min((block + 1) * _BLOCK, len(scores))):
            rows[done] = row
            done += scores[row] >= least
    return rows[:done]


@compiled
def _select(scores: Array, number: int) -> int:
    """The number-th highest of scores that are at least 0, and 0 where there are fewer."""
    if number > len(scores):
        return 0
    return _last_of_few(scores, number) if number <= _FEW else _last_of_many(scores, number)


@compiled
def _last_of_few(scores: Array, number: int) -> int:
    """The same for a small number: the highest met so far are kept, ascending, and few scores come among them."""
    highest = np.zeros(number, np.int32)
    for score in scores:
        if score > highest[0]:
            place = 0
            while place + 1 < number and highest[place + 1] < score:
                highest[place] = highest[place + 1]
                place += 1
            highest[place] = score
    return int(highest[0])


@compiled
def _last_of_many(scores: Array, number: int) -> int:
    """The same digit by digit, the highest first: how many scores have each, of those that begin as the sought does."""
    bits, found, left = _SCORE_BITS, np.int32(0), number
    counts = np.empty(1 << _DIGIT_BITS, np.int64)
    while bits:
        bits -= _DIGIT_BITS
        counts[:] = 0
        for score in scores:
            digits = score >> np.int32(bits)
            if digits >> np.int32(_DIGIT_BITS) == found:
                counts[digits & np.int32(len(counts) - 1)] += 1
        digit = len(counts) - 1
        while digit > 0 and left > counts[digit]:
            left -= counts[digit]
            digit -= 1
        found = (found << np.int32(_DIGIT_BITS)) | np.int32(digit)
    return int(found)


@compiled
def first_in_order(
    scores: Array, order: Array, keys: Array, number: int, most: int, backwards: bool
) -> tuple[Array, bool]:
    """The first `number` rows in an order that have a score above 0, and those that share the last's key.

    `order` holds all rows, in order of their keys. False where not all of these are among the first `most` rows of it,
    or of the last where it is gone through backwards.
    """
    looked_at = min(most, len(order))
    rows, found = np.empty(looked_at + 1, np.int64), 0
    for place in range(looked_at):
        row = order[len(order) - 1 - place if backwards else place]
        if found and found >= number and keys[row] != keys[rows[found - 1]]:
            return rows[:found], True
        rows[found] = row
        found += scores[row] > np.float32(0)
    return rows[:found], looked_at == len(order)


@compiled
def number_counts(columns: Array, docs: Array, size: int) -> Array:
    """How often each number below `size` is that of some stories, in each of several columns over all stories."""
    counts = np.zeros((len(columns), size), np.int64)
    _count_numbers(columns, docs, counts)
    return counts


@compiled
def scored_counts(columns: Array, scores: Array, size: int) -> Array:
    """The same for the stories whose score is above 0; a list of all of them would be written and read for nothing."""
    counts = np.zeros((len(columns), size), np.int64)
    docs = np.empty(_AT_ONCE + 1, np.uint32)
    for start in range(0, len(scores), _AT_ONCE):
        found = 0
        for doc in range(start, min(start + _AT_ONCE, len(scores))):  # without a branch, which goes either way
            docs[found] = doc
            found += scores[doc] > np.float32(0)
        _count_numbers(columns, docs[:found], counts)
    return counts


@compiled
def _count_numbers(columns: Array, docs: Array, counts: Array) -> None:
    for column in range(len(columns)):
        for doc in docs:
            number = np.uint64(columns[np.uint64(column), np.uint64(doc)])
            if number < np.uint64(counts.shape[1]):
                counts[np.uint64(column), number] += 1


@compiled
def value_counts(together: Array, stride: int, starts: Array, values: Array, size: int) -> Array:
    """How often each of `size` values of a facet occurs, from how often each number for several facets does.

    The facet's set is a digit of the number, at `stride`; set n holds the values from starts[n] to starts[n + 1].
    """
    totals = np.zeros(size, np.int64)
    own = 0
    for begin in range(0, len(together), stride):
        count = 0
        for number in range(begin, begin + stride):
            count += together[number]
        if count:
            for place in range(starts[own], starts[own + 1]):
                totals[values[place]] += count
        own = own + 1 if own + 2 < len(starts) else 0
    return totals


@compiled
def behind_best(groups: Array, places: Array, docs: Array, keys: Array) -> Array:
    """Which of some stories, by rows, are not the best of their group, which has the highest key; of equals the first.

    Stories of a group stand together; `places` says where each story's group is found in `groups`.
    """
    rows, done, best = np.empty(len(docs), np.int64), 0, 0
    for row in range(1, min(len(docs), len(keys))):
        if groups[places[docs[row]]] != groups[places[docs[best]]]:
            best = row
            continue
        is_better = keys[row] > keys[best]
        rows[done] = best if is_better else row
        best = row if is_better else best
        done += 1
    return rows[:done]
