"""Crawl runs that pause while the disk has no room or pages can't be kept, and begin again by themselves."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from crawler.results import CrawlRunSummary
from crawler.source_claims import SourceClaim
from desk.disk import Disk
from model.source import Source
from store.base import Lease
from store.directory.disk_trouble import disk_trouble
from store.lease_keeper import Claim
from store.sql.crawl_runs import CrawlRun
from store.sql.crawl_state import SourceState

_TRIED_AGAIN_AFTER = timedelta(minutes=1)


class SourceStates(Protocol):
    """What is asked of the crawl state: `CrawlState`."""

    def change_source(
        self, name: str, change: Callable[[SourceState], SourceState], *, under: Lease | None = None
    ) -> SourceState:
        """Change the health of one source in one transaction, as long as a lease lasts."""


class CrawlSource(Protocol):
    """What is asked of a crawler: `Crawler.crawl`."""

    def __call__(self, source: Source, *, claim: Claim) -> CrawlRunSummary:
        """One crawl run of one source."""


class CrawlRunRecords(Protocol):
    """What is asked of the crawl runs: `CrawlRuns`."""

    def end(self, runs: Iterable[CrawlRun]) -> None:
        """Record how runs ended."""


class PausingCrawl:
    """Crawl runs that are left out while the disk has no room, and recorded as such; a callable for the scheduler.

    `ended` is called with every run that was crawled to its end.
    """

    def __init__(
        self,
        crawl: CrawlSource,
        disk: Disk,
        states: SourceStates,
        runs: CrawlRunRecords,
        clock: Callable[[], datetime],
        ended: Callable[[CrawlRunSummary], None],
        *,
        pages_alarm: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`pages_alarm` says why pages can't be kept in a place that has failed; it is asked before each run."""
        self._crawl = crawl
        self._ended = ended
        self._disk = disk
        self._states = states
        self._runs = runs
        self._clock = clock
        self._pages_alarm = pages_alarm
        self._log = structlog.get_logger("crawler")

    def __call__(self, claim: SourceClaim) -> None:
        """One crawl run of a source, or none, with the reason in the log and in the source's health."""
        alarm = self._disk.alarm() or self._pages_alarm()
        if alarm is None:
            alarm = self._try(claim)
        if alarm is not None:
            self._log.error("alarm", source=claim.source.name, reason=alarm)
            self._remember(claim, alarm)

    def _try(self, claim: SourceClaim) -> str | None:
        try:
            self._ended(self._crawl(claim.source, claim=claim.kept))
        except Exception as error:
            trouble = disk_trouble(error)
            if trouble is None:
                raise
            return f"crawling pauses: {trouble}"
        return None

    def _remember(self, claim: SourceClaim, alarm: str) -> None:
        source, now = claim.source, self._clock()
        due_at = now + min(source.every, _TRIED_AGAIN_AFTER)  # else it would be due at once, again and again

        def change(state: SourceState) -> SourceState:
            return state._replace(alarm=alarm, next_due_at=due_at)

        try:
            self._states.change_source(source.name, change, under=claim.kept.lease)
            self._runs.end([CrawlRun(source.name, None, now, now, reason=alarm)])
        except Exception as error:
            if disk_trouble(error) is None:
                raise
