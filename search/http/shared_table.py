"""Shared table of web workers: what processes that answer on one socket have to know of each other.

A file that each of them maps into its memory. A worker writes into its own row only, in single words, so that a kill at
any moment leaves nothing that others could misread; what it has written outlives it. The admitted requests of all stand
in a ring behind the rows, which is written under a lock that the system takes from a process that dies.
"""

import fcntl
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

_WORD = 8
_ROW = 2
"""Words of a worker: its process id and the number of its connections."""
_RING = 1 << 17
"""Admitted requests that are kept, of two words each: some minutes of as many as can be answered."""


class AdmittedRequest(NamedTuple):
    """A request that was let through: a number for its client, and when by the system's monotonic clock."""

    client: int
    seconds: float


class SharedTable:
    """The table as one worker sees it, the `number`th of so many; used by several threads under `locked` only."""

    def __init__(self, memory: mmap, number: int, workers: int, file: int | None = None) -> None:
        self.number = number
        self.workers = workers
        self._file = file
        self._lock = threading.Lock()
        self._words = memoryview(memory).cast("q")
        self._times = memoryview(memory).cast("d")
        self._ring = 1 + workers * _ROW
        self._own = 1 + (number - 1) * _ROW
        self._words[self._own], self._words[self._own + 1] = os.getpid(), 0

    def processes(self) -> Sequence[int]:
        """The process ids of the workers, of each that was ever started its last."""
        return [process for process in self._words[1 : self._ring : _ROW].tolist() if process]

    def note_connections(self, number: int) -> None:
        """Tell the others how many connections this worker has open."""
        self._words[self._own + 1] = number

    def has_most_connections(self) -> bool:
        """Whether another worker has fewer connections than this one."""
        return min(self._words[2 : self._ring : _ROW].tolist()) < self._words[self._own + 1]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """A block in which no other thread, of this or another worker, is in such a block."""
        with self._lock:
            if self._file is None:
                yield
                return
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def admitted(self) -> int:
        """How many requests were ever let through; under `locked`."""
        return self._words[0]

    def admitted_since(self, number: int) -> Iterator[AdmittedRequest]:
        """The requests that were let through after the first `number`, as far as they are kept; under `locked`."""
        last = self._words[0]
        for n in range(max(number, last - _RING), last):
            at = self._ring + n % _RING * 2
            yield AdmittedRequest(self._words[at], self._times[at + 1])

    def admit(self, request: AdmittedRequest) -> None:
        """Let a request through; under `locked`."""
        at = self._ring + self._words[0] % _RING * 2
        self._words[at], self._times[at + 1] = request
        self._words[0] += 1


def sole_table() -> SharedTable:
    """The table of a worker that has no others beside it."""
    return SharedTable(mmap(-1, _size(1)), 1, 1)


def make_table(path: Path, workers: int) -> None:
    """Make the file of a table of so many workers. Raises OSError where there is no room for it."""
    with path.open("xb") as file:
        os.posix_fallocate(file.fileno(), 0, _size(workers))  # what is mapped without room kills who writes there


def open_table(path: Path, number: int) -> SharedTable:
    """The table in a file, for the worker of that number, from 1."""
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    size = os.fstat(file).st_size
    workers = (size // _WORD - 1 - _RING * 2) // _ROW
    return SharedTable(mmap(file, size), number, workers, file)


def _size(workers: int) -> int:
    return (1 + workers * _ROW + _RING * 2) * _WORD
