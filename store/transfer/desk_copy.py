"""Copy of a whole desk into another database, while the desk serves.

All tables are gone through and made alike in short reads and writes, and again until little changes in between. In the
last pass nobody may write to the desk: what is compared then is one state of it, and the copy is that state, row by
row. Until then the copy is marked as unfinished. A lease there keeps a second process from working on it.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, select, type_coerce

from model.errors import LockHeldError, StoreError
from store.base import Lease
from store.coordination import SOURCE_LEASE
from store.sql.database import Database
from store.sql.dialects.bulk import last_number, number_from, refresh_statistics, standing_still
from store.sql.dialects.expressions import Milliseconds
from store.sql.leases import IS_HELD, SqlLeases
from store.sql.tables import leases, stories, workers
from store.transfer.comparison import Compared, Reading, Replaced, TableComparison
from store.transfer.copied_tables import CopiedTable, copied_tables
from store.transfer.marker import mark_finished, mark_unfinished
from store.transfer.targets import of_table

Progress = Callable[[str, int, int], None]
"""Called with (what, rows done, rows in all); what it raises ends the work."""

LEASE = "copy"
_LEASE_SECONDS = 20.0
_RENEW_SECONDS = 4.0
_POLL_SECONDS = 0.5
_FEW_ROWS = 100_000
"""So many rows that changed during a pass are dealt with in the last one, in seconds."""
_MOST_PASSES = 5
_CRAWL_ROLE = "crawl"
"""What the roles of workers that crawl begin with."""
_SILENT_MILLISECONDS = 60_000
"""A worker that was not heard of for so long has died."""
_EPOCH, _PERIOD, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=28), timedelta(microseconds=1)
_LAST_PERIOD = 2000


class Copied(NamedTuple):
    """What went over: each table as it is on both sides, and the texts that are not the same to the letter."""

    tables: tuple[Compared, ...]
    replaced: tuple[Replaced, ...]

    def rows(self, table: str) -> int:
        """Number of rows of a table."""
        return next(compared.rows for compared in self.tables if compared.name == table)


class DeskCopy:
    """Copies the desk in `source` into `target`: databases of stories and of pages, or one that has both.

    `patience_seconds` is how long the lease of another process is waited for.
    """

    def __init__(
        self,
        source: Sequence[Database],
        target: Sequence[Database],
        progress: Progress,
        *,
        patience_seconds: float = _LEASE_SECONDS + 1,
    ) -> None:
        self._source = source
        self._target = target
        self._progress = progress
        self._patience_seconds = patience_seconds
        self._tables = copied_tables()
        self._replaced: set[Replaced] = set()
        self._beat: Callable[[], None] = lambda: None

    def run(self, desk: int, still: AbstractContextManager[object]) -> Copied:
        """Make the target a finished copy of the desk of that number.

        `still` is entered for the last pass and keeps those out who would write to the desk; what it raises leaves an
        unfinished copy, on which the next run goes on. Raises StoreError.
        """
        with self._leased():
            mark_unfinished(self._target[0], desk)
            self._make_partitions()
            self._pass("copied", again=False)
            refresh_statistics(self._target[0], [copied.table for copied in self._tables])
            for _ in range(_MOST_PASSES):
                if self._pass("compared", again=True) <= _FEW_ROWS:
                    break
            with still, self._standing_still() as connections:
                tables = self._last_pass(connections)
            mark_finished(self._target[0])
        return Copied(tables, tuple(sorted(self._replaced)))

    def compare(self) -> Copied:
        """Compare all rows of both, and change nothing."""
        step = self._steps("compared")
        tables = [self._comparison(copied).run(step, write=False) for copied in self._tables]
        return Copied(tuple(tables), tuple(sorted(self._replaced)))

    def _pass(self, what: str, *, again: bool) -> int:
        """Make all tables alike as they are at the moment; returns how many rows were written."""
        step = self._steps(what)
        return sum(self._comparison(copied).run(step, write=True, again=again).written for copied in self._tables)

    def _last_pass(self, connections: Sequence[Connection]) -> tuple[Compared, ...]:
        found, step = [], self._steps("verified")
        for copied in self._tables:
            held = connections[-1] if of_table(self._source, copied) is self._source[-1] else connections[0]
            found.append(self._comparison(copied, _state(held), settled=False).run(step, write=True, again=True))
            if copied.numbered:
                with of_table(self._target, copied).write() as connection:
                    number_from(connection, copied.table, last_number(held, copied.table))
        differing = [compared.name for compared in found if not compared.is_same]
        if differing:
            raise StoreError(f"{', '.join(differing)} of the copy differ from what was copied: run `check --deep`")
        return tuple(found)

    def _comparison(
        self, copied: CopiedTable, reading: Reading | None = None, *, settled: bool = True
    ) -> TableComparison:
        reading = reading or of_table(self._source, copied).read
        return TableComparison(copied, reading, of_table(self._target, copied), self._replaced, settled=settled)

    def _steps(self, what: str) -> Callable[[int], None]:
        """Called with the number of rows that were gone through since the last call."""
        total = done = 0
        for copied in self._tables:
            with of_table(self._source, copied).read() as connection:
                total += copied.count(connection)

        def step(rows: int) -> None:
            nonlocal done
            done += rows
            self._beat()
            self._progress(what, done, max(total, done))

        return step

    @contextmanager
    def _standing_still(self) -> Iterator[Sequence[Connection]]:
        """One state of the source, which nobody changes."""
        with ExitStack() as stack:
            yield [
                stack.enter_context(
                    standing_still(
                        database, [one.table for one in self._tables if of_table(self._source, one) is database]
                    )
                )
                for database in self._source
            ]

    @contextmanager
    def _leased(self) -> Iterator[None]:
        """The lease of the target. One that a process had which was killed is waited for.

        Raises StoreError where another process goes on copying into the target.
        """
        held, owner = SqlLeases(self._target[0]), f"{os.uname().nodename}:{os.getpid()}"
        lease = self._acquire(held, owner)
        renewed_at = time.monotonic()

        def beat() -> None:
            nonlocal lease, renewed_at
            if time.monotonic() - renewed_at < _RENEW_SECONDS:
                return
            renewed = held.renew(lease, _LEASE_SECONDS)
            if renewed is None:
                raise StoreError(f"{self._target[0].name}: another process copies into it by now")
            lease, renewed_at = renewed, time.monotonic()

        self._beat = beat
        try:
            yield
        finally:
            with suppress(StoreError):
                held.release(lease)

    def _acquire(self, held: SqlLeases, owner: str) -> Lease:
        began = time.monotonic()
        while (lease := held.acquire(LEASE, owner, _LEASE_SECONDS)) is None:
            waited = time.monotonic() - began
            if waited > self._patience_seconds:
                other = held.current(LEASE)
                raise StoreError(
                    f"{self._target[0].name}: another process copies into it" + (f" ({other.owner})" if other else "")
                )
            self._progress("waited for another copy, or the end of one that was killed", int(waited), 0)
            time.sleep(_POLL_SECONDS)
        return lease

    def _make_partitions(self) -> None:
        """Those of all months in which stories were first seen: made later, they could not take these in."""
        seen = type_coerce(stories.c.first_seen_at, BigInteger).op("/")(_PERIOD // _MICROSECOND)
        with self._source[0].read() as connection:
            periods = connection.execute(select(seen).distinct()).scalars().all()
        for began in (_EPOCH + period * _PERIOD for period in periods if 0 <= period < _LAST_PERIOD):
            self._target[0].make_partitions(began)


def _state(connection: Connection) -> Reading:
    """Reads in a transaction that is open already."""
    return lambda: nullcontext(connection)


def refuse_workers(database: Database) -> None:
    """Raises LockHeldError where a worker, on whatever machine, crawls a source of this desk."""
    with database.read() as connection:
        crawled = select(leases.c.name, leases.c.owner).where(leases.c.name.startswith(SOURCE_LEASE), IS_HELD)
        found = connection.execute(crawled.limit(1)).first()
        heard_of = workers.c.role.startswith(_CRAWL_ROLE), workers.c.beat_at > Milliseconds() - _SILENT_MILLISECONDS
        idle = connection.execute(select(workers.c.name).where(*heard_of).limit(1)).scalar()
    if found is not None:
        raise LockHeldError(found.name, found.owner)
    if idle is not None:
        raise LockHeldError("crawl", idle)
