"""Ids that publishers number, or give to all, in their plainest form: feeds, pages and lines lose no story to them."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest

from config import Config, SourceConfig
from desk.container import importer_of
from model.outcomes import Outcome
from store.opening import Store
from tests.crawler.crawl_bench import CrawlBench, HandClock
from tests.crawler.fault_server import FaultServer, answer
from tests.crawler.recheck_pages import Told, page
from tests.ingest.traps.judge import Readers, Site, bench_behind
from tests.ingest.traps.texts import Newsroom
from tests.ingest.traps.worlds import NOW

HOST = "http://www.paper.example"
Stored = list[tuple[str, tuple[str, ...], int]]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def publisher(tmp_path: Path, clock: HandClock) -> Iterator[tuple[CrawlBench, Site, FaultServer]]:
    with bench_behind(tmp_path / "data", clock) as made:
        yield made


def write(count: int, headline: str | None = None) -> list[Told]:
    newsroom = Newsroom(random.Random(count), short=False, now=NOW)
    return [newsroom.story(headline) for _ in range(count)]


def address(told: Told) -> str:
    return f"{HOST}/world/{told.slug}"


def rss(stories: Sequence[Told], guids: Sequence[str | None]) -> bytes:
    items = "".join(
        f"<item><title>{escape(told.headline)}</title><link>{address(told)}</link>"
        + (f"<guid isPermaLink='false'>{escape(guid)}</guid>" if guid else "")
        + f"<pubDate>{format_datetime(told.published_at)}</pubDate></item>"
        for told, guid in zip(stories, guids, strict=True)
    )
    return answer(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), content_type="application/rss+xml")


def told_in(store: Store) -> Stored:
    """Headline, body and number of versions of every story."""
    found = ((story.headline, story.body, len(store.stories.versions(story.id))) for story in store.stories.walk())
    return sorted(found)


def true(stories: Sequence[Told]) -> Stored:
    return sorted((told.headline, told.paragraphs, 1) for told in stories)


def crawl_twice(bench: CrawlBench, source: SourceConfig, stories: Sequence[Told]) -> None:
    """After each of two rounds, hours apart, every story is there and leads to itself."""
    summary = bench.crawl(source)
    assert summary.counts == {Outcome.NEW: len(stories)}
    for _ in range(2):
        assert told_in(bench.store) == true(stories)
        for told in stories:
            story = bench.store.stories.get(bench.store.stories.find(address(told)) or "")
            assert story is not None
            assert (story.headline, story.url) == (told.headline, address(told))
        bench.clock.now += timedelta(hours=2)
        summary = bench.crawl(source)
        assert summary.counts == {Outcome.UNCHANGED: len(stories)}


@pytest.mark.parametrize("headline", [None, "Morning briefing"], ids=["headlines-differ", "one-headline"])
def test_two_feeds_that_number_their_items(
    publisher: tuple[CrawlBench, Site, FaultServer], headline: str | None
) -> None:
    bench, site, _ = publisher
    stories = write(20, headline)
    site.update({address(told): answer(page(told)) for told in stories})
    feeds = (f"{HOST}/world.xml", f"{HOST}/sport.xml")
    for feed, part in zip(feeds, (stories[:10], stories[10:]), strict=True):
        site[feed] = rss(part, [str(number) for number in range(1, 11)])
    crawl_twice(bench, SourceConfig(name="paper", feeds=feeds), stories)


@pytest.mark.parametrize("guid", ["0", f"{HOST}/", f"{HOST}/world.xml"], ids=["zero", "home-page", "feed"])
def test_one_guid_on_all_items(publisher: tuple[CrawlBench, Site, FaultServer], guid: str) -> None:
    bench, site, _ = publisher
    stories = write(10)
    site.update({address(told): answer(page(told)) for told in stories})
    site[f"{HOST}/world.xml"] = rss(stories, [guid] * 10)
    crawl_twice(bench, SourceConfig(name="paper", feeds=(f"{HOST}/world.xml",)), stories)


@pytest.mark.parametrize("identifier", ["1", "Paper"], ids=["a-number", "the-sites-name"])
def test_one_identifier_on_all_pages(publisher: tuple[CrawlBench, Site, FaultServer], identifier: str) -> None:
    bench, site, _ = publisher
    stories = write(10)
    for told in stories:
        html = page(told, "modern").replace(b'"author":', b'"identifier": "%s", "author":' % identifier.encode(), 1)
        assert b'"identifier"' in html
        site[address(told)] = answer(html)
    site[f"{HOST}/world.xml"] = rss(stories, [None] * 10)
    crawl_twice(bench, SourceConfig(name="paper", feeds=(f"{HOST}/world.xml",)), stories)


@pytest.mark.parametrize("named_by", ["url", "id", "content"])
@pytest.mark.parametrize("headline", [None, "Weather"], ids=["headlines-differ", "one-headline"])
def test_lines_with_one_publisher_id(
    publisher: tuple[CrawlBench, Site, FaultServer],
    clock: HandClock,
    tmp_path: Path,
    named_by: str,
    headline: str | None,
) -> None:
    bench, _, _ = publisher
    stories = write(10, headline)
    path = tmp_path / "lines.ndjson"
    path.write_text("".join(f"{json.dumps(line(told, named_by))}\n" for told in stories), encoding="utf-8")
    imports = importer_of(bench.store, Config(data_dir=tmp_path / "data"), Readers(), clock)
    for outcome in (Outcome.NEW, Outcome.UNCHANGED):
        imported = imports.take_in([path], lambda what, done, total: None)
        counts = {name: count for name, count in imported.summaries[0].counts.items() if count}
        assert (counts, imported.refused) == ({outcome: 10}, ())
        assert told_in(bench.store) == true(stories)


def line(told: Told, named_by: str) -> dict[str, object]:
    """A story as another desk exports it, all of them under one id of the publisher's."""
    name = {"url": {"url": address(told)}, "id": {"id": told.slug}, "content": {}}[named_by]
    values = {"source": "paper", "headline": told.headline, "body": told.paragraphs, "publisher_id": "1"}
    return {**name, **values, "published_at": told.published_at.isoformat()}
