"""Heartbeats of the supervisor's children, and their end with the supervisor.

The supervisor holds the other end of the child's standard input: when the supervisor goes, however it goes, the child
reads the end of the file and stops. The child's working loop touches a heartbeat file; silence means that it hangs.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

GRACE_SECONDS = 4.3
_BEAT_EVERY_SECONDS = 1.0


class Heartbeat:
    """A file whose time of change says when a loop last turned."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beaten = float("-inf")
        path.parent.mkdir(parents=True, exist_ok=True)

    def beat(self) -> None:
        """Say that the loop is alive; cheap enough for every turn, and no error on a disk that can't be written to."""
        now = time.monotonic()
        if now - self._beaten >= _BEAT_EVERY_SECONDS:
            with suppress(OSError):
                self._path.touch()
            self._beaten = now

    def beaten_at(self) -> float | None:
        """When the last beat came, in seconds of the system's clock; None before the first."""
        try:
            return self._path.stat().st_mtime
        except OSError:
            return None

    def silent_seconds(self) -> float | None:
        """Seconds since the last beat by the system's clock; None before the first."""
        beaten_at = self.beaten_at()
        return None if beaten_at is None else max(0.0, time.time() - beaten_at)

    def clear(self) -> None:
        """Forget the beats of an earlier life, where the disk can be written to."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def is_beatable(self) -> bool:
        """Whether a beat could be seen at all: on a full or read-only disk silence says nothing."""
        probe = self._path.with_suffix(".probe")
        try:
            probe.touch()
            probe.unlink()
        except OSError:
            return False
        return True


def heartbeat_of(data_dir: Path, child: str) -> Heartbeat:
    """The heartbeat of one child ("crawler", "index")."""
    return Heartbeat(data_dir / "run" / f"{child}.heartbeat")


def end_with_supervisor(stop: Callable[[], None]) -> None:
    """Call `stop` when standard input ends, and end the process by force where that is not enough."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            continue
        stop()
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="supervisor watch", daemon=True).start()
