"""HEAD requests: answered as GET would be, without a body (RFC 9110, section 9.3.2).

Routes know of GET alone, so that none can be forgotten. Status and headers are those of GET, because the same work is
done for them; what comes behind the headers (an export's stories) is never read.
"""

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadRequests:
    """ASGI middleware that asks the application for GET, and ends it when the headers of its answer are there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        begun = asyncio.Event()

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                begun.set()

        answering = asyncio.ensure_future(self._app({**scope, "method": "GET"}, receive, send_head))
        beginning = asyncio.ensure_future(begun.wait())
        try:
            await asyncio.wait((answering, beginning), return_when=asyncio.FIRST_COMPLETED)
        finally:
            beginning.cancel()
            if begun.is_set() or not answering.done():
                answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering  # raises what the application did
