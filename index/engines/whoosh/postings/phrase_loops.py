"""Compiled loops of phrases: stories in which words follow each other.

The stories of the rarest word are gone through, _AT_ONCE at a time: they are looked for in the lists of one word after
the other, and of those that hold all words the positions are read. Damaged lists raise IndexError.
"""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.byte_numbers import FAR, NEAR, get_row, nearness, pass_rows, places_between
from index.engines.whoosh.postings.doc_blocks import BLOCK, NO_ROW, SPOTS, find_rows, read_all
from index.engines.whoosh.postings.field_loops import SAMPLED, open_list, place_of_row
from index.engines.whoosh.postings.search_loops import first_from
from text.compiled import compiled

_NOWHERE = 1 << 40
"""Beyond all positions."""
_PAIR = 2
_AT_ONCE = 128
_FIRST_ROOM = 1024
_BETWEEN = 1024
"""Rows no further apart are passed one by one, from the first one to the last."""

_START, _POSITIONS, _SAMPLES, _ENTRIES, _COUNT = 0, 1, 2, 3, 4
"""Columns of an open list: where it begins, its positions, samples and entries; the number of its stories."""
_READ_ROW, _READ_PLACE, _READ_BLOCK = 5, 6, 7
"""The row of the list whose positions were looked for last, where these begin, and the block that was read last."""
_COLUMNS = 8


@compiled
def phrase_stories(
    data: Array,
    starts: Array,
    ends: Array,
    counts: Array,
    size: int,
    bounds: Array,
    furthest: int,
    low: int,
    high: int,
) -> Array:
    """The stories from `low` to below `high` in which the words stand in order, ascending.

    List n is data[starts[n]:ends[n]], and has counts[n] stories (below `size`); the lists that word w may be found in
    are those from bounds[w] to bounds[w + 1]. The last word stands at most `furthest` positions after the first.
    """
    lists = _opened(data, starts, ends, counts)
    docs, table = np.empty(BLOCK, np.uint32), np.zeros(SPOTS, np.uint8)
    order = _smallest_first(_sizes(counts, bounds))
    leader, leaders = bounds[order[0]], bounds[order[0] + 1] - bounds[order[0]]
    stories, begin = _stories_of(data, lists, leader, leader + leaders, size, low, high)
    found, wanted, rows = np.empty(len(stories), np.int32), np.empty(_AT_ONCE, np.int64), _rooms(len(counts))
    places, positions = _rooms(len(counts)), np.empty(_FIRST_ROOM, np.int64)
    begins, stops, spots = _rooms(len(counts)), _rooms(len(counts)), np.empty(len(counts), np.int64)
    count, certain, chosen = 0, np.zeros(_AT_ONCE, np.bool_), np.empty(_AT_ONCE, np.int64)
    between = np.empty(_BETWEEN, np.int64)
    for first in range(0, len(stories), _AT_ONCE):
        number = min(_AT_ONCE, len(stories) - first)
        wanted[:number] = stories[first : first + number]
        if leaders == 1:
            for column in range(number):
                rows[leader, column] = begin + first + column
        for place in range(1 if leaders == 1 else 0, len(order)):
            for item in range(bounds[order[place]], bounds[order[place] + 1]):
                _find(data, lists[item], docs, table, wanted[:number], size, rows[item])
            number = _keep(wanted, number, rows, bounds, order, place, chosen)
        _locate(data, lists, rows, number, places, between)
        if len(counts) == len(bounds) - 1:
            number = _keep_near(data, lists, places, number, furthest, wanted, certain)
        held = _read(data, lists, places, number, certain, positions, begins, stops)
        if held > len(positions):
            positions = np.empty(2 * held, np.int64)
            _read(data, lists, places, number, certain, positions, begins, stops)
        for column in range(number):
            if certain[column] or _follow(positions, begins, stops, column, spots, bounds, furthest):
                found[count] = wanted[column]
                count += 1
    return found[:count]


@compiled
def _rooms(lists: int) -> Array:
    return np.empty((lists, _AT_ONCE), np.int64)


@compiled
def _opened(data: Array, starts: Array, ends: Array, counts: Array) -> Array:
    """All lists, as open ones."""
    lists = np.zeros((len(counts), _COLUMNS), np.int64)
    for number in range(len(counts)):
        positions, samples, entries = open_list(data, starts[number], ends[number], counts[number])
        own = lists[number]
        own[_START], own[_POSITIONS], own[_SAMPLES], own[_ENTRIES] = starts[number], positions, samples, entries
        own[_COUNT], own[_READ_PLACE] = counts[number], positions
    return lists


@compiled
def _sizes(counts: Array, bounds: Array) -> Array:
    """How many stories each word has at most."""
    sizes = np.zeros(len(bounds) - 1, np.int64)
    for word in range(len(sizes)):
        for number in range(bounds[word], bounds[word + 1]):
            sizes[word] += counts[number]
    return sizes


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
def _stories_of(data: Array, lists: Array, first: int, last: int, size: int, low: int, high: int) -> tuple[Array, int]:
    """The stories from `low` to below `high` that any of some lists hold, ascending, and how many come before them."""
    total = 0
    for number in range(first, last):
        total += lists[number, _COUNT]
    docs, done = np.empty(total, np.uint32), 0
    for number in range(first, last):
        own = lists[number]
        count = own[_COUNT]
        read_all(data, own[_START], own[_SAMPLES], own[_ENTRIES], count, size, docs[done : done + count])
        done += count
    if last - first > 1:
        docs.sort()
        done = 0
        for doc in docs:
            if done == 0 or docs[done - 1] != doc:
                docs[done] = doc
                done += 1
    begin = first_from(docs, 0, done, low)
    return docs[begin : first_from(docs, begin, done, high)], begin


