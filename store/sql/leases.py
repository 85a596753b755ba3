"""Leases in SQLite: rows with an owner, an end and a fencing number. See store.base.Leases.

All times are those of the database, so that owners on several machines need not agree about the hour. SQLite has one
writer at a time: of two that ask at once one finds the other's row.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Row, text

from store.base import Lease
from store.sql.database import Database

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Milliseconds by the clock of the database (2440587.5 is the Julian day of 1970-01-01).
_NOW = "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"
_ACQUIRE = text(
    f"INSERT INTO leases (name, owner, ends_at, fencing) VALUES (:name, :owner, {_NOW} + :milliseconds, 1)"
    " ON CONFLICT (name) DO UPDATE SET owner = :owner, ends_at = excluded.ends_at, fencing = leases.fencing + 1"
    f" WHERE leases.owner IS NULL OR leases.ends_at <= {_NOW}"
    " RETURNING name, owner, fencing, ends_at"
)
_RENEW = text(
    f"UPDATE leases SET ends_at = {_NOW} + :milliseconds"
    f" WHERE name = :name AND owner = :owner AND fencing = :fencing AND ends_at > {_NOW}"
    " RETURNING name, owner, fencing, ends_at"
)
_RELEASE = text("UPDATE leases SET owner = NULL WHERE name = :name AND owner = :owner AND fencing = :fencing")
_CURRENT = text(
    f"SELECT name, owner, fencing, ends_at FROM leases WHERE name = :name AND owner IS NOT NULL AND ends_at > {_NOW}"
)


class SqlLeases:
    """Leases by name; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, owner: str, seconds: float) -> Lease | None:
        """Take a lease that nobody holds, for so many seconds; None where somebody does."""
        asked = {"name": name, "owner": owner, "milliseconds": _milliseconds(seconds)}
        with self._database.write() as connection:
            return _lease(connection.execute(_ACQUIRE, asked).first())

    def renew(self, lease: Lease, seconds: float) -> Lease | None:
        """Hold a lease for so many seconds from now; None where it has ended."""
        asked = {**lease._asdict(), "milliseconds": _milliseconds(seconds)}
        with self._database.write() as connection:
            return _lease(connection.execute(_RENEW, asked).first())

    def release(self, lease: Lease) -> None:
        """Give a lease back; does nothing where it is held no more."""
        with self._database.write() as connection:
            connection.execute(_RELEASE, lease._asdict())

    def current(self, name: str) -> Lease | None:
        """The lease of that name that is held now."""
        with self._database.read() as connection:
            return current(connection, name)


def current(connection: Connection, name: str) -> Lease | None:
    """The lease of that name that is held now; inside a transaction, for writes that a lease has to cover."""
    return _lease(connection.execute(_CURRENT, {"name": name}).first())


def _lease(row: Row[tuple[str, str, int, int]] | None) -> Lease | None:
    if row is None:
        return None
    return Lease(row.name, row.owner, row.fencing, _EPOCH + timedelta(milliseconds=row.ends_at))


def _milliseconds(seconds: float) -> int:
    if seconds <= 0:
        raise ValueError(f"a lease needs a time to last: {seconds!r}")
    return round(seconds * 1000)
