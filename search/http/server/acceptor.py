"""Acceptor of connections: from a listening socket into protocols, a few at a time and never more than there may be.

asyncio's own accepts without a bound, and where no file is left it says so once for every connection that waits, again
and again, instead of making room. Of workers that accept from one socket the one with fewest connections is to have the
next: whoever has more lets the others go first for a moment, which is long for one that has nothing to do.
"""

import asyncio
import errno
import socket
from collections.abc import Callable

import structlog

from search.http.line_limits import LineLimiter
from search.http.server.connections import Connections

log = structlog.get_logger(__name__)

_AT_ONCE = 16
"""Connections accepted before others get their turn."""
_FULL_PAUSE_SECONDS = 0.05
_NO_FILES_PAUSE_SECONDS = 0.25
_OTHERS_FIRST_SECONDS = 0.002
_NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Acceptor:
    """Accepts from one listening socket from `start` until `stop`; `make` makes the protocol of a connection."""

    def __init__(
        self,
        listener: socket.socket,
        make: Callable[[], asyncio.Protocol],
        connections: Connections,
        lines: LineLimiter,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._make = make
        self._connections = connections
        self._lines = lines
        self._opening: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._has_waited = False

    def start(self) -> None:
        """Accept from now on."""
        self._listener.setblocking(False)
        self._resume()

    def stop(self) -> None:
        """Accept nothing more."""
        self._loop.remove_reader(self._listener.fileno())
        if self._pause is not None:
            self._pause.cancel()

    def _resume(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listener.fileno(), self._accept)

    def _wait(self, seconds: float) -> None:
        """Leave newcomers waiting in the system's queue for a while."""
        self._loop.remove_reader(self._listener.fileno())
        self._pause = self._loop.call_later(seconds, self._resume)

    def _accept(self) -> None:
        if self._connections.is_full():
            self._make_room()
            return  # those that went are gone at the loop's next turn
        for _ in range(_AT_ONCE):
            if self._connections.is_full():
                return  # whether there are more is seen at the next turn
            if self._connections.has_most() and not self._has_waited:
                self._has_waited = True
                self._wait(_OTHERS_FIRST_SECONDS)
                return
            self._has_waited = False
            try:
                accepted, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in _NO_ROOM:
                    self._make_room(error)
                    return
                continue  # that one is gone before it was accepted: accept(2) names a dozen ways
            self._connections.expect()
            task = self._loop.create_task(self._open(accepted))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    def _make_room(self, error: OSError | None = None) -> None:
        ended = self._connections.make_room(self._loop.time())
        if error is not None:
            self._wait(_NO_FILES_PAUSE_SECONDS)
        elif not ended:
            self._wait(_FULL_PAUSE_SECONDS)
        if self._lines.admit("no room for connections"):
            log.warning(
                "no room for another connection; those that use theirs least are ended",
                open=len(self._connections),
                ended=ended,
                error=error and error.strerror,
            )

    async def _open(self, accepted: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._make, accepted)
        except OSError:
            accepted.close()
            self._connections.given_up()
