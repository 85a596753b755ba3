"""Which requests are turned away, and what does every answer forbid the browser?

No page runs or loads anything but our own files; a page of another site can't read answers through a name that it
points at this machine (DNS rebinding): a connection that arrives on loopback must name a loopback host.
"""

import ipaddress
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search.refusals import refusal

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
MAX_ADDRESS = 40_000
"""Bytes of a path and query string."""


class Guards:
    """ASGI middleware around the whole application; `names` are further hosts that loopback answers to."""

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self._app = app
        self._names = frozenset(name.casefold() for name in names)
        self._headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or turn away one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_ADDRESS:
            answer = refusal(414, "address_too_long", f"the address is longer than {MAX_ADDRESS} bytes; shorten q")
            await answer(scope, receive, send_guarded)
        elif not self._welcome(scope):
            answer = refusal(421, "wrong_host", "this address answers to localhost only; use http://127.0.0.1")
            await answer(scope, receive, send_guarded)
        else:
            await self._app(scope, receive, send_guarded)

    def _welcome(self, scope: Scope) -> bool:
        server = (scope.get("server") or ("",))[0] or ""
        if not _loopback(server):
            return True
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        name = name.strip("[]").rstrip(".").casefold()
        return name == "localhost" or name.endswith(".localhost") or _loopback(name) or name in self._names


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
