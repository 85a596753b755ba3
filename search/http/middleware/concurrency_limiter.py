"""Who is answered now, and who a moment later?"""

import asyncio
from contextlib import ExitStack

from starlette.types import ASGIApp, Receive, Scope, Send

from search.http.middleware.auth import PUBLIC_PATHS

_PATIENCE_SECONDS = 0.05


class ConcurrencyLimiter:
    """ASGI middleware by which requests take turns, first come, first served.

    One interpreter runs one thread at a time: searches side by side get into each other's way at every step, and
    each takes twice the processor. Who has had the turn for 50 ms shares it from then on, so that a long search or a
    slow reader holds nobody up. Paths that are open to everyone cost next to nothing and wait for nobody: a desk that
    is asked more than it can answer is not ill.
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
            turn.callback(asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, turn.close).cancel)
            await self._app(scope, receive, send)
