"""Concurrency limiter for HTTP requests."""

import asyncio
from contextlib import ExitStack

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search.http.middleware.auth import PUBLIC_PATHS, ErrorResponder

EXPORT_PATH = "/api/export"
MOST_WAITING = 2048
"""Requests that wait for their turn, unless the room for connections is smaller."""
_EXCLUSIVE_SECONDS = 0.05
_EXPORTS_AT_ONCE = 2
_MOST_EXPORTS_WAITING = 64


class _Lane:
    """A queue of requests, of which so many have a turn at once and so many may wait for it."""

    def __init__(self, turns: int, most_waiting: int) -> None:
        self._turns = asyncio.Semaphore(turns)
        self._most_waiting = most_waiting
        self._waiting = 0

    def is_full(self) -> bool:
        """Whether a request would have to wait behind too many others."""
        return self._waiting >= self._most_waiting

    async def enter(self, turn: ExitStack) -> None:
        """Wait for a turn, which ends with the stack."""
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        turn.callback(self._turns.release)


class ConcurrencyLimiter:
    """ASGI middleware that answers one request at a time, first come, first served.

    One interpreter runs one thread at a time: searches side by side get into each other's way at every step, and
    each takes twice the processor. A request that has run for 50 ms shares the processor from then on, so that a
    long search or a slow reader holds nobody up. Exports have a queue of their own, in which two may look for their
    stories at once: whoever asks for a hundred of them keeps no search waiting. Public paths cost next to nothing and
    are never queued: a desk under more load than it can answer is still alive. Of more requests than may wait the
    newest are turned away with 503, which is sooner than they would be answered.
    """

    def __init__(self, app: ASGIApp, respond: ErrorResponder, most_waiting: int = MOST_WAITING) -> None:
        self._app = app
        self._respond = respond
        self._searches = _Lane(1, most_waiting)
        self._exports = _Lane(_EXPORTS_AT_ONCE, min(_MOST_EXPORTS_WAITING, most_waiting))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request in its turn."""
        if scope["type"] != "http" or scope["path"].startswith(PUBLIC_PATHS):
            await self._app(scope, receive, send)
            return
        is_export = scope["path"] == EXPORT_PATH
        lane = self._exports if is_export else self._searches
        if lane.is_full():
            answer = self._respond(
                Request(scope), 503, "overloaded", "too many requests at once; ask again in a moment"
            )
            answer.headers["Retry-After"] = "1"
            await answer(scope, receive, send)
            return
        with ExitStack() as turn:
            await lane.enter(turn)
            if is_export:
                send = _ending(turn, send)
            else:
                turn.callback(asyncio.get_running_loop().call_later(_EXCLUSIVE_SECONDS, turn.close).cancel)
            await self._app(scope, receive, send)


def _ending(turn: ExitStack, send: Send) -> Send:
    """The same `send`, with which a turn ends when the answer begins."""

    async def send_ending(message: Message) -> None:
        turn.close()
        await send(message)

    return send_ending
