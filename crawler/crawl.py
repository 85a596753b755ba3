"""How does one round of a source go?

Discover links, leave out what is known and fresh, add what is due for another look, visit each (hosts side by side,
each host politely one at a time), and remember. One bad page never stops a source, one bad source never a round.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import NamedTuple

import structlog

from config import SourceConfig
from crawler.answers import Accept
from crawler.discovery import Discovery, discover, merge_links
from crawler.discovery.finding import FoundPlaces, find_places
from crawler.errors import FetchError
from crawler.fetcher import Fetcher, NotModified
from crawler.outcomes import Outcome, Result, RoundSummary
from crawler.urls import canonical_url, host_of
from crawler.visit import Visited, Visitor, evidence_digest, pending
from index.page import Link, Page
from index.store import Store
from index.store.crawl_state import PlaceState, SourceState, UrlState

ROUND_BUDGET = timedelta(minutes=10)
_MAX_VISITS = 1000
_GONE_SHARE = 0.2
_GONE_ENOUGH = 3

Progress = Callable[[str, int, int], None]
"""Called with (source, URLs done, URLs of the round)."""


class Task(NamedTuple):
    """A URL to visit in this round, and what became of it the last time."""

    link: Link
    known: UrlState | None


class Crawler:
    """Crawls one source at a time; several threads may crawl different sources side by side."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        visitor: Visitor,
        executor: Executor,
        clock: Callable[[], datetime],
        *,
        side_by_side: bool = False,
    ) -> None:
        """`side_by_side` lets requests to one host run at once: politeness is off."""
        self._store = store
        self._fetcher = fetcher
        self._visitor = visitor
        self._executor = executor
        self._clock = clock
        self._side_by_side = side_by_side
        self._stopping = threading.Event()
        self._log = structlog.get_logger("crawler")

    def crawl(self, source: SourceConfig, progress: Progress | None = None) -> RoundSummary:
        """One round of a source: every URL ends in exactly one outcome."""
        started_at = self._clock()
        discoveries = self._discover(source)
        tasks, counts = self._choose(source, discoveries, started_at)
        gone: list[Visited] = []
        for done, visited in enumerate(self._visit_all(tasks, started_at + ROUND_BUDGET), 1):
            counts[visited.result.outcome] += 1
            if visited.withdraw:
                gone.append(visited)
            if progress:
                progress(source.name, done, len(tasks))
        alarm = self._withdraw(gone, len(tasks))
        return self._finish(source, discoveries, counts, started_at, alarm)

    def find_places(self, url: str) -> FoundPlaces:
        """The feeds, sitemaps and fronts of the publisher at an address. Raises CrawlError."""
        return find_places(url, self._fetcher.get, lambda page_url: self._fetcher.robots_rules(page_url).sitemaps)

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

    def save_due(self, source: str, next_due_at: datetime) -> None:
        """Remember when the source's next round is due."""
        self._store.crawl.save_source(self._store.crawl.source(source)._replace(next_due_at=next_due_at))

    # Discovering ---------------------------------------------------------------------------------------------

    def _discover(self, source: SourceConfig) -> list[Discovery]:
        """Look at all places of the source, each only if it changed since the last whole round."""

        def get(link: Link, *, accept: Accept) -> Page | NotModified:
            known = self._store.crawl.place(source.name, link.url)
            etag, last_modified = (known.etag, known.last_modified) if known else (None, None)
            return self._fetcher.get(link, etag=etag, last_modified=last_modified, accept=accept)

        return list(discover(source, get))

    def _choose(
        self, source: SourceConfig, discoveries: Iterable[Discovery], now: datetime
    ) -> tuple[list[Task], Counter[Outcome]]:
        """What to visit: links that are new, changed or due, then other URLs of the source that are due."""
        counts: Counter[Outcome] = Counter()
        found = merge_links(link for discovery in discoveries for link in discovery.links)
        links = {canonical_url(link.url): link for link in found}
        states = self._store.crawl.urls(links)
        tasks = []
        for url, link in links.items():
            if _is_fresh(states.get(url), link, now):
                counts[Outcome.KNOWN] += 1
            else:
                tasks.append(Task(link, states.get(url)))
        due = self._store.crawl.due(source.name, now, _MAX_VISITS)
        others = ((state.link, state) for state in due if state.url not in links)
        tasks += [Task(Link.model_validate_json(link), state) for link, state in others if link]
        for task in tasks[_MAX_VISITS:]:
            self._postpone(task)
        return tasks[:_MAX_VISITS], counts

    def _postpone(self, task: Task) -> None:
        """Remember a link for the next round: its feed may answer "not modified" then."""
        if task.known is None:
            self._store.crawl.save_url(pending(task.link, self._clock()))

    # Visiting ------------------------------------------------------------------------------------------------

    def _visit_all(self, tasks: Sequence[Task], deadline: datetime) -> Iterator[Visited]:
        """Visit hosts side by side; what the budget leaves over is taken up in the next round."""
        ended: SimpleQueue[Visited | Exception | None] = SimpleQueue()
        for share in self._shares(tasks):
            self._executor.submit(self._visit_share, share, deadline, ended.put)
        for _ in tasks:
            visited = ended.get()
            if isinstance(visited, Exception):
                raise visited
            if visited is not None:
                yield visited

    def _shares(self, tasks: Sequence[Task]) -> list[list[Task]]:
        """Tasks that are worked one after the other: those of one host."""
        if self._side_by_side:
            return [[task] for task in tasks]
        hosts: dict[str, list[Task]] = {}
        for task in tasks:
            hosts.setdefault(host_of(task.link.url), []).append(task)
        return list(hosts.values())

    def _visit_share(
        self, share: list[Task], deadline: datetime, end: Callable[[Visited | Exception | None], None]
    ) -> None:
        for task in share:
            try:
                end(self._visit(task, deadline))
            except Exception as error:  # a store that can't be written to: the round ends instead of waiting for ever
                end(error)
                return

    def _visit(self, task: Task, deadline: datetime) -> Visited | None:
        """Visit and remember; None where the round is over."""
        if self._stopping.is_set() or self._clock() >= deadline:
            self._postpone(task)
            return None
        visited = self._visitor.visit(task.link, task.known)
        self._store.crawl.save_url(visited.state)
        self._tell(task.link.source, visited.result)
        return visited

    def _tell(self, source: str, result: Result) -> None:
        """One line an outcome."""
        quiet = result.outcome in (Outcome.UNCHANGED, Outcome.NEW)
        tell = self._log.debug if quiet else self._log.info
        tell(result.outcome.value, source=source, url=result.url, detail=result.detail, fate=result.fate)

    # Remembering ---------------------------------------------------------------------------------------------

    def _withdraw(self, gone: Sequence[Visited], looks: int) -> str | None:
        """Withdraw stories whose pages are gone, unless so many are gone that the site must be broken."""
        if len(gone) >= _GONE_ENOUGH and len(gone) > _GONE_SHARE * looks:
            return f"{len(gone)} of {looks} pages are gone at once; no story is withdrawn"
        for visited in gone:
            if visited.withdraw and self._store.stories.set_status(visited.withdraw, "withdrawn"):
                self._log.info("withdrawn", story=visited.withdraw, url=visited.result.url)
        return None

    def _finish(
        self,
        source: SourceConfig,
        discoveries: Sequence[Discovery],
        counts: Counter[Outcome],
        started_at: datetime,
        alarm: str | None,
    ) -> RoundSummary:
        """Remember how the round went: validators only now, so that a round cut short is discovered again."""
        now = self._clock()
        if not self._stopping.is_set():
            self._remember_places(source, discoveries, now)
        errors = {found.place_url: str(found.error) for found in discoveries if found.error}
        summary = RoundSummary(source.name, started_at, now, counts, errors, len(discoveries), alarm)
        state = self._store.crawl.source(source.name)
        self._store.crawl.save_source(_after_round(state, summary))
        told = {outcome.value: count for outcome, count in sorted(counts.items())}
        self._log.info("round", source=source.name, seconds=round(summary.seconds, 1), **told)
        for url, reason in errors.items():
            self._log.warning("place failed", source=source.name, url=url, reason=reason)
        if alarm:
            self._log.error("alarm", source=source.name, reason=alarm)
        return summary

    def _remember_places(self, source: SourceConfig, discoveries: Iterable[Discovery], now: datetime) -> None:
        for found in discoveries:
            known = self._store.crawl.place(source.name, found.place_url) if found.not_modified else None
            etag, last_modified = (known.etag, known.last_modified) if known else (found.etag, found.last_modified)
            error = str(found.error) if found.error else None
            self._store.crawl.save_place(PlaceState(source.name, found.place_url, now, etag, last_modified, error))


def _is_fresh(known: UrlState | None, link: Link, now: datetime) -> bool:
    """Whether nothing speaks for a look now: the place says the same as last time and no look is due."""
    if known is None or known.evidence != evidence_digest(link):
        return False
    return known.next_look_at is None or known.next_look_at > now


def _after_round(state: SourceState, summary: RoundSummary) -> SourceState:
    state = state._replace(last_round_at=summary.ended_at)
    if summary.counts.get(Outcome.NEW):
        state = state._replace(last_story_at=summary.ended_at)
    if summary.failed:
        return state._replace(failures=state.failures + 1, last_error="; ".join(summary.place_errors.values()))
    return state._replace(last_success_at=summary.ended_at, failures=0, last_error=summary.alarm)
