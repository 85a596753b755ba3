"""Host pacing: when the next request may go to a host, and how long a host is left alone after failures.

All sources, threads and workers share one pace a host: one request at a time, and from one start to the next no less
than the configured delay, the host's crawl-delay, or twice the time it took to respond. A host that fails or asks for
a pause backs off exponentially; that state survives a restart. Where the pace is kept is `HostPaces`' matter.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import random

from model.errors import LeaseLostError
from store.coordination import HostPaces, HostTurn

TURN_SECONDS = 30.0
"""A turn that is not renewed ends after so long: its worker has died, or hangs."""
_FIRST_BACK_OFF_SECONDS = 60.0
_LONGEST_BACK_OFF_SECONDS = 6 * 3600.0
# Silence may be our own network's fault, which all hosts would pay for long after it is back.
_LONGEST_SILENCE_SECONDS = 3600.0
_LONGEST_REQUESTED_SECONDS = 24 * 3600.0
_BAD_RESPONSES_BEFORE_BACK_OFF = 3
_LATENCY_FACTOR = 2.0
_LONGEST_ADAPTIVE_SECONDS = 60.0
_JITTER = 0.2
_WAY_SECONDS = 0.1
"""So much longer than another may a request be on its way to the host."""
_FAILING_READ_EVERY_SECONDS = 2.0


@dataclass(slots=True)
class Turn:
    """One request's turn; the HTTP client notes in it when the request was `sent` and `answered`.

    It lasts until `ends_at`, as its clock counts seconds, unless it is renewed.
    """

    host: str
    started: float
    monotonic: Callable[[], float]
    ends_at: float = math.inf
    sent: float | None = None
    answered: float | None = None

    def check(self) -> None:
        """Raises LeaseLostError where the turn has ended: another worker may have one by now."""
        if self.monotonic() >= self.ends_at:
            raise LeaseLostError(f"turn:{self.host}")


@dataclass(slots=True)
class _Host:
    """What this process does with a host: its threads queue up here before they ask for a turn."""

    queue: threading.Lock = field(default_factory=threading.Lock)
    is_failing: bool = False


class HostPacing:
    """The pace of every host; safe to share between threads.

    `delay_seconds` 0 switches pacing off: no waiting, and requests to one host may run side by side. Back-off
    stays in force. The hosts of each group in `together` have one pace. `owner` is what turns are taken by; they last
    `turn_seconds`, or until the next `renew`. `clock` gives aware instants, `monotonic` and `sleep` count seconds,
    `jitter` gives numbers from 0 to 1.
    """

    def __init__(
        self,
        delay_seconds: float,
        paces: HostPaces,
        *,
        clock: Callable[[], datetime],
        owner: str = "",
        turn_seconds: float = TURN_SECONDS,
        together: Iterable[Iterable[str]] = (),
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random,
    ) -> None:
        self._delay_seconds = delay_seconds
        self._paces = paces
        self._clock = clock
        self._owner = owner
        self._turn_seconds = turn_seconds
        self._monotonic = monotonic
        self._sleep = sleep
        self._jitter = jitter
        groups = [[_named(host) for host in group] for group in together]
        self._leaders = {host: group[0] for group in groups for host in group}
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}
        self._turns: dict[HostTurn, Turn] = {}
        self._failing: dict[str, datetime] = {}
        self._failing_read_at = -math.inf

    @contextmanager
    def turn(self, host: str, crawl_delay_seconds: float | None = None) -> Iterator[Turn]:
        """Wait until a request may start, and hold the host until the block ends."""
        key = self._key(host)
        if self._delay_seconds <= 0:
            yield Turn(key, self._monotonic(), self._monotonic)
            return
        state = self._host(key)
        with state.queue:
            taken, turn = self._take(key, max(self._delay_seconds, crawl_delay_seconds or 0.0))
            state.is_failing = taken.failures > 0 or taken.bad_responses > 0
            with self._lock:
                self._turns[taken] = turn
            try:
                yield turn
            finally:
                with self._lock:
                    del self._turns[taken]
                # The host sees a request when it is sent: later than the turn's start by the time to connect.
                sent = turn.sent or turn.started
                latency = (turn.answered or self._monotonic()) - sent
                usual = max(latency, (taken.pause_seconds / _LATENCY_FACTOR + latency) / 2)
                pause = min(_LATENCY_FACTOR * usual, _LONGEST_ADAPTIVE_SECONDS)
                # It arrives a little later, at the latest when it is answered; the next may be faster on its way.
                arrived = sent + min(latency, _WAY_SECONDS)
                self._paces.give_back(taken, arrived - turn.started, pause)

    def renew(self) -> None:
        """Let the turns that are under way last longer. Raises StoreError."""
        with self._lock:
            under_way = dict(self._turns)
        asked_at = self._monotonic()
        for taken in self._paces.renew(under_way, self._turn_seconds):
            under_way[taken].ends_at = asked_at + self._turn_seconds

    def back_off(self, host: str, seconds: float | None = None) -> datetime:
        """Leave a host alone: for `seconds` where it named a time, else longer with every failure in a row.

        Returns the instant until which it is left alone; an earlier, longer back-off is never shortened.
        """
        asked_seconds = min(seconds or 0.0, _LONGEST_REQUESTED_SECONDS)
        # A host that names a time is taken at its word, but a short one said again and again is not.
        return self._leave_alone(host, asked_seconds, _LONGEST_BACK_OFF_SECONDS, patience=0 if seconds is None else 1)

    def note_bad_response(self, host: str) -> None:
        """Note that a request got no good response; the third in a row makes the host back off."""
        key = self._key(host)
        self._host(key).is_failing = True
        bad_responses, failures = self._paces.note_bad_response(key)
        if bad_responses >= _BAD_RESPONSES_BEFORE_BACK_OFF or failures > 0:
            self._leave_alone(host, 0.0, _LONGEST_SILENCE_SECONDS, patience=0)

    def note_good_response(self, host: str) -> None:
        """Note that the host responds well again; costs nothing where it always did."""
        key = self._key(host)
        state = self._host(key)
        with self._lock:
            is_failing = self._failing.pop(key, None) is not None or state.is_failing
            state.is_failing = False
        if is_failing:
            self._paces.note_good_response(key)

    def retry_at(self, host: str) -> datetime | None:
        """Until when the host is left alone; None where requests may go to it now."""
        now = self._monotonic()
        if now - self._failing_read_at >= _FAILING_READ_EVERY_SECONDS:
            failing = dict(self._paces.failing(self._clock()))
            with self._lock:
                self._failing, self._failing_read_at = failing, now
        until = self._failing.get(self._key(host))
        return until if until is not None and until > self._clock() else None

    def _take(self, key: str, gap_seconds: float) -> tuple[HostTurn, Turn]:
        while True:
            # As of before the turn is taken: nothing that is counted from here is too early.
            asked_at = self._monotonic()
            taken = self._paces.take(key, self._owner, gap_seconds, self._turn_seconds)
            if isinstance(taken, HostTurn):
                return taken, Turn(key, asked_at, self._monotonic, asked_at + self._turn_seconds)
            self._sleep(taken.seconds)

    def _leave_alone(self, host: str, asked_seconds: float, longest: float, patience: int) -> datetime:
        """Back off for what the failures beyond `patience` ask for, or for `asked_seconds` where that is more."""
        lengthened = 1 + _JITTER * self._jitter()

        def wait_seconds(failures: int) -> float:
            doublings = min(failures - 1 - patience, 32)
            grown = min(_FIRST_BACK_OFF_SECONDS * 2**doublings, longest) if doublings >= 0 else 1.0
            return max(grown, asked_seconds) * lengthened

        key = self._key(host)
        until = self._paces.back_off(key, wait_seconds, self._clock())
        with self._lock:
            self._failing[key] = until
        return until

    def _host(self, key: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(key, _Host())

    def _key(self, host: str) -> str:
        key = _named(host)
        return self._leaders.get(key, key)


def _named(host: str) -> str:
    """http and https of one name are one machine to be polite to; other ports may be other machines."""
    name, _, port = host.rpartition(":")
    return name if port in ("80", "443") else host
