"""Connections of clients that hold them: deadlines, an order of eviction, and answers to what is no request."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from search.http.line_limits import LineLimiter
from search.http.server.connection import ConnectionLimits
from search.http.server.connections import Connections

PATIENCE_SECONDS = 30
"""How long a test waits for what is to happen; never how long it takes."""
HOST = b"Host: localhost\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /api/search HTTP/1.1\r\n" + HOST
CHUNKED = b"Transfer-Encoding: chunked\r\n"


class Server:
    """A server of the desk of all tests, with limits of the test's own."""

    def __init__(self, address: str, connections: Connections) -> None:
        self.connections = connections
        self.port = int(address.rpartition(":")[2])
        self.client = httpx.Client(base_url=address, timeout=PATIENCE_SECONDS)
        self._closing = ExitStack()
        self._closing.callback(self.client.close)

    def connect(self, sent: bytes = b"", *, source: str = "127.0.0.1", receive_buffer: int = 0) -> socket.socket:
        """A client that has connected and sent something."""
        client = self._closing.enter_context(socket.socket())
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(PATIENCE_SECONDS)
        client.bind((source, 0))
        client.connect(("127.0.0.1", self.port))
        client.sendall(sent)
        return client

    def ended(self, reason: str) -> int:
        """How many connections the server has ended for that reason."""
        name = f'wiredesk_connections_ended_total{{reason="{reason}"}} '
        lines = [line for line in self.connections.text().splitlines() if line.startswith(name)]
        return int(float(lines[0].removeprefix(name))) if lines else 0

    def close(self) -> None:
        """Close all clients."""
        self._closing.close()


@pytest.fixture
def serving(desk: Any, serve: Any) -> Iterator[Callable[..., Server]]:
    """Starts a server with limits of the test's own; by default nothing is over soon."""
    with ExitStack() as stack:

        def start(app: Any = None, **limits: Any) -> Server:
            patient = {"header_seconds": 600.0, "body_seconds": 600.0, "write_seconds": 600.0} | limits
            connections = Connections(ConnectionLimits(**patient))
            server = Server(stack.enter_context(serve(app or desk.app(), connections)), connections)
            stack.callback(server.close)
            return server

        yield start


def read_all(client: socket.socket) -> bytes:
    """What a client is sent until its connection ends, however that is."""
    received = b""
    try:
        while data := client.recv(65_536):
            received += data
    except ConnectionResetError:
        pass
    return received


def read_answer(client: socket.socket) -> bytes:
    """One answer whose body is JSON of one object."""
    received = b""
    while not received.endswith(b"}"):
        received += client.recv(65_536)
    return received


def wait_for(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.02)


UNFINISHED = {
    "nothing": (b"", "header_timeout", None),
    "empty lines": (b"\r\n\r\n", "header_timeout", None),
    "half a request line": (b"GET /api/sea", "header_timeout", 408),
    "no blank line": (b"GET /api/search HTTP/1.1\r\n" + HOST, "header_timeout", 408),
    "a further request begun": (HEALTH + b"GET /hea", "header_timeout", 408),
    "a body that does not come": (POST + b"Content-Length: 9\r\n\r\n", "body_timeout", None),
    "half a body": (POST + b"Content-Length: 9\r\n\r\nhalf", "body_timeout", None),
    "a chunk that does not end": (POST + CHUNKED + b"\r\n5\r\nab", "body_timeout", None),
}


@pytest.mark.parametrize(("sent", "reason", "status"), UNFINISHED.values(), ids=list(UNFINISHED))
def test_what_is_not_finished_in_time_is_ended(
    serving: Callable[..., Server], sent: bytes, reason: str, status: int | None
) -> None:
    server = serving(header_seconds=0.3, body_seconds=0.3)
    received = read_all(server.connect(sent))
    assert (b"HTTP/1.1 408 Request Timeout\r\n" in received) == (status == 408)
    assert (b'"request_timeout"' in received) == (status == 408)
    wait_for(lambda: server.ended(reason) == 1 and len(server.connections) == 0)
    assert server.client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("sent", "drop"),
    [
        (b"GET /api/search HTTP/1.1\r\n" + HOST, b"X-Drop: 1\r\n"),
        (HEALTH + b"GET /healthz HTTP/1.1\r\n", b"X-Drop: 1\r\n"),
        (POST + CHUNKED + b"\r\n", b"1\r\na\r\n"),
    ],
    ids=["headers", "headers of a further request", "chunks"],
)
def test_dripping_gains_no_time(serving: Callable[..., Server], sent: bytes, drop: bytes) -> None:
    server = serving(header_seconds=0.5, body_seconds=0.5)
    client = server.connect(sent)
    deadline = time.monotonic() + PATIENCE_SECONDS
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        while time.monotonic() < deadline:
            client.sendall(drop)
            time.sleep(0.05)


