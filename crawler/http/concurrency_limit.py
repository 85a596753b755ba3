"""Concurrency limit of the crawler: how many responses may be on their way, or in memory, at once.

One limit for the whole desk, however many sources are due. A slot is taken when a request goes out, and held while its
page is read and stored, so that pages never pile up in memory; never while a thread waits for a host's turn, so that
slow hosts do not hold up the others.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ConcurrencyLimit:
    """A number of slots, at most one a thread; safe to share between threads."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._wanted = 0
        self._counting = threading.Lock()
        self._free = threading.BoundedSemaphore(count)
        self._large = threading.Lock()
        self._own = _ThreadSlots()

    @property
    def wanted(self) -> int:
        """How many slots are held or waited for at the moment."""
        return self._wanted

    @property
    def spare(self) -> int:
        """How many slots nobody holds or waits for at the moment."""
        return max(0, self._count - self._wanted)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let this thread hold the slot that it takes until the block ends; of nested blocks the outermost counts."""
        self._own.blocks += 1
        try:
            yield
        finally:
            self._own.blocks -= 1
            if not self._own.blocks:
                self.release()

    def acquire(self) -> None:
        """Wait for a slot, unless this thread has one."""
        if not self._own.holds_slot:
            self._count_wanted(1)
            self._free.acquire()
            self._own.holds_slot = True

    def acquire_exclusive(self) -> None:
        """Wait until no other thread holds a large page: its tree takes ten times the memory of its bytes."""
        if not self._own.holds_large:
            self._large.acquire()
            self._own.holds_large = True

    def release(self) -> None:
        """Give this thread's slot back, if it holds one."""
        if self._own.holds_large:
            self._own.holds_large = False
            self._large.release()
        if self._own.holds_slot:
            self._own.holds_slot = False
            self._free.release()
            self._count_wanted(-1)

    def _count_wanted(self, change: int) -> None:
        with self._counting:
            self._wanted += change


class _ThreadSlots(threading.local):
    holds_slot: bool = False
    holds_large: bool = False
    blocks: int = 0
