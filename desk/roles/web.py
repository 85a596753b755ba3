"""Web role: the HTTP server on a listening socket."""

import errno
import gc
import logging
import socket
import time
from collections.abc import Callable, Sequence

import uvicorn
from fastapi import FastAPI

from model.errors import WiredeskError
from search.http.line_limits import LimitedRecords, LineLimiter
from search.http.middleware.request_guards import MAX_HEAD
from search.http.server.connections import Connections
from search.http.server.server import HttpServer

_BACKLOG = 2048
_SEND_BUFFER = 131_072
"""Bytes of an answer that the system keeps for a client that does not read; by itself it would take megabytes."""
_PATIENCE_SECONDS = 5.0
_POLL_SECONDS = 0.1
_PORT = "set search.port or WIREDESK_SEARCH__PORT to another"
_ADDRESS = "set search.host to an address of this machine"
_ADVICE = {
    errno.EADDRINUSE: f"{_PORT}, or stop the program that has it",
    errno.EACCES: f"only root may listen below 1024: {_PORT}",
}
_GRACE_SECONDS = 3
# Answers make few cycles: the collector looks at new objects every so many, not every 700.
_COLLECT_AFTER = (20_000, 20, 50)


class PortInUseError(WiredeskError):
    """The configured address can't be listened on; `is_taken` where another program listens there."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(f"can't listen on {host}:{port}: {reason}; {_ADVICE.get(error.errno or 0, _ADDRESS)}")
        self.is_taken = error.errno == errno.EADDRINUSE


def listen(
    host: str, port: int, *, patience_seconds: float = _PATIENCE_SECONDS, sleep: Callable[[float], None] = time.sleep
) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises PortInUseError.

    A port that is in use is waited for a little: a desk that is started again may still be ending.
    """
    for _ in range(int(patience_seconds / _POLL_SECONDS)):
        try:
            return _listen(host, port)
        except PortInUseError as error:
            if not error.is_taken:
                raise
        sleep(_POLL_SECONDS)
    return _listen(host, port)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, so that asyncio sees that it is and switches Nagle's algorithm off: 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortInUseError(host, port, error) from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)  # what it accepts has the same
    listener.listen(_BACKLOG)
    return listener


def address_of(listener: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class WebServer:
    """The HTTP server on a socket that is already listening; what clients do adds a few `lines` a minute to the log."""

    def __init__(
        self,
        app: FastAPI,
        listener: socket.socket,
        beat: Callable[[], None],
        connections: Connections,
        lines: LineLimiter,
        proxies: Sequence[str] = (),
    ) -> None:
        async def notify() -> None:
            beat()

        self._listener = listener
        self._lines = lines
        self._server = HttpServer(
            uvicorn.Config(
                app,
                loop="asyncio",  # uvloop would take the signals that Interrupts hears, and no stop would be heard
                http="h11",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=list(proxies),
                h11_max_incomplete_event_size=MAX_HEAD,
                callback_notify=notify,
                timeout_notify=1,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            ),
            connections,
            lines,
        )

    def run(self) -> None:
        """Serve until `stop`."""
        # What is loaded by now stays; to look through all of it again and again would hold answers up by 0.2 s.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT_AFTER)
        for handler in logging.getLogger().handlers:
            handler.addFilter(LimitedRecords(self._lines))
        self._server.run(sockets=[self._listener])

    def stop(self) -> None:
        """Answer what is asked already and end; may be called from another thread."""
        self._server.should_exit = True
