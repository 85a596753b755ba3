"""Does a fetch end well, whatever the server does?"""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from config import CrawlerConfig
from crawler.http.fetcher import Fetcher, NotModified
from crawler.http.host_pacing import HostPacing
from crawler.http.local_paces import LocalPaces
from crawler.http.robots import Robots
from model.errors import (
    BackingOffError,
    BlockedError,
    ClientError,
    CrawlError,
    FetchError,
    GoneError,
    LeaseLostError,
    RefusedError,
    RobotsDisallowedError,
    RobotsUnavailableError,
    ServerError,
    TooLargeError,
)
from model.page import Link, Page
from net.transport import tls_context
from tests.crawler.fault_server import FaultServer, Route, Talk, answer, redirect
from tests.crawler.http.fetchers import fetcher_of

CERTIFICATE = str(Path(__file__).with_name("loopback_server.pem"))
LOOPBACK = ("127.0.0.0/8", "::1/128")
TIMEOUT = 0.5
LEEWAY = 5.0  # seconds a busy machine may take longer; what is slow on purpose takes twice as long at least
HTML = b"<html><head><title>Rain returns</title></head><body><p>It rained.</p></body></html>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
Make = Callable[..., Fetcher]


def now() -> datetime:
    return datetime.now(UTC)


def make_fetcher(*, delay: float = 0.0, tls: Any = None, **options: Any) -> Fetcher:
    values = {"timeout": "10s", "allow_private_networks": list(LOOPBACK), "max_page_bytes": 200_000} | options
    config = CrawlerConfig(**values)
    robots = Robots(config.user_agent, clock=now, obey=config.obey_robots)
    pacing = HostPacing(delay, LocalPaces(now), clock=now, jitter=lambda: 0.0)
    return fetcher_of(config, robots, pacing, clock=now, tls=tls or tls_context(CERTIFICATE))


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = make_fetcher()
    yield made
    made.close()


@pytest.fixture
def hasty() -> Iterator[Fetcher]:
    """A fetcher whose deadline is short enough to wait for."""
    made = make_fetcher(timeout=f"{TIMEOUT}s")
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def link(url: str) -> Link:
    return Link(url=url, source="desk")


def get(fetcher: Fetcher, url: str, **options: Any) -> Page:
    page = fetcher.get(link(url), **options)
    assert isinstance(page, Page)
    return page


def reset(talk: Talk) -> None:
    talk.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def silence(talk: Talk) -> None:
    talk.pause(10)


def header_drip(talk: Talk) -> None:
    talk.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000, 0.05)


