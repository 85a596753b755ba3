"""Merging of runs into longer ones, a segment at a time, so that no transaction has much to do.

Where a level has eight runs, they become one of the next. A step moves the first pairs of all of them into a segment of
the new run: at any time every pair is in one of them, and whoever looks looks into all. So a merge may rest between two
steps as long as it likes, and one that is killed in a step has not taken it. A pair is moved once a level; the work
that is done when pairs come is a multiple of their number, which is more than the levels need.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection

from store.sql.key_runs.fences import fence_behind, live_fences
from store.sql.key_runs.guides import fences_of
from store.sql.key_runs.pairs import Pair, Pairs
from store.sql.key_runs.segments import (
    Segment,
    all_segments,
    begin_at,
    change_blocks,
    drop_blocks,
    drop_segment,
    read_range,
    write_segment,
)

_BEGIN_MERGE = "UPDATE copy_segments SET target = ? WHERE run = ?"


class Sizes(NamedTuple):
    """How pairs are kept.

    More than `buffered` pairs are taken out of the table of new ones, up to `taken` at a time; where `direct` come
    at once, they become a run at once. `block` pairs fill a page, `segment` is what a step of a merge writes;
    `merged` runs of one level become one, and for each pair that comes `work` are moved.
    """

    buffered: int = 4096
    direct: int = 2048
    taken: int = 32_768
    block: int = 252
    segment: int = 262_144
    merged: int = 8
    work: int = 8


def write_run(connection: Connection, pairs: Pairs, sizes: Sizes) -> None:
    """Keep pairs as a run of its own, on the level of its size."""
    if not pairs.size:
        return
    level, full = 0, sizes.buffered * sizes.merged // 2
    while pairs.size >= full:
        level, full = level + 1, full * sizes.merged
    run = _next_run(all_segments(connection))
    for number, begin in enumerate(fences_of(pairs, sizes.segment).rows()):
        part = pairs.part(number * sizes.segment, (number + 1) * sizes.segment)
        write_segment(connection, run, level, begin, part, sizes.block)


def merge_runs(connection: Connection, work: int, sizes: Sizes) -> None:
    """Go on with the merges that there are to do, those of short runs first, until about so many pairs were moved.

    All steps are of one size: what a small one writes is one more segment that look-ups go through.
    """
    most = min(max(work, sizes.buffered), sizes.segment)
    while work > 0:
        inputs = _next_merge(connection, sizes)
        if not inputs:
            return
        work -= _take_step(connection, inputs, sizes, most)


def _next_run(segments: Iterable[Segment]) -> int:
    return max((max(segment.run, segment.target or 0) for segment in segments), default=0) + 1


def _next_merge(connection: Connection, sizes: Sizes) -> list[Segment]:
    """The segments that are to be merged next, all with the same target; a merge is begun where one is due."""
    segments = all_segments(connection)
    growing = {segment.target for segment in segments}
    standing: dict[int, set[int]] = defaultdict(set)
    for segment in segments:
        if segment.target is None and segment.run not in growing:
            standing[segment.level].add(segment.run)
    due = [runs for runs in standing.values() if len(runs) >= sizes.merged]
    for target, runs in enumerate(due, _next_run(segments)):
        connection.exec_driver_sql(_BEGIN_MERGE, [(target, run) for run in sorted(runs)])
    if due:
        segments = all_segments(connection)
    waiting = [segment for segment in segments if segment.target is not None]
    first = min(waiting, key=lambda segment: (segment.level, segment.target), default=None)
    return [segment for segment in waiting if first is not None and segment.target == first.target]


def _take_step(connection: Connection, inputs: Sequence[Segment], sizes: Sizes, most: int) -> int:
    """Move the first pairs of runs, about as many as `most`, into a segment of their target; returns their number."""
    runs = [list(run) for _, run in groupby(inputs, key=lambda segment: segment.run)]
    end = fence_behind(connection, runs, max(most // sizes.block, len(runs)))
    begin = min((segment.key, segment.place) for segment in inputs)
    taken = Pairs.merged([_take(connection, segment, end) for run in runs for segment in run])
    if taken.size:
        write_segment(connection, inputs[0].target or 0, inputs[0].level + 1, begin, taken, sizes.block)
    return max(taken.size, sizes.block)


def _take(connection: Connection, segment: Segment, end: Pair | None) -> Pairs:
    """Take the pairs before `end` out of a segment; one that has no others is removed."""
    begin, fences = live_fences(connection, segment)
    upto = fences.size if end is None else max(fences.rank(end), begin)
    if upto == begin:
        return Pairs.joined([])
    pairs = read_range(connection, segment, begin, upto)
    split = pairs.size if end is None else pairs.rank(end)
    rest = pairs.part(split, pairs.size)
    if end is None or (upto == fences.size and not rest.size):
        drop_segment(connection, segment)
    else:
        drop_blocks(connection, segment, begin, upto - 1)
        change_blocks(connection, {segment.block(upto - 1): rest})
        begin_at(connection, segment, end)
    return pairs.part(0, split)
