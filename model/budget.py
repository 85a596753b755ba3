"""How much time may one search take?

Whatever may take long asks before each step. What is left out then makes an answer smaller, never wrong, and the answer
says so.
"""

import math
import time
from collections.abc import Callable


class Budget:
    """The time of one search, in seconds from now; used by one thread. `was_cut` once something was left out."""

    def __init__(self, seconds: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds
        self.was_cut = False

    def is_spent(self) -> bool:
        """Whether the time is over."""
        return self._clock() >= self._end

    def cuts(self) -> bool:
        """Whether the next step must be left out, which is remembered."""
        self.was_cut = self.was_cut or self.is_spent()
        return self.was_cut
