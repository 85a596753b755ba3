"""JSON Feeds (https://www.jsonfeed.org/version/1.1/) as links.

What is no JSON is read as far as it goes: comments and commas too many are passed over, and of a feed that is cut off
the whole items stay.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from crawler.discovery.dates import EndpointDates, link_dates
from crawler.discovery.feed_reading import NO_ADDRESS, NOT_READABLE, OLDER, REPEATED, FeedReading
from crawler.discovery.feed_syntax.entry_address import based, is_web_address
from crawler.discovery.markup import plain_text
from model.errors import ParseError
from model.page import Link, Page
from model.source import SourceDefaults
from net.urls import absolute_url
from text.decoding import decode_feed

_MAX_TAGS = 50
_MOST_NAMES = 8
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_NEXT = re.compile(r"[^,\s]")
_NEXT_OBJECT = re.compile(r"\}\s*+,\s*+\{")
_MOST_BROKEN = 50
_STRING_OR_MISTAKE = re.compile(
    r'("(?>[^"\\]|\\.)*+")|//[^\n]*|/\*[^*]*\*++(?>[^/*][^*]*\*++)*+/|,(?=\s*[\]}])', re.DOTALL
)
_DECODER = json.JSONDecoder(strict=False)


def looks_like_json(content: bytes) -> bool:
    """Whether the first character that is no blank or byte-order mark opens a JSON object or list."""
    head = decode_feed(content[:256])
    return head.lstrip("\ufeff \t\r\n\0").startswith(("{", "["))


def read_json_feed(page: Page, source: SourceDefaults, *, limit: int) -> FeedReading:
    """The items of a JSON Feed that lead to a web address, each once, at most `limit`, in its order.

    Raises ParseError where the page is no JSON Feed.
    """
    feed, items = _feed(decode_feed(page.content, page.headers.get("content-type")).lstrip("\ufeff \t\r\n\0"), page.url)
    dates = _dates(items, feed, page, source)
    left_out: Counter[str] = Counter({OLDER: max(0, len(items) - limit)})
    links: dict[str, Link] = {}
    for item in items[:limit]:
        link = _link(item, feed, page, source, dates) if isinstance(item, dict) else None
        if not isinstance(item, dict):
            left_out[NOT_READABLE] += 1
        elif link is None:
            left_out[NO_ADDRESS] += 1
        elif link.url in links:
            left_out[REPEATED] += 1
        else:
            links[link.url] = link
    return FeedReading(tuple(links.values()), len(items), +left_out)


def _feed(text: str, url: str) -> tuple[dict[str, Any], list[Any]]:
    """The feed and its items. Raises ParseError."""
    try:
        feed = _loaded(text)
    except (ValueError, RecursionError) as error:
        whole = _whole_items(text)
        if not whole:
            raise ParseError(f"no JSON feed: {error}"[:200], url=url) from error
        return {}, whole
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ParseError(f"no JSON feed: it has no list of items, {_members(feed)}", url=url)
    return feed, items


def _loaded(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except ValueError:
        for _ in range(2):  # a comma too many may stand in front of a comment
            text = _STRING_OR_MISTAKE.sub(lambda found: found[1] or "", text)
        return _DECODER.decode(text)


def _whole_items(text: str) -> list[Any]:
    """The items of a feed that is cut off or broken, None for each that can't be read."""
    opening = _ITEMS.search(text)
    items: list[Any] = []
    broken = 0
    at = opening.end() if opening else len(text)
    while broken < _MOST_BROKEN and (begin := _NEXT.search(text, at)) and (broken or begin[0] != "]"):
        try:
            item, at = _DECODER.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            broken += 1
            if begin[0] == "{":
                items.append(None)
            following = _NEXT_OBJECT.search(text, begin.end())
            at = following.end() - 1 if following else len(text)
            continue
        # Behind a broken item the next object may be one of its own parts, which has no id.
        if not broken or (isinstance(item, dict) and "id" in item):
            items.append(item)
    return items if any(items) else []


def _members(value: Any) -> str:
    """What a JSON document is instead of a feed."""
    if not isinstance(value, dict):
        return f"it is a list of {len(value)}" if isinstance(value, list) else "it is a single value"
    names = ", ".join(str(name)[:30] for name in list(value)[:_MOST_NAMES])
    return f"its members are: {names}" if names else "it is an empty object"


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
    stated = [_text(url) for url in (item.get("url"), item.get("external_url")) if isinstance(url, str)]
    named = (*stated, identifier if _is_address(identifier) else None)
    base = based(page.final_url, page.headers.get("content-location", ""))
    address = next((name for name in named if name and absolute_url(base, name) is not None), None)
    if address is None:
        return None
    published, modified = (dates.read(_text(item.get(name))) for name in ("date_published", "date_modified"))
    language = source.language or (_text(item.get("language")) or _text(feed.get("language")) or "")[:2].lower()
    return Link(
        url=urljoin(base, address),
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
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_address(identifier: str | None) -> bool:
    return bool(identifier) and is_web_address(identifier or "")


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
