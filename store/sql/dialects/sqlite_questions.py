"""Questions that every search asks of a SQLite file: one statement each, put to the driver as it was put together once.

SQLAlchemy's transaction around a statement, and its rows, take more time than SQLite needs to find ten stories. One
SELECT sees one state of the file without a transaction (sqlite.org/isolation.html).
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Engine

from store.sql.database import Statement

Conversion = Callable[[Any], Any]
_MOST_KEPT = 16
"""Connections that are kept open, as many as SQLAlchemy's pool keeps."""
MAPPED = f"PRAGMA mmap_size = {1 << 40}"
"""As much of the file as SQLite was built to map (2 GB)."""


class _Wording(NamedTuple):
    """A statement in SQLite's words, the names of its parameters in their order, and what its columns are read by."""

    sql: str
    names: Sequence[str]
    fixed: Mapping[str, Any]
    conversions: Sequence[tuple[int, Conversion]]


class SqliteQuestions:
    """Connections to one file that only ask; safe to share between threads.

    Parameters are given to the driver as they are: text and numbers.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._free: deque[sqlite3.Connection] = deque()
        self._prepared: dict[Statement, _Wording] = {}
        self._is_mapped = False

    def map(self) -> None:
        """Read the file where the system has it in memory, on connections that are opened from now on.

        Others copy each page that they read, and keep copies of their own. But a mapped file that is cut short, or that
        the disk can't read, is no error: the system ends the process (sqlite.org/mmap.html).
        """
        self._is_mapped = True
        self.close()

    def ask(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Sequence[Any]]:
        """The rows of a statement, which is one of few that are made once. Raises sqlite3.Error."""
        prepared = self._prepared.get(statement) or self._prepare(statement)
        values = {**prepared.fixed, **parameters}
        connection = self._connection()
        try:
            found: list[Sequence[Any]] = connection.execute(
                prepared.sql, [values[n] for n in prepared.names]
            ).fetchall()
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        return [_converted(row, prepared.conversions) for row in found] if prepared.conversions else found

    def close(self) -> None:
        """Close all connections that nobody asks on."""
        while self._free:
            self._free.pop().close()

    def _connection(self) -> sqlite3.Connection:
        try:
            return self._free.pop()
        except IndexError:
            pooled = self._engine.raw_connection()
            connection = cast("sqlite3.Connection", pooled.driver_connection)
            pooled.detach()
            if self._is_mapped:
                connection.execute(MAPPED)
            return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if len(self._free) < _MOST_KEPT:
            self._free.append(connection)
        else:
            connection.close()

    def _prepare(self, statement: Statement) -> _Wording:
        dialect = self._engine.dialect
        compiled = statement.compile(dialect=dialect)
        types = [column.type.dialect_impl(dialect) for column in getattr(statement, "selected_columns", ())]
        reading = [kind.result_processor(dialect, None) for kind in types]
        prepared = _Wording(
            str(compiled),
            compiled.positiontup or (),
            {name: value for name, value in compiled.params.items() if value is not None},
            [(place, conversion) for place, conversion in enumerate(reading) if conversion is not None],
        )
        self._prepared[statement] = prepared
        return prepared


def _converted(row: Sequence[Any], conversions: Sequence[tuple[int, Conversion]]) -> Sequence[Any]:
    values = list(row)
    for place, conversion in conversions:
        values[place] = conversion(values[place])
    return values
