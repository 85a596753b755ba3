"""Leases in the database: rows with an owner, an end and a fencing number. See store.base.Leases.

All times are those of the database, so that owners on several machines need not agree about the hour. Each
change is one statement: of two that ask at once one finds the other's row.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, select, update

from store.base import Lease
from store.sql.database import Database
from store.sql.dialects.expressions import Milliseconds, upsert
from store.sql.tables import leases

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LASTS = bindparam("milliseconds", type_=BigInteger)
_LEASE = (leases.c.name, leases.c.owner, leases.c.fencing, leases.c.ends_at)
_IS_FREE = leases.c.owner.is_(None) | (leases.c.ends_at <= Milliseconds())
_IS_HELD = leases.c.owner.is_not(None) & (leases.c.ends_at > Milliseconds())
_IS_OURS = (
    (leases.c.name == bindparam("of")) & (leases.c.owner == bindparam("by")) & (leases.c.fencing == bindparam("number"))
)
_INSERT = upsert(leases).values(name=bindparam("of"), owner=bindparam("by"), ends_at=Milliseconds() + _LASTS, fencing=1)
_ACQUIRE = _INSERT.on_conflict_do_update(
    index_elements=["name"],
    set_={
        "owner": _INSERT.excluded.owner,
        "ends_at": _INSERT.excluded.ends_at,
        "fencing": leases.c.fencing + 1,
    },
    where=_IS_FREE,
).returning(*_LEASE)
_RENEW = update(leases).where(_IS_OURS, _IS_HELD).values(ends_at=Milliseconds() + _LASTS).returning(*_LEASE)
_RELEASE = update(leases).where(_IS_OURS).values(owner=None)
_CURRENT = select(*_LEASE).where(leases.c.name == bindparam("of"), _IS_HELD)


class SqlLeases:
    """Leases by name; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, owner: str, seconds: float) -> Lease | None:
        """Take a lease that nobody holds, for so many seconds; None where somebody does."""
        asked = {"of": name, "by": owner, "milliseconds": _milliseconds(seconds)}
        with self._database.write() as connection:
            return _lease(connection.execute(_ACQUIRE, asked).first())

    def renew(self, lease: Lease, seconds: float) -> Lease | None:
        """Hold a lease for so many seconds from now; None where it has ended."""
        asked = {**_known_by(lease), "milliseconds": _milliseconds(seconds)}
        with self._database.write() as connection:
            return _lease(connection.execute(_RENEW, asked).first())

    def release(self, lease: Lease) -> None:
        """Give a lease back; does nothing where it is held no more."""
        with self._database.write() as connection:
            connection.execute(_RELEASE, _known_by(lease))

    def current(self, name: str) -> Lease | None:
        """The lease of that name that is held now."""
        with self._database.read() as connection:
            return current(connection, name)


def current(connection: Connection, name: str) -> Lease | None:
    """The lease of that name that is held now; inside a transaction, for writes that a lease has to cover."""
    return _lease(connection.execute(_CURRENT, {"of": name}).first())


def _lease(row: Any) -> Lease | None:
    if row is None:
        return None
    return Lease(row.name, row.owner, row.fencing, _EPOCH + timedelta(milliseconds=row.ends_at))


def _known_by(lease: Lease) -> dict[str, str | int]:
    return {"of": lease.name, "by": lease.owner, "number": lease.fencing}


def _milliseconds(seconds: float) -> int:
    if seconds <= 0:
        raise ValueError(f"a lease needs a time to last: {seconds!r}")
    return round(seconds * 1000)
