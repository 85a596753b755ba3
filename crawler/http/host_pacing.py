"""Host pacing: when the next request may go to a host, and how long a host is left alone after failures.

All sources and threads share one pace a host: one request at a time, and from one start to the next no less than
the configured delay, the host's crawl-delay, or twice the time it took to respond. A host that fails or asks for
a pause backs off exponentially; that state survives a restart.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import random
from typing import Protocol

_FIRST_BACK_OFF_SECONDS = 60.0
_LONGEST_BACK_OFF_SECONDS = 6 * 3600.0
# Silence may be our own network's fault, which all hosts would pay for long after it is back.
_LONGEST_SILENCE_SECONDS = 3600.0
_LONGEST_REQUESTED_SECONDS = 24 * 3600.0
_BAD_RESPONSES_BEFORE_BACK_OFF = 3
_LATENCY_FACTOR = 2.0
_LONGEST_ADAPTIVE_SECONDS = 60.0
_JITTER = 0.2


class HostStates(Protocol):
    """Where back-offs are kept between runs; the store's crawl state is one."""

    def hosts(self) -> Mapping[str, tuple[datetime | None, int]]:
        """(retry_at, failures in a row) of every host that ever backed off."""

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
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    started: float | None = None
    latency_seconds: float = 0.0
    bad_responses: int = 0
    failures: int = 0
    retry_at: datetime | None = None


@dataclass(slots=True)
class Turn:
    """One request's turn; the HTTP client notes in it when the request was `sent` and `answered`."""

    started: float
    sent: float | None = None
    answered: float | None = None


class HostPacing:
    """The pace of every host; safe to share between threads.

    `delay_seconds` 0 switches pacing off: no waiting, and requests to one host may run side by side. Back-off
    stays in force. `clock` gives aware instants, `monotonic` and `sleep` count seconds, `jitter` gives numbers from
    0 to 1.
    """

    def __init__(
        self,
        delay_seconds: float,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        states: HostStates | None = None,
        jitter: Callable[[], float] = random,
    ) -> None:
        self._delay_seconds = delay_seconds
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._states = states
        self._jitter = jitter
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}
        for name, (retry_at, failures) in (states.hosts() if states else {}).items():
            self._hosts[name] = _Host(failures=failures, retry_at=retry_at)

    @contextmanager
    def turn(self, host: str, crawl_delay_seconds: float | None = None) -> Iterator[Turn]:
        """Wait until a request may start, and hold the host until the block ends."""
        if self._delay_seconds <= 0:
            yield Turn(self._monotonic())
            return
        state = self._state(host)
        with state.turn:
            if state.started is not None:
                due = state.started + self._gap_seconds(state, crawl_delay_seconds)
                while (wait := due - self._monotonic()) > 0:
                    self._sleep(wait)
            turn = Turn(self._monotonic())
            try:
                yield turn
            finally:
                # The host sees a request when it is sent: later than the turn's start by the time to connect.
                state.started = turn.sent or turn.started
                latency = (turn.answered or self._monotonic()) - state.started
                state.latency_seconds = max(latency, (state.latency_seconds + latency) / 2)

    def back_off(self, host: str, seconds: float | None = None) -> datetime:
        """Leave a host alone: for `seconds` where it named a time, else longer with every failure in a row.

        Returns the instant until which it is left alone; an earlier, longer back-off is never shortened.
        """
        asked_seconds = min(seconds or 0.0, _LONGEST_REQUESTED_SECONDS)
        # A host that names a time is taken at its word, but a short one said again and again is not.
        return self._leave_alone(host, asked_seconds, _LONGEST_BACK_OFF_SECONDS, patience=0 if seconds is None else 1)

    def note_bad_response(self, host: str) -> None:
        """Note that a request got no good response; the third in a row makes the host back off."""
        state = self._state(host)
        with self._lock:
            state.bad_responses += 1
            again = state.bad_responses >= _BAD_RESPONSES_BEFORE_BACK_OFF or state.failures > 0
        if again:
            self._leave_alone(host, 0.0, _LONGEST_SILENCE_SECONDS, patience=0)

    def note_good_response(self, host: str) -> None:
        """Note that the host responds well again."""
        state = self._state(host)
        with self._lock:
            state.bad_responses = 0
            if state.failures:
                state.failures, state.retry_at = 0, None
                self._save(host, state)

    def retry_at(self, host: str) -> datetime | None:
        """Until when the host is left alone; None where requests may go to it now."""
        until = self._state(host).retry_at
        return until if until is not None and until > self._clock() else None

    def _leave_alone(self, host: str, asked_seconds: float, longest: float, patience: int) -> datetime:
        """Back off for what the failures beyond `patience` ask for, or for `asked_seconds` where that is more."""
        state = self._state(host)
        with self._lock:
            state.failures += 1
            doublings = min(state.failures - 1 - patience, 32)
            grown = min(_FIRST_BACK_OFF_SECONDS * 2**doublings, longest) if doublings >= 0 else 1.0
            until = self._clock() + timedelta(seconds=max(grown, asked_seconds) * (1 + _JITTER * self._jitter()))
            state.retry_at = max(until, state.retry_at) if state.retry_at else until
            state.bad_responses = 0
            self._save(host, state)
            return state.retry_at

    def _gap_seconds(self, state: _Host, crawl_delay_seconds: float | None) -> float:
        adaptive = min(_LATENCY_FACTOR * state.latency_seconds, _LONGEST_ADAPTIVE_SECONDS)
        return max(self._delay_seconds, crawl_delay_seconds or 0.0, adaptive)

    def _state(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(_pacing_key(host), _Host())

    def _save(self, host: str, state: _Host) -> None:
        if self._states is not None:
            self._states.save_host(_pacing_key(host), retry_at=state.retry_at, failures=state.failures)


def _pacing_key(host: str) -> str:
    """http and https of one name are one machine to be polite to; other ports may be other machines."""
    name, _, port = host.rpartition(":")
    return name if port in ("80", "443") else host
