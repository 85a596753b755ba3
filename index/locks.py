"""Who may do what in a data directory at this moment?

Three locks: *crawl* (one crawler), *live-index* (one indexer; held for a commit or a switch, never longer) and
*build* (one rebuild). They are OS locks (flock) on files that nobody deletes: death frees them, whatever way it came.
Each names its holder's pid and command inside the file.
"""

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from index.errors import LockHeldError

_POLL_SECONDS = 0.05


class Lock:
    """An exclusive lock on a file; a context manager. Not to be shared between threads."""

    def __init__(self, path: Path, *, timeout_seconds: float = 0.0) -> None:
        self.path = path
        self.timeout_seconds = timeout_seconds
        self._descriptor: int | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path.stem

    def acquire(self) -> None:
        """Take the lock; waits up to `timeout_seconds`. Raises LockHeldError naming the holder."""
        descriptor = open_lock_file(self.path)
        deadline = time.monotonic() + self.timeout_seconds
        while not try_lock(descriptor):
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 500, 0).decode(errors="replace").strip() or "another process"
                os.close(descriptor)
                raise LockHeldError(self.name, holder)
            time.sleep(_POLL_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"pid {os.getpid()} ({_command()})\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; does nothing where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def fileno(self) -> int:
        """The descriptor that holds the lock: a child that inherits it holds the lock too."""
        if self._descriptor is None:
            raise ValueError(f"the {self.name} lock is not held")
        return self._descriptor

    def __enter__(self) -> "Lock":
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class Locks:
    """The three locks of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._directory = data_dir / "locks"
        self._directory.mkdir(parents=True, exist_ok=True)

    def crawl(self) -> Lock:
        """Held by the one crawler."""
        return Lock(self._directory / "crawl.lock")

    def live_index(self) -> Lock:
        """Held for a commit or a switch; waited for up to a minute."""
        return Lock(self._directory / "live-index.lock", timeout_seconds=60)

    def build(self) -> Lock:
        """Held by the one rebuild."""
        return Lock(self._directory / "build.lock")

    def migrate(self) -> Lock:
        """Held while the store is opened and migrated; waited for up to a minute."""
        return Lock(self._directory / "migrate.lock", timeout_seconds=60)


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Mark a file as in use by one of many; `in_use` sees it until the block ends or the process dies."""
    descriptor = open_lock_file(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def in_use(path: Path) -> bool:
    """Whether any process is inside `shared(path)`."""
    descriptor = open_lock_file(path)
    try:
        return not try_lock(descriptor)
    finally:
        os.close(descriptor)


def open_lock_file(path: Path) -> int:
    """A descriptor of the lock file, made where it is missing."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def try_lock(descriptor: int) -> bool:
    """Take the exclusive lock now; False where somebody holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _command() -> str:
    name = Path(sys.argv[0]).name
    return " ".join([name, *sys.argv[1:]])[:200]
