"""Addresses that are too long to be kept: new ones are refused and counted, those that were kept before go on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config import SourceConfig
from crawler.extraction import parse
from model.outcomes import Outcome
from model.page import Link
from net.urls import LONGEST_KEPT_URL
from store.opening import open_store
from store.sql.aliases import url_alias
from store.sql.crawl_state import UrlState
from store.sql.rows import Sighting
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import NOT_FOUND, FaultServer, answer, redirect
from tests.crawler.recheck_pages import feed, make_story, page
from tests.saving import store_reading
from tests.store.contract.made_stories import NOW
from tests.store.contract.test_feed_under_load import story_of

ENDLESS = "x" * LONGEST_KEPT_URL


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as started:
        yield started


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[CrawlBench]:
    with crawl_bench(tmp_path / "data", parse, HandClock()) as made:
        yield made


def test_a_story_that_is_known_there_goes_on(tmp_path: Path) -> None:
    url = f"https://example.org/{ENDLESS}"
    store = open_store(tmp_path)
    old = story_of("old").model_copy(update={"url": url})
    with store.stories.writing() as writing:
        writing.insert(old, Sighting(NOW, address=url), story_id="old")
        writing.add_aliases({url_alias(url): "seen"}, "old")
    corrected = old.model_copy(update={"body": ("The text of old, corrected.",)})
    saved = store_reading(store, corrected, urls=[url], seen_at=NOW)
    assert (saved.id, saved.version) == ("old", 2)
    store.close()


def test_a_crawl_refuses_new_ones_and_goes_on_with_all_else(bench: CrawlBench, server: FaultServer) -> None:
    told = {name: make_story(number, bench.clock()) for number, name in enumerate(("short", "new", "led", "known"))}
    paths = {"short": "/short", "new": f"/new-{ENDLESS}", "led": "/led", "known": f"/known-{ENDLESS}"}
    server.routes |= {path: answer(page(told[name])) for name, path in paths.items()}
    server.routes |= {"/robots.txt": NOT_FOUND, "/led": redirect(f"/led-{ENDLESS}", "301 Moved Permanently")}
    server.routes[f"/led-{ENDLESS}"] = answer(page(told["led"]))
    pairs = [(server.url(paths[name]), told[name]) for name in ("short", "new", "led")]
    server.routes["/feed.xml"] = answer(feed(pairs), content_type="application/rss+xml")
    known, due_at = server.url(paths["known"]), bench.clock() - timedelta(minutes=1)
    link = Link(url=known, source="daily").model_dump_json(exclude_defaults=True)
    bench.store.crawl.save_urls([UrlState(known, "daily", "FAILED", due_at, due_at, link=link)])
    with capture_logs() as logged:
        summary = bench.crawl(SourceConfig(name="daily", feeds=(server.url("/feed.xml"),)))
    assert summary.counts == {Outcome.NEW: 1, Outcome.REFUSED: 3}
    told_of = {line["url"] for line in logged if "too long" in str(line.get("detail"))}
    assert told_of == {server.url(paths["new"]), server.url(paths["led"]), known}
    assert [story.headline for story in bench.store.stories.walk()] == [told["short"].headline]
    assert "too long" in str(bench.store.crawl.urls([server.url("/led")])[server.url("/led")].detail)
    assert "too long" in str(bench.store.crawl.urls([known])[known].detail)
