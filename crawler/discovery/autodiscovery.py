"""Autodiscovery: the feeds, sitemaps and front pages of a publisher of which only the home page is known.

What the page itself names (link rel="alternate"), the Sitemap lines of robots.txt, then the paths where such files
usually are. Nothing is believed before it was fetched and holds stories.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree

from crawler.discovery.endpoint import FetchEndpoint
from crawler.discovery.feeds import read_feed
from crawler.discovery.front_pages import read_front, read_html
from crawler.discovery.sitemaps import read_sitemap
from crawler.http.responses import NotModified
from model.errors import CrawlError, ParseError
from model.page import Link, Page
from net.urls import absolute_url, same_site
from text.cleaning import clean_text

SitemapsOf = Callable[[str], Sequence[str]]
"""The Sitemap lines of the robots.txt in force for a URL."""

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"})
_USUAL_FEEDS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/feed.json")
_USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml")
_MOST_FEEDS = 3
_MOST_SITEMAPS = 2
_MOST_TRIED = 6
_ENOUGH_STORIES = 5


@dataclass(frozen=True, slots=True)
class _UnconfiguredSource:
    """The source of an endpoint before there is one: it says nothing."""

    name: str = "unnamed"
    timezone: str | None = None
    language: str | None = None
    front_selector: str | None = None


_UNCONFIGURED = _UnconfiguredSource()


@dataclass(frozen=True, slots=True)
class FoundEndpoints:
    """Endpoints that hold stories now, best first; `title` and `language` are what the home page says of itself."""

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    fronts: tuple[str, ...] = ()
    title: str | None = None
    language: str | None = None

    def __bool__(self) -> bool:
        return bool(self.feeds or self.sitemaps or self.fronts)


def find_endpoints(url: str, fetch: FetchEndpoint, sitemaps_of: SitemapsOf) -> FoundEndpoints:
    """The feeds, sitemaps and fronts of the publisher at `url`, which may also be a feed's or sitemap's own address.

    Empty where nothing holds stories. Raises CrawlError where `url` itself can't be had.
    """
    page = _fetched(url, fetch)
    if _holds_feed(page):
        return FoundEndpoints(feeds=(url,))
    if _holds_sitemap(page):
        return FoundEndpoints(sitemaps=(url,))
    root = read_html(page)
    feeds = _first_good([*_named_feeds(root, page), *_usual(page, _USUAL_FEEDS)], _holds_feed, fetch, _MOST_FEEDS)
    named = sorted(_named_sitemaps(page, sitemaps_of), key=lambda address: "news" not in address.lower())
    if feeds:
        # Beside feeds only a news sitemap is worth its weight: others list the whole archive.
        named = [address for address in named if "news" in address.lower().rpartition("/")[2]]
    candidates = named if feeds else [*named, *_usual(page, _USUAL_SITEMAPS)]
    sitemaps = _first_good(candidates, _holds_sitemap, fetch, _MOST_SITEMAPS)
    is_front = not feeds and not sitemaps and len(read_front(page, _UNCONFIGURED)) >= _ENOUGH_STORIES
    return FoundEndpoints(
        feeds=feeds,
        sitemaps=sitemaps,
        fronts=(page.final_url,) if is_front else (),
        title=_title(root),
        language=_language(root),
    )


def _first_good(
    addresses: Iterable[str], holds: Callable[[Page], bool], fetch: FetchEndpoint, most: int
) -> tuple[str, ...]:
    """The first addresses that hold stories, at most `most`."""
    good: list[str] = []
    for address in list(dict.fromkeys(addresses))[:_MOST_TRIED]:
        if len(good) == most:
            break
        try:
            if holds(_fetched(address, fetch)):
                good.append(address)
        except CrawlError:
            continue
    return tuple(good)


def _named_feeds(root: etree._Element, page: Page) -> Iterator[str]:
    for element in root.iter("link"):
        relation = element.get("rel", "").lower().split()
        kind = element.get("type", "").partition(";")[0].strip().lower()
        address = absolute_url(page.final_url, element.get("href", ""))
        if "alternate" in relation and kind in _FEED_TYPES and address:
            about = f"{address} {element.get('title', '')}".lower()
            if "comment" not in about and "wp-json" not in about:
                yield urljoin(page.final_url, element.get("href", "").strip())


def _named_sitemaps(page: Page, sitemaps_of: SitemapsOf) -> list[str]:
    try:
        named = sitemaps_of(page.final_url)
    except CrawlError:
        return []
    return [
        address for address in named if absolute_url(page.final_url, address) and same_site(address, page.final_url)
    ]


def _usual(page: Page, paths: tuple[str, ...]) -> Iterator[str]:
    return (urljoin(page.final_url, path) for path in paths)


def _fetched(url: str, fetch: FetchEndpoint) -> Page:
    response = fetch(Link(url=url, source=_UNCONFIGURED.name), accept="sitemap")
    if isinstance(response, NotModified):
        raise ParseError("304 to an unconditional request", url=url)
    return response


def _holds_feed(page: Page) -> bool:
    try:
        return bool(read_feed(page, _UNCONFIGURED))
    except CrawlError:
        return False


def _holds_sitemap(page: Page) -> bool:
    try:
        sitemap = read_sitemap(page, _UNCONFIGURED)
    except CrawlError:
        return False
    return bool(sitemap.links or sitemap.children)


def _title(root: etree._Element) -> str | None:
    site_name = root.find(".//meta[@property='og:site_name']")
    title = root.findtext(".//title")
    return clean_text(site_name.get("content") if site_name is not None else None) or clean_text(title)


def _language(root: etree._Element) -> str | None:
    primary = (root.get("lang") or "").lower().replace("_", "-").partition("-")[0]
    return primary if primary.isascii() and primary.isalpha() and len(primary) in (2, 3) else None
