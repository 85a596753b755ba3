"""What a round takes up: the first one's bound, what is left over, and pages that ask not to be indexed."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from config import SourceConfig
from crawler.extraction import parse
from crawler.http.noindex import forbids_indexing
from model.errors import StoreError
from model.outcomes import Outcome
from model.page import Page
from model.story import Story
from tests.crawler.crawl_bench import HandClock, crawl_bench
from tests.crawler.fault_server import NOT_FOUND, FaultServer, answer
from tests.crawler.recheck_pages import Told, feed, make_story, page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as started:
        yield started


def publish(server: FaultServer, stories: list[Told]) -> SourceConfig:
    server.routes["/robots.txt"] = NOT_FOUND
    for told in stories:
        server.routes[f"/news/{told.slug}"] = answer(page(told))
    pairs = [(server.url(f"/news/{told.slug}"), told) for told in stories]
    server.routes["/feed.xml"] = answer(feed(pairs), content_type="application/rss+xml")
    return SourceConfig(name="daily", feeds=(server.url("/feed.xml"),))


def test_the_first_round_takes_up_the_newest_and_later_ones_what_is_new(server: FaultServer, tmp_path: Path) -> None:
    stories = [make_story(number, NOW - timedelta(hours=number)) for number in range(6)]
    with crawl_bench(tmp_path, parse, HandClock(NOW), backfill=3) as bench:
        first = bench.crawl(publish(server, stories))
        assert first.counts == {Outcome.NEW: 3, Outcome.KNOWN: 3}
        newest = {server.url(f"/news/{told.slug}") for told in stories[:3]}
        assert {story.url for story in bench.store.stories.walk()} == newest
        bench.clock.now += timedelta(minutes=10)
        fresh = make_story(7, bench.clock.now)
        second = bench.crawl(publish(server, [fresh, *stories]))
        assert second.counts == {Outcome.NEW: 1, Outcome.KNOWN: 6}
        assert second.found == 1
        assert bench.store.crawl.source("daily").recent_stories == 1.0


def test_pages_of_a_sitemap_that_are_no_stories_are_asked_ever_more_seldom(server: FaultServer, tmp_path: Path) -> None:
    told = make_story(1, NOW)
    server.routes |= {"/robots.txt": NOT_FOUND, f"/news/{told.slug}": answer(page(told))}
    server.routes["/archive-of-all-our-pages"] = answer(b"<html><body><h1>Archive</h1><a href='/'>x</a></body></html>")
    source = SourceConfig(name="daily", sitemaps=(server.url("/map.xml"),))

    def dated(day: datetime) -> bytes:
        paths = (f"/news/{told.slug}", "/archive-of-all-our-pages")
        urls = "".join(
            f"<url><loc>{server.url(path)}</loc><lastmod>{(NOW if n == 0 else day).isoformat()}</lastmod></url>"
            for n, path in enumerate(paths)
        )
        return answer(f"<urlset>{urls}</urlset>".encode(), content_type="application/xml")

    with crawl_bench(tmp_path, parse, HandClock(NOW), look_again=()) as bench:
        for hour in range(24 * 20):
            bench.clock.now = NOW + timedelta(hours=hour)
            server.routes["/map.xml"] = dated(bench.clock.now)
            bench.crawl(source)
        assert bench.store.stories.count() == 1
    assert server.paths().count(f"/news/{told.slug}") == 1
    assert 4 <= server.paths().count("/archive-of-all-our-pages") <= 7


def test_what_the_budget_leaves_over_is_taken_up_by_the_next_round(server: FaultServer, tmp_path: Path) -> None:
    clock = HandClock(NOW)
    source = publish(server, [make_story(number, NOW) for number in range(8)])

    def slowly(page: Page) -> Story:
        clock.now += timedelta(minutes=3)
        return parse(page)

    with crawl_bench(tmp_path, slowly, clock, concurrency=1) as bench:
        first = bench.crawl(source)
        assert first.counts == {Outcome.NEW: 4}
        assert bench.store.crawl.source("daily").next_due_at == clock.now
        assert bench.crawl(source).counts == {Outcome.NEW: 4, Outcome.KNOWN: 4}


def test_a_round_that_is_cut_short_comes_again_when_the_next_is_due(server: FaultServer, tmp_path: Path) -> None:
    source = publish(server, [make_story(1, NOW)])

    def cut(*told: object) -> None:
        raise KeyboardInterrupt

    with crawl_bench(tmp_path, parse, HandClock(NOW)) as bench:
        with pytest.raises(KeyboardInterrupt):
            bench.crawler.crawl(source, cut)
        assert bench.store.crawl.source("daily").next_due_at == NOW + source.every
        assert bench.store.crawl.source("daily").last_success_at is None


@pytest.mark.sqlite_files("a file that may not grow")
def test_a_store_without_room_ends_the_round_and_no_page_pays_for_it(server: FaultServer, tmp_path: Path) -> None:
    stories = [make_story(number, NOW) for number in range(3)]
    source = publish(server, stories)
    for told in stories:
        weight = f"<!-- {random.Random(told.slug).randbytes(20_000).hex()} -->"
        server.routes[f"/news/{told.slug}"] = answer(page(told) + weight.encode())
    with crawl_bench(tmp_path, parse, HandClock(NOW)) as bench:
        pages = bench.store.databases[1].engine

        def give_no_room(connection: sqlite3.Connection, record: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")

        event.listen(pages, "connect", give_no_room)
        pages.dispose()
        with pytest.raises(StoreError, match="full"):
            bench.crawl(source)
        assert list(bench.store.stories.walk()) == []
        event.remove(pages, "connect", give_no_room)
        pages.dispose()
        assert bench.crawl(source).counts == {Outcome.NEW: 3}


@pytest.mark.parametrize(("obeyed", "outcome"), [(True, Outcome.ROBOTS), (False, Outcome.NEW)])
def test_noindex_is_obeyed_where_the_desk_wants_it(
    server: FaultServer, tmp_path: Path, obeyed: bool, outcome: Outcome
) -> None:
    told = make_story(1, NOW)
    source = publish(server, [told])
    server.routes[f"/news/{told.slug}"] = answer(page(told), X_Robots_Tag="noindex")

    def forbids(page: Page) -> bool:
        return obeyed and forbids_indexing(page, "Wiredesk")

    with crawl_bench(tmp_path, parse, HandClock(NOW), forbids=forbids) as bench:
        assert bench.crawl(source).counts == {outcome: 1}
