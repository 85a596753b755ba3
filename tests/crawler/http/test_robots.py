"""Are the rules of RFC 9309 kept?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.http.robots import Robots, RobotsResponse, product_token
from model.errors import BackingOffError, FetchError, RefusedError, RobotsUnavailableError

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


@pytest.mark.parametrize(
    ("text", "url", "allowed"),
    [
        pytest.param("", URL, True, id="empty-file"),
        pytest.param("User-agent: *\nDisallow:", URL, True, id="empty-disallow"),
        pytest.param("User-agent: *\nDisallow: /", URL, False, id="all"),
        pytest.param("User-agent: *\nDisallow: /world", URL, False, id="prefix"),
        pytest.param("User-agent: *\nDisallow: /sport", URL, True, id="another-prefix"),
        pytest.param("User-agent: *\nDisallow: /\nAllow: /world/", URL, True, id="longest-match-wins"),
        pytest.param("User-agent: *\nDisallow: /*rain$", URL, False, id="wildcard-and-end"),
        pytest.param("User-agent: other\nDisallow: /", URL, True, id="another-agent"),
        pytest.param("User-agent: wiredesk\nDisallow: /\n\nUser-agent: *\nAllow: /", URL, False, id="own-group"),
        pytest.param("User-agent: *\nDisallow: /\n\nUser-agent: Wiredesk\nAllow: /", URL, True, id="own-group-only"),
        pytest.param("User-agent: desk\nDisallow: /", URL, True, id="product-token-only"),
        pytest.param("user-AGENT: *\r\ndisALLOW: /world # comment\r\n", URL, False, id="case-crlf-comment"),
        pytest.param("\ufeffUser-agent: *\nDisallow: /", URL, False, id="byte-order-mark"),
        pytest.param("<html><body>Not found</body></html>", URL, True, id="html-page"),
        pytest.param("User-agent: *\nDisallow: /w%6Frld", URL, False, id="percent-encoded"),
        pytest.param("User-agent: *\nDisallow: /", "https://news.example/robots.txt", True, id="robots-itself"),
    ],
)
def test_rules(clock: Clock, text: str, url: str, allowed: bool) -> None:
    assert Robots(AGENT, clock=clock).rules(url, saying(text)).allows(url) is allowed


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451, 301])
def test_other_client_errors_allow(clock: Clock, status: int) -> None:
    rules = Robots(AGENT, clock=clock).rules(URL, saying("User-agent: *\nDisallow: /", status))
    assert rules.allows(URL)


@pytest.mark.parametrize("status", [429, 500, 503, 521])
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
    assert asked == ["https://news.example:443/robots.txt"] * 3
    clock.at += timedelta(hours=1)
    assert robots.rules(URL, saying("")).allows(URL)


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
        "http://a.example:80/robots.txt",
        "https://a.example:443/robots.txt",
        "https://a.example:8443/robots.txt",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("User-agent: *\nCrawl-delay: 5", 5.0, id="seconds"),
        pytest.param("User-agent: *\nCrawl-delay: 0.5", 0.5, id="fraction"),
        pytest.param("User-agent: *\nCrawl-delay: 86400", 60.0, id="capped"),
        pytest.param("User-agent: *\nCrawl-delay: soon", None, id="nonsense"),
        pytest.param("User-agent: *\nRequest-rate: 1/10", 10.0, id="request-rate"),
        pytest.param("User-agent: other\nCrawl-delay: 5", None, id="another-agent"),
        pytest.param("", None, id="none"),
    ],
)
def test_crawl_delay(clock: Clock, text: str, expected: float | None) -> None:
    assert Robots(AGENT, clock=clock).rules(URL, saying(text)).crawl_delay_seconds == expected


def test_sitemap_lines(clock: Clock) -> None:
    text = "Sitemap: https://news.example/a.xml\nUser-agent: *\nsitemap: https://news.example/b.xml\n" * 2
    rules = Robots(AGENT, clock=clock).rules(URL, saying(text))
    assert rules.sitemaps == ("https://news.example/a.xml", "https://news.example/b.xml")


def test_only_the_first_500_kib_count(clock: Clock) -> None:
    text = "User-agent: *\n" + "# filling\n" * 60_000 + "Disallow: /\n"
    assert Robots(AGENT, clock=clock).rules(URL, saying(text)).allows(URL)


def test_not_obeying_asks_nobody(clock: Clock) -> None:
    def never(url: str) -> RobotsResponse:
        raise AssertionError(url)

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
