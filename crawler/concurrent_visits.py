"""Concurrent visits of a crawl run: hosts side by side, each host one URL at a time.

Each run has threads of its own, so that a host that hangs keeps no other source waiting.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from queue import Empty, SimpleQueue

import structlog

from crawler.frontier.selection import PlannedVisit, UrlSelector
from crawler.frontier.url_transition import CompletedVisit
from crawler.http.concurrency_limit import ConcurrencyLimit
from crawler.results import UrlResult
from crawler.visit import Visitor
from model.outcomes import Outcome
from net.urls import host_of
from store.base import CrawlState
from store.lease_keeper import Claim
from store.sql.crawl_state import UrlState

_STATES_AT_ONCE = 50
_STATES_WAIT_SECONDS = 0.5
_Ended = CompletedVisit | Exception | None
_Deadlines = tuple[datetime, datetime]


class ConcurrentVisits:
    """Makes the visits of crawl runs; several runs may go on at once.

    A run has at most `threads` of them. `side_by_side` lets requests to one host run at once: politeness is off. No
    visit begins once `stopping` is set.
    """

    def __init__(
        self,
        visitor: Visitor,
        selector: UrlSelector,
        states: CrawlState,
        limit: ConcurrencyLimit,
        clock: Callable[[], datetime],
        stopping: threading.Event,
        *,
        threads: int,
        side_by_side: bool,
    ) -> None:
        self._visitor = visitor
        self._selector = selector
        self._states = states
        self._limit = limit
        self._clock = clock
        self._stopping = stopping
        self._threads = threads
        self._side_by_side = side_by_side
        self._log = structlog.get_logger("crawler")

    def make(
        self, visits: Sequence[PlannedVisit], deadline: datetime, late_deadline: datetime, claim: Claim
    ) -> Iterator[CompletedVisit]:
        """Make visits, and give them as they are completed; those left at `deadline` are due in the next run.

        Late ones are left at `late_deadline` already.

        States that are not stored yet are, several in one transaction. Raises StoreError, and LeaseLostError where the
        `claim` on the source has ended.
        """
        shares = self._shares(visits)
        ended: SimpleQueue[_Ended] = SimpleQueue()
        over = threading.Event()
        with ThreadPoolExecutor(max(1, min(len(shares), self._threads)), thread_name_prefix="visit") as workers:
            for share in shares:
                workers.submit(self._make_share, share, (deadline, late_deadline), claim, over, ended.put)
            try:
                yield from self._stored(ended, len(visits), claim)
            finally:
                over.set()

    def _stored(self, ended: "SimpleQueue[_Ended]", count: int, claim: Claim) -> Iterator[CompletedVisit]:
        """The visits as they end; their states are stored meanwhile, several in one transaction where they come fast.

        A visit whose state is not stored is made again: nothing is lost with a second.
        """
        states: list[UrlState] = []
        for left in reversed(range(count)):
            try:
                visit = ended.get(timeout=_STATES_WAIT_SECONDS if states else None)
            except Empty:
                self._states.save_urls(states, under=claim.lease)
                states.clear()
                visit = ended.get()
            if isinstance(visit, Exception):
                raise visit
            if visit is not None:
                yield visit
                if not visit.is_stored:
                    states.append(visit.state)
            # A visit that was not made says that the run is to end, and perhaps the process, too.
            if states and (not left or visit is None or len(states) >= _STATES_AT_ONCE):
                self._states.save_urls(states, under=claim.lease)
                states.clear()

    def _shares(self, visits: Sequence[PlannedVisit]) -> list[list[PlannedVisit]]:
        """Visits that are made one after the other: those of one host."""
        if self._side_by_side:
            return [[visit] for visit in visits]
        hosts: dict[str, list[PlannedVisit]] = {}
        for visit in visits:
            hosts.setdefault(host_of(visit.link.url), []).append(visit)
        return list(hosts.values())

    def _make_share(
        self,
        share: list[PlannedVisit],
        deadlines: _Deadlines,
        claim: Claim,
        over: threading.Event,
        end: Callable[[_Ended], None],
    ) -> None:
        for planned in share:
            try:
                end(None if over.is_set() else self._visit(planned, min(deadlines[: 1 + planned.is_late]), claim))
            except Exception as error:  # a store that can't be written to: the run ends instead of waiting for ever
                end(error)
                return

    def _visit(self, planned: PlannedVisit, deadline: datetime, claim: Claim) -> CompletedVisit | None:
        """Make one visit; None where the run is over."""
        claim.check()
        now = self._clock()
        if self._stopping.is_set() or now >= deadline:
            self._selector.postpone([planned], now, claim.lease)
            return None
        with self._limit.held():
            visit = self._visitor.visit(planned.link, planned.known, claim.check)
        self._log_result(planned.link.source, visit.result)
        return visit

    def _log_result(self, source: str, result: UrlResult) -> None:
        quiet = result.outcome in (Outcome.UNCHANGED, Outcome.NEW)
        log = self._log.debug if quiet else self._log.info
        log(
            result.outcome.value,
            source=source,
            url=result.url,
            detail=result.detail,
            fate=result.fate,
            recheck_at=result.recheck_at and result.recheck_at.isoformat(timespec="seconds"),
        )
