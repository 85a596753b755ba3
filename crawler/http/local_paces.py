"""Host paces in the memory of one process, for a crawler that is the only one on its store.

Back-offs are kept in the store all the same: they survive a restart. What is paced within seconds need not be written
to a disk that other work waits for.
"""

import math
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from store.coordination import HostTurn, TurnWait

_POLL_SECONDS = 0.05


class HostStates(Protocol):
    """Where back-offs are kept between runs; the store's crawl state is one."""

    def hosts(self) -> Mapping[str, tuple[datetime | None, int]]:
        """(retry_at, failures in a row) of every host that is backing off."""

    def save_host(self, host: str, *, retry_at: datetime | None, failures: int) -> None:
        """Put the state of one host in place of the earlier one."""


@dataclass(frozen=True, slots=True)
class KnownBackOffs:
    """Back-offs as they were once, of which no later one is kept."""

    known: Mapping[str, tuple[datetime | None, int]]

    def hosts(self) -> Mapping[str, tuple[datetime | None, int]]:
        return self.known

    def save_host(self, host: str, *, retry_at: datetime | None, failures: int) -> None:
        pass


@dataclass(slots=True)
class _Pace:
    turns: int = 0
    ends_at: float | None = None
    asked_at: float | None = None
    pause_seconds: float = 0.0
    bad_responses: int = 0
    failures: int = 0
    retry_at: datetime | None = None


class LocalPaces:
    """The pace of each host (store.coordination.HostPaces); safe to share between threads.

    `clock` gives aware instants, `monotonic` seconds.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        states: HostStates | None = None,
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._states = states
        self._lock = threading.Lock()
        self._hosts = {
            name: _Pace(failures=failures, retry_at=retry_at)
            for name, (retry_at, failures) in (states.hosts() if states else {}).items()
        }

    def take(self, host: str, owner: str, gap_seconds: float, seconds: float) -> HostTurn | TurnWait:
        """Take a turn where the host is free and its pause is over, else say how long to wait at least."""
        with self._lock:
            pace, now = self._pace(host), self._monotonic()
            if pace.asked_at is not None:
                wait = pace.asked_at + max(gap_seconds, pace.pause_seconds) - now
                if pace.ends_at is not None and pace.ends_at > now:
                    wait = max(wait, _POLL_SECONDS)
                if wait > 0:
                    return TurnWait(wait)
            pace.turns, pace.asked_at, pace.ends_at = pace.turns + 1, now, now + seconds
            return HostTurn(host, owner, pace.turns, pace.pause_seconds, pace.failures, pace.bad_responses)

    def give_back(self, turn: HostTurn, sent_after_seconds: float, pause_seconds: float) -> None:
        """End a turn; does nothing where it has ended."""
        with self._lock:
            pace = self._pace(turn.host)
            if self._ends_at(turn) > -math.inf and pace.asked_at is not None:
                pace.asked_at += sent_after_seconds
                pace.ends_at, pace.pause_seconds = None, pause_seconds

    def renew(self, turns: Collection[HostTurn], seconds: float) -> Sequence[HostTurn]:
        """Let turns last for so many seconds from now; returns those that had not ended."""
        with self._lock:
            now = self._monotonic()
            lasting = [turn for turn in sorted(turns) if self._ends_at(turn) > now]
            for turn in lasting:
                self._pace(turn.host).ends_at = now + seconds
            return lasting

    def back_off(self, host: str, wait_seconds: Callable[[int], float], now: datetime) -> datetime:
        """Count a failure in a row and leave the host alone for as long as their number asks for."""
        with self._lock:
            pace = self._pace(host)
            pace.failures, pace.bad_responses = pace.failures + 1, 0
            until = now + timedelta(seconds=wait_seconds(pace.failures))
            pace.retry_at = max(until, pace.retry_at) if pace.retry_at else until
            self._save(host, pace)
            return pace.retry_at

    def note_bad_response(self, host: str) -> tuple[int, int]:
        """Count a bad response; returns the number of bad ones in a row, and of failures in a row."""
        with self._lock:
            pace = self._pace(host)
            pace.bad_responses += 1
            return pace.bad_responses, pace.failures

    def note_good_response(self, host: str) -> None:
        """Count from 0 again, and end the host's rest."""
        with self._lock:
            pace = self._pace(host)
            pace.bad_responses = 0
            if pace.failures or pace.retry_at:
                pace.failures, pace.retry_at = 0, None
                self._save(host, pace)

    def failing(self, now: datetime) -> Mapping[str, datetime]:
        """The hosts that failed last, and until when they are left alone."""
        with self._lock:
            return {host: pace.retry_at for host, pace in self._hosts.items() if pace.retry_at is not None}

    def _ends_at(self, turn: HostTurn) -> float:
        """When a turn ends that has not been given back, nor taken over; else long ago."""
        pace = self._pace(turn.host)
        return pace.ends_at if pace.turns == turn.number and pace.ends_at is not None else -math.inf

    def _pace(self, host: str) -> _Pace:
        return self._hosts.setdefault(host, _Pace())

    def _save(self, host: str, pace: _Pace) -> None:
        if self._states is not None:
            self._states.save_host(host, retry_at=pace.retry_at, failures=pace.failures)
