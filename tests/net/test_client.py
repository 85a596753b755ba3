"""The HTTP client by itself: one request, no redirects, limits, and the times of requests that fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from model.errors import FetchError, RefusedError, TooLargeError
from net.client import ERROR_BODY_BYTES, BodyLimit, HttpClient
from tests.crawler.fault_server import FaultServer, Talk, answer, redirect

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT = BodyLimit(1000)


@dataclass
class Times:
    sent: float | None = None
    answered: float | None = None


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def client() -> Iterator[HttpClient]:
    made = HttpClient(user_agent="Desk/1", allow_private_networks=("127.0.0.0/8",), clock=lambda: NOW)
    yield made
    made.close()


def test_a_redirect_is_not_followed(client: HttpClient, server: FaultServer) -> None:
    server.routes |= {"/a": redirect("/b"), "/b": answer(b"rain")}
    response = client.get(server.url("/a"), {}, timeout_seconds=10, limit=LIMIT)
    assert (response.status, response.location, response.content) == (302, "/b", b"")
    assert server.paths() == ["/a"]


def test_what_a_response_holds(client: HttpClient, server: FaultServer) -> None:
    server.routes["/"] = answer(b"rain", Set_Cookie="a=b", ETag='"1"')
    response = client.get(server.url(), {"Accept": "text/html"}, timeout_seconds=10, limit=LIMIT)
    assert (response.status, response.content, response.fetched_at) == (200, b"rain", NOW)
    assert response.headers["etag"] == '"1"'
    assert "set-cookie" not in response.headers
    assert 0 < response.seconds < 10
    (request,) = server.log
    assert (request.headers["user-agent"], request.headers["accept"]) == ("Desk/1", "text/html")


def test_a_long_body_is_refused_or_truncated(client: HttpClient, server: FaultServer) -> None:
    server.routes["/"] = answer(b"x" * 1400)
    with pytest.raises(TooLargeError):
        client.get(server.url(), {}, timeout_seconds=10, limit=LIMIT)
    truncated = client.get(server.url(), {}, timeout_seconds=10, limit=BodyLimit(1000, truncate=True))
    assert truncated.content == b"x" * 1000


def test_the_beginning_of_an_error_page_is_read(client: HttpClient, server: FaultServer) -> None:
    server.routes["/"] = answer(b"x" * (ERROR_BODY_BYTES + 1), "503 Service Unavailable")
    response = client.get(server.url(), {}, timeout_seconds=10, limit=BodyLimit(10 * ERROR_BODY_BYTES))
    assert (response.status, len(response.content)) == (503, ERROR_BODY_BYTES)


def test_headers_are_checked_before_the_body_is_read(client: HttpClient, server: FaultServer) -> None:
    def never_ends(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 900\r\n\r\n")
        talk.pause(30)

    def refuse(headers: Mapping[str, str]) -> None:
        raise RefusedError(headers["content-type"], url=server.url())

    server.routes["/"] = never_ends
    with pytest.raises(RefusedError, match="video/mp4"):
        client.get(server.url(), {}, timeout_seconds=10, limit=LIMIT, check_headers=refuse)


def test_a_request_that_fails_has_times_too(client: HttpClient, server: FaultServer) -> None:
    def hang_up(talk: Talk) -> None:
        talk.connection.close()

    server.routes["/"] = hang_up
    times = Times()
    with pytest.raises(FetchError):
        client.get(server.url(), {}, timeout_seconds=10, limit=LIMIT, times=times)
    assert times.sent is not None
    assert times.answered is None


def test_a_private_address_is_not_connected_to(server: FaultServer) -> None:
    guarded = HttpClient(user_agent="Desk/1", clock=lambda: NOW)
    with pytest.raises(RefusedError, match="a loopback address"):
        guarded.get(server.url(), {}, timeout_seconds=10, limit=LIMIT)
    assert server.log == []
