"""Rate limit for each client.

A moving window for each client, kept in memory by the library `limits`: bursts are fine up to the number, and the wait
that is answered is exact.
"""

import math
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from search.http.client_networks import network_of


class RateLimit:
    """A rate such as "600/minute" for each client; safe to use from several threads."""

    def __init__(self, rate: str) -> None:
        self._item = parse(rate)
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def take(self, address: str, key: bytes) -> int:
        """Count one request of a client, its address and key; the seconds that it has to wait, 0 where it needn't."""
        client = (network_of(address), key.hex())
        if self._windows.hit(self._item, *client):
            return 0
        window = self._windows.get_window_stats(self._item, *client)
        return max(1, math.ceil(window.reset_time - time.time()))
