"""Source leases in the database: claims of the sources that are due. See store.coordination.SourceLeases.

A claim looks first, so that nothing is written where nothing is due. Rows that another worker is claiming are passed
over; should it have claimed one in between, the lease itself says so.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import BigInteger, Integer, Text, bindparam, literal, or_, select, update

from store.base import Lease
from store.coordination import SOURCE_LEASE
from store.sql.database import Database
from store.sql.dialects.expressions import IsOneOf, Milliseconds, upsert
from store.sql.leases import IS_HELD, acquire, milliseconds_of
from store.sql.tables import leases, sources

_MICROSECOND = timedelta(microseconds=1)
_NOW = Milliseconds() * 1000
_LATER = _NOW + bindparam("later", type_=BigInteger)
_NAMED = sources.c.name == bindparam("of")
_BEGIN = upsert(sources).on_conflict_do_nothing()
_HAS_DIED = leases.c.owner.is_not(None) & (leases.c.ends_at <= Milliseconds())
_DUE = (
    select(sources.c.name)
    .outerjoin(leases, leases.c.name == literal(SOURCE_LEASE) + sources.c.name)
    .where(
        IsOneOf(sources.c.name, bindparam("names", type_=Text)),
        or_(leases.c.name.is_(None), ~IS_HELD),
        or_(sources.c.next_due_at.is_(None), sources.c.next_due_at <= _NOW, _HAS_DIED),
    )
    .order_by(sources.c.next_due_at.nulls_first(), sources.c.name)
    .limit(bindparam("limit", type_=Integer))
)
_CLAIM = _DUE.with_for_update(of=sources, skip_locked=True)
_PUT_OFF = update(sources).where(_NAMED).values(next_due_at=_LATER)
_BRING_DUE = update(sources).where(_NAMED, sources.c.next_due_at > _LATER).values(next_due_at=_LATER)
_FREE_ALL = update(leases).where(leases.c.name.startswith(SOURCE_LEASE, autoescape=True), leases.c.owner.is_not(None))


class SqlSourceLeases:
    """Claims of sources; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._begun: set[str] = set()

    def claim_due(self, every: Mapping[str, timedelta], owner: str, seconds: float, limit: int) -> Sequence[Lease]:
        """Take the leases of at most `limit` sources that are due, the longest overdue first."""
        milliseconds_of(seconds)
        self._begin(every)
        asked = {"names": json.dumps(list(every)), "limit": limit}
        with self._database.read() as connection:
            if limit < 1 or connection.execute(_DUE, asked).first() is None:
                return []
        claimed = []
        with self._database.write() as connection:
            for name in connection.execute(_CLAIM, asked).scalars().all():
                lease = acquire(connection, SOURCE_LEASE + name, owner, seconds)
                if lease is not None:
                    connection.execute(_PUT_OFF, {"of": name, "later": every[name] // _MICROSECOND})
                    claimed.append(lease)
        return claimed

    def bring_due(self, longest: Mapping[str, timedelta]) -> int:
        """Let no source be due later than so long from now; returns how many were."""
        with self._database.write() as connection:
            return sum(
                connection.execute(_BRING_DUE, {"of": name, "later": wait // _MICROSECOND}).rowcount
                for name, wait in sorted(longest.items())
            )

    def free_all(self) -> int:
        """Free the leases of all sources; returns how many were held or had died."""
        with self._database.write() as connection:
            return connection.execute(_FREE_ALL.values(owner=None)).rowcount

    def _begin(self, names: Iterable[str]) -> None:
        """Have a row for each source, since only rows can be locked."""
        new = sorted(set(names) - self._begun)
        if new:
            with self._database.write() as connection:
                connection.execute(_BEGIN, [{"name": name, "failures": 0} for name in new])
            self._begun.update(new)
