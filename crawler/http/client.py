"""How is one request sent, and its answer read to the last byte?

No redirect is followed here and no host waited for (see fetcher.py); but whatever a peer sends, and however slowly,
this ends within the deadline and the size, with an Answer or a CrawlError.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from urllib3.exceptions import HTTPError

from config import CrawlerConfig
from crawler.http.block_detection import CHALLENGE_BYTES
from crawler.http.host_pacing import Turn
from crawler.http.responses import Accept, Answer, check_content_type
from crawler.http.robots import MAX_ROBOTS_BYTES
from model.errors import CrawlError, FetchError, RefusedError, TooLargeError
from net.content_decoding import ACCEPT_ENCODING, read_body
from net.ssrf_guard import SsrfGuard
from net.transport import GuardedAdapter, RefusedAddressError, TransferLimitError, TransferLimits, tls_context

# A sitemap may weigh 50 MB uncompressed (https://www.sitemaps.org/protocol.html).
_MAX_SITEMAP_BYTES = 52_428_800
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Exchange:
    """Sends requests one by one; safe to share between threads."""

    def __init__(
        self,
        config: CrawlerConfig,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = config.user_agent
        self._max_page_bytes = config.max_page_bytes
        self._clock = clock
        self._monotonic = monotonic
        self._limits = TransferLimits(monotonic)
        self._proxies = {"http": config.proxy, "https": config.proxy} if config.proxy else {}
        self._guard = SsrfGuard(config.allow_private_networks)
        self._adapter = GuardedAdapter(
            self._limits,
            self._guard,
            connections=max(10, config.concurrency * 2),
            tls=tls or tls_context(),
        )

    def ask(self, url: str, headers: Mapping[str, str], accept: Accept, seconds: float, turn: Turn) -> Answer:
        """Send a GET and read the answer in at most `seconds`; `turn` learns when it was sent and answered.

        Raises FetchError, RefusedError, TooLargeError.
        """
        if self._proxies:
            self._refuse_literal(url)
        limit = self._limit(accept)
        self._limits.start(seconds, limit + limit // 2)
        began = self._monotonic()
        try:
            answer = self._exchange(url, headers, accept, turn)
        except RefusedAddressError as error:
            raise RefusedError(f"{urlsplit(url).hostname}: {error}", url=url) from error
        except TransferLimitError as error:
            if error.in_headers:
                raise FetchError("the headers are too large", url=url) from error
            raise TooLargeError("the body is too large", url=url) from error
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            raise FetchError(_reason(error), url=url) from error
        finally:
            turn.sent = self._limits.sent_at
        return answer.after(self._monotonic() - began)

    def close(self) -> None:
        """Close idle connections."""
        self._adapter.close()

    def _refuse_literal(self, url: str) -> None:
        """A proxy resolves names itself, in its own network; what it is asked for by number is still judged here."""
        host = urlsplit(url).hostname or ""
        refusal = self._guard.refusal_of_literal(host)
        if refusal is not None:
            raise RefusedError(f"{host} is {refusal}", url=url)

    def _exchange(self, url: str, headers: Mapping[str, str], accept: Accept, turn: Turn) -> Answer:
        response = self._send(url, headers)
        turn.answered = self._monotonic()
        try:
            return self._read(response, url, accept)
        finally:
            response.raw.close()

    def _send(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        all_headers = {
            **headers,
            "User-Agent": self._user_agent,
            "Accept-Encoding": ACCEPT_ENCODING,
            "Connection": "keep-alive",
        }
        # The adapter is asked directly: a session would add cookies and netrc, and read redirects' bodies unbounded.
        prepared = requests.Request("GET", url, headers=all_headers).prepare()
        left = self._limits.seconds_left()
        response = self._adapter.send(prepared, stream=True, timeout=left, verify=True, proxies=self._proxies)
        self._limits.headers_read()
        return response

    def _read(self, response: requests.Response, url: str, accept: Accept) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items() if name.lower() != "set-cookie"}
        status = response.status_code
        content, location = b"", None
        if status in _REDIRECTS and "location" in headers:
            location = _ascii(headers["location"])
        elif 200 <= status < 300:
            check_content_type(accept, headers, url)
            content = self._body(response.raw, headers, url, accept)
        elif status >= 400:
            content = _start_of(response.raw, headers, url)
        return Answer(url, status, headers, self._clock(), content, location)

    def _body(self, raw: Any, headers: Mapping[str, str], url: str, accept: Accept) -> bytes:
        limit = self._limit(accept)
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced) > limit and accept != "robots":
            raise TooLargeError(f"{announced} bytes announced, {limit} allowed", url=url)
        chunks = raw.stream(65536, decode_content=False)
        return read_body(chunks, headers.get("content-encoding"), limit=limit, url=url, truncate=accept == "robots")

    def _limit(self, accept: Accept) -> int:
        if accept == "robots":
            return MAX_ROBOTS_BYTES
        return max(self._max_page_bytes, _MAX_SITEMAP_BYTES) if accept == "sitemap" else self._max_page_bytes


def _ascii(location: str) -> str:
    """A Location header with its raw bytes percent-encoded (servers send UTF-8, http.client reads Latin-1)."""
    return quote(location.strip().encode("latin-1", errors="replace"), safe="!#$%&'()*+,/:;=?@[]~")


def _start_of(raw: Any, headers: Mapping[str, str], url: str) -> bytes:
    """The first bytes of an error page, as far as they can be had."""
    chunks = raw.stream(16384, decode_content=False)
    try:
        return read_body(chunks, headers.get("content-encoding"), limit=CHALLENGE_BYTES, url=url, truncate=True)
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
