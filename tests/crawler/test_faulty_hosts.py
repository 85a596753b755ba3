"""Whole rounds over servers that do everything wrong: each case ends as docs/crawling.md says, the others go on."""

import gzip
import socket
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from config import SourceConfig
from crawler.extraction import parse
from crawler.pool import ParsePool
from crawler.results import CrawlRunSummary, Outcome
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import NOT_FOUND, FaultServer, Route, Talk, answer, redirect
from tests.crawler.recheck_pages import feed, make_story, page
from tests.crawler.stored_states import memory_growth

TIMEOUT = timedelta(seconds=1)
MOST_BYTES = 2_000_000
LONGEST_SECONDS = 120  # of a round beside all others, on however busy a machine; a host hangs for longer
MOST_MEMORY = 400_000_000  # bytes above what the process holds before the round
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@dataclass(frozen=True)
class Fault:
    """What a publisher does wrong at `path`, and how its round ends.

    `outcome` is that of the one story; None where a whole endpoint fails, and then `reason` stands in its error.
    """

    route: Route
    outcome: Outcome | None = Outcome.FAILED
    reason: str = ""
    path: str = "/news/1-story"
    more: tuple[tuple[str, Route], ...] = ()


def reset(talk: Talk) -> None:
    talk.send(HEAD + b"Content-Length: 500\r\n\r\n<html>")
    talk.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talk.connection.close()


def endless(talk: Talk) -> None:
    talk.send(HEAD + b"\r\n<html><body>")
    while True:
        talk.send(b"<p>more and more and more</p>" * 1000)


def hang(talk: Talk) -> None:
    talk.pause(10 * LONGEST_SECONDS)


def xml(content: bytes) -> bytes:
    return answer(content, content_type="application/xml")


def urlset(count: int) -> bytes:
    entry = b"<url><loc>http://127.0.0.1:9/news/%d-some-story-of-the-day</loc></url>"
    content = b"".join(entry % number for number in range(count))
    return b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + content + b"</urlset>"


BOMB = gzip.compress(b"<html><body>" + b"<p>" * 30_000_000, compresslevel=6)
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><rss version="2.0"><channel><title>&c;</title></channel></rss>"""
LEAK = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>&x;</title></channel></rss>"""

FAULTS = {
    "reset": Fault(reset),
    "header drip": Fault(lambda talk: talk.drip(HEAD * 50, 0.2)),
    "body drip": Fault(lambda talk: (talk.send(HEAD + b"Content-Length: 99\r\n\r\n"), talk.drip(b"x" * 99, 0.2))[1]),
    "hung": Fault(hang),
    "endless body": Fault(endless, Outcome.TOO_LARGE),
    "gzip bomb": Fault(answer(BOMB, Content_Encoding="gzip"), Outcome.TOO_LARGE),
    "redirect loop": Fault(redirect("/news/2-story"), more=(("/news/2-story", redirect("/news/1-story")),)),
    "redirect to metadata": Fault(redirect("http://169.254.169.254/latest/"), Outcome.REFUSED),
    "wrong length": Fault(HEAD + b"Content-Length: 5000\r\n\r\n<html>short</html>"),
    "headers cut off": Fault(HEAD),
    "empty body": Fault(HEAD + b"\r\n"),
    "bad gzip": Fault(answer(b"\x1f\x8b\x08\x00 no gzip at all", Content_Encoding="gzip")),
    "garbage status line": Fault(b"\x00\x01\x02 what is this\r\n\r\n"),
    "900 KB header": Fault(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 900_000 + b"\r\n\r\n"),
    "429": Fault(answer(b"", "429 Too Many Requests", Retry_After="3600")),
    "503": Fault(answer(b"", "503 Service Unavailable")),
    "challenge": Fault(answer(b"", "403 Forbidden", cf_mitigated="challenge"), Outcome.BLOCKED),
    "robots 500": Fault(answer(b"", "500 Oops"), None, "robots.txt", path="/robots.txt"),
    "robots says no": Fault(
        answer(b"User-agent: *\nDisallow: /news/\n", content_type="text/plain"), Outcome.ROBOTS, path="/robots.txt"
    ),
    "no html": Fault(answer(b"%PDF-1.4", content_type="application/pdf"), Outcome.REFUSED),
    "410": Fault(answer(b"", "410 Gone"), Outcome.GONE),
    "login": Fault(answer(b"", "401 Unauthorized"), Outcome.REFUSED),
    "30 MB feed": Fault(xml(b"<rss>" + b"<item></item>" * 2_300_000), None, "bytes", path="/feed.xml"),
    "entity bomb": Fault(xml(LAUGHS), None, "entities", path="/feed.xml"),
    "external entity": Fault(xml(LEAK), None, "entities", path="/feed.xml"),
}


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    made = ParsePool(parse, 1)
    yield made
    made.close()


