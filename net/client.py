"""HTTP client: one GET request, its response read to the last byte.

No redirect is followed and nothing retried here; but whatever a peer sends, and however slowly, a request ends within
its deadline and its size limit, with an HttpResponse or one of the errors of model/errors.py.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import requests
from urllib3.exceptions import HTTPError

from model.errors import CrawlError, FetchError, RefusedError, TooLargeError
from net.content_decoding import ACCEPT_ENCODING, read_body
from net.ssrf_guard import SsrfGuard
from net.transport import GuardedAdapter, RefusedAddressError, TransferLimitError, TransferLimits, tls_context

ERROR_BODY_BYTES = 64 * 1024
"""How much is read of the body of an error response."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One response, read to the end; header names are lower case.

    `location` is set for a redirect. `content` is the decoded body of a success, or the beginning of that of an error.
    `seconds` is what the request took on the network.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    fetched_at: datetime
    content: bytes = b""
    location: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """How many bytes a decoded body may have; `truncate` cuts a longer one off there instead of refusing it."""

    max_bytes: int
    truncate: bool = False


class RequestTimes(Protocol):
    """Where the times of a request are noted, in seconds of the client's clock; a request that fails has them, too."""

    sent: float | None
    answered: float | None


class HttpClient:
    """Sends requests one by one, without cookies, netrc or proxies from the environment; safe to share between threads.

    `allow_private_networks` is what the SSRF guard lets through: nothing private (False), everything (True) or some
    networks. With a `proxy` names are resolved by it. `connections` is how many idle ones are kept. `clock` gives aware
    instants, `monotonic` seconds. `tls` replaces the context with the bundled certificates.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private_networks: bool | tuple[str, ...] = False,
        proxy: str | None = None,
        connections: int = 10,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._clock = clock
        self._monotonic = monotonic
        self._limits = TransferLimits(monotonic)
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._guard = SsrfGuard(allow_private_networks)
        self._adapter = GuardedAdapter(self._limits, self._guard, connections=connections, tls=tls or tls_context())

    def get(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        timeout_seconds: float,
        limit: BodyLimit,
        check_headers: Callable[[Mapping[str, str]], None] = lambda headers: None,
        times: RequestTimes | None = None,
        before_send: Callable[[], None] = lambda: None,
    ) -> HttpResponse:
        """Send a GET and read the response in at most `timeout_seconds`.

        `check_headers` is called with the headers of a success before its body is read, and may raise a CrawlError.
        `times` learns when the request was sent and answered. `before_send` is called when the connection stands and
        the request is about to go out, and passes on what it raises. Raises FetchError, RefusedError, TooLargeError.
        """
        if self._proxies:
            self._refuse_literal(url)
        self._limits.start(timeout_seconds, limit.max_bytes + limit.max_bytes // 2, before_send)
        began = self._monotonic()
        try:
            response = self._send(url, headers)
            if times is not None:
                times.answered = self._monotonic()
            try:
                return self._read(response, url, limit, check_headers, began)
            finally:
                response.raw.close()
        except RefusedAddressError as error:
            raise RefusedError(f"{urlsplit(url).hostname}: {error}", url=url) from error
        except TransferLimitError as error:
            if error.in_headers:
                raise FetchError("the headers are too large", url=url) from error
            raise TooLargeError("the body is too large", url=url) from error
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            raise FetchError(_reason(error), url=url) from error
        finally:
            if times is not None:
                times.sent = self._limits.sent_at

    def close(self) -> None:
        """Close idle connections."""
        self._adapter.close()

    def _refuse_literal(self, url: str) -> None:
        """A proxy resolves names itself, in its own network; a host written as a number is still judged here."""
        host = urlsplit(url).hostname or ""
        refusal = self._guard.refusal_of_literal(host)
        if refusal is not None:
            raise RefusedError(f"{host} is {refusal}", url=url)

    def _send(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        all_headers = {
            **headers,
            "User-Agent": self._user_agent,
            "Accept-Encoding": ACCEPT_ENCODING,
            "Connection": "keep-alive",
        }
        # The adapter is used directly: a session would add cookies and netrc, and read redirects' bodies unbounded.
        prepared = requests.Request("GET", url, headers=all_headers).prepare()
        left = self._limits.seconds_left()
        response = self._adapter.send(prepared, stream=True, timeout=left, verify=True, proxies=self._proxies)
        self._limits.headers_read()
        return response

    def _read(
        self,
        response: requests.Response,
        url: str,
        limit: BodyLimit,
        check_headers: Callable[[Mapping[str, str]], None],
        began: float,
    ) -> HttpResponse:
        headers = {name.lower(): value for name, value in response.headers.items() if name.lower() != "set-cookie"}
        status = response.status_code
        content, location = b"", None
        if status in _REDIRECTS and "location" in headers:
            location = _ascii(headers["location"])
        elif 200 <= status < 300:
            check_headers(headers)
            content = _body(response.raw, headers, url, limit)
        elif status >= 400:
            content = _start_of(response.raw, headers, url)
        return HttpResponse(url, status, headers, self._clock(), content, location, self._monotonic() - began)


def _body(raw: Any, headers: Mapping[str, str], url: str, limit: BodyLimit) -> bytes:
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit.max_bytes and not limit.truncate:
        raise TooLargeError(f"{announced} bytes announced, {limit.max_bytes} allowed", url=url)
    chunks = raw.stream(65536, decode_content=False)
    encoding = headers.get("content-encoding")
    return read_body(chunks, encoding, limit=limit.max_bytes, url=url, truncate=limit.truncate)


def _ascii(location: str) -> str:
    """A Location header with its raw bytes percent-encoded (servers send UTF-8, http.client reads Latin-1)."""
    return quote(location.strip().encode("latin-1", errors="replace"), safe="!#$%&'()*+,/:;=?@[]~")


def _start_of(raw: Any, headers: Mapping[str, str], url: str) -> bytes:
    """The first bytes of an error page, as far as they can be read."""
    chunks = raw.stream(16384, decode_content=False)
    try:
        return read_body(chunks, headers.get("content-encoding"), limit=ERROR_BODY_BYTES, url=url, truncate=True)
    except (CrawlError, HTTPError, OSError, TransferLimitError):
        return b""


def _reason(error: BaseException) -> str:
    """What went wrong, in the words of the innermost error ("Connection refused"), not of the wrappers."""
    seen: list[BaseException] = []
    inner: BaseException | None = error
    while inner is not None and inner not in seen:
        seen.append(inner)
        nested = [item for item in (*inner.args, getattr(inner, "reason", None)) if isinstance(item, BaseException)]
        inner = nested[0] if nested else inner.__cause__ or inner.__context__
    last = seen[-1]
    if isinstance(last, TimeoutError):
        return "no complete answer before the deadline"
    if isinstance(last, OSError) and last.strerror:
        return last.strerror
    return f"{type(last).__name__}: {last}"[:300]
