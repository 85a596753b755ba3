"""Crawl run over one source: discovery, URL selection, visits, withdrawals, and what is remembered of it.

One bad page never stops a source, one bad source never a run.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import random
from types import MappingProxyType

import structlog

from crawler.concurrent_visits import ConcurrentVisits
from crawler.discovery import EndpointResult, discover
from crawler.frontier.adaptive_polling import next_run_at
from crawler.frontier.revival import FateRules, Revival
from crawler.frontier.selection import UrlSelector
from crawler.frontier.source_health import after_run
from crawler.http.accepted_content import Accept
from crawler.http.fetcher import Fetcher
from crawler.http.responses import NotModified
from crawler.results import CrawlRunSummary
from crawler.run_tally import RunTally
from crawler.visit import Visitor
from crawler.withdrawals import Withdrawals
from model.errors import FetchError
from model.page import Link, Page
from model.source import Source
from store.base import Lease
from store.lease_keeper import UNSHARED, Claim
from store.opening import Store
from store.sql.crawl_state import EndpointState, SourceState

RUN_BUDGET = timedelta(minutes=10)
"""What a run has not visited by then is taken up by the next."""

_LATE_SHARE = 2
_LEAST_LATE_TIME = timedelta(seconds=30)

CrawlProgress = Callable[[str, int, int], None]
"""Called with (source, URLs done, URLs of the run)."""


class Crawler:
    """Crawls one source at a time; several threads may crawl different sources side by side."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        visitor: Visitor,
        clock: Callable[[], datetime],
        *,
        concurrency: int,
        backfill: int,
        side_by_side: bool = False,
        spread: Callable[[], float] = random,
        rules: FateRules = MappingProxyType({}),
    ) -> None:
        """A source's run has at most `concurrency` threads, and its first takes up `backfill` links.

        `side_by_side` lets requests to one host run at once: pacing is off. `spread` gives numbers from 0 to 1. What
        was set aside under other `rules` than these comes back.
        """
        self._store = store
        self._fetcher = fetcher
        self._clock = clock
        self._spread = spread
        self._selector = UrlSelector(store, backfill)
        self._revival = Revival(store.crawl, rules)
        self._stopping = threading.Event()
        self._visits = ConcurrentVisits(
            visitor,
            self._selector,
            store.crawl,
            fetcher.concurrency_limit,
            clock,
            self._stopping,
            threads=concurrency,
            side_by_side=side_by_side,
        )
        self._log = structlog.get_logger("crawler")

    def crawl(
        self, source: Source, progress: CrawlProgress | None = None, *, claim: Claim = UNSHARED
    ) -> CrawlRunSummary:
        """One run over a source: every URL ends in exactly one outcome.

        A run that is cut short by the end of the process is made again when the next is due. Raises LeaseLostError
        where the `claim` on the source has ended: nothing more is fetched then, and nothing of the source changed.
        """
        started_at = self._clock()
        due_at = started_at + source.every
        state = self._store.crawl.change_source(
            source.name, lambda state: state._replace(next_due_at=due_at), under=claim.lease
        )
        self._store.runs.begin(source.name, (*source.feeds, *source.sitemaps, *source.fronts), started_at)
        first = state.last_success_at is None
        self._revival.revive(state, started_at, claim.lease)
        endpoints = self._discover(source, claim.check, first=first)
        links = [link for result in endpoints for link in result.links]
        selection = self._selector.select(source.name, links, started_at, first=first, under=claim.lease)
        tally, withdrawals = RunTally(source.name, started_at, endpoints, selection), Withdrawals(self._store, claim)
        late_deadline = self._clock() + max(source.every / _LATE_SHARE, _LEAST_LATE_TIME)
        visits = self._visits.make(selection.visits, started_at + RUN_BUDGET, late_deadline, claim)
        for done, visit in enumerate(visits, 1):
            tally.add(visit)
            withdrawals.add(visit)
            if progress:
                progress(source.name, done, len(selection.visits))
        alarms = filter(
            None, (withdrawals.decide(self._clock()), self._empty_alarm(source.name, endpoints, started_at))
        )
        alarm = "; ".join(alarms) or None
        ended_at = self._clock()
        claim.check()
        self._store.runs.end(tally.runs(ended_at))
        return self._finish(source, endpoints, tally.summary(ended_at, alarm), claim.lease)

    def fetch_page(self, url: str) -> Page:
        """Fetch one page now, politely. Raises CrawlError."""
        page = self._fetcher.get(Link(url=url, source="manual"))
        if isinstance(page, NotModified):
            raise FetchError("304 to an unconditional request", url=url)
        return page

    def stop(self) -> None:
        """Begin no more visits; runs at work end with what is under way."""
        self._stopping.set()

    def spare_requests(self) -> int:
        """How many more requests could go out now."""
        return self._fetcher.concurrency_limit.spare

    def _discover(self, source: Source, check: Callable[[], None], *, first: bool) -> list[EndpointResult]:
        """Fetch all endpoints of the source, each only if it changed since the last whole run."""

        def fetch(link: Link, *, accept: Accept) -> Page | NotModified:
            known = self._store.crawl.endpoint(source.name, link.url)
            etag, last_modified = (known.etag, known.last_modified) if known else (None, None)
            return self._fetcher.get(link, etag=etag, last_modified=last_modified, accept=accept, check=check)

        with self._fetcher.concurrency_limit.held():
            results = list(discover(source, fetch, first=first))
        return [self._as_before(source.name, result) if result.not_modified else result for result in results]

    def _as_before(self, source: str, result: EndpointResult) -> EndpointResult:
        """An endpoint that did not change, with what was left out of it when it was read."""
        known = self._store.crawl.endpoint(source, result.endpoint_url)
        return replace(result, loss=known.error if known else None)

    def _empty_alarm(self, source: str, endpoints: Iterable[EndpointResult], started_at: datetime) -> str | None:
        """Which feeds are valid and have no entries, and whether they ever had any; None where none is."""
        alarms = []
        for url in (result.endpoint_url for result in endpoints if result.is_empty):
            before = self._store.runs.last_announced_at(source, url, started_at)
            ever = f"it had some until {before:%Y-%m-%d}" if before else "it has never had any"
            alarms.append(f"{url}: the feed is valid and has no entries, {ever}: see whether its address has changed")
        return "; ".join(alarms) or None

    def _finish(
        self, source: Source, endpoints: Sequence[EndpointResult], summary: CrawlRunSummary, under: Lease | None
    ) -> CrawlRunSummary:
        """Remember how the run went: validators only now, so that the endpoints of a run cut short are read again."""
        if not self._stopping.is_set():
            self._remember_endpoints(source, endpoints, summary.ended_at, under)

        def ended(state: SourceState) -> SourceState:
            state = after_run(state, summary)
            return state._replace(next_due_at=self._next_run_at(source, state, summary))

        state = self._store.crawl.change_source(source.name, ended, under=under)
        counts = {outcome.value: count for outcome, count in sorted(summary.counts.items()) if count}
        self._log.info("round", source=source.name, seconds=round(summary.seconds, 1), **counts)
        for url, reason in summary.endpoint_errors.items():
            self._log.warning("place failed", source=source.name, url=url, reason=reason)
        for url, reason in summary.endpoint_losses.items():
            self._log.warning("place read in part", source=source.name, url=url, reason=reason)
        if state.alarm:
            self._log.error("alarm", source=source.name, reason=state.alarm)
        return replace(summary, alarm=state.alarm)

    def _next_run_at(self, source: Source, state: SourceState, summary: CrawlRunSummary) -> datetime:
        """One interval after the run began; a run that took longer is followed by the next at once."""
        return max(next_run_at(source, state, summary.started_at, self._spread()), summary.ended_at)

    def _remember_endpoints(
        self, source: Source, endpoints: Iterable[EndpointResult], now: datetime, under: Lease | None
    ) -> None:
        for found in endpoints:
            known = self._store.crawl.endpoint(source.name, found.endpoint_url) if found.not_modified else None
            etag, last_modified = (known.etag, known.last_modified) if known else (found.etag, found.last_modified)
            error = str(found.error) if found.error else found.loss
            self._store.crawl.save_endpoint(
                EndpointState(source.name, found.endpoint_url, now, etag, last_modified, error), under=under
            )
