"""Scheduler of crawl runs: each source is crawled when it is due, by one of the workers on the store.

APScheduler ticks; at each tick the worker claims sources that are due, as many as it has spare requests for: what one
worker can't begin to fetch is left to the others. Each run says itself when the next is due
(frontier/adaptive_polling.py), and due times live in the store, so that a restart neither skips nor bunches runs: a
source that came due while the desk was off is crawled soon after the start, one that is slowed down stays so.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from crawler.source_claims import SourceClaim, SourceClaims
from model.errors import LeaseLostError, StoreError
from store.directory.disk_trouble import disk_trouble

_TICK_SECONDS = 0.5
_TICK = "claims"
_NEVER_AGAIN_WEEKS = 5000


class CrawlScheduler:
    """Runs `crawl(claim)` for each source that is due, never twice at once.

    `spare` says how many more requests could go out now.
    """

    def __init__(
        self,
        claims: SourceClaims,
        crawl: Callable[[SourceClaim], object],
        spare: Callable[[], int],
    ) -> None:
        self._claims = claims
        self._crawl = crawl
        self._spare = spare
        self._log = structlog.get_logger("scheduler")
        self._stopping = threading.Event()
        self._has_begun = False
        self._is_away = False
        self._running = 0
        self._changed = threading.Condition()
        self._scheduler = BackgroundScheduler(
            executors={_TICK: ThreadPoolExecutor(1), "default": ThreadPoolExecutor(max(1, claims.count))},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone="UTC",
        )

    def start(self) -> None:
        """Begin; the sources that are longest overdue come first."""
        ticks = IntervalTrigger(seconds=_TICK_SECONDS, timezone="UTC")
        self._scheduler.add_job(self._tick, ticks, id=_TICK, executor=_TICK, next_run_time=datetime.now(UTC))
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

    def _tick(self) -> None:
        """Claim what is due and begin to crawl it; a store that is away is asked again at the next tick."""
        if self._stopping.is_set():
            return
        try:
            if not self._has_begun:
                self._claims.begin()
                self._has_begun = True
            claimed = self._claims.claim_due(self._spare())
            self._is_away = False
        except StoreError as error:
            if not self._is_away:
                self._log.error("alarm", reason=f"crawling pauses: {disk_trouble(error) or error}")
            self._is_away = True
            return
        for claim in claimed:
            with self._changed:
                self._running += 1
            # A job that runs but once is removed by the scheduler itself, which fails while it is being stopped.
            once = IntervalTrigger(weeks=_NEVER_AGAIN_WEEKS, timezone="UTC")
            job = f"crawl {claim.source.name} {claim.kept.lease.fencing}"
            self._scheduler.add_job(self._run, once, args=(claim, job), id=job, next_run_time=datetime.now(UTC))

    def _run(self, claim: SourceClaim, job: str) -> None:
        with self._counted():
            try:
                if not self._stopping.is_set():
                    self._crawl(claim)
            except LeaseLostError as error:
                self._log.warning("round given up", source=claim.source.name, reason=str(error))
            except Exception:  # one bad source never stops the others
                self._log.exception("round failed", source=claim.source.name)
            self._release(claim)
        with suppress(JobLookupError):  # stopped meanwhile
            self._scheduler.remove_job(job)
        self._tick_soon()

    def _release(self, claim: SourceClaim) -> None:
        try:
            self._claims.release(claim)
        except StoreError as error:  # it ends by itself
            self._log.warning("a source can't be given back", source=claim.source.name, reason=str(error))

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _tick_soon(self) -> None:
        """What the run did not need any more is there for the next source."""
        try:
            self._scheduler.modify_job(_TICK, next_run_time=datetime.now(UTC))
        except JobLookupError:  # stopped meanwhile
            return
