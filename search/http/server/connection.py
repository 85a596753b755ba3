"""HTTP connection with deadlines: uvicorn's h11 protocol, which waits for its clients without end, made to end.

A connection is in one of four phases. A request's head, its body, and the reading of its answer have a deadline each,
however the client spreads its bytes; idle connections end by uvicorn's own keep-alive timeout. Nothing is timed by the
connection itself: `Connections` looks at all of them twice a second, so that a request costs no timer.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol
from uvicorn.server import ServerState

from search.http.client_networks import network_of
from search.http.middleware.exception_handlers import error_response

_MOST_BODY = 1_048_576
"""Bytes of a body that are read after it was turned away, so that its client sees the answer."""
_PROGRESS_SECONDS = 2.0
"""A client that has read nothing for so long is a slow one."""
_REFUSALS = {
    400: ("bad_request", "this is no HTTP/1.1 request that can be read"),
    408: ("request_timeout", "the request did not come in time"),
    431: ("too_many_headers", "the first line and the headers of the request are too long together"),
    501: ("bad_request", "the request has a transfer encoding other than chunked"),
}


class Phase(Enum):
    """What a connection waits for: a request's head, its body, our answer, or (idle) the next request."""

    HEAD = "head"
    IDLE = "idle"
    BODY = "body"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Bounds on connections: how many there may be, and the seconds that a client has for each part of a request.

    `write_seconds` runs anew whenever the client has read something.
    """

    connections: int = 4096
    header_seconds: float = 10.0
    body_seconds: float = 10.0
    write_seconds: float = 60.0


class HttpConnection(H11Protocol):
    """One connection of a client; `opened` and `closed` hear of its life, with the reason where we end it."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        opened: Callable[["HttpConnection"], None],
        closed: Callable[["HttpConnection", str | None], None],
    ) -> None:
        super().__init__(config, server_state, app_state)
        self._opened = opened
        self._closed = closed
        self._reason: str | None = None
        self._has_spoken = False
        self._noted: object = None
        self._waiting_bytes = self._body_bytes = 0
        self.phase = Phase.HEAD
        self.since = self.loop.time()
        self.network = ""
        self.unread_since: float | None = None
        """When a client that has output waiting read last; None where none waits."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(transport)
        self.network = network_of(self.client[0]) if self.client else ""
        self._opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, whoever ended it."""
        super().connection_lost(exc)
        self._closed(self, self._reason)

    def data_received(self, data: bytes) -> None:
        """Take in what a client has sent."""
        if data[0] in b"\r\n" and self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            data = data.lstrip(b"\r\n")  # before a request, empty lines are nothing (RFC 9112, section 2.2)
            if not data:
                return
        self._has_spoken = True
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEAD)
        super().data_received(data)
        self._body_bytes = self._body_bytes + len(data) if self.phase is Phase.BODY else 0
        if self._body_bytes > _MOST_BODY:
            self.end("body_too_large")

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has sent all it wanted may still wait for its answer (RFC 9112, section 9.6)."""
        if self.cycle is None or self.cycle.response_complete or self.phase is not Phase.ANSWER:
            return False
        self.cycle.keep_alive = False
        return True

    def handle_events(self) -> None:
        """Read what has come, and note what is waited for now."""
        super().handle_events()
        theirs = self.conn.their_state
        if theirs is h11.IDLE:
            if self.phase in (Phase.ANSWER, Phase.BODY):
                self._enter(Phase.HEAD if self.conn.trailing_data[0] else Phase.IDLE)
            return
        phase = Phase.BODY if theirs is h11.SEND_BODY else Phase.ANSWER
        if phase is not self.phase or self.cycle is not self._noted:
            self._enter(phase)
            self._noted = self.cycle

    def send_400_response(self, msg: str) -> None:
        """Turn away what can't be read, in our words, unless an answer is under way already."""
        error = sys.exception()
        self._reason = self._reason or "malformed"
        self._refuse(error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400)

    def _should_upgrade(self) -> bool:
        """Nothing is upgraded to: an offer of WebSocket or HTTP/2 is answered as the request that it comes with."""
        return False

    def overdue(self, now: float, limits: ConnectionLimits) -> str | None:
        """The reason to end the connection at that time, if there is one."""
        self._note_reading(now)
        if self.unread_since is not None and now - self.unread_since > limits.write_seconds:
            return "write_timeout"
        if self.transport.is_closing():
            return None
        waited = now - self.since
        if self.phase is Phase.HEAD and waited > limits.header_seconds:
            return "header_timeout"
        if self.phase is Phase.BODY and waited > limits.body_seconds:
            return "body_timeout"
        return None

    def is_unread(self, now: float) -> bool:
        """Whether the client has left output waiting for a while."""
        return self.unread_since is not None and now - self.unread_since > _PROGRESS_SECONDS

    def end(self, reason: str) -> None:
        """End the connection, with an answer where a part of a request has come and none is under way."""
        self._reason = reason
        if reason.endswith("_timeout") and self._has_spoken and not self._waiting_bytes:
            self._refuse(408)
        else:
            self.transport.abort()

    def _enter(self, phase: Phase) -> None:
        self.phase, self.since = phase, self.loop.time()

    def _note_reading(self, now: float) -> None:
        waiting = self.transport.get_write_buffer_size()
        if not waiting:
            self.unread_since = None
        elif self.unread_since is None or waiting < self._waiting_bytes:
            self.unread_since = now
        self._waiting_bytes = waiting

    def _refuse(self, status: int) -> None:
        """Answer with an error where that can still be done, and close."""
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            answer = error_response(status, *_REFUSALS.get(status, _REFUSALS[400]))
            headers = [*self.server_state.default_headers, *answer.raw_headers, (b"connection", b"close")]
            events = (
                h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status]),
                h11.Data(data=bytes(answer.body)),
                h11.EndOfMessage(),
            )
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()
