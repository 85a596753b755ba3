"""What does a host's answer mean: is it what we asked for, and if not, whose fault is it and when to ask again?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from crawler.http.block_detection import challenger
from model.errors import BlockedError, ClientError, FetchError, GoneError, RefusedError, ServerError

Accept = Literal["page", "feed", "sitemap", "robots"]

_HTML = frozenset(
    {"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "application/xml", "text/xml"}
)
# Feeds and sitemaps are sent under any name; what is certainly something else is not worth its bytes.
_NEVER_XML = ("audio/", "font/", "image/", "video/", "application/pdf", "application/javascript", "text/css")


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, read to the end; `location` is set for a redirect, `seconds` is what it took on the network."""

    url: str
    status: int
    headers: Mapping[str, str]
    fetched_at: datetime
    content: bytes = b""
    location: str | None = None
    seconds: float = 0.0

    def after(self, seconds: float) -> "Answer":
        """The same answer with the time that it took."""
        return replace(self, seconds=seconds)


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host answered 304: what was fetched before still stands."""

    url: str
    fetched_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


def check_content_type(accept: Accept, headers: Mapping[str, str], url: str) -> None:
    """Raise RefusedError where the content type shows that the body can't be what we accept; a missing one passes."""
    name = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not name or "/" not in name or accept == "robots":
        return
    refused = name not in _HTML if accept == "page" else name.startswith(_NEVER_XML)
    if refused:
        raise RefusedError(f"content type {name[:100]} is no {accept}", url=url)


def raise_for_status(answer: Answer, now: datetime) -> None:
    """Raise what a status other than success or 304 means: one of BlockedError, GoneError, ServerError, and so on."""
    status, url = answer.status, answer.url
    service = challenger(status, answer.headers, answer.content)
    wait = retry_after_seconds(answer.headers, now)
    if service:
        raise BlockedError(f"{service} challenges us (status {status})", url=url, retry_after_seconds=wait)
    if status in (200, 203, 304):
        return
    if status in (404, 410):
        raise GoneError(f"status {status}", url=url, status=status)
    if status == 429 or status >= 500:
        raise ServerError(f"status {status}", url=url, status=status, retry_after_seconds=wait)
    # 407 is a word of our own proxy, not of the publisher.
    if status in (407, 408, 425) or status < 400:
        raise FetchError(f"status {status} brings no page", url=url, retry_after_seconds=wait)
    raise ClientError(f"status {status}", url=url, status=status)


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """The Retry-After header in seconds from `now`; None where it is missing or unreadable (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