def many_header_lines(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        talk.send(b"X-%d: %s\r\n" % (number, b"x" * 1000))


def body_drip(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n")
    talk.drip(b"x" * 1000, 0.05)


def chunk_drip(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    talk.drip(b"1\r\nx\r\n" * 1000, 0.02)


def endless_body(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        talk.send(b"x" * 65536)


def endless_chunk_line(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        talk.send(b"0" * 65536)


def endless_trailer(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
    while True:
        talk.send(b"X-More: yes\r\n" * 1000)


def endless_informational(talk: Talk) -> None:
    while True:
        talk.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def cut_chunked(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")


def gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(bytes(1_000_000)) for _ in range(50)]) + packer.flush()


PACKED = gzip.compress(HTML * 100)

FAULTS: list[Any] = [
    pytest.param(reset, FetchError, "", id="reset"),
    pytest.param(endless_body, TooLargeError, "200000", id="endless-body"),
    pytest.param(endless_chunk_line, FetchError, "chunk size", id="endless-chunk-line"),
    pytest.param(endless_trailer, TooLargeError, "too large", id="endless-trailer"),
    pytest.param(endless_informational, FetchError, "headers", id="endless-informational"),
    pytest.param(cut_chunked, FetchError, "", id="chunked-cut-off"),
    pytest.param(b"", FetchError, "", id="closed-at-once"),
    pytest.param(b"HTTP/1.1 200 OK", FetchError, "middle of the headers", id="closed-in-the-status-line"),
    pytest.param(b"HTTP/1.1 200 OK\r\n", FetchError, "middle of the headers", id="closed-after-the-status-line"),
    pytest.param(HEAD + b"Content-Le", FetchError, "middle of the headers", id="closed-in-a-header-line"),
    pytest.param(HEAD, FetchError, "middle of the headers", id="closed-between-header-lines"),
    pytest.param(HEAD + b"\r", FetchError, "middle of the headers", id="closed-in-the-empty-line"),
    pytest.param(b"HTTP/1.1 410 Gone\r\n", FetchError, "middle of the headers", id="closed-in-the-headers-of-a-410"),
    pytest.param(b"HTTP/1.1 302 Found\r\nLocation: /", FetchError, "middle of the headers", id="closed-in-a-location"),
    pytest.param(EARLY_HINTS + HEAD, FetchError, "middle of the headers", id="closed-in-the-second-head"),
    pytest.param(EARLY_HINTS, FetchError, "", id="closed-after-an-informational-head"),
    pytest.param(HEAD + b"\r\n", FetchError, "empty", id="empty-until-closed"),
    pytest.param(answer(b""), FetchError, "empty", id="empty-as-announced"),
    pytest.param(answer(b"", Content_Encoding="gzip"), FetchError, "empty", id="empty-gzip"),
    pytest.param(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", FetchError, "101", id="another-protocol"),
    pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", FetchError, "", id="garbage-status-line"),
    pytest.param(b"HTTP/1.1 two hundred\r\n\r\n", FetchError, "", id="garbage-status"),
    pytest.param(b"HTTP/1.1 200 OK\r\nX-Big: " + b"x" * 900_000 + b"\r\n\r\n", FetchError, "", id="900-kb-header"),
    pytest.param(many_header_lines, FetchError, "", id="many-header-lines"),
    pytest.param(lambda talk: talk.send(answer(HTML)[:-10]), FetchError, "", id="body-shorter-than-announced"),
    pytest.param(
        answer(HTML).replace(b"Content-Length", b"Content-Length: 5\r\nContent-Length", 1),
        FetchError,
        "",
        id="two-lengths",
    ),
    pytest.param(answer(b"x" * 200_001), TooLargeError, "announced", id="announced-too-large"),
    pytest.param(answer(gzip_bomb(), Content_Encoding="gzip"), TooLargeError, "200000", id="gzip-bomb"),
    pytest.param(answer(PACKED[:-20], Content_Encoding="gzip"), FetchError, "too early", id="gzip-cut-off"),
    pytest.param(answer(b"\x1f\x8b broken", Content_Encoding="gzip"), FetchError, "broken", id="gzip-broken"),
    pytest.param(answer(HTML, Content_Encoding="gzip"), FetchError, "broken", id="gzip-in-name-only"),
    pytest.param(answer(HTML, Content_Encoding="br"), FetchError, "not asked for", id="brotli-unasked"),
    pytest.param(answer(HTML, content_type="image/jpeg"), RefusedError, "image/jpeg", id="an-image"),
    pytest.param(answer(HTML, content_type="application/pdf"), RefusedError, "pdf", id="a-pdf"),
    pytest.param(answer(b"", "404 Not Found"), GoneError, "404", id="404"),
    pytest.param(answer(b"", "410 Gone"), GoneError, "410", id="410"),
    pytest.param(answer(b"", "403 Forbidden"), ClientError, "403", id="403"),
    pytest.param(answer(b"", "451 Unavailable"), ClientError, "451", id="451"),
    pytest.param(answer(b"", "408 Request Timeout"), FetchError, "408", id="408"),
    pytest.param(answer(b"", "204 No Content"), FetchError, "204", id="204"),
    pytest.param(answer(b"", "304 Not Modified", None), FetchError, "unconditional", id="304-unasked"),
    pytest.param(answer(b"", "302 Found"), FetchError, "302", id="redirect-to-nowhere"),
    pytest.param(answer(b"", "500 Oops"), ServerError, "500", id="500"),
    pytest.param(answer(b"", "503 Busy"), ServerError, "503", id="503"),
    pytest.param(redirect("/fault"), FetchError, "circle", id="redirect-to-itself"),
    pytest.param(redirect("http://[::1"), RefusedError, "no address", id="redirect-to-a-broken-address"),
    pytest.param(redirect("ftp://127.0.0.1/x"), RefusedError, "http or https", id="redirect-to-ftp"),
    pytest.param(redirect("file:///etc/passwd"), RefusedError, "http or https", id="redirect-to-a-file"),
    pytest.param(redirect("http://u:p@127.0.0.1/"), RefusedError, "credentials", id="redirect-with-credentials"),
    pytest.param(redirect("http://169.254.169.254/latest"), RefusedError, "metadata", id="redirect-to-metadata"),
    pytest.param(redirect("http://10.0.0.1/"), RefusedError, "private", id="redirect-to-a-private-network"),
    pytest.param(redirect("http://[::ffff:10.0.0.1]/"), RefusedError, "private", id="redirect-to-mapped-ipv4"),
]


@pytest.mark.parametrize(("route", "error", "words"), FAULTS)
def test_every_fault_ends_in_its_error(
    fetcher: Fetcher, server: FaultServer, route: Route, error: type[CrawlError], words: str
) -> None:
    server.routes["/fault"] = route
    with pytest.raises(error, match=words or None) as caught:
        fetcher.get(link(server.url("/fault")))
    assert type(caught.value) is error
    assert caught.value.url


@pytest.mark.parametrize("route", [silence, header_drip, body_drip, chunk_drip])
def test_the_deadline_holds(hasty: Fetcher, server: FaultServer, route: Route) -> None:
    server.routes["/fault"] = route
    began = time.monotonic()
    with pytest.raises(FetchError, match="before the deadline"):
        hasty.get(link(server.url("/fault")))
    assert time.monotonic() - began < TIMEOUT + LEEWAY


def test_a_bomb_costs_no_memory(fetcher: Fetcher, server: FaultServer) -> None:
    import tracemalloc

    server.routes["/bomb"] = answer(gzip_bomb(), Content_Encoding="gzip")
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            fetcher.get(link(server.url("/bomb")))
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_a_page(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes["/story"] = answer(HTML, ETag='"1"', Last_Modified="Sun, 12 May 2024 10:00:00 GMT", Set_Cookie="a=b")
    before = now()
    page = get(fetcher, server.url("/story#part"))
    assert page.content == HTML
    assert page.url == server.url("/story#part")
    assert page.final_url == server.url("/story")
    assert page.headers["etag"] == '"1"'
    assert "set-cookie" not in page.headers
    assert before <= page.fetched_at <= now()
    sent = server.log[-1].headers
    assert sent["user-agent"].startswith("Wiredesk/")
    assert sent["accept-encoding"] == "gzip, deflate"
    get(fetcher, server.url("/story"))
    assert "cookie" not in server.log[-1].headers


def chunked(data: bytes) -> Callable[[Talk], None]:
    def behave(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(data), 50):
            piece = data[start : start + 50]
            talk.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        talk.send(b"0\r\n\r\n")

    return behave


BARE = zlib.compressobj(wbits=-15)
BARE_DEFLATE = BARE.compress(HTML) + BARE.flush()


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(answer(HTML), id="plain"),
        pytest.param(answer(gzip.compress(HTML), Content_Encoding="gzip"), id="gzip"),
        pytest.param(answer(gzip.compress(HTML), Content_Encoding="X-GZIP"), id="x-gzip"),
        pytest.param(answer(gzip.compress(HTML[:9]) + gzip.compress(HTML[9:]), Content_Encoding="gzip"), id="members"),
        pytest.param(answer(gzip.compress(HTML) + b"\0\0\0", Content_Encoding="gzip"), id="gzip-and-padding"),
        pytest.param(answer(zlib.compress(HTML), Content_Encoding="deflate"), id="zlib"),
        pytest.param(answer(BARE_DEFLATE, Content_Encoding="deflate"), id="bare-deflate"),
        pytest.param(answer(HTML, Content_Encoding="identity"), id="identity"),
        pytest.param(chunked(HTML), id="chunked"),
        pytest.param(lambda talk: talk.send(b"HTTP/1.0 200 OK\r\n\r\n" + HTML), id="until-closed"),
        pytest.param(answer(HTML, content_type=None), id="no-content-type"),
        pytest.param(EARLY_HINTS * 2 + answer(HTML), id="after-early-hints"),
        pytest.param(answer(HTML, content_type="application/xhtml+xml; charset=utf-8"), id="xhtml"),
    ],
)
def test_codings(fetcher: Fetcher, server: FaultServer, route: Route) -> None:
    server.routes["/story"] = route
    assert get(fetcher, server.url("/story")).content == HTML


def test_validators_are_sent_and_304_answered(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes["/story"] = answer(b"", "304 Not Modified", None, ETag='"1"')
    found = fetcher.get(link(server.url("/story")), etag='"1"', last_modified="Sun, 12 May 2024 10:00:00 GMT")
    assert isinstance(found, NotModified)
    assert found.url == server.url("/story")
    assert found.headers["etag"] == '"1"'
    assert server.log[-1].headers["if-none-match"] == '"1"'
    assert server.log[-1].headers["if-modified-since"] == "Sun, 12 May 2024 10:00:00 GMT"


def test_redirects_are_followed(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes |= {
        "/a": redirect("b?x=1", "301 Moved"),
        "/b?x=1": redirect(server.url("/é").replace("é", "\u00e9"), "307 Temporary"),
        "/%E9": redirect("//" + server.url("/c").partition("//")[2], "308 Permanent"),
        "/c": answer(HTML),
    }
    page = get(fetcher, server.url("/a"))
    assert (page.url, page.final_url) == (server.url("/a"), server.url("/c"))


def test_nothing_is_sent_once_the_check_says_no(fetcher: Fetcher, server: FaultServer) -> None:
    """A lease may end while a request waits: what the check raises is passed on, and the host is not to blame."""
    server.routes["/start"] = redirect("/story")
    server.routes["/story"] = answer(HTML)
    checks: list[int] = []

    def check() -> None:
        checks.append(1)
        if len(checks) > 1:
            raise LeaseLostError("source:desk")

    with pytest.raises(LeaseLostError):
        get(fetcher, server.url("/start"), check=check)
    assert [path for path in server.paths() if path != "/robots.txt"] == ["/start"]
    assert get(fetcher, server.url("/story")).content == HTML


def test_redirects_are_bounded(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes |= {f"/{step}": redirect(f"/{step + 1}") for step in range(20)}
    with pytest.raises(FetchError, match="more than 8 redirects"):
        fetcher.get(link(server.url("/0")))
    assert server.paths()[1:] == [f"/{step}" for step in range(9)]


def test_the_deadline_is_one_over_all_hops(hasty: Fetcher, server: FaultServer) -> None:
    def slow(target: str) -> Callable[[Talk], None]:
        def behave(talk: Talk) -> None:
            talk.pause(TIMEOUT * 0.6)
            talk.send(redirect(target))

        return behave

    server.routes |= {"/a": slow("/b"), "/b": slow("/c"), "/c": answer(HTML)}
    with pytest.raises(FetchError, match="before the deadline"):
        hasty.get(link(server.url("/a")))


def test_a_redirects_own_body_is_not_read(fetcher: Fetcher, server: FaultServer) -> None:
    def endless_redirect(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 302 Found\r\nLocation: /story\r\n\r\n")
        while True:
            talk.send(b"x" * 65536)

    server.routes |= {"/a": endless_redirect, "/story": answer(HTML)}
    assert get(fetcher, server.url("/a")).content == HTML


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://news.example/x", "http or https"),
        ("file:///etc/passwd", "http or https"),
        ("javascript:alert(1)", "http or https"),
        ("http://user:secret@news.example/", "credentials"),
        ("http://user@news.example/", "credentials"),
        ("http:///x", "host"),
        ("http://news.example:99999/", ""),
        ("nonsense", "http or https"),
    ],
)
def test_addresses_that_are_never_asked(fetcher: Fetcher, url: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words or None):
        fetcher.get(link(url))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "0.0.0.0"])
def test_private_addresses_are_refused_where_not_allowed_and_nothing_is_sent(server: FaultServer, host: str) -> None:
    fetcher = make_fetcher(allow_private_networks=False)
    with pytest.raises(RefusedError, match="address"):
        fetcher.get(link(f"http://{host}:{server.port}/"))
    assert server.log == []


def test_an_address_outside_the_allowed_networks_is_refused(server: FaultServer) -> None:
    with pytest.raises(RefusedError, match="loopback"):
        make_fetcher(allow_private_networks=["10.0.0.0/8"]).get(link(server.url()))
    assert server.log == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("http://127.0.0.1:1/", "refused", id="closed-port"),
        pytest.param("http://nobody.invalid/", "", id="no-such-name"),
    ],
)
def test_hosts_that_cannot_be_reached(url: str, words: str) -> None:
    with pytest.raises(FetchError, match=words or None):
        make_fetcher(obey_robots=False).get(link(url))


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        pytest.param({"Retry_After": "120"}, 120, id="seconds"),
        pytest.param({"Retry_After": "in 300 seconds"}, 300, id="date"),
        pytest.param({"Retry_After": "Mon, 01 Jan 2001 00:00:00 GMT"}, 0, id="past-date"),
        pytest.param({"Retry_After": "soon"}, None, id="nonsense"),
        pytest.param({}, None, id="none"),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_backs_the_whole_host_off(
    fetcher: Fetcher, server: FaultServer, status: int, wish: dict[str, str], seconds: float | None
) -> None:
    if seconds == 300:
        wish = {"Retry_After": format_datetime(now() + timedelta(seconds=300), usegmt=True)}
    server.routes["/busy"] = answer(b"", f"{status} Busy", **wish)
    with pytest.raises(ServerError) as caught:
        fetcher.get(link(server.url("/busy")))
    assert caught.value.status == status
    assert caught.value.retry_after_seconds == (None if seconds is None else pytest.approx(seconds, abs=5))
    asked = len(server.log)
    with pytest.raises(BackingOffError) as waiting:
        fetcher.get(link(server.url("/another")))
    expected = {None: 60, 0: 1}.get(seconds, seconds)
    assert (waiting.value.retry_at - now()).total_seconds() == pytest.approx(expected, abs=5)
    assert len(server.log) == asked


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(answer(b"", "403 Forbidden", cf_mitigated="challenge"), id="cloudflare-header"),
        pytest.param(answer(b"<title>Just a moment...</title>", "503 Busy", Server="cloudflare"), id="cloudflare-page"),
        pytest.param(answer(b"captcha-delivery.com", "403 Forbidden", X_DataDome="protected"), id="datadome"),
        pytest.param(answer(b'<div id="px-captcha">', "403 Forbidden"), id="perimeterx"),
        pytest.param(answer(b"", "202 Accepted", x_amzn_waf_action="challenge"), id="aws"),
        pytest.param(answer(b"Incapsula incident ID: 1"), id="imperva-200"),
        pytest.param(answer(gzip.compress(b"px-captcha"), "403 No", Content_Encoding="gzip"), id="gzipped"),
    ],
)
def test_bot_challenges_make_the_host_wait_for_hours(fetcher: Fetcher, server: FaultServer, route: Route) -> None:
    server.routes["/story"] = route
    with pytest.raises(BlockedError, match="challenges us"):
        fetcher.get(link(server.url("/story")))
    with pytest.raises(BackingOffError) as waiting:
        fetcher.get(link(server.url("/story")))
    assert waiting.value.retry_after_seconds == pytest.approx(4 * 3600, abs=5)


def test_a_long_page_that_names_a_protection_service_is_a_page(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes["/story"] = answer(HTML + b"<script src=/cdn-cgi/challenge-platform/></script>")
    assert get(fetcher, server.url("/story")).status == 200


def test_three_broken_answers_in_a_row_back_the_host_off(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes["/broken"] = b""
    for _ in range(3):
        with pytest.raises(FetchError):
            fetcher.get(link(server.url("/broken")))
    with pytest.raises(BackingOffError):
        fetcher.get(link(server.url("/broken")))


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        pytest.param("faß.example", "xn--fa-hia.example", id="sharp-s"),
        pytest.param("i❤.example", "xn--i-7iq.example", id="emoji"),
        pytest.param("bücher_x.example:8080", "xn--bcher_x-n2a.example:8080", id="underscore-and-port"),
        pytest.param("ｎｅｗｓ.example:80", "news.example", id="full-width-and-default-port"),
    ],
)
def test_hosts_outside_ascii_are_asked_as_browsers_ask(server: FaultServer, host: str, asked: str) -> None:
    server.routes[f"http://{asked}/story"] = answer(HTML)
    fetcher = make_fetcher(proxy=server.url())
    assert get(fetcher, f"http://{host}/story").content == HTML
    assert server.paths() == [f"http://{asked}/robots.txt", f"http://{asked}/story"]


def test_robots_rules_are_asked_once_and_kept(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes |= {"/robots.txt": answer(b"User-agent: *\nDisallow: /private"), "/story": answer(HTML)}
    for _ in range(2):
        get(fetcher, server.url("/story"))
        with pytest.raises(RobotsDisallowedError):
            fetcher.get(link(server.url("/private/story")))
    assert server.paths() == ["/robots.txt", "/story", "/story"]


def test_robots_rules_are_asked_at_every_hop(fetcher: Fetcher, server: FaultServer) -> None:
    with FaultServer(address="127.0.0.2") as other:
        other.routes |= {"/robots.txt": answer(b"User-agent: *\nDisallow: /hidden"), "/open": answer(HTML)}
        server.routes |= {"/a": redirect(other.url("/hidden")), "/b": redirect(other.url("/open"))}
        with pytest.raises(RobotsDisallowedError) as caught:
            fetcher.get(link(server.url("/a")))
        assert caught.value.url == other.url("/hidden")
        assert get(fetcher, server.url("/b")).final_url == other.url("/open")
        assert other.paths() == ["/robots.txt", "/open"]


@pytest.mark.parametrize("route", [answer(b"", "500 Oops"), answer(b"", "503 Busy"), silence, b"garbage\r\n\r\n"])
def test_without_robots_txt_nothing_is_fetched(hasty: Fetcher, server: FaultServer, route: Route) -> None:
    server.routes |= {"/robots.txt": route, "/story": answer(HTML)}
    with pytest.raises(RobotsUnavailableError):
        hasty.get(link(server.url("/story")))
    assert server.paths() == ["/robots.txt"]


def test_robots_txt_redirects_are_followed_five_times(fetcher: Fetcher, server: FaultServer) -> None:
    hops = {f"/r{step}": redirect(f"/r{step + 1}") for step in range(4)}
    server.routes |= {"/robots.txt": redirect("/r0"), "/story": answer(HTML)} | hops
    server.routes["/r4"] = answer(b"User-agent: *\nDisallow: /", content_type="text/plain")
    with pytest.raises(RobotsDisallowedError):
        fetcher.get(link(server.url("/story")))


def test_robots_txt_that_redirects_for_ever_allows(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes |= {f"/r{step}": redirect(f"/r{step + 1}") for step in range(20)}
    server.routes |= {"/robots.txt": redirect("/r0"), "/story": answer(HTML)}
    assert get(fetcher, server.url("/story")).content == HTML
    assert len(server.log) == 7


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/robots.txt", id="itself"),
        pytest.param("/robots.txt#top", id="itself-with-a-fragment"),
        pytest.param("/back", id="a-circle"),
        pytest.param("ftp://files.example/robots.txt", id="no-web-address"),
        pytest.param("http://[broken/robots.txt", id="no-address"),
        pytest.param("http://user:pw@127.0.0.1/robots.txt", id="credentials"),
        pytest.param("http://169.254.169.254/robots.txt", id="an-address-never-reached"),
        pytest.param("", id="nowhere"),
    ],
)
def test_robots_txt_whose_redirects_lead_nowhere_allows(fetcher: Fetcher, server: FaultServer, target: str) -> None:
    """RFC 9309, section 2.3.1.2: it may be taken for unavailable, and the host is barred neither now nor later."""
    server.routes |= {"/robots.txt": redirect(target), "/back": redirect("/robots.txt"), "/story": answer(HTML)}
    for _ in range(2):
        assert get(fetcher, server.url("/story")).content == HTML
    assert server.paths().count("/robots.txt") == 1


def test_robots_txt_of_another_host_counts_for_this_one(fetcher: Fetcher, server: FaultServer) -> None:
    with FaultServer(address="127.0.0.2") as other:
        other.routes["/r"] = answer(b"User-agent: *\nDisallow: /story", content_type="text/plain")
        server.routes |= {"/robots.txt": redirect(other.url("/r")), "/story": answer(HTML)}
        with pytest.raises(RobotsDisallowedError):
            fetcher.get(link(server.url("/story")))


def test_robots_txt_that_redirects_to_a_failing_host_waits(hasty: Fetcher, server: FaultServer) -> None:
    with FaultServer(address="127.0.0.2") as other:
        other.routes["/r"] = answer(b"", "500 Oops")
        server.routes |= {"/robots.txt": redirect(other.url("/r")), "/story": answer(HTML)}
        with pytest.raises(RobotsUnavailableError):
            hasty.get(link(server.url("/story")))


def test_an_endless_robots_txt_is_read_to_its_limit(fetcher: Fetcher, server: FaultServer) -> None:
    def endless(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /story\n")
        while True:
            talk.send(b"#" * 65536)

    server.routes["/robots.txt"] = endless
    with pytest.raises(RobotsDisallowedError):
        fetcher.get(link(server.url("/story")))


def test_not_obeying_robots_asks_for_none(server: FaultServer) -> None:
    server.routes |= {"/robots.txt": answer(b"User-agent: *\nDisallow: /"), "/story": answer(HTML)}
    get(make_fetcher(obey_robots=False), server.url("/story"))
    assert server.paths() == ["/story"]


def test_pace_as_the_server_sees_it(server: FaultServer) -> None:
    server.routes |= {
        "/robots.txt": answer(b"User-agent: *\nCrawl-delay: 0.5"),
        "/a": redirect("/b"),
        "/b": answer(HTML),
        "/feed": answer(b"<rss/>", content_type="application/rss+xml"),
    }
    fetcher = make_fetcher(delay=0.1)
    threads = [
        threading.Thread(target=fetcher.get, args=(link(server.url("/a")),)),
        threading.Thread(target=fetcher.get, args=(link(server.url("/feed")),), kwargs={"accept": "feed"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    starts = [request.at for request in server.log]
    gaps = [after - before for before, after in pairwise(starts)]
    assert len(starts) == 4
    assert gaps[0] > 0.09  # robots.txt itself knows no crawl-delay yet
    assert min(gaps[1:]) > 0.45


def test_a_sitemap_may_weigh_more_than_a_page_and_a_feed_may_call_itself_anything(
    fetcher: Fetcher, server: FaultServer
) -> None:
    big = b"<urlset>" + b" " * 300_000 + b"</urlset>"
    server.routes |= {
        "/sitemap.xml.gz": answer(big, content_type="application/octet-stream"),
        "/feed": answer(b"<rss/>", content_type="text/plain"),
        "/song": answer(b"ID3", content_type="audio/mpeg"),
    }
    assert get(fetcher, server.url("/sitemap.xml.gz"), accept="sitemap").content == big
    assert get(fetcher, server.url("/feed"), accept="feed").content == b"<rss/>"
    with pytest.raises(RefusedError):
        fetcher.get(link(server.url("/song")), accept="feed")


def test_environment_proxies_are_ignored(
    fetcher: Fetcher, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.routes["/story"] = answer(HTML)
    assert get(fetcher, server.url("/story")).content == HTML


@pytest.fixture
def tls_server() -> Iterator[FaultServer]:
    with FaultServer(certificate=CERTIFICATE) as running:
        running.routes["/story"] = answer(HTML)
        yield running


def test_tls_is_verified(tls_server: FaultServer) -> None:
    with pytest.raises(FetchError, match=r"(?i)certificate"):
        make_fetcher(obey_robots=False, tls=tls_context()).get(link(tls_server.url("/story")))
    assert tls_server.log == []
    assert get(make_fetcher(), tls_server.url("/story")).content == HTML


@pytest.mark.parametrize("route", [silence, header_drip, body_drip, chunk_drip])
def test_the_deadline_holds_over_tls(hasty: Fetcher, tls_server: FaultServer, route: Route) -> None:
    tls_server.routes["/fault"] = route
    began = time.monotonic()
    with pytest.raises(FetchError, match="before the deadline"):
        hasty.get(link(tls_server.url("/fault")))
    assert time.monotonic() - began < TIMEOUT + LEEWAY


def test_a_tls_handshake_that_never_ends_has_the_same_deadline() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        began = time.monotonic()
        with pytest.raises(FetchError):
            make_fetcher(obey_robots=False, timeout=f"{TIMEOUT}s").get(
                link(f"https://127.0.0.1:{listener.getsockname()[1]}/")
            )
        assert time.monotonic() - began < TIMEOUT + LEEWAY


def test_connections_are_reused_and_threads_keep_their_own_deadlines(server: FaultServer) -> None:
    server.routes |= {"/quick": answer(HTML), "/slow": silence}
    fetcher = make_fetcher(timeout="1s", obey_robots=False)
    failures: list[Exception] = []

    def slow() -> None:
        try:
            fetcher.get(link(server.url("/slow")))
        except FetchError as error:
            failures.append(error)

    thread = threading.Thread(target=slow)
    thread.start()
    for _ in range(20):
        assert get(fetcher, server.url("/quick")).content == HTML
    assert thread.is_alive()
    thread.join()
    assert len(failures) == 1
