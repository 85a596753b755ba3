"""Tally of a crawl run: how its URLs end, by the endpoint that announced them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from crawler.discovery import EndpointResult
from crawler.frontier.selection import Selection
from crawler.frontier.url_transition import CompletedVisit
from crawler.results import CrawlRunSummary, UrlResult
from model.outcomes import Outcome
from net.urls import canonical_url
from store.sql.crawl_runs import CrawlRun

_NOT_A_STORY = "not a story: "
_NO_REASON = "no reason is known"


class RunTally:
    """Counts the visits of one run of a source."""

    def __init__(
        self, source: str, started_at: datetime, endpoints: Sequence[EndpointResult], selection: Selection
    ) -> None:
        self._source = source
        self._started_at = started_at
        self._endpoints = endpoints
        self._outcomes = Counter(selection.outcomes)
        self._waiting = {canonical_url(visit.link.url): visit.link.found_in for visit in selection.visits}
        self._unseen = {canonical_url(visit.link.url) for visit in selection.visits if visit.known is None}
        self._found = 0
        self._poison: list[UrlResult] = []
        self._no_stories: Counter[str] = Counter()

    def add(self, visit: CompletedVisit) -> None:
        """Count one visit of the selection."""
        result = visit.result
        self._outcomes[self._waiting.pop(result.url, None), result.outcome] += 1
        self._found += result.outcome is Outcome.NEW and result.url in self._unseen
        if result.outcome is Outcome.POISON:
            self._poison.append(result)
        if result.outcome is Outcome.NOT_A_STORY:
            self._no_stories[(result.detail or "").removeprefix(_NOT_A_STORY) or _NO_REASON] += 1

    def summary(self, ended_at: datetime, alarm: str | None) -> CrawlRunSummary:
        """The whole run."""
        counts: Counter[Outcome] = Counter()
        for (_, outcome), count in self._outcomes.items():
            counts[outcome] += count
        return CrawlRunSummary(
            self._source,
            self._started_at,
            ended_at,
            counts,
            self._errors(),
            endpoints=len(self._endpoints),
            alarm=alarm,
            found=self._found,
            endpoint_losses=self._losses(),
            endpoint_results=Counter(result.outcome for result in self._endpoints),
            left_out=sum((Counter(result.left_out) for result in self._endpoints), Counter()),
            poison=tuple(self._poison),
            no_stories=self._no_stories,
        )

    def runs(self, ended_at: datetime) -> list[CrawlRun]:
        """What came of each endpoint; links that were not visited wait for the next run."""
        announced = {result.endpoint_url: len(result.links) for result in self._endpoints}
        empty = {result.endpoint_url: "a valid feed without entries" for result in self._endpoints if result.is_empty}
        errors, waiting = empty | self._losses() | self._errors(), Counter(self._waiting.values())
        runs = []
        for endpoint in dict.fromkeys([*announced, *(endpoint for endpoint, _ in self._outcomes), *waiting]):
            counts = {outcome.value: count for (of, outcome), count in self._outcomes.items() if of == endpoint}
            left = waiting[endpoint]
            reason = errors.get(endpoint or "") or (f"{left} links wait for the next run" if left else None)
            links = announced.get(endpoint or "", 0)
            runs.append(CrawlRun(self._source, endpoint, self._started_at, ended_at, links, counts, reason))
        return runs

    def _losses(self) -> dict[str, str]:
        return {result.endpoint_url: result.loss for result in self._endpoints if result.loss}

    def _errors(self) -> dict[str, str]:
        return {result.endpoint_url: str(result.error) for result in self._endpoints if result.error}
