"""A crawl run over one source.

Discover links, choose what to visit, visit each (hosts side by side, each host politely one at a time), withdraw what
is gone, and remember. One bad page never stops a source, one bad source never a round; each round has threads of its
own, so that a host that hangs keeps no other source waiting.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from random import random

import structlog

from crawler.discovery import EndpointResult, discover
from crawler.discovery.autodiscovery import FoundEndpoints, find_endpoints
from crawler.frontier.adaptive_polling import next_run_at
from crawler.frontier.selection import OutcomeCounts, PlannedVisit, UrlSelector
from crawler.frontier.source_health import after_run
from crawler.frontier.url_transition import CompletedVisit
from crawler.http.accepted_content import Accept
from crawler.http.fetcher import Fetcher, NotModified
from crawler.results import CrawlRunSummary, UrlResult
from crawler.visit import Visitor
from crawler.withdrawals import Withdrawals
from model.errors import FetchError
from model.outcomes import Outcome
from model.page import Link, Page
from model.source import Source
from net.urls import canonical_url, host_of
from store.opening import Store
from store.sql.crawl_runs import CrawlRun
from store.sql.crawl_state import PlaceState, SourceState, UrlState

RUN_BUDGET = timedelta(minutes=10)
"""What a round has not visited by then is taken up by the next."""

Progress = Callable[[str, int, int], None]
"""Called with (source, URLs done, URLs of the round)."""
_STATES_AT_ONCE = 50
_STATES_WAIT_SECONDS = 0.5
_Ended = CompletedVisit | Exception | None


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
    ) -> None:
        """A source's round has at most `concurrency` threads, and its first takes up `backfill` links.

        `side_by_side` lets requests to one host run at once: pacing is off. `spread` gives numbers from 0 to 1.
        """
        self._store = store
        self._fetcher = fetcher
        self._visitor = visitor
        self._clock = clock
        self._concurrency = concurrency
        self._side_by_side = side_by_side
        self._spread = spread
        self._selector = UrlSelector(store, backfill)
        self._stopping = threading.Event()
        self._log = structlog.get_logger("crawler")

    def crawl(self, source: Source, progress: Progress | None = None) -> CrawlRunSummary:
        """One round of a source: every URL ends in exactly one outcome.

        A round that is cut short by the end of the process comes again when the next is due.
        """
        started_at = self._clock()
        due_at = started_at + source.every
        state = self._store.crawl.change_source(source.name, lambda state: state._replace(next_due_at=due_at))
        self._store.runs.begin(source.name, (*source.feeds, *source.sitemaps, *source.fronts), started_at)
        discoveries = self._discover(source)
        links = [link for discovery in discoveries for link in discovery.links]
        tasks, ends = self._selector.select(source.name, links, started_at, first=state.last_success_at is None)
        unseen = {canonical_url(task.link.url) for task in tasks if task.known is None}
        endpoints = {canonical_url(task.link.url): task.link.found_in for task in tasks}
        withdrawals, found = Withdrawals(self._store), 0
        for done, visited in enumerate(self._visit_all(tasks, started_at + RUN_BUDGET), 1):
            ends[endpoints.pop(visited.result.url, None), visited.result.outcome] += 1
            withdrawals.add(visited)
            found += visited.result.outcome is Outcome.NEW and visited.result.url in unseen
            if progress:
                progress(source.name, done, len(tasks))
        alarm = withdrawals.decide(self._clock())
        errors = {result.endpoint_url: str(result.error) for result in discoveries if result.error}
        ended_at = self._clock()
        self._store.runs.end(_runs(source.name, started_at, ended_at, discoveries, ends, endpoints.values()))
        counts = _by_outcome(ends)
        summary = CrawlRunSummary(source.name, started_at, ended_at, counts, errors, len(discoveries), alarm, found)
        return self._finish(source, discoveries, summary)

    def find_endpoints(self, url: str) -> FoundEndpoints:
        """The feeds, sitemaps and fronts of the publisher at an address. Raises CrawlError."""
        return find_endpoints(url, self._fetcher.get, lambda page_url: self._fetcher.robots_rules(page_url).sitemaps)

    def fetch_page(self, url: str) -> Page:
        """Fetch one page now, politely. Raises CrawlError."""
        page = self._fetcher.get(Link(url=url, source="manual"))
        if isinstance(page, NotModified):
            raise FetchError("304 to an unconditional request", url=url)
        return page

    def stop(self) -> None:
        """Begin no more visits; rounds at work end with what is under way."""
        self._stopping.set()

    def due(self, source: str) -> datetime | None:
        """When the source's next round is due; None where it was never crawled."""
        return self._store.crawl.source(source).next_due_at

    # Discovering ---------------------------------------------------------------------------------------------

    def _discover(self, source: Source) -> list[EndpointResult]:
        """Look at all places of the source, each only if it changed since the last whole round."""

        def get(link: Link, *, accept: Accept) -> Page | NotModified:
            known = self._store.crawl.place(source.name, link.url)
            etag, last_modified = (known.etag, known.last_modified) if known else (None, None)
            return self._fetcher.get(link, etag=etag, last_modified=last_modified, accept=accept)

        with self._fetcher.concurrency_limit.held():
            return list(discover(source, get))

    # Visiting ------------------------------------------------------------------------------------------------

    def _visit_all(self, tasks: Sequence[PlannedVisit], deadline: datetime) -> Iterator[CompletedVisit]:
        """Visit hosts side by side; what the budget leaves over is taken up in the next round."""
        shares = self._shares(tasks)
        ended: SimpleQueue[_Ended] = SimpleQueue()
        over = threading.Event()
        with ThreadPoolExecutor(max(1, min(len(shares), self._concurrency)), thread_name_prefix="visit") as workers:
            for share in shares:
                workers.submit(self._visit_share, share, deadline, over, ended.put)
            try:
                yield from self._remembered(ended, len(tasks))
            finally:
                over.set()

    def _remembered(self, ended: "SimpleQueue[_Ended]", count: int) -> Iterator[CompletedVisit]:
        """The visits as they end; their states are stored by the way, several in one transaction where they come fast.

        A visit that is not remembered is made again: nothing is lost with a second.
        """
        states: list[UrlState] = []
        for left in reversed(range(count)):
            try:
                visited = ended.get(timeout=_STATES_WAIT_SECONDS if states else None)
            except Empty:
                self._store.crawl.save_urls(states)
                states.clear()
                visited = ended.get()
            if isinstance(visited, Exception):
                raise visited
            if visited is not None:
                yield visited
                if not visited.is_stored:
                    states.append(visited.state)
            # A visit that was not made says that the round is to end, and the process perhaps, too.
            if states and (not left or visited is None or len(states) >= _STATES_AT_ONCE):
                self._store.crawl.save_urls(states)
                states.clear()

    def _shares(self, tasks: Sequence[PlannedVisit]) -> list[list[PlannedVisit]]:
        """Tasks that are worked one after the other: those of one host."""
        if self._side_by_side:
            return [[task] for task in tasks]
        hosts: dict[str, list[PlannedVisit]] = {}
        for task in tasks:
            hosts.setdefault(host_of(task.link.url), []).append(task)
        return list(hosts.values())

    def _visit_share(
        self, share: list[PlannedVisit], deadline: datetime, over: threading.Event, end: Callable[[_Ended], None]
    ) -> None:
        for task in share:
            try:
                end(None if over.is_set() else self._visit(task, deadline))
            except Exception as error:  # a store that can't be written to: the round ends instead of waiting for ever
                end(error)
                return

    def _visit(self, task: PlannedVisit, deadline: datetime) -> CompletedVisit | None:
        """Visit and remember; None where the round is over."""
        now = self._clock()
        if self._stopping.is_set() or now >= deadline:
            self._selector.postpone([task], now)
            return None
        with self._fetcher.concurrency_limit.held():
            visited = self._visitor.visit(task.link, task.known)
        self._tell(task.link.source, visited.result)
        return visited

    def _tell(self, source: str, result: UrlResult) -> None:
        """One line an outcome."""
        quiet = result.outcome in (Outcome.UNCHANGED, Outcome.NEW)
        tell = self._log.debug if quiet else self._log.info
        tell(result.outcome.value, source=source, url=result.url, detail=result.detail, fate=result.fate)

    # Remembering ---------------------------------------------------------------------------------------------

    def _finish(
        self, source: Source, discoveries: Sequence[EndpointResult], summary: CrawlRunSummary
    ) -> CrawlRunSummary:
        """Remember how the round went: validators only now, so that a round cut short is discovered again."""
        if not self._stopping.is_set():
            self._remember_endpoints(source, discoveries, summary.ended_at)

        def ended(state: SourceState) -> SourceState:
            state = after_run(state, summary)
            return state._replace(next_due_at=self._next_run_at(source, state, summary))

        state = self._store.crawl.change_source(source.name, ended)
        told = {outcome.value: count for outcome, count in sorted(summary.counts.items()) if count}
        self._log.info("round", source=source.name, seconds=round(summary.seconds, 1), **told)
        for url, reason in summary.endpoint_errors.items():
            self._log.warning("place failed", source=source.name, url=url, reason=reason)
        if state.alarm:
            self._log.error("alarm", source=source.name, reason=state.alarm)
        return replace(summary, alarm=state.alarm)

    def _next_run_at(self, source: Source, state: SourceState, summary: CrawlRunSummary) -> datetime:
        """One interval after the round began; a round that took longer is followed by the next at once."""
        return max(next_run_at(source, state, summary.started_at, self._spread()), summary.ended_at)

    def _remember_endpoints(self, source: Source, discoveries: Iterable[EndpointResult], now: datetime) -> None:
        for found in discoveries:
            known = self._store.crawl.place(source.name, found.endpoint_url) if found.not_modified else None
            etag, last_modified = (known.etag, known.last_modified) if known else (found.etag, found.last_modified)
            error = str(found.error) if found.error else None
            self._store.crawl.save_place(PlaceState(source.name, found.endpoint_url, now, etag, last_modified, error))


def _by_outcome(ends: OutcomeCounts) -> Counter[Outcome]:
    counts: Counter[Outcome] = Counter()
    for (_, outcome), count in ends.items():
        counts[outcome] += count
    return counts


def _runs(
    source: str,
    started_at: datetime,
    ended_at: datetime,
    discoveries: Sequence[EndpointResult],
    ends: OutcomeCounts,
    waiting: Iterable[str | None],
) -> list[CrawlRun]:
    """What came of each endpoint; `waiting` are the endpoints of the links that the next run takes up."""
    announced = {result.endpoint_url: len(result.links) for result in discoveries}
    reasons = {result.endpoint_url: str(result.error) for result in discoveries if result.error}
    left = Counter(waiting)
    runs = []
    for endpoint in dict.fromkeys([*announced, *(endpoint for endpoint, _ in ends), *left]):
        counts = {outcome.value: count for (place, outcome), count in ends.items() if place == endpoint}
        reason = reasons.get(endpoint or "") or (
            f"{left[endpoint]} links wait for the next run" if left[endpoint] else None
        )
        links = announced.get(endpoint or "", 0)
        runs.append(CrawlRun(source, endpoint, started_at, ended_at, links, counts, reason))
    return runs
