"""Is there one bound for the whole desk, and does nobody wait for it who need not?"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import CrawlerConfig, SourceConfig
from crawler.extraction import parse
from crawler.http.fetcher import NotModified
from crawler.http.host_pacing import HostPacing
from crawler.http.local_paces import LocalPaces
from crawler.http.robots import Robots
from model.outcomes import Outcome
from model.page import Link, Page
from model.story import Story
from tests.crawler.crawl_bench import LOOPBACK, HandClock, crawl_bench
from tests.crawler.fault_server import NOT_FOUND, FaultServer, Talk, answer, redirect
from tests.crawler.http.fetchers import fetcher_of
from tests.crawler.recheck_pages import feed, make_story, page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class InHand:
    """Counts the pages between their request and the end of their reading."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self._two = threading.Event()

    def serve(self, response: bytes) -> Callable[[Talk], None]:
        def route(talk: Talk) -> None:
            with self._lock:
                self._now += 1
                self.most = max(self.most, self._now)
                if self.most > 1:
                    self._two.set()
            self._two.wait(10)  # the first waits for a second, so that two are seen side by side on any machine
            talk.pause(0.02)
            talk.send(response)

        return route

    def parse(self, page: Page) -> Story:
        story = parse(page)
        with self._lock:
            self._now -= 1
        return story


def test_many_sources_that_are_due_at_once_share_one_bound(tmp_path: Path) -> None:
    in_hand = InHand()
    sources = []
    with crawl_bench(tmp_path, in_hand.parse, HandClock(NOW), concurrency=2) as bench, ExitStack() as running:
        for number in range(6):
            server = running.enter_context(FaultServer(address=f"127.0.4.{number + 1}"))
            stories = [make_story(10 * number + position, NOW) for position in range(4)]
            server.routes["/robots.txt"] = NOT_FOUND
            server.routes |= {
                f"/news/{told.slug}": in_hand.serve(answer(page(told), Connection="close")) for told in stories
            }
            pairs = [(server.url(f"/news/{told.slug}"), told) for told in stories]
            server.routes["/feed.xml"] = answer(feed(pairs), content_type="application/rss+xml")
            sources.append(SourceConfig(name=f"s{number}", feeds=(server.url("/feed.xml"),)))
        with ThreadPoolExecutor(len(sources)) as rounds:
            summaries = list(rounds.map(bench.crawl, sources))
    assert [summary.counts for summary in summaries] == [{Outcome.NEW: 4}] * 6
    assert in_hand.most == 2


def test_a_host_that_wants_to_be_asked_slowly_keeps_nobody_from_the_others() -> None:
    clock, waiting, go_on = HandClock(NOW), threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        waiting.set()
        assert go_on.wait(10)
        clock.sleep(seconds)

    config = CrawlerConfig(concurrency=1, allow_private_networks=LOOPBACK, timeout=timedelta(seconds=10))
    pacing = HostPacing(
        2.0, LocalPaces(clock, monotonic=clock.monotonic), clock=clock, monotonic=clock.monotonic, sleep=sleep
    )
    fetcher = fetcher_of(config, Robots("desk", clock=clock, obey=False), pacing, clock=clock)
    with FaultServer() as slow, FaultServer(address="127.0.4.9") as well, ThreadPoolExecutor(1) as visits:
        slow.routes["/a"] = redirect("/b")
        slow.routes["/b"] = well.routes["/"] = answer(b"<p>rain</p>")
        redirected = visits.submit(fetcher.get, Link(url=slow.url("/a"), source="desk"))
        assert waiting.wait(10)
        assert fetcher.get(Link(url=well.url(), source="desk"))
        assert slow.paths() == ["/a"]
        go_on.set()
        assert redirected.result(10)
        assert slow.paths() == ["/a", "/b"]
    fetcher.close()


def test_what_is_large_is_in_hand_alone_while_the_rest_goes_on() -> None:
    clock = HandClock(NOW)
    config = CrawlerConfig(allow_private_networks=LOOPBACK, timeout=timedelta(seconds=30))
    pacing = HostPacing(0.0, LocalPaces(clock), clock=clock)
    fetcher = fetcher_of(config, Robots("desk", clock=clock, obey=False), pacing, clock=clock)
    with FaultServer() as server, ThreadPoolExecutor(2) as others:
        server.routes |= {"/large": answer(b"<p>rain</p>" * 200_000), "/small": answer(b"<p>rain</p>")}

        def get(path: str) -> Page | NotModified:
            return fetcher.get(Link(url=server.url(path), source="desk"))

        with fetcher.concurrency_limit.held():
            get("/large")
            waiting = others.submit(get, "/large")
            assert others.submit(get, "/small").result(10)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        assert waiting.result(10)
    fetcher.close()
