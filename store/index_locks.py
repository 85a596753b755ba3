"""Locks on an index that processes on several machines share: leases in the store.

The locks of a data directory (directory/locks.py) hold for one machine. These hold wherever the store is reached from,
and end by themselves where their holder is frozen or cut off: it has to look (`check`) before each step that can't be
taken back, and another may begin a little later.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Protocol

from model.errors import LockHeldError, StoreError
from store.base import Leases
from store.lease_keeper import RENEWALS_A_LEASE, KeptLease, LeaseKeeper

_LEASE_SECONDS = 15.0
_POLL_SECONDS = 0.1
_LIVE_INDEX_SECONDS = 60.0
_JOIN_SECONDS = 5.0


class HeldLock(Protocol):
    """A lock inside its block."""

    @property
    def is_held(self) -> bool:
        """Whether nobody else can hold it, as far as this process can tell."""

    def check(self) -> None:
        """Raises LeaseLostError where it is held no more."""


class IndexLocks(Protocol):
    """The locks on one index."""

    def live_index(self) -> AbstractContextManager[HeldLock]:
        """Held for a commit or a switch; waited for up to a minute. Raises LockHeldError."""

    def build(self) -> AbstractContextManager[HeldLock]:
        """Held by the one rebuild. Raises LockHeldError."""


class LeasedIndexLocks:
    """The locks on the index that all processes on a store call `index`, taken in the name of `owner`."""

    def __init__(self, leases: Leases, index: str, owner: str, *, seconds: float = _LEASE_SECONDS) -> None:
        self._leases = leases
        self._index = index
        self._owner = owner
        self._seconds = seconds

    def live_index(self) -> "LeasedLock":
        """Held for a commit or a switch."""
        return self._lock("live-index", timeout_seconds=_LIVE_INDEX_SECONDS)

    def build(self) -> "LeasedLock":
        """Held by the one rebuild."""
        return self._lock("build")

    def _lock(self, name: str, *, timeout_seconds: float = 0.0) -> "LeasedLock":
        keeper = LeaseKeeper(self._leases, self._owner, self._seconds)
        return LeasedLock(keeper, f"{name}:{self._index}", self._leases, timeout_seconds)


class LeasedLock:
    """A lease that a thread renews until the block ends; `timeout_seconds` is how long it is waited for."""

    def __init__(
        self,
        keeper: LeaseKeeper,
        name: str,
        leases: Leases,
        timeout_seconds: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._keeper = keeper
        self._name = name
        self._leases = leases
        self._timeout = timeout_seconds
        self._sleep = sleep
        self._kept: KeptLease | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"renews {name}", daemon=True)

    @property
    def is_held(self) -> bool:
        """Whether the lease lasts, as far as this process can tell."""
        return self._kept is not None and self._kept.is_held

    def check(self) -> None:
        """Raises LeaseLostError where the lease has ended."""
        if self._kept is None:
            raise ValueError(f"the lock {self._name} is not held")
        self._kept.check()

    def __enter__(self) -> "LeasedLock":
        began = self._keeper.now()
        while (kept := self._keeper.acquire(self._name)) is None:
            if self._keeper.now() - began >= self._timeout:
                holder = self._leases.current(self._name)
                raise LockHeldError(self._name.partition(":")[0], holder.owner if holder else "another process")
            self._sleep(_POLL_SECONDS)
        self._kept = kept
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(_JOIN_SECONDS)
        if self._kept is not None:
            with suppress(StoreError):  # it ends by itself
                self._keeper.release(self._kept)

    def _renew(self) -> None:
        while not self._ended.wait(self._keeper.seconds / RENEWALS_A_LEASE):
            with suppress(StoreError):  # the next may succeed, and whoever works looks at the clock
                self._keeper.renew()
