"""Fences of runs: where their blocks begin, by which a part of all runs is found that holds about so many pairs."""

from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import Connection

from store.sql.key_runs.pairs import Pair, Pairs
from store.sql.key_runs.segments import Segment, guide_to


def live_fences(connection: Connection, segment: Segment) -> tuple[int, Pairs]:
    """The number of a segment's first block that may have pairs, and where each of its blocks begins at the earliest.

    The blocks before have none.
    """
    keys, places = guide_to(connection, segment).fences
    begin = max(Pairs(keys, places).rank((segment.key, segment.place), after=True) - 1, 0)
    keys, places = keys.copy(), places.copy()
    keys[begin], places[begin] = segment.key, segment.place
    return begin, Pairs(keys, places)


def fence_behind(
    connection: Connection, runs: Iterable[Sequence[Segment]], blocks: int, after: Pair | None = None
) -> Pair | None:
    """Where the block behind the next so many of all runs begins; None where there are not so many.

    Blocks that begin after a pair count, or all. With at least as many blocks as runs there is a fence before it,
    whatever the runs have in common.
    """
    parts: list[Pairs] = []
    for run in runs:
        left = blocks + 1
        for segment in run:
            begin, fences = live_fences(connection, segment)
            if after is not None:
                begin = max(begin, fences.rank(after, after=True))
            parts.append(fences.part(begin, begin + left))
            left -= parts[-1].size
            if left <= 0:
                break
    found = Pairs.joined(parts)
    if found.size <= blocks:
        return None
    at = np.lexsort((found.places, found.keys))[blocks]
    return int(found.keys[at]), int(found.places[at])