@compiled
def _find(data: Array, own: Array, docs: Array, table: Array, wanted: Array, size: int, rows: Array) -> None:
    """The row of each of some stories in a list (see find_rows), which is searched from where it was left."""
    start, samples, entries, count = own[_START], own[_SAMPLES], own[_ENTRIES], own[_COUNT]
    block = own[_READ_BLOCK]
    own[_READ_BLOCK] = find_rows(data, start, samples, entries, count, size, block, docs, table, wanted, 0, rows)


@compiled
def _keep(wanted: Array, number: int, rows: Array, bounds: Array, order: Array, place: int, chosen: Array) -> int:
    """Keep the stories that a word was found in, and their rows in all lists looked at so far; returns their number."""
    kept, word = 0, order[place]
    # Without a branch that depends on the stories: processors can't foretell these.
    for column in range(number):
        is_held = False
        for item in range(bounds[word], bounds[word + 1]):
            is_held |= rows[item, column] != NO_ROW
        chosen[kept] = column
        kept += is_held
    if kept < number:
        for column in range(kept):
            wanted[column] = wanted[chosen[column]]
        for former in range(place + 1):
            for item in range(bounds[order[former]], bounds[order[former] + 1]):
                for column in range(kept):
                    rows[item, column] = rows[item, chosen[column]]
    return kept


@compiled
def _locate(data: Array, lists: Array, rows: Array, number: int, places: Array, between: Array) -> None:
    """Where the positions of some rows begin, list by list, or NO_ROW."""
    for item in range(len(lists)):
        samples, start = lists[item, _SAMPLES], lists[item, _POSITIONS]
        last, place = lists[item, _READ_ROW], lists[item, _READ_PLACE]
        first, end = (rows[item, 0], rows[item, number - 1]) if number else (NO_ROW, NO_ROW)
        if NO_ROW < first <= end < first + len(between):
            place = _place_from(data, start, samples, last, place, first)
            places_between(data, place, samples, end - first, between)
            for column in range(number):
                row = rows[item, column]
                places[item, column] = between[row - first] if row != NO_ROW else NO_ROW
            last, place = end, between[end - first]
        else:
            for column in range(number):
                row = rows[item, column]
                places[item, column] = NO_ROW
                if row != NO_ROW:
                    place = _place_from(data, start, samples, last, place, row)
                    last = row
                    places[item, column] = place
        lists[item, _READ_ROW], lists[item, _READ_PLACE] = last, place


@compiled
def _place_from(data: Array, start: int, samples: int, last: int, place: int, row: int) -> int:
    """Where the positions of a row begin, where those of an earlier one are known to."""
    if 0 <= row - last <= SAMPLED:
        return pass_rows(data, place, samples, row - last)
    return place_of_row(data, start, samples, row)


@compiled
def _keep_near(
    data: Array, lists: Array, places: Array, number: int, furthest: int, wanted: Array, certain: Array
) -> int:
    """Keep the stories in which each word is followed by the next, near enough, where all have one list.

    Returns the number of those that are kept; `certain` are those that need no closer look.
    """
    kept = 0
    for column in range(number):
        near = NEAR
        for item in range(1, len(lists)):
            left, right = places[item - 1, column], places[item, column]
            near = nearness(data, left, lists[item - 1, _SAMPLES], right, lists[item, _SAMPLES], furthest)
            if near == FAR:
                break
        if near != FAR:
            wanted[kept] = wanted[column]
            certain[kept] = near == NEAR and len(lists) <= _PAIR
            for item in range(len(lists)):
                places[item, kept] = places[item, column]
            kept += 1
    return kept


@compiled
def _read(
    data: Array,
    lists: Array,
    places: Array,
    number: int,
    certain: Array,
    positions: Array,
    begins: Array,
    stops: Array,
) -> int:
    """Read the positions of some rows, list by list, as many as fit; returns how many there are.

    Those of column c of list n are positions[begins[n, c]:stops[n, c]]; none for what is certain.
    """
    held = 0
    for item in range(len(lists)):
        for column in range(number):
            begins[item, column] = held
            if places[item, column] != NO_ROW and not certain[column]:
                held, _ = get_row(data, places[item, column], lists[item, _SAMPLES], positions, held)
            stops[item, column] = held
    return held


@compiled
def _follow(
    positions: Array, begins: Array, stops: Array, column: int, spots: Array, bounds: Array, furthest: int
) -> bool:
    """Whether the words of a phrase stand in order, near enough, in the story whose positions a column gives.

    The next occurrence after each word is the best one: any later one only lengthens the phrase.
    """
    words = len(bounds) - 1
    for first in range(bounds[0], bounds[1]):
        for number in range(len(begins)):
            spots[number] = begins[number, column]
        for place in range(begins[first, column], stops[first, column]):
            start = end = positions[place]
            for word in range(1, words):
                end = _next_after(positions, spots, stops, column, bounds[word], bounds[word + 1], end)
                if end - start > furthest:
                    break
            if end - start <= furthest:
                return True
    return False


@compiled
def _next_after(positions: Array, spots: Array, stops: Array, column: int, first: int, last: int, after: int) -> int:
    """The next position of a word after another; the spots in its lists only move on, as what they are asked does."""
    nearest = _NOWHERE
    for number in range(first, last):
        while spots[number] < stops[number, column] and positions[spots[number]] <= after:
            spots[number] += 1
        if spots[number] < stops[number, column]:
            nearest = min(nearest, positions[spots[number]])
    return nearest
