"""Metrics of HTTP requests: their number, their status and their seconds.

Counters in Prometheus' text format (exposition format 0.0.4). Workers count in files that each of them reads: any one
tells the figures of all, and one that is started again goes on counting where it ended.
"""

import os
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TEXT = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""The variable in which the library looks for the directory."""
_CREATED = re.compile(r"^(?:# \w+ )?\w+_created\b.*\n", re.MULTILINE)


def count_together(directory: Path, number: int) -> None:
    """Count in files of this directory from now on, as the worker of that number; before anything is counted.

    The library's own way would be a file for each process, which outlives it or takes what it counted along.
    """
    os.environ[_DIRECTORY] = str(directory)
    values.ValueClass = values.MultiProcessValue(lambda: number)  # type: ignore[no-untyped-call]


def exposition(registry: CollectorRegistry) -> str:
    """All figures of a registry as text, without the times at which each counter was made."""
    together = _OverWorkers(registry) if _DIRECTORY in os.environ else registry
    return _CREATED.sub("", generate_latest(together).decode("utf-8"))


class _OverWorkers(Collector):
    """The metrics of a registry, those that are counted in files summed over all workers."""

    def __init__(self, registry: Collector) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """The metrics in the order of the registry."""
        files = MultiProcessCollector(None)  # type: ignore[no-untyped-call]
        sums = {metric.name: metric for metric in files.collect()}  # type: ignore[no-untyped-call]
        for metric in self._registry.collect():
            yield sums.get(metric.name, metric)


class RequestCounts:
    """Numbers of requests and their seconds, by route and status; safe to use from several threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answered = Counter(
            "wiredesk_requests", "Requests answered.", ("route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "wiredesk_request_seconds",
            "Seconds from request to the last byte of the answer.",
            ("route",),
            registry=self._registry,
            buckets=_BUCKETS,
        )

    def add(self, route: str, status: int, seconds: float) -> None:
        """One request has been answered."""
        self._answered.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> str:
        """The counters as text."""
        return exposition(self._registry)


class RequestMetrics:
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
