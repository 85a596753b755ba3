"""How much is asked, how is it answered, and how long does that take?

Counters in Prometheus' text format (exposition format 0.0.4).
"""

import threading
import time
from collections.abc import Iterator, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

TEXT = "text/plain; version=0.0.4; charset=utf-8"


class RequestCounts:
    """Numbers of requests and their seconds, by route and status; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered: dict[tuple[str, int], int] = {}
        self._seconds: dict[str, float] = {}

    def add(self, route: str, status: int, seconds: float) -> None:
        """One request has been answered."""
        with self._lock:
            self._answered[route, status] = self._answered.get((route, status), 0) + 1
            self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def lines(self) -> Iterator[str]:
        """The counters as text."""
        with self._lock:
            answered, seconds = sorted(self._answered.items()), sorted(self._seconds.items())
        yield "# HELP wiredesk_requests_total Requests answered."
        yield "# TYPE wiredesk_requests_total counter"
        for (route, status), count in answered:
            yield f'wiredesk_requests_total{{route="{route}",status="{status}"}} {count}'
        yield "# HELP wiredesk_request_seconds_total Seconds from request to the last byte of the answer."
        yield "# TYPE wiredesk_request_seconds_total counter"
        for route, total in seconds:
            yield f'wiredesk_request_seconds_total{{route="{route}"}} {total:.6f}'


class CountRequests:
    """ASGI middleware that counts what passes through it."""

    def __init__(self, app: ASGIApp, counts: RequestCounts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on and count its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            # The route's pattern, never the path: ids and guesses would make counters without end.
            route = getattr(scope.get("route"), "path", "other")
            self._counts.add(route, status, time.perf_counter() - began)


def gauges(values: Mapping[str, tuple[str, float]]) -> Iterator[str]:
    """Gauges as text: name -> (help, value)."""
    for name, (words, value) in values.items():
        yield f"# HELP {name} {words}"
        yield f"# TYPE {name} gauge"
        yield f"{name} {value:g}"
