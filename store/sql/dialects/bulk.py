"""Work on whole tables that each database does in a way of its own: rows by the thousand, numbers, standing still."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Float, Integer, LargeBinary, Table, text

from store.sql.database import Database, InstantColumn, microseconds_of

_ARRAYS: tuple[tuple[type, str], ...] = (
    (Boolean, "boolean"),
    (InstantColumn, "bigint"),
    (Integer, "bigint"),
    (Float, "double precision"),
    (LargeBinary, "bytea"),
)
_SEQUENCE_OF_SQLITE = text("SELECT max(seq) FROM sqlite_sequence WHERE name = :table")
_FORGET_SEQUENCE = text("DELETE FROM sqlite_sequence WHERE name = :table")
_SET_SEQUENCE = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)")
# The one of an identity column, or the one that the column's default names.
_SEQUENCE_NAME = text(
    "SELECT coalesce(pg_get_serial_sequence(:table, 'id'), substring(column_default FROM 'nextval\\(''([^'']+)'''))"
    " FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = :table AND column_name = 'id'"
)
_WITHOUT_LIMIT = text("SET LOCAL idle_in_transaction_session_timeout = 0")
_STATEMENT_WITHOUT_LIMIT = text("SET LOCAL statement_timeout = 0")


def insert_rows(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each with the values of the named columns in their order, as the database keeps them."""
    if not rows:
        return
    columns = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})', list(rows))
        return
    arrays = ", ".join(f"CAST(%s AS {_array_of(table.c[name])}[])" for name in names)
    values = tuple(list(column) for column in zip(*rows, strict=True))
    connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({columns}) SELECT * FROM unnest({arrays})', values)


def insert_mappings(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same columns in the same order, with instants as such."""
    if not rows:
        return
    names = tuple(rows[0])
    instants = [place for place, name in enumerate(names) if isinstance(table.c[name].type, InstantColumn)]
    insert_rows(connection, table, names, [_as_kept(row, instants) for row in rows])


def last_number(connection: Connection, table: Table) -> int:
    """The highest number that a table has given to a row by itself, whether the row is still there or not."""
    if connection.dialect.name == "sqlite":
        return connection.execute(_SEQUENCE_OF_SQLITE, {"table": table.name}).scalar() or 0
    name = connection.execute(_SEQUENCE_NAME, {"table": table.name}).scalar_one()
    query = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}"
    return int(connection.execute(text(query)).scalar_one())


def number_from(connection: Connection, table: Table, number: int) -> None:
    """Let a table give numbers above this one to its next rows. A lower number than its last is ignored."""
    if number <= last_number(connection, table):
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_FORGET_SEQUENCE, {"table": table.name})
        connection.execute(_SET_SEQUENCE, {"table": table.name, "number": number})
        return
    name = connection.execute(_SEQUENCE_NAME, {"table": table.name}).scalar_one()
    connection.execute(text("SELECT setval(CAST(:name AS regclass), :number)"), {"name": name, "number": number})


@contextmanager
def standing_still(database: Database, tables: Sequence[Table]) -> Iterator[Connection]:
    """One state of these tables, which nobody changes until the block ends; whoever reads goes on reading."""
    with database.change() as connection:
        if connection.dialect.name == "postgresql":
            # A transaction of our own that waits for another database is not to be taken for one that hangs.
            connection.execute(_WITHOUT_LIMIT)
            connection.execute(_STATEMENT_WITHOUT_LIMIT)
            names = ", ".join(f'"{table.name}"' for table in tables)
            connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
        yield connection


def refresh_statistics(database: Database, tables: Sequence[Table]) -> None:
    """Let the database see how many rows came into these tables, where it plans its queries by that."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(_STATEMENT_WITHOUT_LIMIT)
            connection.execute(text("ANALYZE " + ", ".join(f'"{table.name}"' for table in tables)))


def _as_kept(row: Mapping[str, Any], instants: Sequence[int]) -> tuple[Any, ...]:
    values = [*row.values()]
    for place in instants:
        if values[place] is not None:
            values[place] = microseconds_of(values[place])
    return tuple(values)


def _array_of(column: Column[Any]) -> str:
    return next((name for kind, name in _ARRAYS if isinstance(column.type, kind)), "text")
