"""JSON Feeds (https://www.jsonfeed.org/version/1.1/) as links."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from crawler.discovery.dates import EndpointDates, link_dates
from crawler.discovery.markup import plain_text
from model.errors import ParseError
from model.page import Link, Page
from model.source import SourceDefaults
from net.urls import absolute_url
from text.decoding import decode_feed

_MAX_TAGS = 50


def looks_like_json(content: bytes) -> bool:
    """Whether the first character that is no blank or byte-order mark opens a JSON object."""
    return content[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read_json_feed(page: Page, source: SourceDefaults, *, limit: int) -> tuple[Link, ...]:
    """The items of a JSON Feed that lead to a web address, at most `limit`, in its order.

    Raises ParseError where the page is no JSON Feed.
    """
    try:
        feed = json.loads(decode_feed(page.content))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"no JSON feed: {error}"[:200], url=page.url) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ParseError("no JSON feed: it has no list of items", url=page.url)
    dates = _dates(items, feed, page, source)
    links = (_link(item, feed, page, source, dates) for item in items[:limit] if isinstance(item, dict))
    return tuple(link for link in links if link is not None)


def _dates(items: list[Any], feed: dict[str, Any], page: Page, source: SourceDefaults) -> EndpointDates:
    texts = (
        _text(item.get(name)) or ""
        for item in items
        if isinstance(item, dict)
        for name in ("date_published", "date_modified")
    )
    return EndpointDates(page, source, texts=texts, language=_text(feed.get("language")))


def _link(
    item: dict[str, Any], feed: dict[str, Any], page: Page, source: SourceDefaults, dates: EndpointDates
) -> Link | None:
    identifier = _text(item.get("id"))
    address = _text(item.get("url")) or _text(item.get("external_url")) or identifier
    if not address or absolute_url(page.final_url, address) is None:
        return None
    published, modified = (dates.read(_text(item.get(name))) for name in ("date_published", "date_modified"))
    language = source.language or (_text(item.get("language")) or _text(feed.get("language")) or "")[:2].lower()
    return Link(
        url=urljoin(page.final_url, address),
        source=source.name,
        kind="feed",
        found_in=page.url,
        title=plain_text(_text(item.get("title"))),
        summary=plain_text(_text(item.get("summary"))),
        authors=tuple(_authors(item)),
        **link_dates(published or modified, modified),
        publisher_id=identifier,
        tags=tuple(_tags(item)),
        language=language if language.isalpha() else None,
        timezone=source.timezone,
    )


def _text(value: Any) -> str | None:
    """Numbers are allowed as ids of old feeds; other types are mistakes."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _authors(item: dict[str, Any]) -> Iterator[str]:
    authors = item.get("authors")
    for author in authors if isinstance(authors, list) else [item.get("author")]:
        name = plain_text(_text(author.get("name"))) if isinstance(author, dict) else None
        if name:
            yield name


def _tags(item: dict[str, Any]) -> Iterator[str]:
    tags = item.get("tags")
    for tag in tags[:_MAX_TAGS] if isinstance(tags, list) else ():
        text = plain_text(_text(tag))
        if text:
            yield text
