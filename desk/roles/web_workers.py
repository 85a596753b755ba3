"""Web workers: the processes that answer on one socket, and the folder of what they share.

The folder is in memory where the system has such a place: what is mapped from a full disk kills who writes there. It
goes with the supervisor; one that was killed leaves its folder to the next.
"""

import fcntl
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from desk.container import Desk
from desk.roles.heartbeat import Heartbeat
from desk.roles.supervisor import Child, run_command

if TYPE_CHECKING:  # a supervisor loads nothing of the search
    from search.http.shared_table import SharedTable

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - whose it is says mkdtemp
_PREFIX = "wiredesk-web-"
_JUST_MADE_SECONDS = 60.0
"""So young a folder may not be locked yet."""


class WorkerPlace(NamedTuple):
    """Where one of the workers finds what they share, and its number among them, from 1."""

    folder: Path
    number: int

    def heartbeat(self) -> Heartbeat:
        """The heartbeat of the worker."""
        return Heartbeat(self.folder / f"{self.number}.heartbeat")

    def join(self) -> "SharedTable":
        """The table of all workers; what this process counts from now on is added to what they count."""
        from search.http.middleware.metrics import count_together
        from search.http.shared_table import open_table

        count_together(self.folder, self.number)
        return open_table(_table_in(self.folder), self.number)


def number_of_workers(wanted: int | str, *, kept_free: int = 0) -> int:
    """How many processes answer: those wanted, or for `auto` one a core but those that are kept free for others."""
    return wanted if isinstance(wanted, int) else max(1, _cores() - kept_free)


@contextmanager
def web_workers(desk: Desk, listener: socket.socket, workers: int, *options: str) -> Iterator[tuple[Child, ...]]:
    """So many children of a supervisor that answer on its listening socket, with further `options` of `serve`."""
    from search.http.shared_table import make_table

    with _folder() as folder:
        make_table(_table_in(folder), workers)
        handle = listener.fileno()
        serve = ("serve", "--supervised", *options, "--listener", str(handle), "--shared", str(folder), "--worker")
        yield tuple(
            Child(
                "web" if workers == 1 else f"web {number}",
                run_command(desk.path, *serve, str(number)),
                WorkerPlace(folder, number).heartbeat(),
                (handle,),
            )
            for number in range(1, workers + 1)
        )


def _table_in(folder: Path) -> Path:
    return folder / "table"


def _cores() -> int:
    """Those that this process may use, where the system tells."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


@contextmanager
def _folder() -> Iterator[Path]:
    parent = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for left in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            _remove_left(left)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _remove_left(folder: Path) -> None:
    """Remove the folder of a supervisor that is gone. Raises OSError where there is one, or it is somebody else's."""
    if time.time() - folder.stat().st_mtime < _JUST_MADE_SECONDS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
