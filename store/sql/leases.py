"""Leases in the database: rows with an owner, an end and a fencing number. See store.base.Leases.

All times are those of the database, so that owners on several machines need not agree about the hour. Each
change is one statement: of two that ask at once one finds the other's row.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, select, update

from model.errors import LeaseLostError
from store.base import Lease
from store.sql.database import Database
from store.sql.dialects.expressions import Milliseconds, upsert
from store.sql.tables import leases

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LASTS = bindparam("milliseconds", type_=BigInteger)
_LEASE = (leases.c.name, leases.c.owner, leases.c.fencing, leases.c.ends_at, leases.c.taken_at)
_IS_FREE = leases.c.owner.is_(None) | (leases.c.ends_at <= Milliseconds())
IS_HELD = leases.c.owner.is_not(None) & (leases.c.ends_at > Milliseconds())
_IS_OURS = (
    (leases.c.name == bindparam("of")) & (leases.c.owner == bindparam("by")) & (leases.c.fencing == bindparam("number"))
)
_INSERT = upsert(leases).values(
    name=bindparam("of"),
    owner=bindparam("by"),
    ends_at=Milliseconds() + _LASTS,
    fencing=1,
    taken_at=Milliseconds(),
)
_ACQUIRE = _INSERT.on_conflict_do_update(
    index_elements=["name"],
    set_={
        "owner": _INSERT.excluded.owner,
        "ends_at": _INSERT.excluded.ends_at,
        "fencing": leases.c.fencing + 1,
        "taken_at": _INSERT.excluded.taken_at,
    },
    where=_IS_FREE,
).returning(*_LEASE)
_RENEW = update(leases).where(_IS_OURS, IS_HELD).values(ends_at=Milliseconds() + _LASTS).returning(*_LEASE)
# One that has ended keeps its owner: what it covered was not done to its end, and comes again at once.
_RELEASE = update(leases).where(_IS_OURS, IS_HELD).values(owner=None)
_CURRENT = select(*_LEASE).where(leases.c.name == bindparam("of"), IS_HELD)
_HELD = select(*_LEASE).where(IS_HELD).order_by(leases.c.name)
# Nobody can take the lease while what it covers is being written.
_COVERING = select(leases.c.fencing).where(_IS_OURS, IS_HELD).with_for_update()


class SqlLeases:
    """Leases by name; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, owner: str, seconds: float) -> Lease | None:
        """Take a lease that nobody holds, for so many seconds; None where somebody does."""
        milliseconds_of(seconds)
        with self._database.write() as connection:
            return acquire(connection, name, owner, seconds)

    def renew(self, lease: Lease, seconds: float) -> Lease | None:
        """Hold a lease for so many seconds from now; None where it has ended."""
        return next(iter(self.renew_all([lease], seconds)), None)

    def renew_all(self, held: Iterable[Lease], seconds: float) -> Sequence[Lease]:
        """Hold leases for so many seconds from now, in one transaction; those that have ended are left out."""
        lasting = {"milliseconds": milliseconds_of(seconds)}
        asked = [{**_known_by(lease), **lasting} for lease in sorted(held)]
        if not asked:
            return []
        with self._database.write() as connection:
            renewed = [_lease(connection.execute(_RENEW, one).first()) for one in asked]
        return [lease for lease in renewed if lease is not None]

    def release(self, lease: Lease) -> None:
        """Give a lease back; does nothing where it has ended or is another's by now."""
        with self._database.write() as connection:
            connection.execute(_RELEASE, _known_by(lease))

    def current(self, name: str) -> Lease | None:
        """The lease of that name that is held now."""
        with self._database.read() as connection:
            return _lease(connection.execute(_CURRENT, {"of": name}).first())

    def held(self) -> Sequence[Lease]:
        """All leases that are held now, by name."""
        with self._database.read() as connection:
            return held(connection)


def acquire(connection: Connection, name: str, owner: str, seconds: float) -> Lease | None:
    """Take a lease inside a transaction; None where somebody holds it."""
    asked = {"of": name, "by": owner, "milliseconds": milliseconds_of(seconds)}
    return _lease(connection.execute(_ACQUIRE, asked).first())


def require(connection: Connection, lease: Lease | None) -> None:
    """Let what a transaction writes be covered by a lease; does nothing without one. Raises LeaseLostError."""
    if lease is not None and connection.execute(_COVERING, _known_by(lease)).first() is None:
        raise LeaseLostError(lease.name)


def held(connection: Connection) -> list[Lease]:
    """All leases that are held now, by name; inside a transaction."""
    return [lease for row in connection.execute(_HELD) if (lease := _lease(row)) is not None]


def instant_of(milliseconds: int) -> datetime:
    """The instant of so many milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds_of(seconds: float) -> int:
    """How long a lease lasts; raises ValueError for a time that is not above 0."""
    if seconds <= 0:
        raise ValueError(f"a lease needs a time to last: {seconds!r}")
    return max(1, round(seconds * 1000))


def _lease(row: Any) -> Lease | None:
    if row is None:
        return None
    taken_at = None if row.taken_at is None else instant_of(row.taken_at)
    return Lease(row.name, row.owner, row.fencing, instant_of(row.ends_at), taken_at)


def _known_by(lease: Lease) -> dict[str, str | int]:
    return {"of": lease.name, "by": lease.owner, "number": lease.fencing}
