"""Does a fetch through a proxy keep to the same deadline, the same refusals and the same fates?"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config import CrawlerConfig
from crawler.http.fetcher import Fetcher
from crawler.http.host_pacing import HostPacing
from crawler.http.local_paces import LocalPaces
from crawler.http.robots import Robots
from model.errors import FetchError, RefusedError
from model.page import Link, Page
from net.transport import tls_context
from tests.crawler.fault_server import FaultServer, Route, Talk, answer
from tests.crawler.http.fetchers import fetcher_of

CERTIFICATE = str(Path(__file__).with_name("loopback_server.pem"))
HTML = b"<html><body><p>It rained.</p></body></html>"
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
TIMEOUT = 2.0


def now() -> datetime:
    return datetime.now(UTC)


def make_fetcher(proxy: FaultServer, **options: Any) -> Fetcher:
    values = {"timeout": f"{TIMEOUT}s", "allow_private_networks": ["127.0.0.0/8"], "obey_robots": False} | options
    config = CrawlerConfig(proxy=proxy.url(), **values)
    robots = Robots(config.user_agent, clock=now, obey=False)
    return fetcher_of(
        config, robots, HostPacing(0.0, LocalPaces(now), clock=now), clock=now, tls=tls_context(CERTIFICATE)
    )


def get(fetcher: Fetcher, url: str) -> bytes:
    page = fetcher.get(Link(url=url, source="desk"))
    assert isinstance(page, Page)
    return page.content


@pytest.fixture
def proxy() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def site() -> Iterator[FaultServer]:
    with FaultServer({"/story": answer(HTML)}, certificate=CERTIFICATE) as running:
        yield running


def tunnel(site: FaultServer) -> Route:
    """What a proxy does for CONNECT: pass bytes on, both ways."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def route(talk: Talk) -> None:
        with socket.create_connection((site.address, site.port)) as behind:
            talk.send(ESTABLISHED)
            threading.Thread(target=pump, args=(behind, talk.connection), daemon=True).start()
            pump(talk.connection, behind)

    return route


def late_and_silent(talk: Talk) -> None:
    talk.pause(0.9 * TIMEOUT)
    talk.send(ESTABLISHED)
    talk.pause(30)


def connect_drip(talk: Talk) -> None:
    talk.drip(ESTABLISHED[:-2] + b"X-Slow: " + b"y" * 1000, 0.05)


def test_https_goes_through_a_tunnel(proxy: FaultServer, site: FaultServer) -> None:
    proxy.routes[f"{site.address}:{site.port}"] = tunnel(site)
    assert get(make_fetcher(proxy), site.url("/story")) == HTML
    assert [request.path for request in site.log] == ["/story"]


@pytest.mark.parametrize("route", [late_and_silent, connect_drip, lambda talk: talk.pause(30)])
def test_the_tunnel_and_what_is_behind_it_share_one_limit(proxy: FaultServer, site: FaultServer, route: Route) -> None:
    proxy.routes[f"{site.address}:{site.port}"] = route
    began = time.monotonic()
    with pytest.raises(FetchError, match="before the deadline"):
        get(make_fetcher(proxy), site.url("/story"))
    assert time.monotonic() - began < 1.85 * TIMEOUT


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(answer(b"", "407 Proxy Authentication Required"), id="wants-a-password"),
        pytest.param(answer(b"", "502 Bad Gateway"), id="reaches-nobody"),
        pytest.param(b"HTTP/1.1 200 Connection", id="cut-off"),
        pytest.param(b"", id="closed"),
        pytest.param(lambda talk: talk.send(ESTABLISHED + b"no TLS" * 100), id="garbage"),
    ],
)
def test_a_proxy_that_fails_takes_no_story_away(proxy: FaultServer, site: FaultServer, route: Route) -> None:
    proxy.routes[f"{site.address}:{site.port}"] = route
    with pytest.raises(FetchError):
        get(make_fetcher(proxy), site.url("/story"))


def test_a_proxys_own_refusal_is_not_the_publishers(proxy: FaultServer) -> None:
    proxy.routes["http://news.example/story"] = answer(b"", "407 Proxy Authentication Required")
    with pytest.raises(FetchError, match="407"):
        get(make_fetcher(proxy), "http://news.example/story")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "0",
        "[::1]",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "10.0.0.1",
        "169.254.169.254",
        "2852039166",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_numbers_are_judged_however_they_are_written(proxy: FaultServer, scheme: str, host: str) -> None:
    with pytest.raises(RefusedError):
        get(make_fetcher(proxy, allow_private_networks=False), f"{scheme}://{host}/")
    assert proxy.log == []


def test_names_are_left_to_the_proxy(proxy: FaultServer) -> None:
    proxy.routes["http://news.example/story"] = answer(HTML)
    assert get(make_fetcher(proxy, allow_private_networks=False), "http://news.example/story") == HTML
