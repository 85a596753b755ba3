"""Keeper of the leases of one process: renews them while it lives, and knows by itself when one has ended.

A process that was frozen or cut off from the store can't trust what it remembers of a lease. So each lease counts its
own time from before it was asked for: what has not been renewed by then is taken to have ended, without a question to
the store. Whatever is written late all the same is refused there (the fencing number).
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from model.errors import LeaseLostError
from store.base import Lease, Leases

LEASE_SECONDS = 30.0
RENEWALS_A_LEASE = 4
"""One renewal may fail, and another come late."""


def running_seconds() -> float:
    """Seconds since the machine was started, those included in which it was suspended, where the system counts them."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Claim(Protocol):
    """The right to do a piece of work, as long as it lasts: a lease that is kept, or `UNSHARED`."""

    @property
    def lease(self) -> Lease | None:
        """What covers writes to the store; None where nobody else could write."""

    @property
    def is_held(self) -> bool:
        """Whether the work may go on."""

    def check(self) -> None:
        """Raises LeaseLostError where the work has to end."""


class Unshared:
    """The right to do work that nobody else does."""

    lease: None = None
    is_held = True

    def check(self) -> None:
        """Never raises."""


UNSHARED: Claim = Unshared()


class KeptLease:
    """A lease that its keeper renews; safe to share between threads."""

    def __init__(self, lease: Lease, ends_at: float, monotonic: Callable[[], float]) -> None:
        self._lease = lease
        self._ends_at = ends_at
        self._monotonic = monotonic

    @property
    def lease(self) -> Lease:
        """The lease as it was last renewed."""
        return self._lease

    @property
    def is_held(self) -> bool:
        """Whether the lease lasts, as far as this process can tell."""
        return self._monotonic() < self._ends_at

    def check(self) -> None:
        """Raises LeaseLostError where the lease has ended."""
        if not self.is_held:
            raise LeaseLostError(self._lease.name)

    def renewed(self, lease: Lease, ends_at: float) -> None:
        """Take note of a renewal."""
        self._lease, self._ends_at = lease, ends_at

    def lost(self) -> None:
        """Take note that the lease has ended."""
        self._ends_at = float("-inf")


class LeaseKeeper:
    """The leases of one process, taken in the name of `owner` for `seconds` at a time; safe to share between threads.

    `renew` has to be called several times in that time.
    """

    def __init__(
        self,
        leases: Leases,
        owner: str,
        seconds: float = LEASE_SECONDS,
        *,
        monotonic: Callable[[], float] = running_seconds,
    ) -> None:
        self.owner = owner
        self.seconds = seconds
        self._leases = leases
        self._monotonic = monotonic
        self._kept: dict[str, KeptLease] = {}
        self._lock = threading.Lock()

    def acquire(self, name: str) -> KeptLease | None:
        """Take a lease, and keep it; None where somebody holds it, this process included. Raises StoreError."""
        asked_at = self._monotonic()
        lease = self._leases.acquire(name, self.owner, self.seconds)
        return None if lease is None else self.keep(lease, asked_at)

    def keep(self, lease: Lease, asked_at: float) -> KeptLease:
        """Keep a lease that was taken otherwise; it was asked for at `asked_at` (`now`)."""
        kept = KeptLease(lease, asked_at + self.seconds, self._monotonic)
        with self._lock:
            self._kept[lease.name] = kept
        return kept

    def now(self) -> float:
        """Seconds of the clock that leases are counted by."""
        return self._monotonic()

    def kept(self) -> list[KeptLease]:
        """The leases that are kept now, by name."""
        with self._lock:
            return [kept for _, kept in sorted(self._kept.items()) if kept.is_held]

    def renew(self) -> None:
        """Renew all leases; those that have ended are lost, and kept no more. Raises StoreError."""
        with self._lock:
            kept = dict(self._kept)
        asked_at = self._monotonic()
        renewed = {
            lease.name: lease for lease in self._leases.renew_all([k.lease for k in kept.values()], self.seconds)
        }
        for name, one in kept.items():
            if name in renewed:
                one.renewed(renewed[name], asked_at + self.seconds)
            else:
                one.lost()
                self._drop(one)

    def release(self, kept: KeptLease) -> None:
        """Give a lease back; does nothing where it has ended. Raises StoreError."""
        self._drop(kept)
        if kept.is_held:
            kept.lost()
            self._leases.release(kept.lease)

    def _drop(self, kept: KeptLease) -> None:
        with self._lock:
            if self._kept.get(kept.lease.name) is kept:
                del self._kept[kept.lease.name]
