"""Is one story behind many addresses stored once, and are two stories never taken for one?

The publisher stands behind a proxy, so that it can have any name; its pages say nothing of their own address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from config import SourceConfig
from crawler.extraction import parse
from desk.upkeep.forgetting import find_named, forget_named
from model.outcomes import Outcome
from net.urls import bare_url, canonical_url, identity_key
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import FaultServer, Route, answer
from tests.crawler.recheck_pages import Told, make_story, page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORY = "http://www.news.example/world/rain-in-the-north"
DISGUISES = {
    "slash": "http://www.news.example/world/rain-in-the-north/",
    "host in capitals": "HTTP://WWW.News.EXAMPLE/world/rain-in-the-north",
    "default port": "http://www.news.example:80/world/rain-in-the-north",
    "bare host": "http://news.example/world/rain-in-the-north",
    "mobile host": "http://m.news.example/world/rain-in-the-north",
    "amp host": "http://amp.news.example/world/rain-in-the-north",
    "amp path": "http://www.news.example/world/rain-in-the-north/amp/",
    "amp first": "http://www.news.example/amp/world/rain-in-the-north",
    "amp parameter": "http://www.news.example/world/rain-in-the-north?outputType=amp",
    "session in the path": "http://www.news.example/world/rain-in-the-north;jsessionid=9F3A",
    "session in the query": "http://www.news.example/world/rain-in-the-north?PHPSESSID=9f3a",
    "index file": "http://www.news.example/world/rain-in-the-north/index.html",
    "fragment": "http://www.news.example/world/rain-in-the-north#comments",
    "empty query": "http://www.news.example/world/rain-in-the-north?&",
    "double slashes": "http://www.news.example//world//rain-in-the-north",
    "dots": "http://www.news.example/./sport/../world/rain-in-the-north",
    "percent": "http://www.news.example/world/r%61in-in%2Dthe-north",
    "campaign": "http://www.news.example/world/rain-in-the-north?utm_source=x&UTM_medium=y&at_campaign=z&xtor=RSS-1",
    "vendors": "http://www.news.example/world/rain-in-the-north?fbclid=1&gad_source=2&_hsenc=3&elqTrackId=4&WT.mc_id=5",
    "channels": "http://www.news.example/world/rain-in-the-north?ref=rss&source=twitter&mod=rss_world&xid=tw-share",
}
OTHERS = (
    "http://www.news.example/story?id=1&lang=en",
    "http://www.news.example/story?id=2&lang=en",
    "http://www.news.example/story?id=1&lang=fr",
    "http://www.news.example/story?id=1&lang=en&part=2",
)


class Publisher(dict[str, Route]):
    """What a proxy is asked for: a page answers at its address in whatever disguise."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        super().__init__()
        self.answers = {identity_key(url): answer(content) for url, content in pages.items()}

    def get(self, url: str, default: Route) -> Route:  # type: ignore[override]
        return self.answers.get(identity_key(bare_url(url)), default)

    def source(self, name: str, links: list[str], told: Told) -> SourceConfig:
        """A source whose feed names these addresses, without ids."""
        items = "".join(f"<item><title>{escape(told.headline)}</title><link>{escape(x)}</link></item>" for x in links)
        feed = f"http://feeds.example/{name}.xml"
        rss = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
        self.answers[identity_key(feed)] = answer(rss, content_type="application/rss+xml")
        return SourceConfig(name=name, feeds=(feed,))


@contextmanager
def behind_proxy(tmp_path: Path, pages: dict[str, bytes]) -> Iterator[tuple[CrawlBench, Publisher, FaultServer]]:
    publisher = Publisher(pages)
    with FaultServer(publisher) as proxy, crawl_bench(tmp_path, parse, HandClock(NOW), proxy=proxy.url()) as bench:
        yield bench, publisher, proxy


@pytest.mark.parametrize("at_once", [True, False], ids=["in-one-feed", "one-feed-each"])
def test_one_story_in_many_disguises_is_stored_once(tmp_path: Path, at_once: bool) -> None:
    told = make_story(1, NOW - timedelta(hours=1))
    links = [STORY, *DISGUISES.values()]
    with behind_proxy(tmp_path, {STORY: page(told)}) as (bench, publisher, _):
        feeds = [links] if at_once else [[link] for link in links]
        sources = [publisher.source(f"s{number}", feed, told) for number, feed in enumerate(feeds)]
        summaries = [bench.crawl(one) for one in sources]
        assert [story.version for story in bench.store.stories.walk()] == [1]
    assert sum(summary.counts[Outcome.NEW] for summary in summaries) == 1
    assert not any(summary.counts[Outcome.FAILED] + summary.counts[Outcome.GONE] for summary in summaries)


def test_stories_that_differ_in_one_meaningful_parameter_are_two(tmp_path: Path) -> None:
    stories = {url: make_story(number, NOW) for number, url in enumerate(OTHERS)}
    with behind_proxy(tmp_path, {url: page(told) for url, told in stories.items()}) as (bench, publisher, _):
        bench.crawl(publisher.source("desk", list(OTHERS), stories[OTHERS[0]]))
        found = {story.url: story.headline for story in bench.store.stories.walk()}
    assert found == {canonical_url(url): told.headline for url, told in stories.items()}


def test_two_stories_whose_addresses_look_alike_are_two(tmp_path: Path) -> None:
    told, other = make_story(1, NOW), make_story(2, NOW)
    with behind_proxy(tmp_path, {}) as (bench, publisher, _):
        for url, story in ((f"{STORY}-bass", told), (f"{STORY}-bass/amp", other)):
            publisher.answers[identity_key(url)] = answer(page(story))
            bench.crawl(publisher.source("desk", [url], story))
        assert {story.headline for story in bench.store.stories.walk()} == {told.headline, other.headline}


@pytest.mark.parametrize("known", [True, False], ids=["stored", "never-seen"])
def test_what_is_forgotten_stays_out_in_every_disguise(tmp_path: Path, known: bool) -> None:
    told = make_story(1, NOW - timedelta(hours=1))
    with behind_proxy(tmp_path, {STORY: page(told)}) as (bench, publisher, proxy):
        if known:
            bench.crawl(publisher.source("first", [STORY], told))
        gone = forget_named(find_named([DISGUISES["mobile host"]], bench.store).named, bench.store, NOW)
        assert len(gone.removed) == known
        asked = len(proxy.log)
        summary = bench.crawl(publisher.source("again", list(DISGUISES.values()), told))
        assert set(summary.counts) == {Outcome.REFUSED}
        assert bench.store.stories.count() == 0
        assert [path for path in proxy.paths()[asked:] if "rain" in path] == []
