"""Rounds over the demo wire: a real server, a real store, real readers."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import CrawlerConfig, SourceConfig
from crawler.crawl import Crawler
from crawler.extraction import parse
from crawler.frontier.recheck import RecheckSchedule
from crawler.http.host_pacing import HostPacing
from crawler.http.local_paces import LocalPaces
from crawler.http.robots import Robots
from crawler.joint_ingest import JointIngest
from crawler.pool import ParsePool
from crawler.results import CrawlRunSummary, Outcome
from crawler.visit import Visitor
from demo.wire import DemoWire
from desk.container import ingest_into
from store.opening import Store, open_store
from tests.crawler.http.fetchers import fetcher_of


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


class Newsroom:
    """A wire, a store and a crawler between them."""

    def __init__(self, wire: DemoWire, store: Store, crawler: Crawler, clock: Clock) -> None:
        self.wire = wire
        self.store = store
        self.crawler = crawler
        self.clock = clock
        self.sources = {source["name"]: SourceConfig.model_validate(source) for source in wire.sources()}

    def round(self, name: str) -> CrawlRunSummary:
        return self.crawler.crawl(self.sources[name])

    def rounds(self) -> Counter[Outcome]:
        counts: Counter[Outcome] = Counter()
        for name in self.sources:
            counts.update(self.round(name).counts)
        return counts


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    made = ParsePool(parse, 2)
    yield made
    made.close()


@pytest.fixture
def newsroom(tmp_path: Path, pool: ParsePool) -> Iterator[Newsroom]:
    clock = Clock()
    store = open_store(tmp_path)
    config = CrawlerConfig(per_host_delay=timedelta(0), allow_private_networks=("127.0.0.0/8",))
    pacing = HostPacing(0.0, LocalPaces(clock, states=store.crawl), clock=clock)
    fetcher = fetcher_of(config, Robots(config.user_agent, clock=clock), pacing, clock=clock)
    keep = JointIngest(ingest_into(store, pool.parse), fetcher.concurrency_limit).apply
    visitor = Visitor(store.stories, keep, fetcher.get, pool.parse, RecheckSchedule(config.look_again), clock)
    with DemoWire(clock=clock, pace_seconds=0, slow_seconds=0) as wire:
        crawler = Crawler(store, fetcher, visitor, clock, concurrency=4, backfill=1000, side_by_side=True)
        yield Newsroom(wire, store, crawler, clock)
        fetcher.close()
    store.close()


def test_every_story_is_found_once_and_the_second_round_is_quiet(newsroom: Newsroom) -> None:
    first = newsroom.rounds()
    out = [story for story in newsroom.wire.published() if story.status == "live"]
    found = {story.url for story in newsroom.store.stories.walk()}
    assert {story.url for story in out} <= found
    assert first[Outcome.NEW] == newsroom.store.stories.count()
    assert first[Outcome.ROBOTS] >= 1
    assert first[Outcome.GONE] >= 1
    revision = newsroom.store.feed.position()
    second = newsroom.rounds()
    assert second[Outcome.NEW] == second[Outcome.CHANGED] == 0
    assert newsroom.store.feed.position() == revision


def test_robots_rules_are_never_broken(newsroom: Newsroom) -> None:
    newsroom.rounds()
    asked = {f"http://{request.host}{request.path}" for request in newsroom.wire.requests()}
    assert not asked & set(newsroom.wire.disallowed())


def test_a_correction_becomes_version_two(newsroom: Newsroom) -> None:
    newsroom.round("meridian")
    story = next(story for story in newsroom.wire.published() if story.source == "meridian" and story.status == "live")
    newsroom.clock.now += timedelta(minutes=20)
    newsroom.wire.correct(story.url)
    assert newsroom.round("meridian").counts[Outcome.CHANGED] == 1
    story_id = newsroom.store.stories.find(story.url)
    assert story_id is not None
    first, second = newsroom.store.stories.versions(story_id)
    assert "body" in second.changed
    assert first.body != second.body


def test_a_story_published_after_the_start_is_found(newsroom: Newsroom) -> None:
    newsroom.rounds()
    newsroom.clock.now += timedelta(minutes=20)
    fresh = newsroom.wire.publish()
    assert newsroom.rounds()[Outcome.NEW] == len(fresh)
    assert all(newsroom.store.stories.find(story.url) for story in fresh)


@pytest.mark.parametrize("manner", ["notice", "gone"])
def test_a_kill_withdraws_the_story_and_keeps_its_versions(newsroom: Newsroom, manner: str) -> None:
    newsroom.round("northwire")
    story = next(story for story in newsroom.wire.published() if story.source == "northwire" and story.status == "live")
    newsroom.clock.now += timedelta(minutes=20)
    newsroom.wire.kill(story.url, "notice" if manner == "notice" else "gone")
    newsroom.round("northwire")
    story_id = newsroom.store.stories.find(story.url)
    assert story_id is not None
    kept = newsroom.store.stories.get(story_id)
    assert kept is not None
    assert (kept.status, kept.version, kept.headline) == ("withdrawn", 1, story.headline)


def test_nothing_changed_is_answered_304(newsroom: Newsroom) -> None:
    newsroom.rounds()
    before = len(newsroom.wire.requests())
    newsroom.clock.now += timedelta(minutes=16)
    newsroom.rounds()
    later = newsroom.wire.requests()[before:]
    pages = [request for request in later if request.status in (200, 304)]
    assert pages
    assert sum(request.status == 304 for request in pages) >= 0.9 * len(pages)


def test_a_wire_that_is_off_fails_with_its_reason(newsroom: Newsroom) -> None:
    newsroom.wire.stop()
    summary = newsroom.round("harbour")
    assert summary.failed
    assert "refused" in "".join(summary.endpoint_errors.values()).lower()
    assert newsroom.store.crawl.source("harbour").failures == 1
