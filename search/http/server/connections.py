"""Open connections: their number, their deadlines, and which of them go when there is no room for another.

Where as many are open as may be, a newcomer is not turned away: those that keep room without using it go first. A
search has its head complete within milliseconds; a connection that has stood for seconds without one is an attack or a
mistake, and costs its client nothing to open again.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge

from search.http.middleware.metrics import exposition
from search.http.server.connection import ConnectionLimits, HttpConnection, Phase
from search.http.shared_table import SharedTable, sole_table

_SHARE_AT_ONCE = 16
"""One connection of so many goes when there is no room: looking at all of them for each would take too long."""
_SPARED = 64
"""Newest connections whose heads may be on their way: more than are accepted before the first bytes of one are read."""
_SHARE_UNREAD = 8
_MOST_UNREAD = 64
"""Answers that wait for their clients hold up to some megabytes each."""


class Connections:
    """All open connections of one worker, whose number the others read in `table`; used from its event loop alone."""

    def __init__(self, limits: ConnectionLimits, table: SharedTable | None = None) -> None:
        self.limits = limits
        self._table = table or sole_table()
        self._open: set[HttpConnection] = set()
        self._opening = 0
        self._at_once = max(1, limits.connections // _SHARE_AT_ONCE)
        self._spared = min(_SPARED, limits.connections // 3)
        self._most_unread = max(1, min(_MOST_UNREAD, limits.connections // _SHARE_UNREAD))
        self._registry = CollectorRegistry()
        self._ended = Counter(
            "wiredesk_connections_ended", "Connections ended by the server.", ("reason",), registry=self._registry
        )
        self._accepted = Counter("wiredesk_connections_accepted", "Connections accepted.", registry=self._registry)
        self._now = self._gauge("wiredesk_connections", "Connections open.")
        self._gauge("wiredesk_connections_limit", "Connections that may be open.").set(limits.connections)
        self._note()

    @property
    def most_waiting(self) -> int:
        """Requests that may wait for an answer: fewer than connections, so that there are always others to end."""
        return max(1, self.limits.connections * 5 // 8)

    def __len__(self) -> int:
        """Connections open, those included that are just being opened."""
        return len(self._open) + self._opening

    def text(self) -> str:
        """Figures in Prometheus' text format."""
        return exposition(self._registry)

    def is_full(self) -> bool:
        """Whether as many are open as may be."""
        return len(self) >= self.limits.connections

    def has_most(self) -> bool:
        """Whether another worker has fewer connections, and is to have the next one."""
        return self._table.has_most_connections()

    def expect(self) -> None:
        """Count a connection that is being opened, until it is `opened` or `given_up`."""
        self._opening += 1
        self._accepted.inc()
        self._note()

    def given_up(self) -> None:
        """A connection that was expected does not come."""
        self._opening -= 1
        self._note()

    def opened(self, connection: HttpConnection) -> None:
        """A connection that was expected is open."""
        self._opening -= 1
        self._open.add(connection)

    def closed(self, connection: HttpConnection, reason: str | None) -> None:
        """A connection is gone; `reason` where the server ended it."""
        self._open.discard(connection)
        self._note()
        if reason is not None:
            self._ended.labels(reason).inc()

    def sweep(self, now: float) -> None:
        """End what is over its deadline, and the slowest readers where there are too many."""
        for connection in tuple(self._open):
            reason = connection.overdue(now, self.limits)
            if reason is not None:
                connection.end(reason)
        unread = [one for one in self._open if one.unread_since is not None]
        for connection in _first_to_go(unread, len(unread) - self._most_unread, _last_reading):
            connection.end("too_many_unread")

    def end_all(self) -> None:
        """End all connections, whatever they wait for."""
        for connection in tuple(self._open):
            connection.end("shutdown")

    def make_room(self, now: float) -> int:
        """End connections that keep room without using it; returns how many.

        Incomplete requests go first, then idle connections, bodies that have not come, and answers that nobody reads;
        among them those of the client that has most, the oldest first. The newest incomplete ones are spared while
        there are others: a search whose head is on its way is among them. What is being answered stays.
        """
        going = [one for one in self._open if not one.transport.is_closing()]
        heads = sorted((one for one in going if one.phase is Phase.HEAD), key=_since)
        for reason, found in (
            ("evicted_head", heads[: -self._spared]),
            ("evicted_idle", [one for one in going if one.phase is Phase.IDLE]),
            ("evicted_body", [one for one in going if one.phase is Phase.BODY]),
            ("evicted_unread", [one for one in self._open if one.is_unread(now)]),
            ("evicted_head", heads),
        ):
            if found:
                chosen = list(_first_to_go(found, self._at_once, _since))
                for connection in chosen:
                    connection.end(reason)
                return len(chosen)
        return 0

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, registry=self._registry, multiprocess_mode="sum")

    def _note(self) -> None:
        """Tell how many are open."""
        self._now.set(len(self))
        self._table.note_connections(len(self))


def _since(connection: HttpConnection) -> float:
    return connection.since


def _last_reading(connection: HttpConnection) -> float:
    return connection.unread_since or 0.0


def _first_to_go(
    connections: Iterable[HttpConnection], number: int, age: Callable[[HttpConnection], float]
) -> Iterator[HttpConnection]:
    """So many connections: each time the oldest of the client that has most of them left."""
    clients: dict[str, list[HttpConnection]] = defaultdict(list)
    for connection in sorted(connections, key=age, reverse=True):
        clients[connection.network].append(connection)
    queue = [(-len(theirs), network) for network, theirs in clients.items()]
    heapq.heapify(queue)
    for _ in range(min(number, sum(map(len, clients.values())))):
        left, network = queue[0]
        yield clients[network].pop()
        if left == -1:
            heapq.heappop(queue)
        else:
            heapq.heapreplace(queue, (left + 1, network))
