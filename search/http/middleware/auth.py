"""Auth: keys, and the middleware that asks for one and keeps clients to their rate.

A key comes as `Authorization: Bearer`, as `X-API-Key`, or as the password of HTTP Basic (RFC 7617), which is how
browsers ask people for it. The liveness probe and our own style sheet, script and icon are open to everyone.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from search.http.middleware.rate_limit import RateLimit

ErrorResponder = Callable[[Request, int, str, str], Response]
"""An error for a request: status, code, message."""

PUBLIC_PATHS = ("/healthz", "/static/")
"""Paths, and beginnings of paths, for which neither key nor rate counts."""
CHALLENGES = (b'Basic realm="Wiredesk", charset="UTF-8"', b'Bearer realm="Wiredesk"')
KEY_HEADER = "X-API-Key"


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Who is answered. `keys`: one has to be given, unless there are none. `limit`: how often a client may ask.

    `origins` may read answers by script (CORS); `hosts` are names that it is reached by, besides localhost on loopback.
    """

    keys: tuple[str, ...] = ()
    limit: "RateLimit | None" = None
    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


OPEN_ACCESS = AccessPolicy()


class AccessControl:
    """ASGI middleware that lets requests with a key through, each client at its rate."""

    def __init__(self, app: ASGIApp, access: AccessPolicy, respond: ErrorResponder) -> None:
        self._app = app
        self._digests = [_digest(key.encode()) for key in access.keys]
        self._limit = access.limit
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through or turn it away."""
        if scope["type"] == "http" and not scope["path"].startswith(PUBLIC_PATHS):
            answer = self._turn_away(scope)
            if answer is not None:
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _turn_away(self, scope: Scope) -> Response | None:
        key = self._known_key(scope) if self._digests else None
        # Guesses count like requests, by their address, so that keys can't be tried out quickly.
        wait = self._limit.take((scope.get("client") or ("",))[0], key or b"") if self._limit else 0
        if wait:
            message = f"too many requests; ask again in {wait} seconds"
            answer = self._respond(Request(scope), 429, "too_many_requests", message)
            answer.headers["Retry-After"] = str(wait)
            return answer
        if self._digests and key is None:
            message = f"a key is needed: Authorization: Bearer KEY, {KEY_HEADER}: KEY, or as password in a browser"
            answer = self._respond(Request(scope), 401, "unauthorized", message)
            answer.raw_headers.extend((b"www-authenticate", challenge) for challenge in CHALLENGES)
            return answer
        return None

    def _known_key(self, scope: Scope) -> bytes | None:
        """The digest of the key that came with a request, None without a right one; compared in constant time."""
        given = [_digest(key) for key in _given_keys(scope)]
        matching = [mine for mine in self._digests for theirs in given if hmac.compare_digest(mine, theirs)]
        return matching[0] if matching else None


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _given_keys(scope: Scope) -> Iterator[bytes]:
    for name, value in scope["headers"]:
        if name == KEY_HEADER.lower().encode():
            yield value.strip()
        elif name == b"authorization":
            scheme, _, credentials = value.strip().partition(b" ")
            if scheme.lower() == b"bearer":
                yield credentials.strip()
            elif scheme.lower() == b"basic":
                yield _password(credentials.strip())


def _password(credentials: bytes) -> bytes:
    """The password of HTTP Basic credentials; empty, which is no key, where they can't be read."""
    try:
        return base64.b64decode(credentials, validate=True).partition(b":")[2]
    except (ValueError, binascii.Error):
        return b""