def test_an_idle_connection_is_not_a_request_that_was_begun(serving: Callable[..., Server]) -> None:
    server = serving(header_seconds=0.3)
    client = server.connect(HEALTH)
    assert b"200 OK" in read_answer(client)
    time.sleep(1.2)
    client.sendall(HEALTH)
    assert b"200 OK" in read_answer(client)
    assert server.ended("header_timeout") == 0


def endless_app(pieces: int, size: int = 65_536) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        for _ in range(pieces):
            await send({"type": "http.response.body", "body": b"a" * size, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


def test_a_client_that_reads_nothing_is_ended(serving: Callable[..., Server]) -> None:
    server = serving(endless_app(1000), write_seconds=0.5)
    server.connect(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n", receive_buffer=4096)
    wait_for(lambda: server.ended("write_timeout") == 1 and len(server.connections) == 0)


def test_a_client_that_reads_slowly_goes_on(serving: Callable[..., Server]) -> None:
    server = serving(endless_app(160), write_seconds=8)
    client = server.connect(b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", receive_buffer=65_536)
    received = 0
    while data := client.recv(40_000):
        received += len(data)
        time.sleep(0.05)
    assert received > 160 * 65_536
    assert server.ended("write_timeout") == 0


def test_of_answers_that_nobody_reads_few_are_kept(serving: Callable[..., Server]) -> None:
    server = serving(endless_app(1000), connections=32)
    for _ in range(16):
        server.connect(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n", receive_buffer=4096)
    wait_for(lambda: server.ended("too_many_unread") == 12 and len(server.connections) == 4)


def test_a_body_without_end_is_read_no_further(serving: Callable[..., Server]) -> None:
    server = serving()
    client = server.connect(POST + CHUNKED + b"\r\n")
    chunk = b"10000\r\n" + b"a" * 65_536 + b"\r\n"
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        for _ in range(1000):
            client.sendall(chunk)
    wait_for(lambda: server.ended("body_too_large") == 1)


HOLDING = {
    "silent": (b"", "evicted_head"),
    "half a head": (b"GET /api/sea", "evicted_head"),
    "idle": (HEALTH, "evicted_idle"),
    "no body": (POST + b"Content-Length: 9\r\n\r\n", "evicted_body"),
}


@pytest.mark.parametrize(("sent", "reason"), HOLDING.values(), ids=list(HOLDING))
def test_room_is_made_for_others(serving: Callable[..., Server], sent: bytes, reason: str) -> None:
    server = serving(connections=32)
    for _ in range(32):
        held = server.connect(sent)
        if sent.endswith(b"\r\n\r\n"):
            read_answer(held)
    for _ in range(8):
        assert server.client.get("/api/search", params={"q": "rivet"}, headers={"Connection": "close"}).is_success
    assert server.ended(reason) > 0
    assert len(server.connections) <= 32


def test_the_client_that_holds_most_makes_room(serving: Callable[..., Server]) -> None:
    server = serving(connections=32)
    few = [server.connect(b"GET /hea", source="127.0.0.9") for _ in range(4)]  # the oldest, but few
    for _ in range(28):
        server.connect(b"GET /hea", source="127.0.0.2")
    wait_for(lambda: len(server.connections) == 32)
    for _ in range(10):
        server.connect(b"GET /hea", source="127.0.0.2")
    wait_for(lambda: server.ended("evicted_head") >= 10)
    for client in few:
        client.sendall(b"lthz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert b"200 OK" in read_answer(client)


def test_what_is_being_answered_stays(serving: Callable[..., Server], desk: Any) -> None:
    asked = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        asked.append(scope["path"])
        await receive()
        await receive()  # until the client goes

    server = serving(app, connections=16)
    held = [server.connect(b"GET /held HTTP/1.1\r\n" + HOST + b"\r\n") for _ in range(12)]
    wait_for(lambda: len(asked) == len(held))
    for _ in range(40):
        server.connect(b"GET /hea")
    wait_for(lambda: server.ended("evicted_head") >= 36)
    for client in held:
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)


def test_a_client_that_has_said_all_still_gets_its_answer(serving: Callable[..., Server]) -> None:
    client = serving().connect(b"GET /api/search?q=rivet HTTP/1.1\r\n" + HOST + b"\r\n")
    client.shutdown(socket.SHUT_WR)
    received = read_all(client)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b"}")


MALFORMED = {
    "TLS": (bytes.fromhex("16030100c8010000c40303") + bytes(200), 400),
    "HTTP/0.9": (b"GET /healthz\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "HTTP/3.7": (b"GET /healthz HTTP/3.7\r\n" + HOST + b"\r\n", 505),
    "NUL in the target": (b"GET /a\0b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "NUL in a header": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n", 400),
    "blank before the colon": (POST + b"Transfer-Encoding : chunked\r\n\r\n", 400),
    "no Host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", 400),
    "two lengths": (POST + b"Content-Length: 4\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + HEALTH, 400),
    "two other lengths": (POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n", 400),
    "a negative length": (POST + b"Content-Length: -4\r\n\r\n", 400),
    "chunks in HTTP/1.0": (b"POST / HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n0\r\n\r\n", 400),
    "no chunk": (POST + CHUNKED + b"\r\nzz\r\n", 400),
    "another encoding": (POST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    "a head that does not end": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 400_000, 431),
}


@pytest.mark.parametrize(("sent", "status"), MALFORMED.values(), ids=list(MALFORMED))
def test_what_is_no_request_is_answered_once_and_ended(
    serving: Callable[..., Server], sent: bytes, status: int
) -> None:
    received = read_all(serving().connect(sent))
    assert received.startswith(b"HTTP/1.1 %d " % status)
    assert received.count(b"HTTP/1.1 200") == 0
    assert b'{"error":{"code":' in received


def test_a_bad_chunk_behind_an_answer_is_no_error_of_ours(
    serving: Callable[..., Server], caplog: pytest.LogCaptureFixture
) -> None:
    server = serving()
    client = server.connect(POST + CHUNKED + b"\r\n")
    assert b"405" in read_answer(client)
    client.sendall(b"zz\r\n")
    assert read_all(client) == b""
    wait_for(lambda: server.ended("malformed") == 1)
    assert caplog.records == []


READ = {
    "absolute form": (b"GET http://localhost/healthz HTTP/1.1\r\n" + HOST + b"\r\n", 200),
    "absolute form, the host counts": (b"GET http://evil.example/healthz HTTP/1.1\r\n" + HOST + b"\r\n", 421),
    "absolute form, user": (b"GET http://localhost@evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "asterisk": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "authority": (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "no slash": (b"GET healthz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "Host with a user": (b"GET /healthz HTTP/1.1\r\nHost: localhost:80@evil.example\r\n\r\n", 400),
    "Host with a path": (b"GET /healthz HTTP/1.1\r\nHost: localhost/evil\r\n\r\n", 400),
    "Host with a port that is none": (b"GET /healthz HTTP/1.1\r\nHost: localhost:evil\r\n\r\n", 400),
    "Host of IPv6": (b"GET /healthz HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200),
    "empty lines before": (b"\r\n\r\n" + HEALTH, 200),
    "bare line feeds": (b"GET /healthz HTTP/1.1\nHost: localhost\n\n", 200),
    "h2c": (HEALTH[:-2] + b"Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n", 200),
    "WebSocket": (HEALTH[:-2] + b"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", 200),
    "expects to be asked on": (POST + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", 405),
    "101 headers": (HEALTH[:-2] + b"".join(b"X-%d: 1\r\n" % number for number in range(101)) + b"\r\n", 431),
    "70 KB of headers": (HEALTH[:-2] + b"X: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "70 KB of target": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
}


@pytest.mark.parametrize(("sent", "status"), READ.values(), ids=list(READ))
def test_odd_requests_have_their_answer(
    serving: Callable[..., Server], caplog: pytest.LogCaptureFixture, sent: bytes, status: int
) -> None:
    server = serving()
    client = server.connect(sent)
    client.shutdown(socket.SHUT_WR)
    assert read_all(client).startswith(b"HTTP/1.1 %d " % status)
    assert caplog.records == []


def test_pipelined_requests_are_answered_in_order(serving: Callable[..., Server]) -> None:
    client = serving().connect(HEALTH * 20 + b"GET /nowhere HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    received = read_all(client)
    assert received.count(b"HTTP/1.1 200 OK") == 20
    assert received.rindex(b"HTTP/1.1 200") < received.index(b"HTTP/1.1 404")


def test_the_figures_are_shown(serving: Callable[..., Server]) -> None:
    server = serving(connections=77)
    assert server.client.get("/healthz").is_success
    text = server.connections.text()
    assert "wiredesk_connections_limit 77.0" in text
    assert "wiredesk_connections_accepted_total 1.0" in text
    assert "wiredesk_connections 1.0" in text


def test_lines_that_were_held_back_are_counted_in_the_log(
    desk: Any, serve: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []

    def is_said() -> bool:
        said.append(capsys.readouterr().out)
        return "lines of one kind were held back" in "".join(said)

    lines = LineLimiter(most=1, seconds=0.2)
    for _ in range(8):
        lines.admit("a kind")
    with serve(desk.app(), None, lines):
        wait_for(is_said)
    assert "lines=7" in "".join(said)
