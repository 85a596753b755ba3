"""Tables that a copy of a desk takes over, and the one form in which their rows are compared.

All tables of store/sql/tables.py but those named here. A row is a tuple of its columns as numbers, texts and bytes (an
instant in microseconds), the same whatever database it was read from; rows come in the order of their keys, which both
databases compare by bytes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Delete,
    Float,
    Integer,
    Select,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    null,
    select,
    tuple_,
    type_coerce,
)

from store.sql.database import InstantColumn
from store.sql.dialects import text_keys
from store.sql.tables import bodies, copy_keys, counters, metadata, pages_metadata, stories, versions
from store.transfer.marker import UNFINISHED

NOT_COPIED = {
    "leases": "who may do what at the moment, by the clock of the database",
    "workers": "processes that work on the database that is left",
}
"""Tables that stay where they are, and what they hold."""
_OWN_COUNTERS = ("usable_from", UNFINISHED)
"""Numbers of the database itself, not of the desk in it."""
_MOST = 4000
_MOST_OF = {"bodies": 64, "versions": 500, "pages": 1000, "copy_texts": 1000}
"""Rows that are read at once: a few megabytes."""
_SETTLED = {"bodies": "content"}
"""Columns that never change under one key."""

Row = tuple[Any, ...]
Key = tuple[Any, ...]


class CopiedTable:
    """One table that goes over; `numbered` where the database gives its rows numbers by itself."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.names = tuple(column.name for column in table.columns)
        self.settled = _SETTLED.get(table.name)
        self.settled_place = None if self.settled is None else self.names.index(self.settled)
        self.numbered = bool(table.dialect_options["sqlite"]["autoincrement"])
        self.most = _MOST_OF.get(table.name, _MOST)
        self._places = tuple(self.names.index(column.name) for column in table.primary_key.columns)
        self._texts = tuple(place for place, column in enumerate(table.columns) if isinstance(column.type, String))
        self._casts = tuple(
            (place, bool if isinstance(column.type, Boolean) else float)
            for place, column in enumerate(table.columns)
            if isinstance(column.type, Boolean | Float)
        )
        self.unique = tuple(_unique_columns(table))
        self._queries: dict[tuple[str, bool, bool, bool], Select[Any]] = {}

    @property
    def name(self) -> str:
        """What the table is called."""
        return self.table.name

    def key(self, row: Row) -> Key:
        """What a row is known by; of rows without a settled column, too, if that stands behind the key."""
        return tuple(row[place] for place in self._places)

    def bound(self, name: str, key: Key) -> dict[str, Any]:
        """A key as the parameters of a statement that bear this name."""
        return {f"{name}_{place}": value for place, value in enumerate(key)}

    def remove(self, connection: Connection, keys: Sequence[Key]) -> None:
        """Remove the rows with these keys."""
        if keys:
            connection.execute(self._delete_by_key, [self.bound("key", key) for key in keys])

    @cached_property
    def _delete_by_key(self) -> Delete:
        return delete(self.table).where(self._key() == self._bound("key"))

    def key_columns(self) -> Sequence[Column[Any]]:
        """The columns of the key, in their order."""
        return tuple(self.table.primary_key.columns)

    def count(self, connection: Connection) -> int:
        """Number of rows."""
        query = select(func.count()).select_from(self.table)
        return connection.execute(_of_desk(self.table, query)).scalar() or 0

    def read(
        self, connection: Connection, after: Key | None, upto: Key | None = None, *, settled: bool = True
    ) -> list[Row]:
        """The next rows after a key, all up to another key or as many as are read at once.

        Without `settled` the column that never changes is None.
        """
        query = self._query(connection.dialect.name, after is not None, upto is not None, settled)
        asked = {**self.bound("after", after or ()), **self.bound("upto", upto or ())}
        rows = [tuple(row) for row in connection.execute(query, asked)]
        return [self._cast(row) for row in rows] if self._casts else rows

    def without_nul(self, row: Row) -> tuple[Row, tuple[str, ...]]:
        """A row with U+FFFD in the place of each NUL character of its texts, and the columns that held one."""
        found = tuple(place for place in self._texts if row[place] is not None and "\0" in row[place])
        if not found:
            return row, ()
        mended = list(row)
        for place in found:
            mended[place] = row[place].replace("\0", "\N{REPLACEMENT CHARACTER}")
        return tuple(mended), tuple(self.names[place] for place in found)

    def is_key(self, name: str) -> bool:
        """Whether a column is part of the key."""
        return self.names.index(name) in self._places

    def _query(self, dialect: str, is_after: bool, is_upto: bool, settled: bool) -> Select[Any]:
        asked = (dialect, is_after, is_upto, settled)
        if asked not in self._queries:
            self._queries[asked] = self._make_query(*asked)
        return self._queries[asked]

    def _make_query(self, dialect: str, is_after: bool, is_upto: bool, settled: bool) -> Select[Any]:
        columns = [self._plain(column, dialect, settled) for column in self.table.columns]
        query = _of_desk(self.table, select(*columns))
        if self.table is versions and dialect == "sqlite":
            query = query.outerjoin(stories, stories.c.id == versions.c.story_id)
        key = self._key()
        if is_after:
            query = query.where(key > self._bound("after"))
        query = query.where(key <= self._bound("upto")) if is_upto else query.limit(self.most)
        return query.order_by(*self.key_columns())

    def _key(self) -> ColumnElement[Any]:
        return _one_or_tuple([type_coerce(column, _plain_type(column)) for column in self.key_columns()])

    def _bound(self, name: str) -> ColumnElement[Any]:
        columns = enumerate(self.key_columns())
        return _one_or_tuple([bindparam(f"{name}_{place}", type_=_plain_type(column)) for place, column in columns])

    def _plain(self, column: Column[Any], dialect: str, settled: bool) -> ColumnElement[Any]:
        if not settled and column.name == self.settled:
            return null().label(column.name)
        if column is versions.c.first_seen_at and dialect == "sqlite":
            # PostgreSQL finds a version by the time at which its story was first seen; SQLite has no use for it.
            known = func.coalesce(stories.c.first_seen_at, versions.c.first_seen_at, versions.c.seen_at)
            return type_coerce(known, BigInteger).label(column.name)
        return type_coerce(column, _plain_type(column)).label(column.name)

    def _cast(self, row: Row) -> Row:
        values = list(row)
        for place, kind in self._casts:
            if values[place] is not None:
                values[place] = kind(values[place])
        return tuple(values)


