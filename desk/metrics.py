"""Metrics of the desk for Prometheus.

Two roles in two processes. The crawler counts in memory and writes its figures to a small file every few seconds; the
web server hands that file on, with what it reads itself from store, index and disk when it is asked.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crawler.results import CrawlRunSummary
from desk.disk import Disk
from desk.index_watch import IndexWatch
from model.errors import EngineError
from search.http.middleware.metrics import exposition
from store.opening import Store

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")

WRITTEN_EVERY_SECONDS = 5
_COUNTED_EVERY_SECONDS = 30.0
_FETCH_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60, 300)
_PARSE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)


def figures_file(data_dir: Path) -> Path:
    """Where the crawler leaves its figures for the web server."""
    return data_dir / "run" / "crawler.prom"


class CrawlFigures:
    """Counters and histograms of the crawling process; safe to use from several threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(namespace="wiredesk_crawler", registry=self._registry)
        self.fetch_seconds = Histogram(
            "wiredesk_fetch_seconds",
            "Seconds from asking for a page to its last byte, with the wait for the host's turn.",
            registry=self._registry,
            buckets=_FETCH_BUCKETS,
        )
        self.parse_seconds = Histogram(
            "wiredesk_parse_seconds",
            "Seconds from handing a page to the readers to its story, with the wait for a free reader.",
            registry=self._registry,
            buckets=_PARSE_BUCKETS,
        )
        self._outcomes = Counter(
            "wiredesk_outcomes", "URLs by outcome.", ("source", "outcome"), registry=self._registry
        )
        self._endpoints = Counter(
            "wiredesk_endpoints",
            "Feeds, sitemaps and fronts asked, by how reading them went.",
            ("source", "result"),
            registry=self._registry,
        )
        self._left_out = Counter(
            "wiredesk_feed_entries_left_out",
            "Entries of feeds that gave no link, by reason.",
            ("source", "reason"),
            registry=self._registry,
        )
        self._runs = Counter("wiredesk_rounds", "Rounds.", ("source", "failed"), registry=self._registry)

    def add_run(self, summary: CrawlRunSummary) -> None:
        """Count a crawl run that has ended, and its outcomes."""
        self._runs.labels(summary.source, str(summary.failed).lower()).inc()
        for outcome, count in summary.counts.items():
            self._outcomes.labels(summary.source, outcome.value).inc(count)
        for result, count in summary.endpoint_results.items():
            self._endpoints.labels(summary.source, result).inc(count)
        for reason, count in summary.left_out.items():
            self._left_out.labels(summary.source, reason).inc(count)

    def write(self, path: Path) -> None:
        """Put the figures into a file, whole or not at all. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(exposition(self._registry), encoding="utf-8")
        draft.replace(path)


def timed(call: Callable[Arguments, Value], seconds: Histogram) -> Callable[Arguments, Value]:
    """The same callable, its seconds observed whether it answers or raises."""

    def call_timed(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Value:
        began = time.perf_counter()
        try:
            return call(*args, **kwargs)
        finally:
            seconds.observe(time.perf_counter() - began)

    return call_timed


class DeskFigures(Collector):
    """What the web server reads when Prometheus asks; counts over whole tables are kept for half a minute."""

    def __init__(
        self,
        store: Store,
        watch: IndexWatch,
        disk: Disk,
        clock: Callable[[], datetime],
        processes: Callable[[], Sequence[int]] = lambda: (os.getpid(),),
    ) -> None:
        """`processes` are those of the web server."""
        self._store = store
        self._watch = watch
        self._disk = disk
        self._clock = clock
        self._counted: tuple[Metric, ...] = ()
        self._counted_at = float("-inf")
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._registry.register(_WebProcesses(processes))

    def text(self) -> str:
        """All figures, the crawler's last ones included, in Prometheus' text format."""
        try:
            crawler = figures_file(self._disk.data_dir).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            crawler = ""
        return exposition(self._registry) + crawler

    def collect(self) -> Iterator[Metric]:
        """The figures that are not counters of this process."""
        yield from self._room()
        yield from self._lag()
        yield from self._servers()
        yield from self._workers()
        now = time.monotonic()
        if now - self._counted_at >= _COUNTED_EVERY_SECONDS:
            self._counted, self._counted_at = tuple(self._counts()), now
        yield from self._counted

    def _room(self) -> Iterator[Metric]:
        data_dir = self._disk.data_dir
        sizes = GaugeMetricFamily("wiredesk_file_bytes", "Sizes below the data directory.", labels=("file",))
        logs = GaugeMetricFamily("wiredesk_wal_bytes", "Sizes of the write-ahead logs.", labels=("file",))
        for file in self._store.file_sizes():
            sizes.add_metric((file.name,), file.size)
            logs.add_metric((file.name,), file.log)
        files = [path for path in (data_dir / "index").rglob("*") if path.is_file()]
        sizes.add_metric(("index",), sum(path.stat().st_size for path in files if path.exists()))
        yield sizes
        yield logs
        yield GaugeMetricFamily("wiredesk_index_files", "Files of the index, all generations.", len(files))
        yield GaugeMetricFamily("wiredesk_disk_free_bytes", "Room left on the disk.", self._disk.free_bytes())
        paused = 0 if self._disk.alarm() is None else 1
        yield GaugeMetricFamily("wiredesk_crawling_paused", "1 while crawling pauses for want of room.", paused)

    def _lag(self) -> Iterator[Metric]:
        try:
            state = self._watch.state()
        except EngineError:
            return
        feed = self._store.feed
        lag, seconds = feed.position() - state.checkpoint, feed.seconds_behind(state.checkpoint)
        yield GaugeMetricFamily("wiredesk_index_lag", "Story changes that the index does not hold yet.", lag)
        yield GaugeMetricFamily("wiredesk_index_lag_seconds", "Age of the oldest of these changes.", seconds)
        yield GaugeMetricFamily("wiredesk_index_segments", "Segments of the live index.", state.segments)

    def _servers(self) -> Iterator[Metric]:
        """How the servers of the index are; nothing where it has none, or they can't be asked."""
        try:
            figures = self._watch.health().figures
        except EngineError:
            return
        for name, meaning, value in figures:
            yield GaugeMetricFamily(f"wiredesk_index_{name}", meaning, value)

    def _workers(self) -> Iterator[Metric]:
        known = self._store.workers.known()
        beats = GaugeMetricFamily(
            "wiredesk_worker_silent_seconds", "Seconds since a worker was last heard of.", labels=("worker", "role")
        )
        held = GaugeMetricFamily(
            "wiredesk_lease_held_seconds", "Seconds since a worker took a lease.", labels=("lease", "worker")
        )
        left = GaugeMetricFamily(
            "wiredesk_lease_left_seconds", "Seconds until a lease ends unless renewed.", labels=("lease", "worker")
        )
        now = self._clock()
        for worker in known:
            if worker.role:
                beats.add_metric((worker.name, worker.role), worker.silent_seconds)
            for lease in worker.leases:
                held.add_metric((lease.name, worker.name), (now - (lease.taken_at or now)).total_seconds())
                left.add_metric((lease.name, worker.name), (lease.ends_at - now).total_seconds())
        yield from (beats, held, left)

    def _counts(self) -> Iterator[Metric]:
        urls = GaugeMetricFamily("wiredesk_urls", "URLs ever looked at, by last outcome.", labels=("source", "outcome"))
        for source, outcome, count in self._store.crawl.outcomes():
            urls.add_metric((source, outcome), count)
        yield urls
        stories = GaugeMetricFamily("wiredesk_source_stories", "Stories in the store, by source.", labels=("source",))
        for source, count in sorted(self._store.stories.counts_by_source().items()):
            stories.add_metric((source,), count)
        yield stories
        uncertain = GaugeMetricFamily(
            "wiredesk_source_uncertain_stories",
            "Stories that may be none (is:uncertain), by source.",
            labels=("source",),
        )
        for source, count in sorted((self._watch.uncertain_by_source() or {}).items()):
            uncertain.add_metric((source,), count)
        yield uncertain
        queue = GaugeMetricFamily("wiredesk_queue", "URLs whose next look is due, by source.", labels=("source",))
        for source, count in sorted(self._store.crawl.waiting(self._clock()).items()):
            queue.add_metric((source,), count)
        yield queue


class _WebProcesses(Collector):
    """The processor time, memory and open files of the web server's processes, added up."""

    def __init__(self, processes: Callable[[], Sequence[int]]) -> None:
        self._processes = processes

    def collect(self) -> Iterator[Metric]:
        """A metric for all processes together; the start is that of the first."""
        found: defaultdict[str, list[Metric]] = defaultdict(list)
        for process in self._processes():
            for metric in ProcessCollector("wiredesk_web", partial(int, process), registry=None).collect():
                found[metric.name].append(metric)
        for name, metrics in found.items():
            values = [sample.value for metric in metrics for sample in metric.samples]
            total = min(values) if name.endswith("start_time_seconds") else sum(values)
            first = metrics[0]
            first.samples = [first.samples[0]._replace(value=total)]
            yield first
