"""Locks of a data directory, between the processes of one machine.

*crawl* (one crawler), *live-index* (one indexer; held for a commit or a switch, never longer), *build* (one rebuild),
*reparse* (one reparse, whose journal has one writer) and *migrate*. They are OS locks (flock) on files that nobody
deletes: death frees them, whatever way it came. Each names its holder's pid and command inside the file.
"""

import fcntl
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from model.errors import LockHeldError, StoreError
from store.directory.data_directory import make_folder, prepare

_POLL_SECONDS = 0.05
# Whoever is asked to stop ends within five seconds, and so do the children of a supervisor that was killed; but these
# hear of it when they have begun to run, which takes a busy machine many seconds more.
_ENDING_SECONDS = 5.0
_ORPHANS_SECONDS = 30.0
_CREDENTIALS = re.compile(r"://.*@", re.DOTALL)
_PASSWORD = re.compile(r"(password=)[^&\s]*", re.IGNORECASE)
_PID = re.compile(r"pid (\d{1,10})\b")


class Lock:
    """An exclusive lock on a file; a context manager. Not to be shared between threads.

    `timeout_seconds` is how long it is waited for, `orphaned_seconds` where the process that took it is gone and only
    children that it left behind hold it.
    """

    def __init__(self, path: Path, *, timeout_seconds: float = 0.0, orphaned_seconds: float = 0.0) -> None:
        self.path = path
        self.timeout_seconds = timeout_seconds
        self.orphaned_seconds = max(timeout_seconds, orphaned_seconds)
        self._descriptor: int | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path.stem

    def acquire(self) -> None:
        """Take the lock, waited for where it is held. Raises LockHeldError naming the holder."""
        try:
            descriptor = open_lock_file(self.path)
        except OSError as error:
            raise StoreError(f"{self.path} can't be opened: {error.strerror}") from error
        began = time.monotonic()
        while not try_lock(descriptor):
            holder = os.pread(descriptor, 500, 0).decode(errors="replace").strip()
            patience = self.orphaned_seconds if _is_gone(holder) else self.timeout_seconds
            if time.monotonic() - began >= patience:
                os.close(descriptor)
                raise LockHeldError(self.name, holder or "another process")
            time.sleep(_POLL_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"pid {os.getpid()} ({_command()})\n".encode(errors="backslashreplace"), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; does nothing where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def is_held(self) -> bool:
        """Whether this process holds it."""
        return self._descriptor is not None

    def check(self) -> None:
        """Never raises inside the block: a lock on a file lasts as long as the process."""
        self.fileno()

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
    """The locks of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        """Makes the directory where it is missing. Raises DataDirectoryError."""
        self._directory = data_dir / "locks"
        prepare(data_dir)
        make_folder(self._directory)

    def crawl(self) -> Lock:
        """Held by the one crawler; waited for a little, since a desk that is started again may still be ending."""
        return Lock(self._directory / "crawl.lock", timeout_seconds=_ENDING_SECONDS, orphaned_seconds=_ORPHANS_SECONDS)

    def live_index(self) -> Lock:
        """Held for a commit or a switch; waited for up to a minute."""
        return Lock(self._directory / "live-index.lock", timeout_seconds=60)

    def build(self) -> Lock:
        """Held by the one rebuild."""
        return Lock(self._directory / "build.lock")

    def reparse(self) -> Lock:
        """Held by the one reparse, to the end of its report."""
        return Lock(self._directory / "reparse.lock")

    def migrate(self) -> Lock:
        """Held while the store is opened and migrated; waited for up to a minute."""
        return Lock(self._directory / "migrate.lock", timeout_seconds=60)


@contextmanager
def shared(path: Path, *, make: bool = True) -> Iterator[None]:
    """Mark a file as in use by one of many; `in_use` sees it until the block ends or the process dies.

    Where it is missing and not to be made, the block runs all the same.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # enough for sharing, and on a read-only disk too
    except FileNotFoundError:
        if not make:
            yield
            return
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


def _is_gone(holder: str) -> bool:
    """Whether the process that a lock file names has ended; its children may hold the lock all the same."""
    named = _PID.match(holder)
    if named is None:
        return False
    try:
        os.kill(int(named[1]), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def _command() -> str:
    """The command as it was called, without the user and the password of an address."""
    name = Path(sys.argv[0]).name
    return " ".join([name, *(_hidden(word) for word in sys.argv[1:])])[:200]


def _hidden(word: str) -> str:
    return _PASSWORD.sub(r"\1***", _CREDENTIALS.sub("://***@", word))
