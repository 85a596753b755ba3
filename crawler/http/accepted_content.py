"""Accepted content of each kind of request: its Accept header, size limit and content types."""

from collections.abc import Mapping
from typing import Literal

from crawler.http.robots_file import MAX_ROBOTS_BYTES
from model.errors import RefusedError
from net.client import BodyLimit

Accept = Literal["page", "home", "feed", "sitemap", "robots"]
"""A home page may also be given as the address of a feed or sitemap."""

ACCEPT_HEADERS: Mapping[Accept, str] = {
    "page": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
    "home": "text/html,application/xhtml+xml,application/rss+xml;q=0.8,application/atom+xml;q=0.8,*/*;q=0.5",
    "feed": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.1",
    "sitemap": "application/xml,text/xml,*/*;q=0.1",
    "robots": "text/plain,*/*;q=0.1",
}
# A sitemap may weigh 50 MB uncompressed (https://www.sitemaps.org/protocol.html).
_MAX_SITEMAP_BYTES = 52_428_800
_HTML = frozenset(
    {"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "application/xml", "text/xml"}
)
# Feeds and sitemaps are sent under any name; what is certainly something else is not worth its bytes.
_NEVER_XML = ("audio/", "font/", "image/", "video/", "application/pdf", "application/javascript", "text/css")


def body_limit(accept: Accept, max_page_bytes: int) -> BodyLimit:
    """How large a body may be: a robots.txt is cut off (RFC 9309, section 2.5), a sitemap may be larger than a page."""
    if accept == "robots":
        return BodyLimit(MAX_ROBOTS_BYTES, truncate=True)
    return BodyLimit(max(max_page_bytes, _MAX_SITEMAP_BYTES) if accept in ("home", "sitemap") else max_page_bytes)


def check_content_type(accept: Accept, headers: Mapping[str, str], url: str) -> None:
    """Raise RefusedError where the content type shows that the body can't be what we accept; a missing one passes."""
    name = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not name or "/" not in name or accept == "robots":
        return
    refused = name not in _HTML if accept == "page" else name.startswith(_NEVER_XML)
    if refused:
        raise RefusedError(f"content type {name[:100]} is no {accept}", url=url)
