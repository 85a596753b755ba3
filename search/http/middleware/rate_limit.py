"""Rate limit for each client.

A moving window for each client: bursts are fine up to the number, and the wait that is answered is exact. Requests that
other workers have let through count as much as our own (see search/http/shared_table.py).
"""

import hashlib
import math
import time
from collections import defaultdict, deque
from collections.abc import Callable

from search.http.client_networks import network_of
from search.http.shared_table import AdmittedRequest, SharedTable, sole_table

_PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


class RateLimit:
    """A rate such as "600/minute" for each client, over all workers of a table; safe to use from several threads.

    `clock` gives seconds that all workers count alike: the system's monotonic clock does.
    """

    def __init__(
        self, rate: str, table: SharedTable | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        number, _, period = rate.partition("/")
        self._most, self._seconds = int(number), _PERIODS[period]
        self._table = table or sole_table()
        self._clock = clock
        self._known = 0
        self._requests: deque[AdmittedRequest] = deque()
        self._by_client: defaultdict[int, deque[float]] = defaultdict(deque)

    def take(self, address: str, key: bytes) -> int:
        """Count one request of a client, its address and key; the seconds that it has to wait, 0 where it needn't."""
        digest = hashlib.blake2b(key + b" " + network_of(address).encode(), digest_size=8).digest()
        client = int.from_bytes(digest, "little", signed=True)
        with self._table.locked():
            now = self._clock()
            self._follow(now)
            window = self._by_client.get(client)
            if window and len(window) >= self._most:
                return max(1, math.ceil(window[0] + self._seconds - now))
            self._table.admit(AdmittedRequest(client, now))
        return 0

    def _follow(self, now: float) -> None:
        """Count what was let through since the last look, and forget what is out of the window."""
        for request in self._table.admitted_since(self._known):
            self._requests.append(request)
            self._by_client[request.client].append(request.seconds)
        self._known = self._table.admitted()
        while self._requests and self._requests[0].seconds <= now - self._seconds:
            client = self._requests.popleft().client
            self._by_client[client].popleft()
            if not self._by_client[client]:
                del self._by_client[client]
