"""Request guards: bounds on requests, allowed hosts, and the security headers of every answer.

No page runs or loads anything but our own files; a page of another site can't read answers through a name that it
points at this machine (DNS rebinding): a connection that arrives on loopback must name a loopback host. Requests are
bounded in each direction in which they could grow.
"""

import ipaddress
import re
from collections.abc import Collection
from functools import lru_cache

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search.http.middleware.exception_handlers import error_response
from search.http.middleware.request_target import in_origin_form

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
VERSIONS = ("1.1", "1.0")
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]*)(:[0-9]{0,5})?")
MAX_ADDRESS = 40_000
"""Bytes of a path and query string."""
MAX_HEAD = 65_536
"""Bytes of a request's first line and headers together."""
MAX_HEADERS = 100
MAX_BODY = 65_536
"""Bytes of a body that is announced; none is ever read."""


class RequestGuards:
    """ASGI middleware around the whole application; `names` are further hosts that it answers to."""

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

        asked = in_origin_form(scope) or scope
        answer = _malformed(asked) or _oversized(asked) or self._misdirected(asked)
        await (answer or self._app)(asked, receive, send_guarded)

    def _misdirected(self, scope: Scope) -> JSONResponse | None:
        """The error for a host that isn't ours, else None."""
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        name = _name_of(host)
        if self._is_named(name):
            return None
        if _loopback((scope.get("server") or ("",))[0] or ""):
            if name == "localhost" or name.endswith(".localhost") or _loopback(name):
                return None
            return error_response(
                421, "wrong_host", "this address answers to localhost only; search.allowed_hosts adds names"
            )
        if not self._names:
            return None
        return error_response(
            421, "wrong_host", "the desk does not answer to this name; search.allowed_hosts adds names"
        )

    def _is_named(self, name: str) -> bool:
        _, _, parent = name.partition(".")
        while parent and f"*.{parent}" not in self._names:
            _, _, parent = parent.partition(".")
        return name in self._names or bool(parent)


def _malformed(scope: Scope) -> JSONResponse | None:
    """The error for a request that others may read otherwise than we do, else None."""
    if scope["http_version"] not in VERSIONS:
        return _last(error_response(505, "http_version", "HTTP/1.1 and HTTP/1.0 are spoken here"))
    if not scope["path"].startswith("/"):
        return error_response(400, "bad_request", "the target of the request is no path")
    names = {name for name, _ in scope["headers"]}
    if b"transfer-encoding" in names and (b"content-length" in names or scope["http_version"] == "1.0"):
        # RFC 9112, section 6.1: a proxy before us may have seen another end of the body.
        return _last(error_response(400, "bad_request", "the request has two lengths: Transfer-Encoding and another"))
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not all(_HOST.fullmatch(host) for host in hosts):
        return error_response(400, "bad_request", "the Host header is no name with a port")
    return None


def _last(response: JSONResponse) -> JSONResponse:
    """The same answer, after which the connection is closed."""
    response.headers["Connection"] = "close"
    return response


def _oversized(scope: Scope) -> JSONResponse | None:
    """The error for a request that is too large in some way, else None."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_ADDRESS:
        return error_response(414, "address_too_long", f"the address is longer than {MAX_ADDRESS} bytes; shorten q")
    if len(scope["headers"]) > MAX_HEADERS:
        return error_response(431, "too_many_headers", f"the request has more than {MAX_HEADERS} headers")
    # The server counts heads that come in parts; one that comes at once is whole before it is counted.
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEAD:
        return error_response(431, "too_many_headers", f"the headers are longer than {MAX_HEAD} bytes together")
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    if any(not value.isdigit() or int(value) > MAX_BODY for value in lengths):
        return error_response(413, "body_too_large", f"the body is larger than {MAX_BODY} bytes; no address reads one")
    return None


def _name_of(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    return name.strip("[]").rstrip(".").casefold()


@lru_cache(maxsize=1024)
def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
