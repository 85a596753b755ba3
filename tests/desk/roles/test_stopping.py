"""The crawling half stops: rounds end or are given up, and what they stored is in the index."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import SourceConfig
from crawler.scheduler import CrawlScheduler
from crawler.source_claims import SourceClaim, SourceClaims
from desk.container import Desk, now
from desk.roles.crawl import run_schedule
from model.story import Story
from store.lease_keeper import LeaseKeeper
from tests.saving import store_reading

SOURCE = SourceConfig(name="wire", feeds=("https://example.org/rss",))
ADDRESS = "https://example.org/late"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "config.yaml"
    path.write_text("data_dir: data")
    made = Desk(path)
    yield made
    made.live.close()
    made.store.close()


def run_until_stopped(desk: Desk, crawl: Callable[[SourceConfig], object], end_rounds: Callable[[], None]) -> None:
    """The crawling half, stopped as soon as its first round has begun."""
    stopping = threading.Event()

    def crawl_and_stop(claim: SourceClaim) -> None:
        stopping.set()
        crawl(SOURCE)

    claims = SourceClaims([SOURCE], desk.store.source_leases, LeaseKeeper(desk.store.leases, "test"))
    rounds = CrawlScheduler(claims, crawl_and_stop, lambda: 1)
    run_schedule(rounds, desk.store.feed, desk.indexer, stopping, lambda: None, [], end_rounds)


def test_what_a_round_stores_while_it_ends_is_searchable(desk: Desk) -> None:
    desk.indexer.rebuild()
    ending = threading.Event()

    def crawl(source: SourceConfig) -> None:
        assert ending.wait(20)
        story = Story(url=ADDRESS, source=source.name, headline="A late story", body=("Just in.",))
        store_reading(desk.store, story, urls=[ADDRESS], seen_at=now())

    run_until_stopped(desk, crawl, ending.set)
    assert desk.store.stories.count() == 1
    assert desk.live.checkpoint() == desk.store.feed.position() == 1


def test_a_round_that_hangs_is_given_up(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.roles.crawl._LAST_RUNS_SECONDS", 0.1)
    release = threading.Event()
    run_until_stopped(desk, lambda source: release.wait(60), lambda: None)
    release.set()
    assert "fetches given up" in "".join(capsys.readouterr())
