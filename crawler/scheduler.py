"""Scheduler of crawl runs: each source is crawled when it is due.

APScheduler, one job a source, around injected callables. Each run says itself when the next is due
(frontier/adaptive_polling.py), and due times live in the store, so that a restart neither skips nor bunches runs: a
source that came due while the desk was off is crawled soon after the start, one that is slowed down stays so.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from model.source import Source

_OVERDUE_SPREAD = timedelta(seconds=0.5)
_LONGEST_WAIT = timedelta(days=1)

Due = Callable[[str], datetime | None]
"""The stored due time of a source."""


class CrawlScheduler:
    """Runs `crawl(source)` for each source when it is due, never twice at once.

    `due` gives the stored due time, which a run moves: at its beginning already, for the case that the process does
    not live to see its end.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        crawl: Callable[[Source], object],
        due: Due,
        clock: Callable[[], datetime],
    ) -> None:
        self._sources = sources
        self._crawl = crawl
        self._due = due
        self._clock = clock
        self._log = structlog.get_logger("scheduler")
        self._stopping = threading.Event()
        self._running = 0
        self._changed = threading.Condition()
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(max(1, len(sources)))},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone="UTC",
        )

    def start(self) -> None:
        """Begin; overdue sources come at once, one shortly after the other."""
        now = self._clock()
        for position, source in enumerate(self._sources):
            due = self._due(source.name)
            soonest = now + _OVERDUE_SPREAD * position
            # A due time far ahead comes from a configuration that has changed since, or from a clock that was wrong.
            longest = max(source.every_max or source.every, _LONGEST_WAIT)
            first = min(max(due, soonest), now + longest) if due else soonest
            self._scheduler.add_job(
                self._run,
                # Should a run not live to say when the next is due, the next comes all the same.
                IntervalTrigger(seconds=source.every.total_seconds(), timezone="UTC"),
                args=(source,),
                id=source.name,
                name=f"crawl {source.name}",
                next_run_time=first,
            )
        self._scheduler.start()

    @property
    def alive(self) -> bool:
        """Whether runs are being started."""
        return bool(self._scheduler.running)

    def stop(self, wait_seconds: float = 0.0) -> bool:
        """Start no more runs, and wait so long for those at work; returns whether all have ended."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, wait_seconds)

    def _run(self, source: Source) -> None:
        with self._counted():
            if self._stopping.is_set():
                return
            began_at = self._clock()
            try:
                self._crawl(source)
            except Exception:  # one bad source never stops the others
                self._log.exception("round failed", source=source.name)
            self._plan(source, began_at + source.every)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._changed:
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _plan(self, source: Source, otherwise: datetime) -> None:
        due = self._due(source.name) or otherwise
        try:
            self._scheduler.modify_job(source.name, next_run_time=max(due, self._clock()))
        except JobLookupError:  # stopped meanwhile
            return