class CopiedKeys(CopiedTable):
    """Keys of texts, most of which SQLite keeps elsewhere than in their table."""

    def count(self, connection: Connection) -> int:
        """Number of keys."""
        return text_keys.count_keys(connection)

    def read(
        self, connection: Connection, after: Key | None, upto: Key | None = None, *, settled: bool = True
    ) -> list[Row]:
        """The next keys, all up to another one or as many as are read at once."""
        if connection.dialect.name == "postgresql":
            return super().read(connection, after, upto, settled=settled)
        return list(text_keys.read_keys(connection, after, upto, None if upto else self.most))

    def remove(self, connection: Connection, keys: Sequence[Key]) -> None:
        """Remove keys."""
        text_keys.drop_keys(connection, keys)


class TableDigest:
    """SHA-256 over the rows of one table in the order of their keys, and their number.

    Without the column that never changes under its key: the key of a page's bytes is their own digest.
    """

    def __init__(self, copied: CopiedTable) -> None:
        self.rows = 0
        self._settled = copied.settled_place
        self._sum = hashlib.sha256()

    def add(self, rows: Iterable[Row]) -> None:
        """The next rows: each as Python writes a tuple of numbers, texts and bytes, on a line of its own."""
        for row in rows:
            self.rows += 1
            if self._settled is not None:
                row = row[: self._settled] + row[self._settled + 1 :]
            self._sum.update(repr(row).encode())
            self._sum.update(b"\n")

    def __str__(self) -> str:
        return self._sum.hexdigest()


def copied_tables() -> tuple[CopiedTable, ...]:
    """All tables that go over, those of pages first and of stories next."""
    held = [*pages_metadata.sorted_tables, *metadata.sorted_tables]
    first = {bodies.name: 0, "pages": 1, stories.name: 2}
    held.sort(key=lambda table: first.get(table.name, len(first)))
    return tuple(
        CopiedKeys(table) if table is copy_keys else CopiedTable(table)
        for table in held
        if table.name not in NOT_COPIED
    )


def is_of_pages(table: Table) -> bool:
    """Whether a table stands in the file of pages, where these have one of their own."""
    return table.metadata is pages_metadata


def _of_desk(table: Table, query: Select[Any]) -> Select[Any]:
    return query.where(counters.c.name.not_in(_OWN_COUNTERS)) if table is counters else query


def _one_or_tuple(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    return columns[0] if len(columns) == 1 else tuple_(*columns)


def _plain_type(column: Column[Any]) -> Any:
    return BigInteger() if isinstance(column.type, InstantColumn | Integer) else column.type


def _unique_columns(table: Table) -> Iterable[Column[Any]]:
    """The columns that no two rows may have in common, apart from the key."""
    for index in table.indexes:
        if index.unique and len(index.columns) == 1:
            yield next(iter(index.columns))
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and len(constraint.columns) == 1:
            yield next(iter(constraint.columns))
