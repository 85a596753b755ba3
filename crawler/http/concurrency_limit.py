"""How many answers may be on their way, or in hand, at once?

One bound for the whole desk, however many sources are due. A slot is taken when a request goes out, and kept while its
page is read and stored, so that pages never pile up in memory; never while a host's turn is awaited, so that hosts that
want to be asked slowly keep nobody from the others.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Slots:
    """So many slots, one a thread at most; safe to share between threads."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)
        self._alone = threading.Lock()
        self._mine = _Mine()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Let this thread keep the slot that it takes until the block ends; of nested blocks the outermost counts."""
        self._mine.blocks += 1
        try:
            yield
        finally:
            self._mine.blocks -= 1
            if not self._mine.blocks:
                self.give_back()

    def take(self) -> None:
        """Wait for a slot, unless this thread has one."""
        if not self._mine.taken:
            self._free.acquire()
            self._mine.taken = True

    def take_alone(self) -> None:
        """Wait until no other thread has something large in hand: a tree takes ten times the room of its bytes."""
        if not self._mine.alone:
            self._alone.acquire()
            self._mine.alone = True

    def give_back(self) -> None:
        """Let go of this thread's slot, if it has one."""
        if self._mine.alone:
            self._mine.alone = False
            self._alone.release()
        if self._mine.taken:
            self._mine.taken = False
            self._free.release()


class _Mine(threading.local):
    taken: bool = False
    alone: bool = False
    blocks: int = 0
