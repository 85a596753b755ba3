"""HTTP server of the web role: uvicorn, with our own acceptor and connections."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from search.http.line_limits import LineLimiter
from search.http.server.acceptor import Acceptor
from search.http.server.connection import HttpConnection
from search.http.server.connections import Connections

log = structlog.get_logger(__name__)

_SWEPT_EVERY_TICKS = 5
"""Of uvicorn's main loop, which are a tenth of a second long."""


_ENDING_SECONDS = 1.0
"""For applications to hear that their clients are gone."""


class HttpServer(uvicorn.Server):
    """uvicorn's server on listening sockets, without its own signal handlers: those are left to others."""

    def __init__(self, config: uvicorn.Config, connections: Connections, lines: LineLimiter) -> None:
        super().__init__(config)
        self._connections = connections
        self._lines = lines
        self._acceptors: list[Acceptor] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application and accept connections."""
        await super().startup(sockets=[])
        self._acceptors = [Acceptor(listener, self._make, self._connections, self._lines) for listener in sockets or ()]
        for acceptor in self._acceptors:
            acceptor.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, and end when what is being answered is answered, or the time for that is over."""
        for acceptor in self._acceptors:
            acceptor.stop()
        # Answers that nobody reads would be cut off by an exception each when uvicorn's time is over.
        if grace := self.config.timeout_graceful_shutdown:
            asyncio.get_running_loop().call_later(grace - _ENDING_SECONDS, self._connections.end_all)
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Look after connections and log lines; whether to end."""
        if counter % _SWEPT_EVERY_TICKS == 0:
            self._connections.sweep(asyncio.get_running_loop().time())
            for kind, count in self._lines.held_back().items():
                log.warning("lines of one kind were held back", kind=kind, lines=count)
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to others."""
        yield

    def _make(self) -> HttpConnection:
        return HttpConnection(
            self.config,
            self.server_state,
            self.lifespan.state,
            opened=self._connections.opened,
            closed=self._connections.closed,
        )
