"""SQLite file that several processes use at once, and its two kinds of transaction.

Every file is in WAL mode: readers never wait, writers wait for each other. We emit BEGIN ourselves: IMMEDIATE for
writes, because a deferred transaction that reads first and writes then fails at once with "database is locked"
whatever the busy timeout; DEFERRED for reads.
"""

import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import QueuePool

from model.errors import StorageTroubleError, StoreError
from store.directory.disk_trouble import disk_trouble
from store.sql.database import Database, FileSize, Statement
from store.sql.dialects.sqlite_questions import SqliteQuestions
from store.sql.dialects.sqlite_waiting import BUSY_TIMEOUT_SECONDS, when_free

_LOOKS_AGAIN_FOR_SECONDS = 0.02
_LOG_PAGES = 4096
"""So many pages of 4 KB the log may have before it is folded back: what changes often is written to the file once, and
the commit that has to fold it takes a fraction of a second."""


class SqliteDatabase(Database):
    """One SQLite file; `read()` and `write()` are its only two kinds of transaction.

    With `read_only` nothing is made or changed, not even the files that SQLite keeps beside. Without
    `checks_references` rows may come before those that they point to.
    """

    def __init__(self, path: Path, *, read_only: bool = False, checks_references: bool = True) -> None:
        self.path = path
        self.name = path.name
        self._engine = _make_looking_engine(path) if read_only else _make_engine(path, checks_references)
        self._questions = SqliteQuestions(self._engine)
        self._writing = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, for migrations."""
        return self._engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent snapshot. Keep it short: the WAL can't be folded back while it is open. Raises StoreError."""
        with self._troubles_told(), self._engine.connect() as connection:
            connection.begin()
            _driver_of(connection).execute("BEGIN DEFERRED")
            try:
                yield connection
            finally:
                connection.rollback()

    def ask(self, statement: Statement, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows of one statement, by the driver alone. Raises StoreError."""
        with self._troubles_told():
            return self._questions.ask(statement, parameters)

    def map(self) -> None:
        """Map the file for what is asked (see SqliteQuestions.map)."""
        self._questions.map()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block, or leaves nothing behind on an exception.

        Threads of one process queue up here: SQLite itself lets writers poll, which many of them make slow.
        Raises StoreError where the file can't be written to, whatever the block wrote.
        """
        with self._writing, self._troubles_told(), self._engine.connect() as connection:
            _begin_to_write(connection)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    # SQLite's writers are serial: positions become visible in their order.
    change = migrating = write

    def make_partitions(self, now: datetime) -> None:
        """There are none."""

    def checkpoint(self) -> None:
        """Fold the WAL back into the file as far as no reader needs it. Raises StoreError."""
        with self._troubles_told(), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def wipe(self, tables: Collection[str]) -> None:
        """There is nothing to do: what is deleted is overwritten at once."""

    def problems(self) -> list[str]:
        """What SQLite's own check finds wrong with the file; reads all of it."""
        with self.read() as connection:
            found = [str(line) for (line,) in connection.execute(text("PRAGMA quick_check"))]
        return [line for line in found if line != "ok"]

    def dangling(self) -> dict[str, int]:
        """How many rows of each table point to rows that there are not."""
        with self.read() as connection:
            tables = [row[0] for row in connection.execute(text("PRAGMA foreign_key_check"))]
        return {table: tables.count(table) for table in sorted(set(tables))}

    def sizes(self) -> list[FileSize]:
        """Bytes of the file and of the write-ahead log beside it."""
        return [FileSize(self.name, _bytes_of(self.path), _bytes_of(self.path.with_name(f"{self.name}-wal")))]

    @contextmanager
    def _troubles_told(self) -> Iterator[None]:
        """What is wrong with the file, and not with a statement, as a StoreError with SQLite's own words.

        As a StorageTroubleError where the disk is why.
        """
        try:
            yield
        except IntegrityError:
            raise
        except (DatabaseError, sqlite3.DatabaseError) as error:
            said, trouble = f"{self.path} can't be used: {getattr(error, 'orig', error)}", disk_trouble(error)
            raise (StoreError(said) if trouble is None else StorageTroubleError(said, trouble=trouble)) from error

    def close(self) -> None:
        """Close all pooled connections."""
        self._questions.close()
        self._engine.dispose()


def _begin_to_write(connection: Connection) -> None:
    """Begin a transaction that writes, when its turn has come.

    SQLite looks for its turn after 1, 2, 5, 10 ms and at last every 100: where many processes write, those that come
    look more often than those that wait, and some wait without end. So all look as often as those that come.
    """
    connection.begin()
    driver = _driver_of(connection)
    _wait_for_locks(driver, _LOOKS_AGAIN_FOR_SECONDS)
    try:
        when_free(lambda: driver.execute("BEGIN IMMEDIATE"))
    finally:
        _wait_for_locks(driver, BUSY_TIMEOUT_SECONDS)


def _wait_for_locks(driver: sqlite3.Connection, seconds: float) -> None:
    driver.execute(f"PRAGMA busy_timeout = {round(1000 * seconds)}")


def _driver_of(connection: Connection) -> sqlite3.Connection:
    """What takes the words around a transaction: SQLAlchemy's way to it takes longer than they do."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _make_looking_engine(path: Path) -> Engine:
    """Connections that look only; a file that no other process has open is read as it stands on the disk.

    SQLite makes a shared-memory file even for a reader, except where it is told that the file never changes
    (sqlite.org/uri.html, immutable); without a log beside it nobody changes it at the moment.
    """
    still = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    address = f"file:{quote(str(path))}?mode=ro{still}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            address, uri=True, timeout=BUSY_TIMEOUT_SECONDS, check_same_thread=False, isolation_level=None
        )

    return create_engine("sqlite://", creator=connect, poolclass=QueuePool)


def _make_engine(path: Path, checks_references: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        pool_size=16,
        max_overflow=64,
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # pysqlite's own implicit BEGIN is off: ours are explicit
        cursor = connection.cursor()
        when_free(lambda: cursor.execute("PRAGMA journal_mode=WAL"))  # of two that switch at once one is refused
        # The index remembers the store's revision: a power cut must not take the store back behind it.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
        cursor.execute(f"PRAGMA foreign_keys={'ON' if checks_references else 'OFF'}")
        # What is removed on request has to be gone from the disk, not only from the tables.
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    return engine


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
