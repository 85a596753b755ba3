"""Are the rules of RFC 9309 kept?"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.http.robots import Robots, RobotsResponse, RobotsRules, product_token
from crawler.http.robots_file import read_robots
from model.errors import BackingOffError, FetchError, RefusedError, RobotsUnavailableError
from store.opening import Store, open_store
from tests.crawler.http.robots_cases import CASES, Case

URL = "https://news.example/world/rain"
AGENT = "Wiredesk/0.1 (contact: desk@example.org)"
Ask = Callable[[str], RobotsResponse]


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2024, 5, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def saying(text: str, status: int = 200) -> Ask:
    return lambda url: RobotsResponse(status, text.encode())


TOLD = [
    pytest.param(case, path, allowed, id=f"{case.name}:{path[:40]}") for case in CASES for path, allowed in case.paths
]


@pytest.mark.parametrize(("case", "path", "allowed"), TOLD)
def test_rules(case: Case, path: str, allowed: bool) -> None:
    url = f"https://news.example{path}"
    assert RobotsRules(read_robots(case.content, product_token(case.agent)), url, 60).allows(url) is allowed


def test_the_table_is_large_and_each_name_is_there_once() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 160


@pytest.mark.parametrize("status", [301, 308, 400, 401, 403, 404, 405, 410, 418, 451, 499])
def test_what_says_that_there_is_no_file_allows(clock: Clock, status: int) -> None:
    rules = Robots(AGENT, clock=clock).rules(URL, saying("User-agent: *\nDisallow: /", status))
    assert rules.allows(URL)


@pytest.mark.parametrize("status", [429, 500, 501, 503, 521, 599, 999])
def test_server_errors_wait(clock: Clock, status: int) -> None:
    robots = Robots(AGENT, clock=clock)
    with pytest.raises(RobotsUnavailableError, match=f"status {status}") as caught:
        robots.rules(URL, saying("", status))
    assert caught.value.url == URL
    assert caught.value.retry_after_seconds == pytest.approx(60)


def test_a_silent_host_is_asked_again_only_after_a_while(clock: Clock) -> None:
    robots = Robots(AGENT, clock=clock)
    asked: list[str] = []

    def unreachable(url: str) -> RobotsResponse:
        asked.append(url)
        raise FetchError("connection refused", url=url)

    for seconds in (0, 30, 31, 60, 61):
        clock.at += timedelta(seconds=seconds)
        with pytest.raises(RobotsUnavailableError, match="connection refused"):
            robots.rules(URL, unreachable)
    assert asked == ["https://news.example/robots.txt"] * 3
    clock.at += timedelta(hours=1)
    assert robots.rules(URL, saying("")).allows(URL)


def test_a_file_that_is_not_had_for_thirty_days_is_none(clock: Clock) -> None:
    robots = Robots(AGENT, clock=clock)
    for _ in range(30):
        with pytest.raises(RobotsUnavailableError):
            robots.rules(URL, saying("", 503))
        clock.at += timedelta(days=1)
    assert robots.rules(URL, saying("", 503)).allows(URL)
    clock.at += timedelta(days=1)
    assert not robots.rules(URL, saying("User-agent: *\nDisallow: /")).allows(URL)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


CLOSED = "User-agent: *\nDisallow: /"


def never(url: str) -> RobotsResponse:
    raise AssertionError(url)


def test_thirty_days_are_counted_over_restarts(clock: Clock, store: Store) -> None:
    for _ in range(30):
        with pytest.raises(RobotsUnavailableError):
            Robots(AGENT, clock=clock, files=store.robots).rules(URL, saying("", 503))
        clock.at += timedelta(days=1)
    robots = Robots(AGENT, clock=clock, files=store.robots)
    assert robots.rules(URL, saying("", 503)).allows(URL)
    clock.at += timedelta(days=1)
    assert not robots.rules(URL, saying(CLOSED)).allows(URL)
    assert store.robots.failing_since("https://news.example:443") is None


def test_what_one_process_has_read_no_other_fetches_within_a_day(clock: Clock, store: Store) -> None:
    first, second = (Robots(AGENT, clock=clock, files=store.robots) for _ in range(2))
    assert not first.rules(URL, saying(CLOSED)).allows(URL)
    clock.at += timedelta(hours=23)
    assert not second.rules(URL, never).allows(URL)
    assert not Robots(AGENT, clock=clock, files=store.robots).rules(URL, never).allows(URL)
    clock.at += timedelta(hours=2)
    assert second.rules(URL, saying("")).allows(URL)
    assert first.rules(URL, never).allows(URL)


@pytest.mark.parametrize("status", [404, 410, 301])
def test_that_there_are_no_rules_is_shared_too(clock: Clock, store: Store, status: int) -> None:
    Robots(AGENT, clock=clock, files=store.robots).rules(URL, saying(CLOSED, status))
    assert Robots(AGENT, clock=clock, files=store.robots).rules(URL, never).allows(URL)


def test_rules_of_before_are_in_force_over_restarts_while_the_file_can_not_be_had(clock: Clock, store: Store) -> None:
    Robots(AGENT, clock=clock, files=store.robots).rules(URL, saying(CLOSED))
    for _ in range(40):
        clock.at += timedelta(days=1)
        assert not Robots(AGENT, clock=clock, files=store.robots).rules(URL, saying("", 503)).allows(URL)
        store.robots.drop_before(clock.at - timedelta(days=30))
    assert store.robots.failing_since("https://news.example:443") == datetime(2024, 5, 13, tzinfo=UTC)


def test_who_wants_it_fresh_fetches_it_once(clock: Clock, store: Store) -> None:
    Robots(AGENT, clock=clock, files=store.robots).rules(URL, saying(CLOSED))
    fresh = Robots(AGENT, clock=clock, files=store.robots, fresh=True)
    assert fresh.rules(URL, saying("")).allows(URL)
    assert fresh.rules(URL, never).allows(URL)
    fresh = Robots(AGENT, clock=clock, files=store.robots, fresh=True)
    assert fresh.rules(URL, saying("", 503)).allows(URL)


def test_each_product_reads_its_own_rules_in_one_file(clock: Clock, store: Store) -> None:
    told = "User-agent: other\nDisallow: /"
    assert Robots(AGENT, clock=clock, files=store.robots).rules(URL, saying(told)).allows(URL)
    assert not Robots("other/1", clock=clock, files=store.robots).rules(URL, never).allows(URL)


def test_rules_of_before_outlive_thirty_days_of_silence(clock: Clock) -> None:
    robots = Robots(AGENT, clock=clock)
    assert not robots.rules(URL, saying("User-agent: *\nDisallow: /")).allows(URL)
    for day in range(40):
        clock.at += timedelta(days=1)
        assert not robots.rules(URL, saying("", 503)).allows(URL)
        robots.rules(f"https://host-{day}.example/", saying(""))


def test_the_hosts_wish_is_respected(clock: Clock) -> None:
    robots = Robots(AGENT, clock=clock)
    with pytest.raises(RobotsUnavailableError) as caught:
        robots.rules(URL, lambda url: RobotsResponse(503, b"", 1800))
    assert caught.value.retry_after_seconds == 1800


def test_rules_live_for_a_day_and_longer_while_the_file_cannot_be_had(clock: Clock) -> None:
    robots = Robots(AGENT, clock=clock)
    asked: list[str] = []

    def closed(url: str) -> RobotsResponse:
        asked.append(url)
        return RobotsResponse(200, b"User-agent: *\nDisallow: /")

    assert not robots.rules(URL, closed).allows(URL)
    clock.at += timedelta(hours=23)
    assert not robots.rules(URL, closed).allows(URL)
    assert len(asked) == 1
    clock.at += timedelta(hours=2)
    assert not robots.rules(URL, saying("", 500)).allows(URL)
    clock.at += timedelta(hours=2)
    assert robots.rules(URL, saying("")).allows(URL)


def test_each_scheme_host_and_port_has_its_own(clock: Clock) -> None:
    robots = Robots(AGENT, clock=clock)
    asked: list[str] = []

    def ask(url: str) -> RobotsResponse:
        asked.append(url)
        return RobotsResponse(404)

    for url in ("http://a.example/x", "https://a.example/x", "https://A.example:443/y", "https://a.example:8443/"):
        robots.rules(url, ask)
    assert asked == [
        "http://a.example/robots.txt",
        "https://a.example/robots.txt",
        "https://a.example:8443/robots.txt",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("User-agent: *\nCrawl-delay: 5", 5.0, id="seconds"),
        pytest.param("User-agent: *\nCrawl-delay: 0.5", 0.5, id="fraction"),
        pytest.param("User-agent: *\nCrawl-delay: 86400", 60.0, id="capped"),
        pytest.param("User-agent: *\nCrawl-delay: soon", None, id="nonsense"),
        pytest.param("User-agent: *\nCrawl-delay: -5", None, id="negative"),
        pytest.param("User-agent: *\nCrawl-delay: nan", None, id="no-number"),
        pytest.param("User-agent: *\nCrawl-delay: 1e400", None, id="infinite"),
        pytest.param("User-agent: *\nCrawl-delay: " + "9" * 400, None, id="absurd"),
        pytest.param("User-agent: *\nCrawl-delay: 0", 0.0, id="zero"),
        pytest.param("User-agent: *\nCrawl-delay: 2 seconds", 2.0, id="unit"),
        pytest.param("User-agent: *\nCrawl-delay: 2,5", 2.5, id="decimal-comma"),
        pytest.param("User-agent: *\nCrawl-delay: .5", 0.5, id="no-leading-zero"),
        pytest.param("User-agent: *\nCrawl delay 7", None, id="three-words"),
        pytest.param("User-agent: *\nCrawl-delay 7", 7.0, id="no-colon"),
        pytest.param("User-agent: *\nCrawl-delay: 5\nCrawl-delay: x", 5.0, id="nonsense-behind"),
        pytest.param(
            "User-agent: *\nCrawl-delay: 5\nUser-agent: Wiredesk\nDisallow: /x", None, id="of-those-named-so-far"
        ),
        pytest.param("User-agent: a\nCrawl-delay: 9\nUser-agent: *\nDisallow: /x", None, id="of-those-named-before"),
        pytest.param("User-agent: *\nDisallow: /x\nCrawl-delay: 5", 5.0, id="behind-rules"),
        pytest.param("User-agent: *\nCrawl-delay: 9\nDisallow:\nUser-agent: wiredesk/1\nCrawl-delay: 3", 3.0, id="own"),
        pytest.param("User-agent: *\nCrawl-delay: 9\nDisallow:\nUser-agent: wiredesk\nDisallow:", None, id="own-none"),
        pytest.param("User-agent: *\nRequest-rate: 1/10", 10.0, id="request-rate"),
        pytest.param("User-agent: *\nRequest-rate: 1/10s", 10.0, id="request-rate-seconds"),
        pytest.param("User-agent: *\nRequest-rate: 2/1m 0600-0845", 30.0, id="request-rate-by-day"),
        pytest.param("User-agent: *\nRequest-rate: 0/10", None, id="request-rate-none"),
        pytest.param("User-agent: *\nRequest-rate: 1/0", None, id="request-rate-at-once"),
        pytest.param("User-agent: *\nRequest-rate: fast", None, id="request-rate-nonsense"),
        pytest.param("User-agent: *\nRequest-rate: 1/10\nCrawl-delay: 20", 20.0, id="the-longer-one"),
        pytest.param("User-agent: other\nCrawl-delay: 5", None, id="another-agent"),
        pytest.param("", None, id="none"),
    ],
)
def test_crawl_delay(clock: Clock, text: str, expected: float | None) -> None:
    assert Robots(AGENT, clock=clock).rules(URL, saying(text)).crawl_delay_seconds == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Sitemap: https://a.example/s.xml", ["https://a.example/s.xml"], id="no-group"),
        pytest.param("User-agent: x\nsitemap: https://a.example/s.xml", ["https://a.example/s.xml"], id="in-a-group"),
        pytest.param("Sitemap: https://a.example/s.xml\n" * 3, ["https://a.example/s.xml"], id="once"),
        pytest.param("Sitemap: /s.xml", ["https://news.example/s.xml"], id="relative"),
        pytest.param("Sitemap: s.xml?a=1", ["https://news.example/s.xml?a=1"], id="relative-to-the-root"),
        pytest.param("Sitemap: //cdn.example/s.xml", ["https://cdn.example/s.xml"], id="without-scheme"),
        pytest.param("Sitemap https://a.example/s.xml", ["https://a.example/s.xml"], id="no-colon"),
        pytest.param(
            "Site-map: /s.xml\nSitemaps: /t.xml", [f"https://news.example/{n}.xml" for n in "st"], id="spellings"
        ),
        pytest.param("Sitemap: /S.xml # all", ["https://news.example/S.xml"], id="comment"),
        pytest.param("Sitemap: ftp://a.example/s.xml\nSitemap:\nSitemap: http://[x", [], id="no-web-address"),
    ],
)
def test_sitemap_lines(clock: Clock, text: str, expected: list[str]) -> None:
    assert list(Robots(AGENT, clock=clock).rules(URL, saying(text)).sitemaps) == expected


def test_not_obeying_asks_nobody(clock: Clock) -> None:
    assert Robots(AGENT, clock=clock, obey=False).rules(URL, never).allows(URL)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(RefusedError("a loopback address", url=URL), id="refused-address"),
        pytest.param(
            BackingOffError("later", url=URL, retry_at=datetime(2024, 5, 13, tzinfo=UTC), retry_after_seconds=9.0),
            id="host-backs-off",
        ),
    ],
)
def test_what_says_nothing_of_the_file_is_passed_on_and_not_remembered(clock: Clock, error: Exception) -> None:
    robots = Robots(AGENT, clock=clock)

    def failing(url: str) -> RobotsResponse:
        raise error

    with pytest.raises(type(error)):
        robots.rules(URL, failing)
    assert robots.rules(URL, saying("")).allows(URL)


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Wiredesk/0.1 (contact: x)", "Wiredesk"),
        ("Wiredesk", "Wiredesk"),
        ("my-desk bot/2", "my-desk"),
        ("desk2/1.0", "desk"),
        ("3news/1.0 (x)", "3news"),
        ("Mozilla/5.0 (compatible; Wiredesk/0.1; +https://example.org)", "Wiredesk"),
        ("Mozilla/5.0 (X11; Linux)", "Mozilla"),
        ("«desk»", "«desk»"),
    ],
)
def test_product_token(agent: str, expected: str) -> None:
    assert product_token(agent) == expected


@given(st.binary(max_size=2000))
def test_any_bytes_are_rules(content: bytes) -> None:
    rules = Robots(AGENT, clock=Clock()).rules(URL, lambda url: RobotsResponse(200, content))
    assert rules.allows(URL) in (True, False)
    assert rules.crawl_delay_seconds is None or rules.crawl_delay_seconds >= 0
