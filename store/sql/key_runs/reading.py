"""Reading of all keys of texts in their order, wherever they are kept."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection

from store.sql.key_runs.fences import fence_behind, live_fences
from store.sql.key_runs.merging import Sizes
from store.sql.key_runs.pairs import Pair, Pairs
from store.sql.key_runs.segments import Segment, all_segments, count_pairs, read_range, rows_of

_COUNT = "SELECT count(*) FROM copy_keys"
_BETWEEN = (
    "SELECT key, place FROM copy_keys WHERE (key, place) > (?, ?) AND (key, place) <= (?, ?)"
    " ORDER BY key, place LIMIT ?"
)
_BEFORE_ALL, _LAST = (-(1 << 63), -(1 << 63)), ((1 << 63) - 1, (1 << 63) - 1)
_NO_LIMIT = -1


def count_keys(connection: Connection) -> int:
    """How many there are."""
    return int(connection.exec_driver_sql(_COUNT).scalar_one()) + count_pairs(connection)


def read_keys(connection: Connection, after: Pair | None, upto: Pair | None, most: int | None = None) -> list[Pair]:
    """The next (key, place) after one in their order, all up to another or as many as `most`."""
    after, upto = after or _BEFORE_ALL, upto or _LAST
    segments, found = all_segments(connection), list[Pair]()
    while after < upto and (most is None or len(found) < most):
        stop = upto if most is None else _stop(connection, segments, after, upto, most)
        new = rows_of(connection, _BETWEEN, (*after, *stop, _NO_LIMIT if most is None else most))
        if len(new) == most:
            stop = new[-1]
        parts = [_between(connection, segment, after, stop) for segment in segments]
        found += Pairs.merged([*parts, Pairs.of(new)]).rows()
        after = stop
    return found[:most]


def _stop(connection: Connection, segments: Sequence[Segment], after: Pair, upto: Pair, most: int) -> Pair:
    """A pair up to which there are about so many."""
    runs = [list(run) for _, run in groupby(segments, key=lambda segment: segment.run)]
    fence = fence_behind(connection, runs, most // Sizes().block + len(runs), after)
    return upto if fence is None else min(fence, upto)


def _between(connection: Connection, segment: Segment, after: Pair, upto: Pair) -> Pairs:
    """The pairs of a segment after one pair up to another."""
    if segment.last_key < after[0] or (segment.key, segment.place) > upto:
        return Pairs.joined([])
    begin, fences = live_fences(connection, segment)
    begin = max(fences.rank(after, after=True) - 1, begin)
    pairs = read_range(connection, segment, begin, fences.rank(upto, after=True))
    return pairs.part(pairs.rank(after, after=True), pairs.rank(upto, after=True))
