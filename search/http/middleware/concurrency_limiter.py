"""Concurrency limiter for HTTP requests."""

import asyncio
from contextlib import ExitStack

from starlette.types import ASGIApp, Receive, Scope, Send

from search.http.middleware.auth import PUBLIC_PATHS

_EXCLUSIVE_SECONDS = 0.05


class ConcurrencyLimiter:
    """ASGI middleware that answers one request at a time, first come, first served.

    One interpreter runs one thread at a time: searches side by side get into each other's way at every step, and
    each takes twice the processor. A request that has run for 50 ms shares the processor from then on, so that a
    long search or a slow reader holds nobody up. Public paths cost next to nothing and are never queued: a desk under
    more load than it can answer is still alive.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._turn = asyncio.Semaphore()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request in its turn."""
        if scope["type"] != "http" or scope["path"].startswith(PUBLIC_PATHS):
            await self._app(scope, receive, send)
            return
        await self._turn.acquire()
        with ExitStack() as turn:
            turn.callback(self._turn.release)
            turn.callback(asyncio.get_running_loop().call_later(_EXCLUSIVE_SECONDS, turn.close).cancel)
            await self._app(scope, receive, send)
