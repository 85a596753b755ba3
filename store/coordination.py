"""Contracts of what workers share: any number of processes on any number of machines work on one store.

Rows with an owner and an end, by the database's clock (store.base.Leases says why), and each change one transaction:
what a process held that has died is free a little later, and nobody has to notice. Held by one suite under
tests/store/contract over every backend.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from store.base import Lease

SOURCE_LEASE = "source:"
"""What the names of source leases begin with; the name of the source follows."""


class HostTurn(NamedTuple):
    """The right to send one request to a host; `number` counts its turns, as a fencing number.

    `pause_seconds` is how long the host is left alone after the start of a request because of how slowly it responds;
    `failures` and `bad_responses` are those in a row.
    """

    host: str
    owner: str
    number: int
    pause_seconds: float = 0.0
    failures: int = 0
    bad_responses: int = 0


class TurnWait(NamedTuple):
    """That a host can't be asked yet, but perhaps in so many seconds."""

    seconds: float


class RobotsFileState(NamedTuple):
    """robots.txt of an origin as it was last read; its content is empty where there are no rules by its status."""

    origin: str
    fetched_at: datetime
    status: int
    content: bytes


class WorkerState(NamedTuple):
    """A process that works on the store: since when, when it was last heard of, and what it holds.

    `silent_seconds` are those since its last beat, by the database's clock; `release` is the version of Wiredesk that
    it runs (None: it does not say).
    """

    name: str
    role: str
    started_at: datetime
    beat_at: datetime
    silent_seconds: float
    doing: str
    leases: tuple[Lease, ...] = ()
    release: str | None = None


class SourceLeases(Protocol):
    """Who crawls which source: a source that is due is crawled by whoever claims it first."""

    def claim_due(self, every: Mapping[str, timedelta], owner: str, seconds: float, limit: int) -> Sequence[Lease]:
        """Take the leases of at most `limit` sources that are due and that nobody crawls, the longest overdue first.

        `every` has the sources that may be claimed; each is due again after so long, unless its run says otherwise. A
        source whose last holder has died is due at once. No source is ever claimed by two.
        """

    def bring_due(self, longest: Mapping[str, timedelta]) -> int:
        """Let no source be due later than so long from now; returns how many were."""

    def free_all(self) -> int:
        """Free the leases of all sources, where it is known that nobody is crawling any more; returns how many were."""


class HostPaces(Protocol):
    """The pace of each host: one request at a time, and how long it is left alone before the next.

    Instants are given by the clock of whoever asks, who says what `now` is: clocks need not agree.
    """

    def take(self, host: str, owner: str, gap_seconds: float, seconds: float) -> HostTurn | TurnWait:
        """Take a turn of at most so many seconds, where nobody has one.

        The last request has to have started `gap_seconds` ago, and as long as the host's own pause.
        """

    def give_back(self, turn: HostTurn, sent_after_seconds: float, pause_seconds: float) -> None:
        """End a turn: its request was sent so long after it was asked for. Does nothing where it has ended.

        From then on the host pauses for `pause_seconds`.
        """

    def renew(self, turns: Collection[HostTurn], seconds: float) -> Sequence[HostTurn]:
        """Let turns last for so many seconds from now; returns those that had not ended."""

    def back_off(self, host: str, wait_seconds: Callable[[int], float], now: datetime) -> datetime:
        """Count a failure in a row and leave the host alone for as long as their number asks for; returns until when.

        Never for less long than before.
        """

    def note_bad_response(self, host: str) -> tuple[int, int]:
        """Count a bad response; returns the number of bad ones in a row, and of failures in a row."""

    def note_good_response(self, host: str) -> None:
        """Count bad responses and failures from 0 again, and end the host's rest."""

    def failing(self, now: datetime) -> Mapping[str, datetime]:
        """The hosts that failed lately, and until when they are left alone: that may be over."""


class RobotsFiles(Protocol):
    """robots.txt of every origin as some worker read it, so that no other has to; and since when it can't be had."""

    def find(self, origin: str) -> RobotsFileState | None:
        """The file as it was last read, however long ago."""

    def save(self, state: RobotsFileState) -> None:
        """Keep a file in place of the earlier one, and that it can be had. An older one is ignored. Idempotent."""

    def failing_since(self, origin: str) -> datetime | None:
        """Since when the file can't be had; None where it can."""

    def save_outage(self, origin: str, failing_since: datetime) -> None:
        """Keep since when the file can't be had. Idempotent."""

    def drop_before(self, instant: datetime) -> int:
        """Remove what was read before an instant, unless the file can't be had since; returns how many."""


class Workers(Protocol):
    """The processes that work on the store."""

    def beat(self, name: str, role: str, doing: str, release: str | None = None) -> None:
        """Say that a worker of a version of Wiredesk lives, and what it does; the first beat makes it known."""

    def leave(self, name: str) -> None:
        """Say that a worker has ended, and free all its leases. Idempotent."""

    def known(self) -> Sequence[WorkerState]:
        """All workers with the leases that they hold now, those that began first in front.

        Owners of leases that never beat are among them, with the role "".
        """

    def drop_silent(self, seconds: float) -> int:
        """Remove the workers that were not heard of for so long; returns how many."""
