"""Comparison of one table in two databases, run by run in the order of its keys, which can make them alike.

Nothing is remembered between two comparisons: what is there already is found to be there. So a copy that was killed
goes on where it was, and what changes while it is made is found by the next comparison, whatever kind of change it was;
the change feed tells of stories alone.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple

from sqlalchemy import Connection, delete
from sqlalchemy.exc import IntegrityError

from model.errors import StorageTroubleError, StoreError
from store.sql.database import Database
from store.sql.dialects.bulk import insert_rows
from store.transfer.copied_tables import CopiedTable, Key, Row, TableDigest

Reading = Callable[[], AbstractContextManager[Connection]]
"""Opens one state of a database, to be kept short."""
Step = Callable[[int], None]
"""Called with the number of rows that were gone through since the last call; what it raises ends the work."""

_SHOWN_KEY = 200


class Compared(NamedTuple):
    """What two tables hold: rows and digest of each, how many rows are `unlike`, and how many were written before."""

    name: str
    rows: int
    digest: str
    rows_there: int
    digest_there: str
    unlike: int
    written: int

    @property
    def is_same(self) -> bool:
        """Whether both hold the same."""
        return self.unlike == 0 and (self.rows, self.digest) == (self.rows_there, self.digest_there)


class Replaced(NamedTuple):
    """A text that held NUL characters, which PostgreSQL can't keep: there they are U+FFFD."""

    table: str
    key: Key
    column: str

    def __str__(self) -> str:
        return f"{self.column} of {_named(self.table, self.key)}"


class TableComparison:
    """Compares one table; texts that the target can't keep to the letter are added to `replaced`.

    With `settled` what never changes under its key is read, too.
    """

    def __init__(
        self,
        copied: CopiedTable,
        source: Reading,
        target: Database,
        replaced: set[Replaced],
        *,
        settled: bool = True,
    ) -> None:
        self._copied = copied
        self._source = source
        self._target = target
        self._settled = settled or copied.settled is None
        self._keeps_nul = target.engine.dialect.name == "sqlite"
        self._replaced = replaced

    def run(self, step: Step, *, write: bool, again: bool = False) -> Compared:
        """Go through both; with `write` the target is made like the source, and read `again` where it was not.

        Raises StoreError, which names the row, where the target can't keep one.
        """
        ours, theirs = TableDigest(self._copied), TableDigest(self._copied)
        written = unlike = 0
        after: Key | None = None
        while True:
            rows, kept, upto = self._next(after)
            if rows != kept and write:
                full, held = (rows, kept) if self._settled else self._between(after, upto, settled=True)
                written += self._write(self._keepable(full), held)
                if again or not self._settled:
                    rows, kept = self._between(after, upto, settled=True)
            if rows != kept:
                rows = self._keepable(rows)
                unlike += self._unlike(rows, kept)
            ours.add(rows)
            theirs.add(kept)
            step(len(rows))
            if upto is None:
                return Compared(self._copied.name, ours.rows, str(ours), theirs.rows, str(theirs), unlike, written)
            after = upto

    def _next(self, after: Key | None) -> tuple[list[Row], list[Row], Key | None]:
        """The next rows of both, up to one key; None where there are no more."""
        copied = self._copied
        with self._source() as connection:
            rows = copied.read(connection, after, settled=self._settled)
        with self._target.read() as connection:
            kept = copied.read(connection, after, settled=self._settled)
        ends = [copied.key(found[-1]) for found in (rows, kept) if len(found) == copied.most]
        if not ends:
            return rows, kept, None
        upto = min(ends)
        return self._cut(rows, upto), self._cut(kept, upto), upto

    def _cut(self, rows: list[Row], upto: Key) -> list[Row]:
        if not rows or self._copied.key(rows[-1]) <= upto:
            return rows
        return [row for row in rows if self._copied.key(row) <= upto]

    def _between(self, after: Key | None, upto: Key | None, *, settled: bool) -> tuple[list[Row], list[Row]]:
        with self._source() as connection:
            rows = self._copied.read(connection, after, upto, settled=settled)
        with self._target.read() as connection:
            return rows, self._copied.read(connection, after, upto, settled=settled)

    def _unlike(self, rows: list[Row], kept: list[Row]) -> int:
        ours, theirs = ({self._copied.key(row): row for row in found} for found in (rows, kept))
        return sum(ours.get(key) != theirs.get(key) for key in ours.keys() | theirs.keys())

    def _keepable(self, rows: Iterable[Row]) -> list[Row]:
        """The rows as the target can keep them. Raises StoreError where a key can't be kept."""
        if self._keeps_nul:
            return list(rows)
        return [self._without_nul(row) for row in rows]

    def _without_nul(self, row: Row) -> Row:
        mended, columns = self._copied.without_nul(row)
        key = self._copied.key(row)
        for column in columns:
            if self._copied.is_key(column):
                name = _named(self._copied.name, key)
                raise StoreError(f"{name} holds a NUL character, which PostgreSQL can't keep: remove it first")
            self._replaced.add(Replaced(self._copied.name, key, column))
        return mended

    def _write(self, rows: list[Row], kept: list[Row]) -> int:
        key = self._copied.key
        ours, theirs = {key(row): row for row in rows}, {key(row): row for row in kept}
        new = [row for place, row in ours.items() if theirs.get(place) != row]
        stale = [place for place, row in theirs.items() if ours.get(place) != row]
        try:
            self._replace(stale, new)
        except StorageTroubleError:
            raise
        except (StoreError, IntegrityError):
            for row in new:  # one of them can't be kept: which one?
                self._replace_one(row)
            raise
        return len(new) + sum(place not in ours for place in stale)

    def _replace_one(self, row: Row) -> None:
        try:
            self._replace([self._copied.key(row)], [row])
        except StorageTroubleError:
            raise
        except (StoreError, IntegrityError) as error:
            raise StoreError(f"{_named(self._copied.name, self._copied.key(row))}: {error}") from error

    def _replace(self, stale: list[Key], new: list[Row]) -> None:
        copied = self._copied
        with self._target.write() as connection:
            copied.remove(connection, stale)
            for column in copied.unique if new else ():
                # What another row had to itself before: it is found anew when its own turn comes.
                place = copied.names.index(column.name)
                connection.execute(delete(copied.table).where(column.in_([row[place] for row in new])))
            insert_rows(connection, copied.table, copied.names, new)


def _named(table: str, key: Key) -> str:
    shown = " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in key)
    shown = shown.replace("\0", "\\0")
    return f"{table} {shown if len(shown) <= _SHOWN_KEY else shown[:_SHOWN_KEY] + '…'}"
