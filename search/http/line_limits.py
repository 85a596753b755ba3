"""Line limits: how many log lines a minute clients can cause.

Whatever a hostile client does again and again is told a few times a minute and then counted, so that no log grows with
the number of requests.
"""

import logging
import threading
import time
from collections.abc import Callable

MOST_LINES = 10
_SECONDS = 60.0
_MOST_KINDS = 100
_KIND_LENGTH = 100
OTHER_KINDS = "(others)"


class LineLimiter:
    """At most `most` lines of a kind in `seconds`, and of at most a hundred kinds; safe to use from several threads."""

    def __init__(
        self, most: int = MOST_LINES, seconds: float = _SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._began = clock()
        self._counts: dict[str, int] = {}

    def admit(self, kind: str) -> bool:
        """Whether one more line of that kind may be written now; one that may not is counted."""
        with self._lock:
            if kind not in self._counts and len(self._counts) >= _MOST_KINDS:
                kind = OTHER_KINDS
            count = self._counts[kind] = self._counts.get(kind, 0) + 1
            return count <= self._most

    def held_back(self) -> dict[str, int]:
        """How many lines of each kind were held back in the period that has ended; nothing while it goes on."""
        with self._lock:
            if self._clock() - self._began < self._seconds:
                return {}
            held = {kind: count - self._most for kind, count in self._counts.items() if count > self._most}
            self._counts, self._began = {}, self._clock()
            return held


class LimitedRecords(logging.Filter):
    """A filter that keeps the libraries' own lines within a limit."""

    def __init__(self, lines: LineLimiter) -> None:
        super().__init__()
        self._lines = lines

    def filter(self, record: logging.LogRecord) -> bool:
        """Let one record through, or count it."""
        # Later lines of a message name sockets and tasks: each would be a kind of its own.
        first = str(record.msg).partition("\n")[0][:_KIND_LENGTH]
        return self._lines.admit(f"{record.name}: {first}")
