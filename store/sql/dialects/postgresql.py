"""PostgreSQL database that any number of processes on any number of machines use at once.

Nothing is kept in a session between transactions, so that a pooler may give each of them another one: no prepared
statements, no session locks, no temporary tables. We emit BEGIN ourselves, with what goes for the transaction. A writer
that stops in the middle (its process is frozen, its network gone) is ended by the server, so that others don't wait
for it for ever.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import URL, Connection, Engine, create_engine, event, exists, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from model.config_values import is_postgresql
from model.errors import DatabaseServerError, StoreError
from store.sql.database import Database, FileSize
from store.sql.tables import metadata, pages_metadata

CONNECT_SECONDS = 10
_LOCK_SECONDS = 30
"""So long a writer waits for others, as with SQLite."""
_IDLE_SECONDS = 15
"""So long a transaction may do nothing before the server ends it."""
_STATEMENT_SECONDS = 300
_POOL_SIZE, _POOL_OVERFLOW = 8, 16

_READ = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '{_STATEMENT_SECONDS}s'"
_WRITE = (
    f"BEGIN; SET LOCAL idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s';"
    f" SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'; SET LOCAL statement_timeout = '{_STATEMENT_SECONDS}s'"
)
_ALONE = "; SELECT value FROM counters WHERE name = 'revision' FOR UPDATE"
_MIGRATE = "BEGIN; SELECT pg_advisory_xact_lock(6240732)"
_SIZES = """
SELECT name, sum(pg_total_relation_size(part)) FROM (
    SELECT relname AS name, coalesce(inhrelid, oid) AS part FROM pg_class LEFT JOIN pg_inherits ON inhparent = oid
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
) AS parts GROUP BY name ORDER BY name
"""
_MONTHS_AHEAD = 2
_IS_THERE = text("SELECT to_regclass(:name) IS NOT NULL")
_PARTITION = "CREATE TABLE IF NOT EXISTS {name} PARTITION OF versions FOR VALUES FROM ({begin}) TO ({end})"
# Classes and codes of errors (postgresql.org/docs/current/errcodes-appendix.html): what a person has to see to, or the
# server's restart ends; the work pauses meanwhile.
_TROUBLES = {
    "08": "the database server can't be reached",
    "28": "the database server refuses the user or the password",
    "3D": "there is no such database",
    "53": "the database server has no room",
    "55P03": f"another writer has held the database for {_LOCK_SECONDS} seconds",
    "57P": "the database server is stopping or starting",
    "25006": "the database is read-only",
    "25P03": f"this process stood still for {_IDLE_SECONDS} seconds while it wrote",
}
_OUT_OF_REACH = _TROUBLES["08"]
_NOT_UP = "the database system is"
"""… starting up, shutting down, in recovery mode."""
_RESTART_SECONDS = 5.0
"""So long a server that is being restarted is waited for."""
_LOOK_SECONDS = 0.1


class PostgresqlDatabase(Database):
    """One database of a PostgreSQL server. `url` is one of SQLAlchemy's, or postgresql:// with libpq's parameters.

    `pause` waits for so many seconds. Raises StoreError for an address that is none, or where the driver is not
    installed.
    """

    def __init__(self, url: str, *, pause: Callable[[float], None] = time.sleep) -> None:
        address = _address(url)
        self.name = f"the database {address.database or ''} on {address.host or 'this machine'}"
        self._engine = _make_engine(address)
        self._pause = pause

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, for migrations."""
        return self._engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent snapshot. Raises StoreError."""
        with self._begun(_READ) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block, or leaves nothing behind. Raises StoreError."""
        with self._begun(_WRITE) as connection:
            yield connection

    @contextmanager
    def change(self) -> Iterator[Connection]:
        """The same, one at a time over all processes: whoever gives positions holds the row of their counter."""
        with self._begun(_WRITE + _ALONE) as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction that changes tables, one at a time, however long it takes. Raises StoreError."""
        with self._begun(_MIGRATE) as connection:
            yield connection

    def map(self) -> None:
        """There is no file of ours."""

    def make_partitions(self, now: datetime) -> None:
        """Make the partitions of versions of this month and the next two. Idempotent.

        What is of a month without one (an import of former years) goes where all other months are.
        """
        for ahead in range(_MONTHS_AHEAD + 1):
            begin, end = _month(now, ahead), _month(now, ahead + 1)
            said = {"name": f"versions_{begin:%Y_%m}", "begin": _microseconds(begin), "end": _microseconds(end)}
            with self.read() as connection:
                if connection.execute(_IS_THERE, {"name": said["name"]}).scalar():
                    continue
            try:
                with self.migrating() as connection:
                    connection.execute(text(_PARTITION.format_map(said)))
            except IntegrityError:
                structlog.get_logger("store").warning("stories of a month stay among those of others", **said)

    def checkpoint(self) -> None:
        """There is nothing to do: the server does it."""

    def wipe(self, tables: Collection[str]) -> None:
        """Remove what deleted rows have left in the tables, where no transaction may still read them (VACUUM).

        A user who does not own them is let through by the server with a warning: it does so by itself in time.
        """
        with self._troubles_told(), self._engine.connect() as connection:
            _execute(connection, f"VACUUM {', '.join(sorted(tables))}")

    def problems(self) -> list[str]:
        """Nothing: the server sees to its own files (pg_amcheck reads them all)."""
        return []

    def dangling(self) -> dict[str, int]:
        """How many rows of each table point to rows that there are not.

        The tables are in partitions, and most of their keys are not whole keys there: the server does not watch them.
        """
        found: dict[str, int] = {}
        for table in (*metadata.tables.values(), *pages_metadata.tables.values()):
            for key in table.foreign_keys:
                there = exists().where(key.column.table.alias("there").c[key.column.name] == key.parent)
                query = select(func.count()).select_from(table).where(key.parent.is_not(None), ~there)
                with self.read() as connection:
                    if count := connection.execute(query).scalar():
                        found[table.name] = found.get(table.name, 0) + count
        return found

    def sizes(self) -> list[FileSize]:
        """Bytes of each table with its indexes and partitions; what the server logs is its own."""
        with self.read() as connection:
            return [FileSize(name, int(size), 0) for name, size in connection.execute(text(_SIZES))]

    def close(self) -> None:
        """Close all pooled connections."""
        self._engine.dispose()

    @contextmanager
    def _begun(self, begin: str) -> Iterator[Connection]:
        """A transaction that was begun so; committed at the end."""
        with self._troubles_told(), self._connected(begin) as connection:
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def _connected(self, begin: str) -> Iterator[Connection]:
        connection = self._begin(begin)
        try:
            yield connection
        finally:
            connection.close()

    def _begin(self, begin: str) -> Connection:
        """A connection with a transaction on it; a server that is being restarted is waited for."""
        ends_at = time.monotonic() + _RESTART_SECONDS
        while True:
            try:
                return self._try_to_begin(begin)
            except DBAPIError as error:
                if not _is_away(error) or time.monotonic() > ends_at:
                    raise
            self._pause(_LOOK_SECONDS)

    def _try_to_begin(self, begin: str) -> Connection:
        connection = self._engine.connect()
        try:
            _execute(connection, begin)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _troubles_told(self) -> Iterator[None]:
        """What is wrong with the server as a DatabaseServerError, what is wrong with a statement as a StoreError."""
        try:
            yield
        except IntegrityError:
            raise
        except (DBAPIError, PoolTimeoutError) as error:
            said = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            message, trouble = f"{self.name} can't be used: {said}", _trouble(error)
            raise (StoreError(message) if trouble is None else DatabaseServerError(message, trouble=trouble)) from error


def _month(now: datetime, ahead: int) -> datetime:
    """The first instant of the month that comes so many after that of an instant."""
    months = now.year * 12 + now.month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def _microseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def _execute(connection: Connection, statements: str) -> None:
    # Without parameters several statements go in one message.
    connection.exec_driver_sql(statements, execution_options={"no_parameters": True})


def _trouble(error: SQLAlchemyError) -> str | None:
    """What a person has to see to, or a restart ends; None where it is the statement that is wrong."""
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlstate", None)
    if code is not None:
        return next((said for start, said in _TROUBLES.items() if code.startswith(start)), None)
    if type(cause).__name__ != "OperationalError":
        return None
    # While a connection is made the driver gives no code, but the server's words.
    refused = str(cause).partition("FATAL: ")[2].partition("\n")[0].strip()
    return f"the database server refuses: {refused}" if refused else _OUT_OF_REACH


def _is_away(error: DBAPIError) -> bool:
    """Whether the server may be back in a moment: it was restarted since the connection was used, or is not up yet."""
    if error.connection_invalidated:  # all connections of that time are given up with it
        return True
    trouble = None if getattr(error.orig, "sqlstate", None) else _trouble(error)
    return trouble is not None and (trouble == _OUT_OF_REACH or _NOT_UP in trouble)


def _address(url: str) -> URL:
    """The address for SQLAlchemy. Raises StoreError; the message never holds the password."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreError("store.url is no address of a database, as in postgresql://user@host/name") from None
    if not is_postgresql(address.drivername):
        raise StoreError(f"store.url names {address.drivername}; only postgresql:// can be used")
    return address.set(drivername="postgresql+psycopg")


def _make_engine(address: URL) -> Engine:
    arguments: dict[str, Any] = {
        "application_name": "wiredesk",
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
        "prepare_threshold": None,
    }
    try:
        engine = create_engine(
            address,
            isolation_level="AUTOCOMMIT",
            connect_args={name: value for name, value in arguments.items() if name not in address.query},
            pool_size=_POOL_SIZE,
            max_overflow=_POOL_OVERFLOW,
            pool_timeout=_LOCK_SECONDS,
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            f"a store on PostgreSQL needs {error.name}: install Wiredesk with its extra cluster"
        ) from error
    event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _without_nul(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> tuple[str, Any]:
    """Texts without the sign NUL: the server refuses it, and what a publisher sends in a header may hold it."""
    rows = parameters if many else (parameters,)
    if any(isinstance(value, str) and "\0" in value for row in rows if isinstance(row, dict) for value in row.values()):
        rows = [{name: _clean(value) for name, value in row.items()} for row in rows]
    return statement, (rows if many else rows[0])


def _clean(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value
