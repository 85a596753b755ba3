"""Probes of autodiscovery: a candidate is fetched, and what it holds decides whether it is an endpoint.

Nothing is believed before it was read: servers answer 200 with a page for whatever they don't have. Addresses are
fetched once each, and only so many, whatever a page names.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from lxml import etree

from crawler.discovery.autodiscovery.candidates import EndpointCandidate
from crawler.discovery.autodiscovery.found import FoundEndpoint, RejectedEndpoint
from crawler.discovery.endpoint import FetchEndpoint
from crawler.discovery.feeds import read_feed
from crawler.discovery.markup import local_name, plain_text
from crawler.discovery.sitemap_index import parts_worth_reading
from crawler.discovery.sitemaps import read_sitemap
from crawler.http.accepted_content import Accept
from crawler.http.responses import NotModified
from model.errors import CrawlError, ParseError
from model.page import Link, Page
from net.urls import identity_key, plain_key, same_site
from text.decoding import decode_feed

MOST_REQUESTS = {"feed": 50, "sitemap": 40}
"""Of one search, the page that it begins with and robots.txt not counted."""
_MOST_PARTS = 3
_HEAD_BYTES = 65_536
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")


@dataclass(frozen=True, slots=True)
class UnconfiguredSource:
    """The source of an endpoint before there is one: it says nothing."""

    name: str = "unnamed"
    timezone: str | None = None
    language: str | None = None
    front_selector: str | None = None


UNCONFIGURED = UnconfiguredSource()


class Probes:
    """Fetches candidates of one search, each address once."""

    def __init__(self, fetch: FetchEndpoint, page_url: str) -> None:
        """`page_url` is the publisher's page: a guessed endpoint has to lead to its site."""
        self._fetch = fetch
        self._page_url = page_url
        self._outcomes: dict[str, FoundEndpoint | RejectedEndpoint] = {}
        self._lists: dict[str, Page] = {}
        self._requests: Counter[str] = Counter()

    def probe(self, candidate: EndpointCandidate) -> FoundEndpoint | RejectedEndpoint:
        """What a candidate is. Raises no CrawlError."""
        known = self._outcomes.get(candidate.url)
        if known is None:
            known = self._outcomes[candidate.url] = self._probe(candidate)
        return known

    def was_probed(self, candidate: EndpointCandidate) -> bool:
        """Whether a candidate was fetched, or would have been."""
        return candidate.url in self._outcomes

    def lists(self) -> list[Page]:
        """The pages that were found where feeds were looked for: some publishers list their feeds there."""
        return list(self._lists.values())

    def of_page(self, page: Page) -> FoundEndpoint | None:
        """The feed or sitemap that a page is that was fetched already; None where it is neither."""
        for read in (_as_feed, self._as_sitemap):
            try:
                return read(page)
            except CrawlError:
                continue
        return None

    def _probe(self, candidate: EndpointCandidate) -> FoundEndpoint | RejectedEndpoint:
        try:
            page = self._get(candidate.url, candidate.kind)
            found = _as_feed(page) if candidate.kind == "feed" else self._as_sitemap(page)
        except CrawlError as error:
            return RejectedEndpoint(candidate.url, _reason(error))
        is_foreign = not (same_site(candidate.url, self._page_url) and same_site(page.final_url, self._page_url))
        if is_foreign and not candidate.is_stated and not _leads_to(found, self._page_url):
            return RejectedEndpoint(candidate.url, f"leads away from {urlsplit(self._page_url).hostname}")
        return found

    def _get(self, url: str, kind: Literal["feed", "sitemap"]) -> Page:
        if self._requests[kind] >= MOST_REQUESTS[kind]:
            raise ParseError(f"not fetched: {MOST_REQUESTS[kind]} addresses were tried before", url=url)
        self._requests[kind] += 1
        page = fetched(self._fetch, url, kind)
        if kind == "feed" and decode_feed(page.content[:500]).lstrip("\ufeff \t\r\n").lower().startswith(_HTML_STARTS):
            self._lists.setdefault(page.final_url, page)
        return page

    def _as_sitemap(self, page: Page) -> FoundEndpoint:
        """A page as a sitemap with pages, or as an index whose likeliest part has some; raises CrawlError."""
        sitemap = read_sitemap(page, UNCONFIGURED)
        if not sitemap.children:
            return _of_links(page, sitemap.links)
        note = None
        for part in parts_worth_reading(sitemap.children, all_ages=True)[:_MOST_PARTS]:
            try:
                inner = self._part(part.url)
            except ParseError:
                continue
            except CrawlError as error:
                note = note or f"its part {part.url} can't be had: {error}"
                continue
            newest_at = inner.newest_at or part.modified_at
            return replace(inner, url=settled(page), parts=len(sitemap.children), newest_at=newest_at)
        if note is None:
            raise ParseError("its parts hold no pages that may be stories", url=page.url)
        return FoundEndpoint(settled(page), "sitemap", frozenset(), parts=len(sitemap.children), note=note)

    def _part(self, url: str) -> FoundEndpoint:
        page = self._get(url, "sitemap")
        return _of_links(page, read_sitemap(page, UNCONFIGURED).links)


