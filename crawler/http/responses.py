"""Response statuses: what a response means, and when to try again where it brings no page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.http.block_detection import challenger
from model.errors import BlockedError, ClientError, FetchError, GoneError, ServerError
from net.client import HttpResponse


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host responded 304: what was fetched before is still valid."""

    url: str
    fetched_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


def raise_for_status(response: HttpResponse, now: datetime) -> None:
    """Raise what a status other than success or 304 means: one of BlockedError, GoneError, ServerError, and so on."""
    status, url = response.status, response.url
    service = challenger(status, response.headers, response.content)
    wait = retry_after_seconds(response.headers, now)
    if service:
        raise BlockedError(f"{service} challenges us (status {status})", url=url, retry_after_seconds=wait)
    if status in (200, 203, 304):
        return
    if status in (404, 410):
        raise GoneError(f"status {status}", url=url, status=status)
    if status == 429 or status >= 500:
        raise ServerError(f"status {status}", url=url, status=status, retry_after_seconds=wait)
    # 407 comes from our own proxy, not of the publisher.
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
