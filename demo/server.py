"""HTTP server of one site.

HTTP/1.1 with kept connections over the standard library's threading server: GET and HEAD, validators and 304
(RFC 9110, section 13), a delay where the house is slow, and a log of every request.
"""

import contextlib
import hashlib
import socket
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from demo.houses import House
from demo.site import HouseSite, SiteResponse

_IDLE_SECONDS = 30


class Request(NamedTuple):
    """One line of the wire's log: when it came, to which host:port, and what it was answered."""

    at: datetime
    host: str
    method: str
    path: str
    status: int
    user_agent: str


class HouseServer(ThreadingHTTPServer):
    """The HTTP server of one house; `site` is set once the address is known and before it serves.

    Raises OSError where the address can't be bound.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    # A crawler may open many connections at once; five waiting, the default, would be refused.
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        house: House,
        *,
        clock: Callable[[], datetime],
        advance: Callable[[datetime], None],
        record: Callable[[Request], None],
        slow_seconds: float,
    ) -> None:
        self.house = house
        self.clock = clock
        self.advance = advance
        self.record = record
        self.delay_seconds = slow_seconds if house.slow else 0.0
        self.stopping = threading.Event()
        self.site: HouseSite | None = None
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def get_request(self) -> tuple[socket.socket, object]:
        """Accept a connection and remember it, because a kept one outlives the server's loop."""
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: object) -> None:
        """Forget and close a connection."""
        if isinstance(request, socket.socket):
            self._connections.discard(request)
            super().shutdown_request(request)

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Say nothing of visitors that hang up: crawlers under test do it on purpose."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """End the loop, the delays and every kept connection."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def place(self) -> str:
        """host:port."""
        return f"{self.server_address[0]!s}:{self.server_address[1]}"

    def answer(self, path: str, now: datetime) -> SiteResponse:
        """What the site answers once the newsroom has caught up with `now`."""
        self.advance(now)
        if self.site is None:
            return SiteResponse(503, "text/plain", b"starting")
        return self.site.answer(path, now)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    # One segment an answer; headers and body sent apart would wait for the peer's delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: HouseServer

    def do_GET(self) -> None:
        """Answer with a body, or 304 without one."""
        self._serve(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers of GET."""
        self._serve(with_body=False)

    def _serve(self, *, with_body: bool) -> None:
        now = self.server.clock()
        if self.server.delay_seconds:
            self.server.stopping.wait(self.server.delay_seconds)
        answer = self.server.answer(self.path, now)
        validators = self._validators(answer, now)
        status = 304 if answer.status == 200 and self._is_fresh(validators) else answer.status
        agent = self.headers.get("User-Agent", "")
        self.server.record(Request(now, self.server.place, self.command, self.path, status, agent))
        self.send_response(status)
        for name, value in validators.items():
            self.send_header(name, value)
        if answer.location:
            self.send_header("Location", answer.location)
        if status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body and status != 304:
            self.wfile.write(answer.body)

    def _validators(self, answer: SiteResponse, now: datetime) -> dict[str, str]:
        if answer.status != 200:
            return {}
        headers = {}
        house = self.server.house
        if "etag" in house.validators:
            headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
        # A date of the running second could hide a second change within it (RFC 9110, section 8.8.2.2).
        if "last-modified" in house.validators and answer.changed_at and (now - answer.changed_at).total_seconds() >= 1:
            changed_at = answer.changed_at.astimezone(UTC).replace(microsecond=0)
            headers["Last-Modified"] = format_datetime(changed_at, usegmt=True)
        return headers

    def _is_fresh(self, validators: dict[str, str]) -> bool:
        """Whether the client's copy still holds; If-None-Match rules out If-Modified-Since."""
        known = self.headers.get("If-None-Match")
        if known is not None:
            tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
            return bool(tags & {"*", validators.get("ETag", "-")})
        since = self.headers.get("If-Modified-Since")
        if since is None or "Last-Modified" not in validators:
            return False
        try:
            return parsedate_to_datetime(validators["Last-Modified"]) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header by the wire's own clock, which validators are compared with."""
        return format_datetime(self.server.clock().astimezone(UTC), usegmt=True)

    def version_string(self) -> str:
        """A server name that tells nothing of the interpreter."""
        return "wire"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on standard error; the wire keeps its own log."""
