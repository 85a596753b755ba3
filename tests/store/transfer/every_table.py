"""A store whose tables all hold rows, of every shape that their columns allow."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, Table, insert, select

from store.opening import Store
from store.sql.database import Database, InstantColumn
from store.sql.tables import metadata, pages_metadata

ROWS = 40
_TEXTS = (
    "",
    "plain",
    "Zürich “quoted” 'it''s' \\ \"x\"",
    "{}",
    "日本語 🗞",
    "a\tb\nc",
    "\\N",
    "NULL",
    "\N{REPLACEMENT CHARACTER}",
)
_NUMBERS = (0, 1, -1, 2**31 - 1, -(2**31), 7)
_LARGE_NUMBERS = (*_NUMBERS, 2**40, -(2**63), 2**63 - 1)
_FLOATS = (0.0, -0.5, 0.1, 1e300, 123456789.125)
_BYTES = (b"", b"\0\1\2", bytes(range(256)), b"\\x00", b"text")
_INSTANTS = (
    datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2013, 1, 17, tzinfo=UTC),
)


def databases_of(store: Store) -> Iterator[tuple[Database, Table]]:
    """Each table with the database that keeps it."""
    for database, tables in ((store.databases[-1], pages_metadata), (store.databases[0], metadata)):
        for table in tables.sorted_tables:
            yield database, table


def fill(store: Store, seed: int = 1) -> None:
    """Put rows into every table of a store on SQLite: all values that its columns can hold, None where they may."""
    chance = random.Random(seed)
    for database, table in databases_of(store):
        rows = [_row(table, number, chance) for number in range(ROWS)]
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            connection.execute(insert(table), rows)


def rows_of(store: Store, *, apart_from: frozenset[str] = frozenset()) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, as the store itself reads them."""
    found = {}
    for database, table in databases_of(store):
        if table.name in apart_from:
            continue
        with database.read() as connection:
            found[table.name] = sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
    return found


def _row(table: Table, number: int, chance: random.Random) -> dict[str, Any]:
    row = {column.name: _value(table, column, number, chance) for column in table.columns}
    if table.name == "versions":
        row["first_seen_at"] = None
    if table.name == "stories" and number == 0:
        row["merged_into"] = None
    return row


def _value(table: Table, column: Column[Any], number: int, chance: random.Random) -> Any:
    referred = next(iter(column.foreign_keys), None)
    if referred is not None:
        name = referred.column.table.name
        return f"id {number:03}" if name == "stories" and table.name != "stories" else _reference(name, number)
    if column.nullable and chance.random() < 0.3:
        return None
    is_unique = column.primary_key or column.unique or (table.name, column.name) in _UNIQUE
    return _unique(table, column, number) if is_unique else _any(table, column, chance)


_UNIQUE = {("stories", "revision"), ("copy_groups", "position")}


def _reference(name: str, number: int) -> Any:
    # A story may be merged into one with a later id.
    return f"id {ROWS - 1 - number:03}" if name == "stories" else f"digest {number:03}".encode() + b"\0\xff"


def _unique(table: Table, column: Column[Any], number: int) -> Any:
    if isinstance(column.type, InstantColumn):
        return _INSTANTS[number % len(_INSTANTS)]
    if isinstance(column.type, Integer):
        return number + 1
    if isinstance(column.type, LargeBinary):
        return f"digest {number:03}".encode() + b"\0\xff"
    return f"id {number:03}" if table.name == "stories" else f"{_TEXTS[number % len(_TEXTS)]} {number:03}"


def _any(table: Table, column: Column[Any], chance: random.Random) -> Any:
    if isinstance(column.type, InstantColumn):
        return chance.choice(_INSTANTS)
    if isinstance(column.type, Boolean):
        return chance.random() < 0.5
    if isinstance(column.type, Float):
        return chance.choice(_FLOATS)
    if isinstance(column.type, Integer):
        is_large = type(column.type).__name__ == "BigInteger"
        return chance.choice(_LARGE_NUMBERS if is_large else _NUMBERS)
    if isinstance(column.type, LargeBinary):
        return chance.choice(_BYTES)
    return chance.choice(_TEXTS)
