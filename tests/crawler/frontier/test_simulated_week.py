"""A simulated week on the demo wire: real HTTP in this process, a clock that jumps from one due round to the next.

Judged by the wire's own log of requests, which knows when each came by the same clock.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config import SourceConfig
from crawler.extraction import parse
from demo.server import Request
from demo.story import WireStory
from demo.wire import DemoWire
from net.urls import identity_key
from store.opening import Store
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench

DELAY_SECONDS = 0.5
LOOK_AGAIN = tuple(timedelta(minutes=m) for m in (15, 60, 360, 1440, 10080))
SLACK = timedelta(minutes=3)
"""Rounds come one after the other here, not side by side: one may wait for the others."""


class Run:
    """What happened while the clock went from `began_at` to `ended_at`."""

    def __init__(self, wire: DemoWire, bench: CrawlBench, every: timedelta) -> None:
        self.wire = wire
        self.store: Store = bench.store
        self.every = every
        self.sources = [
            SourceConfig.model_validate(source) for source in wire.sources(every=f"{every.total_seconds():.0f}s")
        ]
        self.began_at = bench.clock.now
        self._bench = bench

    def go_on_until(self, end: datetime) -> None:
        crawler, clock = self._bench.crawler, self._bench.clock
        while True:
            due, source = min(
                (
                    (self.store.crawl.source(source.name).next_due_at or self.began_at, source)
                    for source in self.sources
                ),
                key=lambda pair: pair[0],
            )
            if due > end:
                break
            clock.now = max(clock.now, due)
            crawler.crawl(source)
        clock.now = max(clock.now, end)

    def requests(self) -> dict[str, list[Request]]:
        """By page, in order: feeds link to stories with tracking parameters and to AMP twins."""
        found = defaultdict(list)
        for request in self.wire.requests():
            found[identity_key(f"http://{request.host}{request.path}")].append(request)
        return found

    def stories(self) -> list[WireStory]:
        """Those that are out long enough to have been found."""
        latest = self._bench.clock.now - self.every - SLACK
        return [story for story in self.wire.published() if self.wire.history(story.url)[0].released_at < latest]


def simulate(wire: DemoWire, bench: CrawlBench, days: float, every: timedelta) -> Run:
    run = Run(wire, bench, every)
    run.go_on_until(run.began_at + timedelta(days=days))
    return run


def changes(run: Run, url: str) -> list[datetime]:
    """When a story was released, corrected and withdrawn; a kill takes the place of the version before it."""
    history = run.wire.history(url)
    times = [version.released_at for version in history]
    if history[-1].status == "withdrawn":
        times.insert(0, history[0].published_at)
    return sorted({max(at, run.began_at) for at in times})


def stated_delay(age: timedelta) -> timedelta:
    """The wait of the schedule within which a change falls that comes `age` after the one before was seen."""
    until = accumulate(LOOK_AGAIN)
    return next(wait for wait, end in zip(LOOK_AGAIN, until, strict=True) if age <= end)


def check_stories(run: Run) -> None:
    """Every story found; corrections and kills caught within the stated delay."""
    now, requests = run._bench.clock.now, run.requests()
    late = {}
    for story in run.stories():
        story_id = run.store.stories.find(story.url)
        assert story_id is not None, story.url
        versions = run.store.stories.versions(story_id)
        seen_at = {version.seen_at for version in versions}
        kept = run.store.stories.get(story_id)
        assert kept is not None
        times = changes(run, story.url)
        for before, after in pairwise(times):
            due = after + stated_delay(after - before + run.every + SLACK) + run.every + SLACK
            if due > now:
                continue
            looks = [request.at for request in requests[identity_key(story.url)] if request.at >= after]
            if not looks or looks[0] > due:
                late[story.url] = (after, looks[:1])
            elif story.status == "withdrawn" and after == times[-1]:
                assert kept.status == "withdrawn", story.url
            else:
                assert looks[0] in seen_at, (story.url, after, looks[0], seen_at)
    assert late == {}


def check_restraint(run: Run) -> None:
    """No page is fetched more often than its schedule asks, and answers are 304 wherever nothing changed."""
    requests = run.requests()
    for story in run.stories():
        times, asked = changes(run, story.url), requests[identity_key(story.url)]
        killed = story.status == "withdrawn"
        assert len(asked) <= (1 + len(LOOK_AGAIN)) * (len(times) + killed), story.url
        if len(times) == 1:
            gaps = [later.at - earlier.at for earlier, later in pairwise(asked)]
            assert all(gap >= wait for gap, wait in zip(gaps, LOOK_AGAIN, strict=False)), (story.url, gaps)
        for earlier, later in pairwise(asked if not killed else ()):
            # A page that changed within the second before it was sent has no Last-Modified to ask with.
            since = earlier.at - timedelta(seconds=1)
            if earlier.status in (200, 304) and not any(since <= at <= later.at for at in times):
                assert later.status == 304, (story.url, earlier, later)


def check_politeness(run: Run) -> None:
    """Robots and crawl-delay, start to start, over everything that a host was asked for."""
    hosts = defaultdict(list)
    for request in run.wire.requests():
        hosts[request.host].append(request)
    forbidden = {urlsplit(url)[1:3] for url in run.wire.disallowed()}
    slow = {urlsplit(source.fronts[0]).netloc for source in run.sources if source.name == "elbkurier"}
    for host, asked in hosts.items():
        assert asked[0].path == "/robots.txt"
        assert not forbidden & {(host, request.path) for request in asked}
        least = timedelta(seconds=1.0 if host in slow else DELAY_SECONDS)
        too_soon = [pair for pair in pairwise(asked) if pair[1].at - pair[0].at < least]
        assert [(str(a.at), a.path, str(b.at), b.path) for a, b in too_soon][:6] == [], host
        robots = [request.at for request in asked if request.path == "/robots.txt"]
        assert all(later - earlier >= timedelta(hours=24) for earlier, later in pairwise(robots))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[CrawlBench]:
    delay = timedelta(seconds=DELAY_SECONDS)
    with crawl_bench(tmp_path, parse, HandClock(), paced=True, per_host_delay=delay, look_again=LOOK_AGAIN) as made:
        yield made


@pytest.mark.parametrize(
    ("days", "pace", "every"),
    [
        pytest.param(1.0, timedelta(hours=1), timedelta(minutes=30), id="a day"),
        pytest.param(7.0, timedelta(minutes=30), timedelta(minutes=20), id="a week", marks=pytest.mark.long),
    ],
)
def test_everything_is_found_in_time_and_nobody_is_bothered(
    bench: CrawlBench, days: float, pace: timedelta, every: timedelta
) -> None:
    with DemoWire(clock=bench.clock, pace_seconds=pace.total_seconds(), slow_seconds=0) as wire:
        run = simulate(wire, bench, days, every)
        check_stories(run)
        check_restraint(run)
        check_politeness(run)
        assert len(run.stories()) > 60