@pytest.fixture
def bench(tmp_path: Path, pool: ParsePool) -> Iterator[CrawlBench]:
    settings = {"timeout": TIMEOUT, "max_page_bytes": MOST_BYTES, "per_host_delay": timedelta(milliseconds=1)}
    with crawl_bench(tmp_path, pool.parse, HandClock(), paced=False, **settings) as made:
        yield made


def publisher(server: FaultServer, name: str, count: int) -> SourceConfig:
    stories = [make_story(number, HandClock()() - timedelta(hours=1)) for number in range(1, count + 1)]
    server.routes["/robots.txt"] = NOT_FOUND
    for number, told in enumerate(stories, 1):
        server.routes[f"/news/{number}-story"] = answer(page(told))
    pairs = [(server.url(f"/news/{number}-story"), told) for number, told in enumerate(stories, 1)]
    server.routes["/feed.xml"] = answer(feed(pairs), content_type="application/rss+xml")
    return SourceConfig(name=name, feeds=(server.url("/feed.xml"),))


def test_every_fault_ends_as_documented_while_the_others_go_on(bench: CrawlBench) -> None:
    sources: dict[str, SourceConfig] = {}
    servers = [FaultServer(address=f"127.0.3.{number}") for number in range(1, len(FAULTS) + 2)]
    for server, (name, fault) in zip(servers, [*FAULTS.items(), ("healthy", None)], strict=True):
        server.__enter__()
        source_name = name.lower().replace(" ", "-")
        sources[name] = publisher(server, source_name, 1 if fault else 12)
        if fault:
            server.routes[fault.path] = fault.route
            server.routes.update(dict(fault.more))
    try:
        began = time.monotonic()
        with memory_growth() as growth, ThreadPoolExecutor(len(sources)) as rounds:
            ends = rounds.map(lambda source: (bench.crawl(source), time.monotonic() - began), sources.values())
            done = dict(zip(sources, ends, strict=True))
    finally:
        for server in servers:
            server.__exit__()
    slow = {name: seconds for name, (_, seconds) in done.items() if seconds > LONGEST_SECONDS}
    assert slow == {}
    healthy, _ = done.pop("healthy")
    assert healthy.counts == {Outcome.NEW: 12}
    wrong = {name: end for name, (end, _) in done.items() if not ends_as_documented(bench, FAULTS[name], end)}
    assert wrong == {}
    assert growth.most < MOST_MEMORY


def ends_as_documented(bench: CrawlBench, fault: Fault, end: CrawlRunSummary) -> bool:
    if fault.outcome is None:
        return end.failed and fault.reason in "".join(end.endpoint_errors.values())
    states = bench.store.crawl.of_source(end.source)
    retried = all(state.recheck_at is not None for state in states)
    return end.counts[fault.outcome] == 1 and end.counts.total() == 1 and retried


