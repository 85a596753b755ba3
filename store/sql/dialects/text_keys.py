"""Keys of texts by the thousand, handed over in each driver's own way: that takes half as long as any other.

`copy_keys` says which texts have a key; index/duplicates says what keys and places stand for.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

LAST_PLACE = (1 << 63) - 1

_ADD = {
    "sqlite": "INSERT OR IGNORE INTO copy_keys (key, place) VALUES (?, ?)",
    "postgresql": "INSERT INTO copy_keys (key, place) VALUES (%s, %s) ON CONFLICT DO NOTHING",
}
_DROP = {
    "sqlite": "DELETE FROM copy_keys WHERE key = ? AND place = ?",
    "postgresql": "DELETE FROM copy_keys WHERE key = %s AND place = %s",
}
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
    connection.exec_driver_sql(_ADD[connection.dialect.name], list(rows))


def drop_keys(connection: Connection, rows: Sequence[tuple[int, int]]) -> None:
    """Let texts be found no more: (key, place) each."""
    connection.exec_driver_sql(_DROP[connection.dialect.name], list(rows))


def near(connection: Connection, asked: Sequence[tuple[int, int, int, int]], nearest: int) -> Sequence[Any]:
    """For each (key, place, number, weight): rows of number, weight and the place of another text with that key.

    The `nearest` places before and after, whatever their number.
    """
    if connection.dialect.name == "postgresql":
        columns = [list(column) for column in zip(*asked, strict=True)] if asked else [[]] * 4
        return connection.exec_driver_sql(_NEAR_OF_POSTGRESQL, (*columns, nearest, nearest)).all()
    connection.exec_driver_sql(_ASKED)
    connection.exec_driver_sql(_NOT_ASKED)
    if asked:
        connection.exec_driver_sql(_ASK, list(asked))
    return connection.exec_driver_sql(_NEAR_OF_SQLITE, (nearest, nearest)).all()
