"""Segments of runs in their tables: `copy_segments` says what there is, `copy_blocks` has the pairs.

A segment is up to some 260,000 sorted pairs in blocks that fill a page of the database each, and its guide. A run is
segments one behind the other. Block 0 of a segment is its guide.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import starmap
from typing import Any, NamedTuple

from sqlalchemy import Connection

from store.sql.key_runs.guides import ROUNDED, Guide, KeptGuides
from store.sql.key_runs.pairs import PAIR_BYTES, Numbers, Pair, Pairs

_NUMBER_BITS = 12
"""A segment has fewer than 4,096 blocks."""
_SEGMENT_BITS = 50

_ALL = "SELECT id, run, level, target, key, place, last_key, pairs FROM copy_segments ORDER BY level, run, key, place"
_ADD = (
    "INSERT INTO copy_segments (id, run, level, target, key, place, last_key, pairs) VALUES (?, ?, ?, NULL, ?, ?, ?, ?)"
)
_BEGIN_AT = "UPDATE copy_segments SET key = ?, place = ? WHERE id = ?"
_DROP = "DELETE FROM copy_segments WHERE id = ?"
_READ = "SELECT id, content FROM copy_blocks WHERE id IN (SELECT value FROM json_each(?))"
_READ_RANGE = "SELECT content FROM copy_blocks WHERE id BETWEEN ? AND ? ORDER BY id"
_WRITE = "INSERT INTO copy_blocks (id, content) VALUES (?, ?)"
_CHANGE = "UPDATE copy_blocks SET content = ? WHERE id = ?"
_DROP_RANGE = "DELETE FROM copy_blocks WHERE id BETWEEN ? AND ?"
_COUNT = (
    f"SELECT coalesce(sum(length(content)), 0) / {PAIR_BYTES} FROM copy_blocks WHERE id & {(1 << _NUMBER_BITS) - 1}"
)

_guides = KeptGuides()


class Segment(NamedTuple):
    """A row of `copy_segments`: no pair is before (`key`, `place`), none has a key above `last_key`.

    `target` is the run that its run is being merged into, None where it is not; `pairs` is how many were written.
    """

    id: int
    run: int
    level: int
    target: int | None
    key: int
    place: int
    last_key: int
    pairs: int

    def block(self, number: int) -> int:
        """The number in the table of one of its blocks, the first of which is 0."""
        return self.id << _NUMBER_BITS | number + 1


def rows_of(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of one statement as SQLite's driver gives them: SQLAlchemy would make each anew, of many thousand.

    Raises sqlite3.Error.
    """
    cursor = connection.connection.cursor()
    try:
        found: list[tuple[Any, ...]] = cursor.execute(statement, parameters).fetchall()
    finally:
        cursor.close()
    return found


def all_segments(connection: Connection) -> list[Segment]:
    """All segments, run by run in the order of their pairs."""
    return [*starmap(Segment, rows_of(connection, _ALL))]


def write_segment(connection: Connection, run: int, level: int, begin: Pair, pairs: Pairs, block: int) -> None:
    """Add a segment to a run: pairs of which none is before `begin`, so many a block."""
    segment, guide = secrets.randbits(_SEGMENT_BITS), Guide.of(pairs, begin, block)
    first = segment << _NUMBER_BITS
    rows = [(first, guide.packed())]
    for number, start in enumerate(range(0, pairs.size, block), 1):
        rows.append((first | number, pairs.part(start, start + block).packed()))
    connection.exec_driver_sql(_WRITE, rows)
    last_key = int(pairs.keys[-1]) | ROUNDED
    connection.exec_driver_sql(_ADD, (segment, run, level, *begin, last_key, pairs.size))
    _guides.keep(segment, guide)


def drop_segment(connection: Connection, segment: Segment) -> None:
    """Remove a segment with all that is left of it."""
    connection.exec_driver_sql(_DROP_RANGE, (segment.block(-1), segment.block((1 << _NUMBER_BITS) - 2)))
    connection.exec_driver_sql(_DROP, (segment.id,))
    _guides.drop(segment.id)


def begin_at(connection: Connection, segment: Segment, pair: Pair) -> None:
    """Let a segment begin later; no pair before that is in its blocks any more."""
    connection.exec_driver_sql(_BEGIN_AT, (*pair, segment.id))


def guide_to(connection: Connection, segment: Segment) -> Guide:
    """The guide to a segment."""
    guide = _guides.get(segment.id)
    if guide is None:
        guide = Guide.unpacked(connection.exec_driver_sql(_READ_RANGE, (segment.block(-1),) * 2).scalar_one())
        _guides.keep(segment.id, guide)
    return guide


def read_blocks(connection: Connection, blocks: Iterable[int]) -> dict[int, Pairs]:
    """Blocks by their number in the table; those that have no pairs any more are left out."""
    found = rows_of(connection, _READ, (json.dumps(list(blocks)),))
    return {number: Pairs.unpacked(content) for number, content in found}


def read_range(connection: Connection, segment: Segment, begin: int, end: int) -> Pairs:
    """All pairs of a segment's blocks from one up to another."""
    found = rows_of(connection, _READ_RANGE, (segment.block(begin), segment.block(end - 1)))
    return Pairs.joined(Pairs.unpacked(content) for (content,) in found)


def drop_blocks(connection: Connection, segment: Segment, begin: int, end: int) -> None:
    """Remove a segment's blocks from one up to another."""
    connection.exec_driver_sql(_DROP_RANGE, (segment.block(begin), segment.block(end - 1)))


def change_blocks(connection: Connection, changed: Mapping[int, Pairs]) -> None:
    """Put other pairs into blocks, by their number in the table; one without any is removed."""
    kept = [(pairs.packed(), block) for block, pairs in changed.items() if pairs.size]
    if kept:
        connection.exec_driver_sql(_CHANGE, kept)
    for block in (block for block, pairs in changed.items() if not pairs.size):
        connection.exec_driver_sql(_DROP_RANGE, (block, block))


def count_pairs(connection: Connection) -> int:
    """How many pairs all blocks have."""
    return int(connection.exec_driver_sql(_COUNT).scalar_one())


def asked_of(connection: Connection, keys: Numbers) -> Iterator[tuple[Segment, Guide, Numbers]]:
    """The segments that may hold some of these keys, which are in order, with the positions of those keys."""
    segments = all_segments(connection)
    begins = keys.searchsorted([segment.key for segment in segments], "left").tolist()
    ends = keys.searchsorted([segment.last_key for segment in segments], "right").tolist()
    for segment, begin, end in zip(segments, begins, ends, strict=True):
        if begin < end:
            guide = guide_to(connection, segment)
            found = guide.may_hold(keys[begin:end])
            if found.size:
                yield segment, guide, found + begin
