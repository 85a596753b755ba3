"""Keys of texts by the thousand, in each database's own way: a table of PostgreSQL, sorted runs in SQLite.

`copy_keys` says which texts have a key; index/duplicates says what keys and places stand for.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

Row = tuple[int, int]

LAST_PLACE = (1 << 63) - 1

_ADD = (
    "INSERT INTO copy_keys (key, place) SELECT * FROM unnest(CAST(%s AS bigint[]), CAST(%s AS bigint[]))"
    " ON CONFLICT DO NOTHING"
)
_COUNT = "SELECT count(*) FROM copy_keys"
_DROP = (
    "DELETE FROM copy_keys USING unnest(CAST(%s AS bigint[]), CAST(%s AS bigint[])) AS gone (key, place)"
    " WHERE copy_keys.key = gone.key AND copy_keys.place = gone.place"
)
# A transaction pooler gives the connection to others afterwards: no table may be left there.
_NEAR = (
    "WITH asked (key, place, number, weight) AS (SELECT * FROM unnest("
    "CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]))), "
    "shared AS MATERIALIZED (SELECT * FROM asked WHERE EXISTS"
    " (SELECT 1 FROM copy_keys WHERE copy_keys.key = asked.key AND copy_keys.place != asked.place))"
    " SELECT number, weight, copy_keys.place FROM shared JOIN copy_keys ON copy_keys.key = shared.key"
    " AND copy_keys.place >= coalesce((SELECT place FROM copy_keys WHERE key = shared.key AND place < shared.place"
    " ORDER BY place DESC LIMIT 1 OFFSET %s - 1), 0)"
    " AND copy_keys.place <= coalesce((SELECT place FROM copy_keys WHERE key = shared.key AND place > shared.place"
    f" ORDER BY place LIMIT 1 OFFSET %s - 1), {LAST_PLACE})"
    " WHERE copy_keys.place != shared.place"
)


def add_keys(connection: Connection, rows: Sequence[Row]) -> None:
    """Let texts be found: (key, place) each; those that are there stay."""
    if _is_postgresql(connection):
        connection.exec_driver_sql(_ADD, _columns(sorted(rows), 2))
        return
    from store.sql.key_runs import keys  # numpy takes a tenth of a second, which most commands need not wait for

    keys.add_keys(connection, rows)


def drop_keys(connection: Connection, rows: Sequence[Row]) -> None:
    """Let texts be found no more: (key, place) each."""
    if _is_postgresql(connection):
        connection.exec_driver_sql(_DROP, _columns(sorted(rows), 2))
        return
    from store.sql.key_runs import keys

    keys.drop_keys(connection, rows)


def near(connection: Connection, asked: Sequence[tuple[int, int, int, int]], nearest: int) -> Sequence[Any]:
    """For each (key, place, number, weight): rows of number, weight and the place of another text with that key.

    The `nearest` places before and after, whatever their number.
    """
    if _is_postgresql(connection):
        return connection.exec_driver_sql(_NEAR, (*_columns(sorted(asked), 4), nearest, nearest)).all()
    from store.sql.key_runs import keys

    return keys.near(connection, asked, nearest)


def count_keys(connection: Connection) -> int:
    """How many rows there are."""
    if _is_postgresql(connection):
        return int(connection.exec_driver_sql(_COUNT).scalar_one())
    from store.sql.key_runs import reading

    return reading.count_keys(connection)


def read_keys(
    connection: Connection, after: Row | None = None, upto: Row | None = None, most: int | None = None
) -> list[Row]:
    """The next rows (key, place) of SQLite after one in their order, all up to another or as many as `most`."""
    from store.sql.key_runs import reading

    return reading.read_keys(connection, after, upto, most)


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _columns(rows: Sequence[tuple[int, ...]], count: int) -> tuple[list[int], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True)) if rows else ([],) * count
