"""Deadline of the highlighting of one page of hits: what is left out then is not marked."""

import time
from collections.abc import Callable


class HighlightDeadline:
    """What is left of the time of one search, in seconds from now (None: without end); used by one thread.

    `was_cut` once something was left out.
    """

    def __init__(self, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = None if seconds is None else clock() + seconds
        self.was_cut = False

    def remaining_seconds(self) -> float | None:
        """How much of the time is left, at least 0."""
        return None if self._end is None else max(0.0, self._end - self._clock())

    def is_over(self) -> bool:
        """Whether the time is over."""
        return self._end is not None and self._clock() >= self._end

    def cuts(self) -> bool:
        """Whether the next step must be left out, which is remembered."""
        self.was_cut = self.was_cut or self.is_over()
        return self.was_cut
