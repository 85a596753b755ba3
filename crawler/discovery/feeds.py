"""RSS and Atom feeds as links.

RSS 0.9x to 2.0 and Atom are read by feedparser from a tree that is well-formed by then (see markup.py); feedparser
never sees an address or a file name, so it never fetches. Pictures' captions (Media RSS,
https://www.rssboard.org/media-rss) are read from the tree itself: feedparser mixes them up with the story's own
title and summary. JSON feeds are in json_feeds.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree

from crawler.discovery.dates import EndpointDates, feed_dates, link_dates
from crawler.discovery.json_feeds import looks_like_json, read_json_feed
from crawler.discovery.markup import local_name, plain_text, read_tree
from model.errors import ParseError
from model.page import Link, Page
from model.source import SourceDefaults
from model.story import Caption
from net.urls import absolute_url

MAX_ENTRIES = 1000
_MAX_TAGS = 50
_LONGEST_TEXT = 100_000
_MOST_ATTRIBUTES = 50
_MOST_ELEMENTS = 200_000
_MOST_NAMESPACES = 100
_MOST_PICTURES = 100
_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_ENTRIES = frozenset({"item", "entry"})
_DATES = frozenset({"lastbuilddate", "pubdate", "published", "updated", "modified", "issued", "date"})
FeedEntry = dict[str, Any]
_MEDIA = "{http://search.yahoo.com/mrss/}"


@dataclass(frozen=True, slots=True)
class _FeedDefaults:
    """What the entries of one feed have in common, where they don't say themselves."""

    dates: EndpointDates
    language: str | None
    captions: dict[str, tuple[Caption, ...]]


def read_feed(page: Page, source: SourceDefaults, *, limit: int = MAX_ENTRIES) -> tuple[Link, ...]:
    """The entries of a feed that lead to a web address, at most `limit`, the newest where there are more.

    Raises ParseError where the page is no feed.
    """
    content_type = page.headers.get("content-type")
    if looks_like_json(page.content):
        return read_json_feed(page, source, limit=limit)
    root = read_tree(page.content, content_type, url=page.url)
    if local_name(root) not in _ROOTS:
        raise ParseError(f"no feed: its root element is <{local_name(root)[:40]}>", url=page.url)
    entries = [element for element in root.iter() if local_name(element) in _ENTRIES]
    dates = feed_dates(root, page, source)
    _drop_oldest(entries, dates, limit)
    _bound(root, page)
    captions = _captions(root)
    parsed = _parsed(root, page)
    language = source.language or _language(parsed.feed.get("language"))
    # As plain dictionaries: feedparser's own would give the published date for a missing updated one.
    links = (_link(dict(entry), page, source, _FeedDefaults(dates, language, captions)) for entry in parsed.entries)
    return tuple(link for link in links if link is not None)