def test_a_sitemap_of_a_million_addresses_is_bounded(bench: CrawlBench, tmp_path: Path) -> None:
    with FaultServer() as server:
        server.routes["/robots.txt"] = NOT_FOUND
        server.routes["/sitemap.xml.gz"] = answer(gzip.compress(urlset(1_000_000), 1), content_type="application/gzip")
        source = SourceConfig(name="flood", sitemaps=(server.url("/sitemap.xml.gz"),))
        began = time.monotonic()
        with memory_growth() as growth:
            summary = bench.crawl(source)
    assert summary.counts.total() <= 500 or summary.failed
    assert time.monotonic() - began < 60
    assert growth.most < MOST_MEMORY


def test_a_hung_host_keeps_no_other_source_waiting(tmp_path: Path, pool: ParsePool) -> None:
    settings = {"timeout": timedelta(minutes=2), "concurrency": 2, "per_host_delay": timedelta(milliseconds=1)}
    healthy_done = threading.Event()

    def hang_until_then(talk: Talk) -> None:
        healthy_done.wait(60)

    with (
        crawl_bench(tmp_path, pool.parse, HandClock(), **settings) as bench,
        FaultServer(address="127.0.3.101") as dead,
        FaultServer(address="127.0.3.102") as well,
        ThreadPoolExecutor(2) as rounds,
    ):
        hung, healthy = publisher(dead, "hung", 3), publisher(well, "healthy", 3)
        for path in list(dead.routes):
            if path.startswith("/news"):
                dead.routes[path] = hang_until_then
        first = rounds.submit(bench.crawl, hung)
        time.sleep(0.1)
        assert bench.crawl(healthy).counts[Outcome.NEW] == 3
        assert not first.done()
        healthy_done.set()
        assert first.result().counts[Outcome.FAILED] == 3


def test_a_back_off_outlives_a_restart(tmp_path: Path, pool: ParsePool) -> None:
    clock = HandClock()
    settings = {"per_host_delay": timedelta(milliseconds=1)}
    with FaultServer() as server:
        source = publisher(server, "busy", 2)
        server.routes["/feed.xml"] = answer(b"", "503 Service Unavailable", Retry_After="1800")
        asked = []
        for wait in (timedelta(0), timedelta(minutes=10), timedelta(minutes=15), timedelta(minutes=15)):
            clock.now += wait
            with crawl_bench(tmp_path, pool.parse, clock, **settings) as bench:
                summary = bench.crawl(source)
                state = bench.store.crawl.source("busy")
            asked.append(server.paths().count("/feed.xml"))
            assert summary.failed
        assert asked == [1, 1, 1, 2]
        assert (state.failures, state.failing_since) == (4, clock.now - timedelta(minutes=40))
        assert state.next_due_at is not None
        assert state.next_due_at - clock.now == timedelta(minutes=40)


def test_a_host_that_hangs_for_an_hour_disturbs_nobody_and_rests_over_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    began_at = clock.now
    settings = {"timeout": timedelta(seconds=1), "concurrency": 2, "per_host_delay": timedelta(milliseconds=1)}
    asked = []
    with FaultServer(address="127.0.3.111") as dead, FaultServer(address="127.0.3.112") as well:
        hung = publisher(dead, "hung", 3)
        dead.routes = dict.fromkeys(dead.routes, hang)
        for life in ((0.0, 15.0, 30.0), (30.5, 60.0)):
            with crawl_bench(tmp_path, parse, clock, **settings) as bench, ThreadPoolExecutor(1) as rounds:
                for minutes in life:
                    clock.now = began_at + timedelta(minutes=minutes)
                    before = len(dead.log)
                    failing = rounds.submit(bench.crawl, hung)
                    healthy = publisher(well, "healthy", len(asked) + 1)
                    summary = bench.crawl(healthy)
                    assert (summary.counts[Outcome.NEW], summary.counts[Outcome.FAILED]) == (1, 0)
                    assert bench.store.crawl.source("healthy").next_due_at == clock.now + healthy.every
                    assert failing.result().failed
                    asked.append(len(dead.log) - before)
    assert asked == [1, 1, 1, 0, 1]
