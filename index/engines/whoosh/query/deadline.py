"""Deadline of one search.

Whatever may take long asks before each step. What is left out then makes an answer smaller, never wrong, and the result
says so.
"""

import time
from collections.abc import Callable


class Deadline:
    """The time of one search, in seconds from now (None: without end); used by one thread.

    `was_cut` once something was left out.
    """

    def __init__(self, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = None if seconds is None else clock() + seconds
        self.was_cut = False

    def cuts(self) -> bool:
        """Whether the next step must be left out, which is remembered."""
        self.was_cut = self.was_cut or (self._end is not None and self._clock() >= self._end)
        return self.was_cut
