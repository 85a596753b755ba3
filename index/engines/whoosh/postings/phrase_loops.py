"""Compiled loops of phrases: stories in which words follow each other, and where words stand in stories.

The lists of a field are given by its arrays `docs`, `places` and `positions` (see postings_builder.py), those of some
words by their ranges of rows. Only the positions of stories that hold all words are read, and no more of them than
it takes to find the phrase once. Damaged lists raise IndexError.
"""

from typing import Any

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.search_loops import first_from
from text.compiled import compiled

STORY_BITS = 32
"""An occurrence is one number: the story above these bits, the position below."""
_NOWHERE = 1 << 40
"""Beyond all positions."""


@compiled
def phrase_stories(
    docs: Array, places: Array, positions: Array, ranges: Array, bounds: Array, furthest: int, low: int, high: int
) -> Array:
    """The stories from `low` to below `high` in which the words stand in order, ascending.

    `ranges` holds the lists that each word may be found in, those of word n from bounds[n] to bounds[n + 1]. The last
    word stands at most `furthest` positions after the first.
    """
    if len(places) != len(docs) + 1:
        raise IndexError("posting lists without their positions")
    heads, ends, sizes = _opened(docs, ranges, bounds, low, high)
    order = _smallest_first(sizes)
    found = np.empty(sizes[order[0]], np.int32)
    begins, stops = np.empty(len(heads), np.int64), np.empty(len(heads), np.int64)
    spots = np.empty(len(heads), np.int64)
    count, doc = 0, low
    while True:
        doc = _seek(docs, heads, ends, bounds[order[0]], bounds[order[0] + 1], doc, high)
        if doc >= high:
            return found[:count]
        nearest = doc
        for other in range(1, len(order)):
            word = order[other]
            nearest = _seek(docs, heads, ends, bounds[word], bounds[word + 1], doc, high)
            if nearest != doc:
                break
        if nearest != doc:
            doc = nearest
            continue
        for number in range(len(heads)):
            row = heads[number]
            begins[number] = stops[number] = 0
            if row < ends[number] and docs[row] == doc:
                begins[number], stops[number] = places[row], places[row + 1]
                if not 0 <= begins[number] <= stops[number] <= len(positions):
                    raise IndexError("positions out of their array")
        if _follow(positions, begins, stops, spots, bounds, furthest):
            found[count] = doc
            count += 1
        doc += 1


@compiled
def occurrences(docs: Array, places: Array, positions: Array, start: int, end: int, wanted: Array) -> Array:
    """Every occurrence of a word, whose list is given by its rows, in some stories (ascending), in order."""
    if len(places) != len(docs) + 1 or not 0 <= start <= end <= len(docs):
        raise IndexError("posting lists without their positions")
    rows = np.empty(min(len(wanted), end - start), np.int64)
    count = total = 0
    for doc in wanted:
        start = first_from(docs, start, end, doc)
        if start == end or count == len(rows):
            break
        if docs[start] == doc:
            begin, stop = _whole(places[start]), _whole(places[start + 1])
            if not 0 <= begin <= stop <= len(positions):
                raise IndexError("positions out of their array")
            rows[count] = start
            count += 1
            total += stop - begin
    keys = np.empty(total, np.int64)
    place = 0
    for row in rows[:count]:
        for number in range(_whole(places[row]), _whole(places[row + 1])):
            keys[place] = (_whole(docs[row]) << STORY_BITS) | _whole(positions[number])
            place += 1
    return keys


@compiled
def _whole(number: Any) -> Any:
    """A number of a file, of whatever type, as one that can be reckoned with."""
    return np.int64(number)


@compiled
def _opened(docs: Array, ranges: Array, bounds: Array, low: int, high: int) -> tuple[Array, Array, Array]:
    """The rows of each range that lie in some stories, from and to, and how many each word has."""
    heads, ends = np.empty(len(ranges), np.int64), np.empty(len(ranges), np.int64)
    sizes = np.zeros(len(bounds) - 1, np.int64)
    for word in range(len(sizes)):
        for number in range(bounds[word], bounds[word + 1]):
            start, end = ranges[number, 0], ranges[number, 1]
            if not 0 <= start <= end <= len(docs):
                raise IndexError("rows out of their lists")
            heads[number] = first_from(docs, start, end, low)
            ends[number] = first_from(docs, heads[number], end, high)
            sizes[word] += ends[number] - heads[number]
    return heads, ends, sizes


@compiled
def _smallest_first(sizes: Array) -> Array:
    order = np.empty(len(sizes), np.int64)
    for taken in range(len(order)):
        place = order[taken] = taken
        while place and sizes[order[place]] < sizes[order[place - 1]]:
            order[place], order[place - 1] = order[place - 1], order[place]
            place -= 1
    return order


@compiled
def _seek(docs: Array, heads: Array, ends: Array, first: int, last: int, doc: int, high: int) -> int:
    """The first story from `doc` on that a word holds, to which its lists are moved; `high` where none is left."""
    nearest = high
    for number in range(first, last):
        heads[number] = first_from(docs, heads[number], ends[number], doc)
        if heads[number] < ends[number]:
            nearest = min(nearest, _whole(docs[heads[number]]))
    return nearest


@compiled
def _follow(positions: Array, begins: Array, stops: Array, spots: Array, bounds: Array, furthest: int) -> bool:
    """Whether the words of a phrase stand in order, near enough, in the story whose positions are given.

    The next occurrence after each word is the best one: any later one only lengthens the phrase.
    """
    words = len(bounds) - 1
    if len(begins) == words:
        for word in range(1, words):
            if not _near(positions, begins[word - 1], stops[word - 1], begins[word], stops[word], furthest):
                return False
        if words <= 2:
            return True
    for first in range(bounds[0], bounds[1]):
        for number in range(len(begins)):
            spots[number] = begins[number]
        for place in range(begins[first], stops[first]):
            start = end = _whole(positions[place])
            for word in range(1, words):
                end = _next_after(positions, spots, stops, bounds[word], bounds[word + 1], end)
                if end - start > furthest:
                    break
            if end - start <= furthest:
                return True
    return False


@compiled
def _near(positions: Array, left: int, left_end: int, right: int, right_end: int, furthest: int) -> bool:
    """Whether anything of the one list of positions is followed by something of the other, near enough.

    Without a branch that depends on the positions but the last: processors can't foretell these.
    """
    while left < left_end and right < right_end:
        distance = _whole(positions[right]) - _whole(positions[left])
        if 0 < distance <= furthest:
            return True
        left += distance > 0
        right += distance <= 0
    return False


@compiled
def _next_after(positions: Array, spots: Array, stops: Array, first: int, last: int, after: int) -> int:
    """The next position of a word after another; the spots in its lists only move on, as what they are asked does."""
    nearest = _NOWHERE
    for number in range(first, last):
        while spots[number] < stops[number] and positions[spots[number]] <= after:
            spots[number] += 1
        if spots[number] < stops[number]:
            nearest = min(nearest, _whole(positions[spots[number]]))
    return nearest
