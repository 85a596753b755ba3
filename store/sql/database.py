"""Database of the store: its kinds of transaction, whatever keeps it, and the type of an instant in it.

What differs between databases stands in store/sql/dialects; the statements are the same for all of them.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import BigInteger, Connection, Dialect, Engine, Select, TextClause
from sqlalchemy.types import TypeDecorator

Statement = Select[Any] | TextClause
"""A question, which is answered by rows."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds_of(instant: datetime) -> int:
    """Microseconds from 1970 to an instant; refuses naive datetimes with ValueError."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant!r}")
    return (instant - _EPOCH) // _MICROSECOND


class InstantColumn(TypeDecorator[datetime]):
    """An aware UTC instant, kept as whole microseconds since 1970 (negative before)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Microseconds; refuses naive datetimes with ValueError."""
        return None if value is None else microseconds_of(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class FileSize(NamedTuple):
    """Bytes of a part of a database, and of the write-ahead log beside it."""

    name: str
    size: int
    log: int


class Database(Protocol):
    """One database that several processes use at once. Every transaction raises StoreError where it can't be used.

    As StorageTroubleError where work should pause until a person has seen to it, or it goes away by itself.
    """

    name: str
    """What it is called in a sentence for a person; no secret is in it."""

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, for migrations."""

    def read(self) -> AbstractContextManager[Connection]:
        """A consistent snapshot, to be kept short."""

    def ask(self, statement: Statement, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows of one statement, which is made once and asked often."""
        with self.read() as connection:
            return connection.execute(statement, parameters).all()

    def map(self) -> None:
        """Ask of files that are mapped into memory, where there are any, in a process that may end where these fail."""

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that commits at the end of the block, or leaves nothing behind on an exception.

        Two that write different rows may go on side by side: what is read in it may have changed when it commits.
        """

    def change(self) -> AbstractContextManager[Connection]:
        """The same, one at a time over all processes: nobody else changes stories in between.

        Positions of the change feed are given in these only, so that they become visible in their order.
        """

    def migrating(self) -> AbstractContextManager[Connection]:
        """A transaction that changes tables, one at a time over all processes, however long it takes."""

    def make_partitions(self, now: datetime) -> None:
        """Make those partitions of tables that will be needed within two months of an instant. Idempotent."""

    def checkpoint(self) -> None:
        """Fold logs back into files, where the database leaves that to us. Raises StoreError."""

    def wipe(self, tables: Collection[str]) -> None:
        """Let go of what rows that were deleted from tables still hold, where the database leaves that to us.

        Raises StoreError.
        """

    def problems(self) -> list[str]:
        """What the database's own check finds wrong with it, a line each; reads all of it."""

    def dangling(self) -> dict[str, int]:
        """How many rows of each table point to rows that there are not, for tables in which there are any."""

    def sizes(self) -> list[FileSize]:
        """How large its parts are."""

    def close(self) -> None:
        """Close all pooled connections."""
