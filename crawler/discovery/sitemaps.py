"""Sitemaps as links, and sitemap indexes as further sitemaps.

Sitemaps and their indexes (https://www.sitemaps.org/protocol.html), plain or gzipped, with Google's news and image
extensions (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap). They are read as a
stream: a flood of a million addresses leaves the newest few hundred and never stands in memory as a tree.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import count, islice
from urllib.parse import urljoin

from lxml import etree

from crawler.discovery.dates import EndpointDates, link_dates
from crawler.discovery.feeds import read_feed
from crawler.discovery.markup import local_name, plain_text, refuse_entities
from model.errors import ParseError
from model.page import Link, Page
from model.source import SourceDefaults
from model.story import Caption
from net.content_decoding import gunzipped
from net.urls import absolute_url, looks_like_home_or_section
from text.decoding import decode_feed

MAX_LINKS = 500
MAX_SITEMAP_BYTES = 52_428_800
_MAX_CHILDREN = 50_000
_MAX_TAGS = 50
_MAX_PICTURES = 100
_PROLOG_BYTES = 4096
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})


@dataclass(frozen=True, slots=True)
class ChildSitemap:
    """An entry of a sitemap index."""

    url: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap holds: links of stories, newest first, or further sitemaps."""

    links: tuple[Link, ...] = ()
    children: tuple[ChildSitemap, ...] = ()


def read_sitemap(page: Page, source: SourceDefaults, *, limit: int = MAX_LINKS) -> Sitemap:
    """The newest `limit` addresses of a sitemap, or the sitemaps of an index; a feed is taken for one, too.

    Raises ParseError where the page is none of them, TooLargeError and FetchError for a bad gzip file.
    """
    content = gunzipped(page.content, limit=MAX_SITEMAP_BYTES, url=page.url)
    prolog = decode_feed(content[:_PROLOG_BYTES]).lstrip()
    refuse_entities(prolog, url=page.url)
    if prolog.startswith(("http://", "https://")):
        return Sitemap(_plain_list(content, page, source, limit))
    reader = _SitemapReader(page, source, limit)
    try:
        reader.read(content)
    except etree.XMLSyntaxError as error:
        if not reader.found_any():
            raise ParseError(f"no sitemap: {error.msg}", url=page.url) from error
    if reader.root in _FEED_ROOTS:
        return Sitemap(read_feed(page.model_copy(update={"content": content}), source, limit=limit))
    if not reader.found_any() and reader.root not in ("urlset", "sitemapindex"):
        raise ParseError(f"no sitemap: its root element is <{reader.root[:40]}>", url=page.url)
    return Sitemap(reader.newest_links(), tuple(reader.children))


class _SitemapReader:
    """Reads one sitemap as a stream and keeps the newest entries."""

    def __init__(self, page: Page, source: SourceDefaults, limit: int) -> None:
        self._page = page
        self._source = source
        self._limit = limit
        self._dates = EndpointDates(page, source)
        self._order = count()
        self._newest: list[tuple[float, int, Link]] = []
        self.root = ""
        self.children: list[ChildSitemap] = []

    def read(self, content: bytes) -> None:
        """Go through the file once; raises etree.XMLSyntaxError where it can't be recovered."""
        events = etree.iterparse(
            BytesIO(content),
            events=("start", "end"),
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        for event, element in events:
            if event == "start":
                self.root = self.root or local_name(element)
                if self.root in _FEED_ROOTS:
                    return
                continue
            name = local_name(element)
            if name == "url":
                self._take(element)
            elif name == "sitemap" and len(self.children) < _MAX_CHILDREN:
                self._take_child(element)
            parent = element.getparent()
            if parent is None or parent.getparent() is None:
                _forget(element)

    def found_any(self) -> bool:
        return bool(self._newest or self.children)

    def newest_links(self) -> tuple[Link, ...]:
        return tuple(link for _, _, link in sorted(self._newest, key=lambda item: item[:2], reverse=True))

    def _take(self, element: etree._Element) -> None:
        parts = {local_name(child): child for child in element}
        news = {local_name(child): child for child in parts["news"]} if "news" in parts else {}
        published = self._dates.read(_text(news.get("publication_date")))
        modified = self._dates.read(_text(parts.get("lastmod")))
        newest = published or modified
        # Entries without a date rank behind all others, and among themselves in the sitemap's order.
        rank = (newest.at.timestamp() if newest else 0.0, -next(self._order))
        if len(self._newest) >= self._limit and rank < self._newest[0][:2]:
            return
        url = _address(self._page, _text(parts.get("loc")))
        if url is None or (not news and looks_like_home_or_section(url)):
            return
        keywords = _text(news.get("keywords")) or ""
        link = Link(
            url=url,
            source=self._source.name,
            kind="sitemap",
            found_in=self._page.url,
            title=plain_text(_text(news.get("title"))),
            **link_dates(published, modified),
            captions=tuple(dict.fromkeys(_captions(element))),
            tags=tuple(filter(None, map(plain_text, keywords.split(",")[:_MAX_TAGS]))),
            language=self._source.language or _language(news.get("publication")),
            timezone=self._source.timezone,
        )
        push = heapq.heappush if len(self._newest) < self._limit else heapq.heappushpop
        push(self._newest, (*rank, link))

    def _take_child(self, element: etree._Element) -> None:
        url = _address(self._page, _text(element.find("{*}loc")))
        if url is not None:
            modified = self._dates.read(_text(element.find("{*}lastmod")))
            self.children.append(ChildSitemap(url, modified.at if modified else None))


def _language(publication: etree._Element | None) -> str | None:
    name = None if publication is None else _text(publication.find("{*}language"))
    primary = (name or "").lower().partition("-")[0]
    return primary if len(primary) in (2, 3) and primary.isascii() and primary.isalpha() else None


def _captions(element: etree._Element) -> Iterator[Caption]:
    for image in islice(element.iterfind("{*}image"), _MAX_PICTURES):
        text = plain_text(image.findtext("{*}caption"))
        if text:
            yield Caption(text=text, image_url=absolute_url("", _text(image.find("{*}loc")) or ""))


def _plain_list(content: bytes, page: Page, source: SourceDefaults, limit: int) -> tuple[Link, ...]:
    """A text file of one address a line; the newest are taken to stand at its end, where files grow."""
    lines = decode_feed(content).splitlines()[-limit:]
    addresses = [url for line in lines if (url := _address(page, line))]
    return tuple(
        Link(url=url, source=source.name, kind="sitemap", found_in=page.url, timezone=source.timezone)
        for url in dict.fromkeys(reversed(addresses))
        if not looks_like_home_or_section(url)
    )


def _address(page: Page, text: str | None) -> str | None:
    if not text or absolute_url(page.final_url, text) is None:
        return None
    return urljoin(page.final_url, text.strip())


def _text(element: etree._Element | None) -> str | None:
    return (element.text or "").strip() or None if element is not None else None


def _forget(element: etree._Element) -> None:
    """Free an entry and what was read before it; without this a stream grows into a tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
