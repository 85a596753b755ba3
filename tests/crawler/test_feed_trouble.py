"""A feed that yields nothing, or less than it holds, is told wherever a source's health is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config import SourceConfig
from crawler.extraction import parse
from desk.metrics import CrawlFigures
from model.outcomes import Outcome
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import NOT_FOUND, FaultServer, Talk, answer
from tests.crawler.recheck_pages import make_story, page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
XML = "application/rss+xml"
EMPTY = b'<rss version="2.0"><channel><title>D</title></channel></rss>'
NOWHERE = b'<rss version="2.0"><channel><item><guid>7</guid></item><item><guid>8</guid></item></channel></rss>'


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as started:
        started.routes["/robots.txt"] = NOT_FOUND
        started.routes["/news/a"] = answer(page(make_story(1, NOW - timedelta(hours=1))))
        yield started


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[CrawlBench]:
    with crawl_bench(tmp_path, parse, HandClock(NOW)) as made:
        yield made


def source(server: FaultServer, *paths: str) -> SourceConfig:
    return SourceConfig(name="daily", feeds=tuple(server.url(path) for path in paths))


def stories(server: FaultServer, *more: str) -> bytes:
    items = f"<item><title>t</title><link>{server.url('/news/a')}</link></item>{''.join(more)}"
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def test_a_valid_feed_that_never_had_entries_alarms(server: FaultServer, bench: CrawlBench) -> None:
    server.routes["/feed"] = answer(EMPTY, content_type=XML, ETag='"1"')
    for _ in range(2):
        summary = bench.crawl(source(server, "/feed"))
        assert not summary.failed
        assert summary.endpoint_results == {"empty": 1}
        alarm = str(bench.store.crawl.source("daily").alarm)
        assert alarm.startswith(f"{server.url('/feed')}: the feed is valid and has no entries, it has never had any")
        bench.clock.now += timedelta(hours=1)
    asked = [request for request in server.log if request.path == "/feed"]
    assert [request.headers.get("if-none-match") for request in asked] == [None, None]
    assert bench.store.runs.of_source("daily")[0].reason == "a valid feed without entries"


def test_a_feed_that_lost_its_entries_says_until_when_it_had_some(server: FaultServer, bench: CrawlBench) -> None:
    server.routes["/feed"] = answer(stories(server), content_type=XML)
    assert bench.crawl(source(server, "/feed")).counts == {Outcome.NEW: 1}
    assert bench.store.crawl.source("daily").alarm is None
    server.routes["/feed"] = answer(EMPTY, content_type=XML)
    bench.clock.now += timedelta(days=3)
    bench.crawl(source(server, "/feed"))
    assert "it had some until 2026-03-01" in str(bench.store.crawl.source("daily").alarm)
    server.routes["/feed"] = answer(stories(server), content_type=XML)
    bench.clock.now += timedelta(hours=1)
    bench.crawl(source(server, "/feed"))
    assert bench.store.crawl.source("daily").alarm is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(NOWHERE, "none of its 2 entries leads to a story (2 without a web address)", id="nowhere"),
        pytest.param(b"", "the body is empty", id="no-byte"),
        pytest.param(b" \n", "the body is empty", id="blank"),
        pytest.param(b"<html><title>Log in</title><input type=password>", "a sign-in page", id="sign-in"),
        pytest.param(b'{"statuses": []}', "no list of items, its members are: statuses", id="json"),
    ],
)
def test_a_feed_that_can_not_be_used_fails_with_its_reason(
    server: FaultServer, bench: CrawlBench, content: bytes, words: str
) -> None:
    server.routes["/feed"] = answer(content, content_type="text/html")
    summary = bench.crawl(source(server, "/feed"))
    assert summary.failed
    state = bench.store.crawl.source("daily")
    assert state.failures == 1
    assert words in str(state.last_error)


def test_what_was_left_out_is_told_until_the_feed_changes(server: FaultServer, bench: CrawlBench) -> None:
    content = stories(server, "<item><guid>desk-7</guid></item>", "<item><link>mailto:a@b.example</link></item>")

    def feed(talk: Talk) -> None:
        unchanged = talk.request.headers.get("if-none-match") == '"1"'
        talk.send(b"HTTP/1.1 304 X\r\n\r\n" if unchanged else answer(content, content_type=XML, ETag='"1"'))

    server.routes["/feed"] = feed
    words = "2 of 3 entries were left out: 2 without a web address"
    with capture_logs() as lines:
        first = bench.crawl(source(server, "/feed"))
    assert first.counts == {Outcome.NEW: 1}
    assert first.left_out == {"without a web address": 2}
    assert [line["log_level"] for line in lines if line.get("reason") == words] == ["warning"]
    bench.clock.now += timedelta(hours=1)
    second = bench.crawl(source(server, "/feed"))
    assert second.endpoint_results == {"in part": 1}
    assert bench.store.crawl.source("daily").last_error == f"{server.url('/feed')}: {words}"
    server.routes["/feed"] = answer(stories(server), content_type=XML, ETag='"2"')
    bench.clock.now += timedelta(hours=1)
    bench.crawl(source(server, "/feed"))
    assert bench.store.crawl.source("daily").last_error is None


def test_a_sitemap_among_the_feeds_is_read_and_told(server: FaultServer, bench: CrawlBench) -> None:
    story = "/2026/03/01/harbour-opens-again-1234567.html"
    server.routes[story] = server.routes["/news/a"]
    urlset = f"<urlset><url><loc>{server.url(story)}</loc></url></urlset>".encode()
    server.routes["/feed"] = answer(urlset, content_type="application/xml")
    summary = bench.crawl(source(server, "/feed"))
    assert summary.counts == {Outcome.NEW: 1}
    assert "name its address under `sitemaps`" in summary.endpoint_losses[server.url("/feed")]


def test_metrics_count_endpoints_and_entries_left_out(server: FaultServer, bench: CrawlBench, tmp_path: Path) -> None:
    server.routes |= {
        "/a": answer(stories(server, "<item><guid>desk-7</guid></item>"), content_type=XML),
        "/b": answer(NOWHERE, content_type=XML),
        "/c": answer(EMPTY, content_type=XML),
    }
    figures = CrawlFigures()
    figures.add_run(bench.crawl(source(server, "/a", "/b", "/c")))
    figures.write(tmp_path / "figures")
    text = (tmp_path / "figures").read_text()
    for result in ("in part", "failed", "empty"):
        assert f'wiredesk_endpoints_total{{result="{result}",source="daily"}} 1.0' in text
    assert 'left_out_total{reason="without a web address",source="daily"} 1.0' in text