def _parsed(root: etree._Element, page: Page) -> Any:
    try:
        return feedparser.parse(
            BytesIO(etree.tostring(root, encoding="utf-8")),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": page.final_url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        # Names that only a recovered tree can hold (a blank in a namespace) trip feedparser up.
        raise ParseError(f"no feed: {error}"[:200], url=page.url) from error


def _link(
    entry: FeedEntry,
    page: Page,
    source: SourceDefaults,
    defaults: _FeedDefaults,
) -> Link | None:
    identifier = entry.get("id")
    address = entry.get("feedburner_origlink") or entry.get("link") or identifier
    url = _resolved(entry, page, address)
    if url is None:
        return None

    published, modified = (
        next(filter(None, (defaults.dates.read(entry.get(name)) for name in names)), None)
        for names in (("published", "created", "updated"), ("updated",))
    )
    return Link(
        url=url,
        source=source.name,
        kind="feed",
        found_in=page.url,
        title=plain_text(entry.get("title")),
        summary=plain_text(entry.get("summary")),
        authors=tuple(_authors(entry)),
        **link_dates(published, modified),
        captions=defaults.captions.get(identifier or "") or defaults.captions.get(entry.get("link") or "") or (),
        publisher_id=identifier,
        tags=tuple(_tags(entry)),
        language=defaults.language,
        timezone=source.timezone,
        feed_zone=defaults.dates.zone,
    )


def _resolved(entry: FeedEntry, page: Page, address: str | None) -> str | None:
    """The entry's address as the feed gives it, made absolute; None where it is no web address."""
    if not address or absolute_url(page.final_url, address) is None:
        return None
    return urljoin(page.final_url, address.strip())


def _authors(entry: FeedEntry) -> Iterator[str]:
    for author in entry.get("authors", ()):
        name = plain_text(author.get("name"))
        if name and "@" not in name:
            yield name


def _tags(entry: FeedEntry) -> Iterator[str]:
    for tag in entry.get("tags", ())[:_MAX_TAGS]:
        term = plain_text(tag.get("label") or tag.get("term"))
        if term:
            yield term


def _language(name: str | None) -> str | None:
    primary = (name or "").strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary.isascii() and primary.isalpha() and len(primary) in (2, 3) else None


def _drop_oldest(entries: list[etree._Element], dates: EndpointDates, limit: int) -> None:
    """Take all but the newest entries out of the tree, so that a flood costs no more than a feed."""
    if len(entries) <= limit:
        return
    newest_first = sorted(range(len(entries)), key=lambda i: (_entry_date(entries[i], dates), -i), reverse=True)
    for position in newest_first[limit:]:
        _remove(entries[position])


def _entry_date(entry: etree._Element, dates: EndpointDates) -> float:
    for child in entry:
        if local_name(child) in _DATES:
            found = dates.read(child.text)
            if found:
                return found.at.timestamp()
    return 0.0


def _bound(root: etree._Element, page: Page) -> None:
    """Cut or refuse what no feed has and feedparser takes minutes for: texts of megabytes, thousands of namespaces."""
    namespaces: set[str] = set()
    for number, element in enumerate(root.iter(etree.Element)):
        if number == _MOST_ELEMENTS:
            raise ParseError(f"more than {_MOST_ELEMENTS} elements", url=page.url)
        namespaces.add(str(element.tag).partition("}")[0] if "}" in str(element.tag) else "")
        if len(namespaces) > _MOST_NAMESPACES:
            raise ParseError(f"more than {_MOST_NAMESPACES} namespaces", url=page.url)
        if element.text and len(element.text) > _LONGEST_TEXT:
            element.text = element.text[:_LONGEST_TEXT]
        if element.tail and len(element.tail) > _LONGEST_TEXT:
            element.tail = element.tail[:_LONGEST_TEXT]
        if len(element.attrib) > _MOST_ATTRIBUTES:
            element.attrib.clear()
    etree.cleanup_namespaces(root)


def _captions(root: etree._Element) -> dict[str, tuple[Caption, ...]]:
    """Captions by the id and by the link of their entry; their elements are taken out of the tree."""
    found: dict[str, tuple[Caption, ...]] = {}
    for entry in [element for element in root.iter() if local_name(element) in _ENTRIES]:
        captions = tuple(dict.fromkeys(_entry_captions(entry)))
        keys = [
            key.strip()
            for child in entry
            if local_name(child) in ("guid", "id", "link")
            for key in (child.text, child.get("href"))
            if key and key.strip()
        ]
        found.update(dict.fromkeys(keys, captions) if captions else {})
    for element in list(root.iter(f"{_MEDIA}title", f"{_MEDIA}description", f"{_MEDIA}text", f"{_MEDIA}credit")):
        _remove(element)
    return found


def _entry_captions(entry: etree._Element) -> Iterator[Caption]:
    for content in islice(entry.iter(f"{_MEDIA}content"), _MOST_PICTURES):
        kind = f"{content.get('medium', '')} {content.get('type', '')}".lower()
        if "video" in kind or "audio" in kind:
            continue
        text = _nearest(content, "description", entry) or _nearest(content, "title", entry)
        if text:
            image_url = absolute_url("", content.get("url", ""))
            yield Caption(text=text, credit=_nearest(content, "credit", entry), image_url=image_url)


def _nearest(content: etree._Element, name: str, entry: etree._Element) -> str | None:
    """The text of media:`name` in the content itself, its group, or the entry (Media RSS, "optional elements")."""
    holder: etree._Element | None = content
    while holder is not None:
        text = plain_text(holder.findtext(f"{_MEDIA}{name}"))
        if text or holder is entry:
            return text
        holder = holder.getparent()
    return None


def _remove(element: etree._Element) -> None:
    """Take an element out, but leave the text that follows it."""
    parent = element.getparent()
    if parent is not None:
        element.tail = None
        parent.remove(element)
