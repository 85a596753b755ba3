"""Keys of texts by the thousand, handed over in each driver's own way: that takes half as long as any other.

`copy_keys` says which texts have a key; index/duplicates says what keys and places stand for.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

LAST_PLACE = (1 << 63) - 1

_ADD_TO_SQLITE = "INSERT OR IGNORE INTO copy_keys (key, place) VALUES (?, ?)"
_ADD_TO_POSTGRESQL = (
    "INSERT INTO copy_keys (key, place) SELECT * FROM unnest(CAST(%s AS bigint[]), CAST(%s AS bigint[]))"
    " ON CONFLICT DO NOTHING"
)
_DROP_FROM_SQLITE = "DELETE FROM copy_keys WHERE key = ? AND place = ?"
_DROP_FROM_POSTGRESQL = (
    "DELETE FROM copy_keys USING unnest(CAST(%s AS bigint[]), CAST(%s AS bigint[])) AS gone (key, place)"
    " WHERE copy_keys.key = gone.key AND copy_keys.place = gone.place"
)
_ASKED = "CREATE TEMP TABLE IF NOT EXISTS asked (key INTEGER, place INTEGER, number INTEGER, weight INTEGER)"
_NOT_ASKED = "DELETE FROM asked"
_ASK = "INSERT INTO asked VALUES (?, ?, ?, ?)"
# A transaction pooler gives the connection to others afterwards: no table may be left there.
_UNNESTED = (
    "asked (key, place, number, weight) AS (SELECT * FROM unnest("
    "CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]))), "
)


def _near(nearest: str, asked: str = "") -> str:
    return (
        f"WITH {asked}shared AS MATERIALIZED (SELECT * FROM asked WHERE EXISTS"
        " (SELECT 1 FROM copy_keys WHERE copy_keys.key = asked.key AND copy_keys.place != asked.place))"
        " SELECT number, weight, copy_keys.place FROM shared JOIN copy_keys ON copy_keys.key = shared.key"
        " AND copy_keys.place >= coalesce((SELECT place FROM copy_keys WHERE key = shared.key AND place < shared.place"
        f" ORDER BY place DESC LIMIT 1 OFFSET {nearest} - 1), 0)"
        " AND copy_keys.place <= coalesce((SELECT place FROM copy_keys WHERE key = shared.key AND place > shared.place"
        f" ORDER BY place LIMIT 1 OFFSET {nearest} - 1), {LAST_PLACE})"
        " WHERE copy_keys.place != shared.place"
    )


_NEAR_OF_SQLITE = _near("?")
_NEAR_OF_POSTGRESQL = _near("%s", _UNNESTED)


def add_keys(connection: Connection, rows: Sequence[tuple[int, int]]) -> None:
    """Let texts be found: (key, place) each; those that are there stay."""
    _run(connection, _ADD_TO_SQLITE, _ADD_TO_POSTGRESQL, rows)


def drop_keys(connection: Connection, rows: Sequence[tuple[int, int]]) -> None:
    """Let texts be found no more: (key, place) each."""
    _run(connection, _DROP_FROM_SQLITE, _DROP_FROM_POSTGRESQL, rows)


def _run(connection: Connection, of_sqlite: str, of_postgresql: str, rows: Sequence[tuple[int, int]]) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(of_postgresql, _columns(rows, 2))
    else:
        connection.exec_driver_sql(of_sqlite, list(rows))


def _columns(rows: Sequence[tuple[int, ...]], count: int) -> tuple[list[int], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True)) if rows else ([],) * count


def near(connection: Connection, asked: Sequence[tuple[int, int, int, int]], nearest: int) -> Sequence[Any]:
    """For each (key, place, number, weight): rows of number, weight and the place of another text with that key.

    The `nearest` places before and after, whatever their number.
    """
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql(_NEAR_OF_POSTGRESQL, (*_columns(asked, 4), nearest, nearest)).all()
    connection.exec_driver_sql(_ASKED)
    connection.exec_driver_sql(_NOT_ASKED)
    if asked:
        connection.exec_driver_sql(_ASK, list(asked))
    return connection.exec_driver_sql(_NEAR_OF_SQLITE, (nearest, nearest)).all()
