"""Keys of texts by the thousand, in each database's own way: a table of PostgreSQL, sorted runs in SQLite.

`copy_keys` says which texts have a key; index/duplicates says what keys and places stand for.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from numpy import int64
    from numpy.typing import NDArray

    Rows = NDArray[int64]

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


def add_keys(connection: Connection, pairs: "Rows | Sequence[Row]") -> None:
    """Let texts be found: rows of key and place; those that are there stay."""
    if _is_postgresql(connection):
        connection.exec_driver_sql(_ADD, _columns(pairs, 2))
        return
    from store.sql.key_runs import keys  # numpy takes a tenth of a second, which most commands need not wait for

    keys.add_keys(connection, pairs)


def drop_keys(connection: Connection, pairs: "Rows | Sequence[Row]") -> None:
    """Let texts be found no more: rows of key and place."""
    if _is_postgresql(connection):
        connection.exec_driver_sql(_DROP, _columns(pairs, 2))
        return
    from store.sql.key_runs import keys

    keys.drop_keys(connection, pairs)


def near(connection: Connection, asked: "Rows", nearest: int) -> "Rows":
    """For each row of key, place, number and weight: rows of number, weight and the place of another such text.

    The `nearest` places before and after, whatever their number.
    """
    if _is_postgresql(connection):
        import numpy as np

        found = connection.exec_driver_sql(_NEAR, (*_columns(asked, 4), nearest, nearest)).all()
        return np.array([tuple(row) for row in found], np.int64).reshape(-1, 3)
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


def _columns(rows: "Rows | Sequence[Row]", count: int) -> tuple[list[int], ...]:
    """The columns of rows, which are put in order: of two writers neither waits for the other for ever."""
    import numpy as np

    given = np.array(rows, np.int64).reshape(-1, count)
    ordered = given[np.lexsort(given.T[::-1])].T
    return tuple(column.tolist() for column in ordered)
