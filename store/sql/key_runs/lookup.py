"""Look-up of the places nearest to others under the same keys, in sorted arrays and in all segments of runs.

Every source tells the nearest that it has itself, which are more than are wanted of all; the last step takes those that
are nearest of all.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection

from store.sql.key_runs.guides import Guide
from store.sql.key_runs.pairs import Numbers, Pairs, ranges
from store.sql.key_runs.segments import Segment, asked_of, read_blocks


class Neighbours(NamedTuple):
    """Places under the keys of pairs that were asked for: `asked` says for which of those, by its position."""

    asked: Numbers
    places: Numbers

    @classmethod
    def joined(cls, parts: Sequence["Neighbours"]) -> "Neighbours":
        """All of them."""
        empty = np.empty(0, np.int64)
        asked = [part.asked for part in parts]
        return cls(np.concatenate([empty, *asked]), np.concatenate([empty, *(part.places for part in parts)]))


class _Windows(NamedTuple):
    """Blocks of one segment in which neighbours of pairs are looked for: from `low` to `high` for each pair.

    Its key may be in blocks from `first` to `last`.
    """

    segment: Segment
    asked: Numbers
    first: Numbers
    last: Numbers
    low: Numbers
    high: Numbers

    def blocks(self) -> Numbers:
        """All blocks that have to be read."""
        return np.unique(ranges(self.low, self.high + 1))

    def wider(self, which: Numbers) -> "_Windows":
        """For some of the pairs, three times as many blocks."""
        first, last, low, high = self.first[which], self.last[which], self.low[which], self.high[which]
        more = high - low + 1
        low, high = np.maximum(first, low - more), np.minimum(last, high + more)
        return _Windows(self.segment, self.asked[which], first, last, low, high)


def near_in_pairs(pairs: Pairs, asked: Pairs, nearest: int) -> Neighbours:
    """The `nearest` places before and after each of those asked for, among pairs."""
    low, high = pairs.span(asked.keys)
    around = _around(pairs, low, high, asked.places, nearest)
    return around.neighbours(pairs, np.arange(asked.size))


def near_in_runs(connection: Connection, asked: Pairs, nearest: int) -> Neighbours:
    """The `nearest` places before and after each of those asked for, or more, in all segments.

    Those asked for are in the order of their keys.
    """
    found: list[Neighbours] = []
    waiting = [
        _first_windows(segment, guide, asked, which) for segment, guide, which in asked_of(connection, asked.keys)
    ]
    while waiting:
        wanted = [windows.segment.block(number) for windows in waiting for number in windows.blocks().tolist()]
        blocks = read_blocks(connection, wanted)
        waiting = [wider for windows in waiting for wider in _look(windows, blocks, asked, nearest, found)]
    return Neighbours.joined(found)


def nearest_of(found: Neighbours, asked: Pairs, nearest: int) -> Neighbours:
    """Of all that was found the `nearest` places before and after each of those asked for, each once, in order."""
    order = np.lexsort((found.places, found.asked))
    which, places = found.asked[order], found.places[order]
    if which.size:
        other = np.ones(which.size, np.bool_)
        other[1:] = (which[1:] != which[:-1]) | (places[1:] != places[:-1])
        which, places = which[other], places[other]
    is_before = places < asked.places[which]
    begins = np.searchsorted(which, np.arange(asked.size), "left")
    middles = (begins + np.bincount(which[is_before], minlength=asked.size))[which]
    at = np.arange(which.size)
    kept = (at >= middles - nearest) & (at < middles + nearest)
    return Neighbours(which[kept], places[kept])


class _Around(NamedTuple):
    """For each pair, between which positions the nearest before it stand, and the nearest after it."""

    begin: Numbers
    end: Numbers
    after: Numbers
    finish: Numbers

    def neighbours(self, pairs: Pairs, asked: Numbers) -> Neighbours:
        """The places at these positions."""
        counts = self.end - self.begin, self.finish - self.after
        at = np.concatenate((ranges(self.begin, self.end), ranges(self.after, self.finish)))
        which = np.concatenate([np.repeat(asked, count) for count in counts])
        return Neighbours(which, pairs.places[at])


def _around(pairs: Pairs, low: Numbers, high: Numbers, places: Numbers, nearest: int) -> _Around:
    end = pairs.ranks_between(low, high, places)
    after = pairs.ranks_between(low, high, places, after=True)
    return _Around(np.maximum(low, end - nearest), end, after, np.minimum(high, after + nearest))


def _first_windows(segment: Segment, guide: Guide, asked: Pairs, which: Numbers) -> _Windows:
    """The block in which each pair would stand, and its neighbours as far as they may have the key."""
    wanted = Pairs(asked.keys[which], asked.places[which])
    first, last = guide.fences.span(wanted.keys)
    first, last = np.maximum(first - 1, 0), np.maximum(last - 1, 0)
    at = guide.fences.ranks(wanted, after=True) - 1
    return _Windows(segment, which, first, last, np.clip(at - 1, first, last), np.clip(at + 1, first, last))


def _look(
    windows: _Windows, blocks: Mapping[int, Pairs], asked: Pairs, nearest: int, found: list[Neighbours]
) -> Iterator[_Windows]:
    """Add what is found in windows; those that may have left out one of the nearest come again, wider."""
    numbers = windows.blocks()
    read = [blocks.get(windows.segment.block(number)) for number in numbers.tolist()]
    pairs = Pairs.joined(part for part in read if part is not None)
    bounds = np.cumsum([0, *(0 if part is None else part.size for part in read)])
    begin = bounds[np.searchsorted(numbers, windows.low)]
    end = bounds[np.searchsorted(numbers, windows.high) + 1]
    low, high = pairs.span(asked.keys[windows.asked])
    low, high = np.clip(low, begin, end), np.clip(high, begin, end)
    around = _around(pairs, low, high, asked.places[windows.asked], nearest)
    enough_before = (around.end - low >= nearest) | (windows.low == windows.first)
    enough_after = (high - around.after >= nearest) | (windows.high == windows.last)
    is_enough = enough_before & enough_after
    if is_enough.all():
        found.append(around.neighbours(pairs, windows.asked))
        return
    kept = _Around(*(part[is_enough] for part in around))
    found.append(kept.neighbours(pairs, windows.asked[is_enough]))
    yield windows.wider(np.flatnonzero(~is_enough))