_HTML_STARTS = ("<!doctype html", "<html", "<head", "<body")


def fetched(fetch: FetchEndpoint, url: str, accept: Accept) -> Page:
    """The page at an address, asked for without conditions. Raises CrawlError."""
    response = fetch(Link(url=url, source=UNCONFIGURED.name), accept=accept)
    if isinstance(response, NotModified):
        raise ParseError("304 to an unconditional request", url=url)
    return response


def _as_feed(page: Page) -> FoundEndpoint:
    """A page as a feed with entries; raises CrawlError where it is none."""
    links = read_feed(page, UNCONFIGURED)
    if not links:
        raise ParseError("a feed without entries", url=page.url)
    title, language = _feed_words(page)
    return FoundEndpoint(settled(page), "feed", _keys(links), newest_at=_newest(links), title=title, language=language)


def _of_links(page: Page, links: Sequence[Link]) -> FoundEndpoint:
    """A sitemap that announces links; raises ParseError where it announces none."""
    if not links:
        raise ParseError("a sitemap without pages that may be stories", url=page.url)
    return FoundEndpoint(settled(page), "sitemap", _keys(links), newest_at=_newest(links))


def settled(page: Page) -> str:
    """The address to keep: where a redirect only mended scheme, "www." or slashes, what it leads to."""
    return page.final_url if _bare(page.final_url) == _bare(page.url) else page.url


def is_below(found: FoundEndpoint, folder: str) -> bool:
    """Whether an endpoint, or half of its pages at least, stand below a folder."""
    start = f"{plain_key(folder)}/"
    if f"{plain_key(found.url)}/".startswith(start):
        return True
    return sum(f"{page}/".startswith(start) for page in found.pages) * 2 >= len(found.pages)


def _bare(url: str) -> str:
    try:
        return plain_key(url)
    except ValueError:
        return url


def _leads_to(found: FoundEndpoint, page_url: str) -> bool:
    own = sum(same_site(f"http://{page}", page_url) for page in found.pages)
    return own * 2 >= len(found.pages)


def _keys(links: Iterable[Link]) -> frozenset[str]:
    return frozenset(identity_key(link.url) for link in links)


def _newest(links: Iterable[Link]) -> datetime | None:
    return max(filter(None, (link.published_at or link.modified_at for link in links)), default=None)


def _feed_words(page: Page) -> tuple[str | None, str | None]:
    """The title and language that a feed says of itself."""
    try:
        if page.content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            feed = json.loads(decode_feed(page.content))
            return plain_text(_string(feed.get("title"))), primary_language(_string(feed.get("language")))
        beginning = _DECLARATION.sub("", decode_feed(page.content[:_HEAD_BYTES], page.headers.get("content-type")))
        root = etree.fromstring(
            beginning.strip().encode(),
            etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False),
        )
    except (etree.XMLSyntaxError, ValueError, RecursionError):
        return None, None
    if root is None:
        return None, None
    heads = [root, *(child for child in root if local_name(child) == "channel")]
    words: dict[str, str] = {}
    for element in (child for head in heads for child in head):
        words.setdefault(local_name(element), element.text or "")
    stated = root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return plain_text(words.get("title")), primary_language(words.get("language") or stated)


def primary_language(name: str | None) -> str | None:
    """The code of ISO 639 that a language tag begins with; None where it is no such tag."""
    primary = (name or "").strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary.isascii() and primary.isalpha() and len(primary) in (2, 3) else None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _reason(error: CrawlError) -> str:
    reason = getattr(error, "reason", None)
    return reason if isinstance(reason, str) else str(error)
