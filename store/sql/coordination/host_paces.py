"""Host paces in the database: one row a host. See store.coordination.HostPaces.

All times are those of the database. A turn is taken by one statement that finds the host free and its pause over; who
finds neither is told how long to wait, without a write.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, or_, select, type_coerce, update

from store.coordination import HostTurn, TurnWait
from store.sql.database import Database
from store.sql.dialects.expressions import Greatest, Milliseconds, upsert
from store.sql.leases import milliseconds_of
from store.sql.tables import hosts

_POLL_SECONDS = 0.05
# The longest back-off is a day: a host that is asked at all is among those that failed since.
_LATELY = 3 * 86_400_000_000
_HOST = hosts.c.host == bindparam("of")
_LASTS = bindparam("milliseconds", type_=BigInteger)
_GAP = Greatest(bindparam("gap", type_=BigInteger), hosts.c.pause)
_NOW = Milliseconds()
_LOOK = select(hosts.c.turn_owner, hosts.c.turn_ends_at, hosts.c.started_at + _GAP - _NOW, _NOW).where(_HOST)
_FIRST = upsert(hosts).values(
    host=bindparam("of"),
    failures=0,
    turns=1,
    started_at=_NOW,
    turn_owner=bindparam("by"),
    turn_ends_at=_NOW + _LASTS,
)
_TAKE = _FIRST.on_conflict_do_update(
    index_elements=["host"],
    set_={
        "turns": hosts.c.turns + 1,
        "started_at": _FIRST.excluded.started_at,
        "turn_owner": _FIRST.excluded.turn_owner,
        "turn_ends_at": _FIRST.excluded.turn_ends_at,
    },
    where=or_(hosts.c.turn_owner.is_(None), hosts.c.turn_ends_at <= _NOW)
    & or_(hosts.c.started_at.is_(None), hosts.c.started_at + _GAP <= _NOW),
).returning(hosts.c.turns, hosts.c.pause, hosts.c.failures, hosts.c.bad_responses)
_IS_OURS = _HOST & (hosts.c.turn_owner == bindparam("by")) & (hosts.c.turns == bindparam("number"))
_GIVE_BACK = (
    update(hosts)
    .where(_IS_OURS)
    .values(
        turn_owner=None,
        started_at=hosts.c.started_at + bindparam("after", type_=BigInteger),
        pause=bindparam("pausing"),
    )
)
_RENEW = update(hosts).where(_IS_OURS, hosts.c.turn_ends_at > _NOW).values(turn_ends_at=_NOW + _LASTS)
_FAILED = upsert(hosts).values(host=bindparam("of"), failures=1)
_FAIL = _FAILED.on_conflict_do_update(
    index_elements=["host"], set_={"failures": hosts.c.failures + 1, "bad_responses": 0}
).returning(hosts.c.failures)
_RETRY_AT = type_coerce(hosts.c.retry_at, BigInteger)
_LEFT = _RETRY_AT - _NOW * 1000
_REST = (
    update(hosts)
    .where(_HOST)
    .values(retry_at=Greatest(func.coalesce(_RETRY_AT, 0), _NOW * 1000 + bindparam("rest", type_=BigInteger)))
    .returning(_LEFT)
)
_BAD = upsert(hosts).values(host=bindparam("of"), failures=0, bad_responses=1)
_NOTE_BAD = _BAD.on_conflict_do_update(
    index_elements=["host"], set_={"bad_responses": hosts.c.bad_responses + 1}
).returning(hosts.c.bad_responses, hosts.c.failures)
_NOTE_GOOD = (
    update(hosts)
    .where(_HOST, or_(hosts.c.failures > 0, hosts.c.bad_responses > 0, hosts.c.retry_at.is_not(None)))
    .values(failures=0, bad_responses=0, retry_at=None)
)
_FAILING = select(hosts.c.host, _LEFT).where(hosts.c.retry_at.is_not(None), _RETRY_AT > _NOW * 1000 - _LATELY)


class SqlHostPaces:
    """The pace of each host, shared by all workers; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, host: str, owner: str, gap_seconds: float, seconds: float) -> HostTurn | TurnWait:
        """Take a turn where the host is free and its pause is over, else say how long to wait at least."""
        # A millisecond more: the clock of the database is rounded to one.
        asked = {"of": host, "by": owner, "gap": math.ceil(gap_seconds * 1000) + 1}
        with self._database.read() as connection:
            row = connection.execute(_LOOK, asked).first()
        if row is not None and (wait := _wait_seconds(row)) > 0:
            return TurnWait(wait)
        with self._database.write() as connection:
            taken = connection.execute(_TAKE, {**asked, "milliseconds": milliseconds_of(seconds)}).first()
        if taken is None:
            return TurnWait(_POLL_SECONDS)
        return HostTurn(host, owner, taken.turns, taken.pause / 1000, taken.failures, taken.bad_responses)

    def give_back(self, turn: HostTurn, sent_after_seconds: float, pause_seconds: float) -> None:
        """End a turn; does nothing where it has ended."""
        sent = {"after": max(0, math.ceil(sent_after_seconds * 1000)), "pausing": math.ceil(pause_seconds * 1000)}
        with self._database.write() as connection:
            connection.execute(_GIVE_BACK, {**_known_by(turn), **sent})

    def renew(self, turns: Collection[HostTurn], seconds: float) -> Sequence[HostTurn]:
        """Let turns last for so many seconds from now; returns those that had not ended."""
        lasting = {"milliseconds": milliseconds_of(seconds)}
        if not turns:
            return []
        with self._database.write() as connection:
            return [
                turn for turn in sorted(turns) if connection.execute(_RENEW, {**_known_by(turn), **lasting}).rowcount
            ]

    def back_off(self, host: str, wait_seconds: Callable[[int], float], now: datetime) -> datetime:
        """Count a failure in a row and leave the host alone for as long as their number asks for."""
        with self._database.write() as connection:
            failures = connection.execute(_FAIL, {"of": host}).scalar_one()
            rest = math.ceil(wait_seconds(failures) * 1e6)
            left = connection.execute(_REST, {"of": host, "rest": rest}).scalar_one()
        return now + timedelta(microseconds=left)

    def note_bad_response(self, host: str) -> tuple[int, int]:
        """Count a bad response; returns the number of bad ones in a row, and of failures in a row."""
        with self._database.write() as connection:
            counted = connection.execute(_NOTE_BAD, {"of": host}).one()
        return counted.bad_responses, counted.failures

    def note_good_response(self, host: str) -> None:
        """Count from 0 again, and end the host's rest."""
        with self._database.write() as connection:
            connection.execute(_NOTE_GOOD, {"of": host})

    def failing(self, now: datetime) -> Mapping[str, datetime]:
        """The hosts that failed in the last days, and until when they are left alone by the clock that says `now`."""
        with self._database.read() as connection:
            return {host: now + timedelta(microseconds=left) for host, left in connection.execute(_FAILING)}


def _wait_seconds(row: Any) -> float:
    """How long a host can't be asked for at least; 0 where it may be free."""
    owner, ends_at, left, now = row
    gap = max(0.0, (left or 0) / 1000)
    in_turn = owner is not None and ends_at > now
    return max(gap, _POLL_SECONDS) if in_turn else gap


def _known_by(turn: HostTurn) -> dict[str, Any]:
    return {"of": turn.host, "by": turn.owner, "number": turn.number}
