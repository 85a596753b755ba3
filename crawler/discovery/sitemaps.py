"""Sitemaps as links, and sitemap indexes as further sitemaps.

Sitemaps and their indexes (https://www.sitemaps.org/protocol.html), plain or gzipped, with Google's news and image
extensions (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap). They are read as a
stream: a flood of a million addresses leaves the newest few hundred and never stands in memory as a tree.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urljoin

from crawler.discovery.dates import EndpointDates, link_dates
from crawler.discovery.feeds import read_feed
from crawler.discovery.markup import plain_text, refuse_entities
from crawler.discovery.sitemap_entries import EntryChildren, children_of, read_entries, root_name
from crawler.discovery.sitemap_index import ChildSitemap
from model.errors import ParseError
from model.page import Link, Page
from model.source import SourceDefaults
from model.story import Caption
from net.content_decoding import gunzipped
from net.urls import absolute_url, looks_like_home_or_section, looks_like_one_word
from text.decoding import decode_feed

MAX_LINKS = 500
MAX_SITEMAP_BYTES = 52_428_800
_MAX_CHILDREN = 50_000
_MAX_TAGS = 50
_MAX_PICTURES = 100
_MOST_ONE_WORD = 50
_MOST_FOLDERS = 20_000
_PROLOG_BYTES = 16_384
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
_SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})


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
    prolog = decode_feed(content[:_PROLOG_BYTES], page.headers.get("content-type")).lstrip()
    refuse_entities(prolog, url=page.url)
    if _is_plain_list(prolog):
        return Sitemap(_plain_list(content, page, source, limit))
    root = root_name(prolog)
    if root in _FEED_ROOTS:
        return Sitemap(read_feed(page.model_copy(update={"content": content}), source, limit=limit))
    reader = _SitemapReader(page, source, limit)
    for name, children in read_entries(content, page.headers.get("content-type")):
        reader.take(name, children)
    links = reader.newest_links()
    if not (links or reader.children or root in _SITEMAP_ROOTS):
        raise ParseError(f"no sitemap: its root element is <{root[:40]}>", url=page.url)
    return Sitemap(links, tuple(reader.children))


class _SitemapReader:
    """Takes the entries of one sitemap one after the other and keeps the newest."""

    def __init__(self, page: Page, source: SourceDefaults, limit: int) -> None:
        self._page = page
        self._source = source
        self._limit = limit
        self._dates = EndpointDates(page, source)
        self._order = count()
        self._newest: list[tuple[float, int, Link]] = []
        self._one_word: dict[str, Link] = {}
        self._folders: set[str] = set()
        self.children: list[ChildSitemap] = []

    def take(self, name: str, entry: EntryChildren) -> None:
        """One more entry: a <url>, or the <sitemap> of an index."""
        if name == "url":
            self._take(entry)
        elif len(self.children) < _MAX_CHILDREN:
            url = _address(self._page, _text(entry, "loc"))
            if url is not None and url not in (self._page.url, self._page.final_url):
                modified = self._dates.read(_text(entry, "lastmod"))
                self.children.append(ChildSitemap(url, modified.at if modified else None))

    def newest_links(self) -> tuple[Link, ...]:
        """The newest first; last the few whose address is one plain word, and is no folder of others.

        "/posts/flood/" may be a section as well as a story: it is told by what else is in the sitemap.
        """
        links = [link for _, _, link in sorted(self._newest, key=lambda item: item[:2], reverse=True)]
        plain = [link for folder, link in self._one_word.items() if folder not in self._folders]
        if len(plain) >= len(links):
            plain = []
        return tuple([*links, *plain[:_MOST_ONE_WORD]][: self._limit])

    def _take(self, entry: EntryChildren) -> None:
        news = children_of(entry["news"][0]) if "news" in entry else {}
        published = self._dates.read(_text(news, "publication_date"))
        modified = self._dates.read(_text(entry, "lastmod"))
        newest = published or modified
        # Entries without a date rank behind all others, and among themselves in the sitemap's order.
        rank = (newest.at.timestamp() if newest else 0.0, -next(self._order))
        if len(self._newest) >= self._limit and rank < self._newest[0][:2]:
            return
        url = _address(self._page, _text(entry, "loc"))
        if url is None:
            return
        self._note_folders(url)
        is_list = not news and looks_like_home_or_section(url)
        if is_list and not (looks_like_one_word(url) and len(self._one_word) < self._limit):
            return
        link = self._link(url, entry, news, link_dates(published, modified))
        if is_list:
            self._one_word.setdefault(_folder(url), link)
            return
        push = heapq.heappush if len(self._newest) < self._limit else heapq.heappushpop
        push(self._newest, (*rank, link))

    def _link(
        self,
        url: str,
        entry: EntryChildren,
        news: EntryChildren,
        dates: dict[str, Any],
    ) -> Link:
        keywords = _text(news, "keywords") or ""
        publication = children_of(news["publication"][0]) if "publication" in news else {}
        return Link(
            url=url,
            source=self._source.name,
            kind="sitemap",
            found_in=self._page.url,
            announced="news" in entry,
            title=plain_text(_text(news, "title")),
            **dates,
            captions=tuple(dict.fromkeys(_captions(entry))),
            tags=tuple(filter(None, map(plain_text, keywords.split(",")[:_MAX_TAGS]))),
            language=self._source.language or _language(_text(publication, "language")),
            timezone=self._source.timezone,
        )

    def _note_folders(self, url: str) -> None:
        folder = _folder(url)
        while len(self._folders) < _MOST_FOLDERS and (folder := folder.rpartition("/")[0]).count("/") > 2:
            self._folders.add(folder)


def _language(name: str | None) -> str | None:
    primary = (name or "").lower().partition("-")[0]
    return primary if len(primary) in (2, 3) and primary.isascii() and primary.isalpha() else None


def _captions(entry: EntryChildren) -> Iterator[Caption]:
    for image in map(children_of, entry.get("image", ())[:_MAX_PICTURES]):
        text = plain_text(_text(image, "caption"))
        if text:
            yield Caption(text=text, image_url=absolute_url("", _text(image, "loc") or ""))


def _is_plain_list(prolog: str) -> bool:
    """Whether a text is a list of addresses, with comments and blank lines perhaps."""
    lines = [line.strip() for line in prolog.splitlines()[:-1] or [prolog]]
    lines = [line for line in lines if line and not line.startswith("#")]
    addresses = sum(line.startswith(("http://", "https://")) for line in lines)
    return addresses * 2 > len(lines) and not prolog.startswith("<")


def _plain_list(content: bytes, page: Page, source: SourceDefaults, limit: int) -> tuple[Link, ...]:
    """A text file of one address a line; the newest are taken to stand at its end, where files grow."""
    lines = [line.strip() for line in decode_feed(content).splitlines()]
    addresses = [url for line in lines if line.startswith("http") and (url := _address(page, line))]
    return tuple(
        Link(url=url, source=source.name, kind="sitemap", found_in=page.url, timezone=source.timezone)
        for url in dict.fromkeys(reversed(addresses[-limit:]))
        if not looks_like_home_or_section(url) or looks_like_one_word(url)
    )


def _address(page: Page, text: str | None) -> str | None:
    if not text or absolute_url(page.final_url, text) is None:
        return None
    return urljoin(page.final_url, text.strip())


def _text(children: EntryChildren, name: str) -> str | None:
    element = next(iter(children.get(name, ())), None)
    return "".join(map(str, element.itertext())).strip() or None if element is not None else None


def _folder(url: str) -> str:
    """An address as the folder that it may be of others."""
    return url.partition("?")[0].rstrip("/")
