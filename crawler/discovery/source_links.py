"""Links of a source: what all of its endpoints announce.

Each feed, sitemap and front page is fetched by itself: one that is broken never keeps the others from being read.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from crawler.discovery.endpoint import EndpointResult, FetchEndpoint
from crawler.discovery.feeds import read_entries
from crawler.discovery.front_pages import read_front
from crawler.discovery.sitemap_index import ChildSitemap, parts_worth_reading
from crawler.discovery.sitemaps import read_sitemap
from crawler.http.responses import NotModified
from model.errors import CrawlError, ParseError
from model.page import Link, LinkKind, Page
from model.source import Source
from net.urls import bare_url, canonical_url, identity_key, spelling_key

MAX_CHILD_SITEMAPS = 5
_MAX_DEPTH = 2


def discover(source: Source, fetch: FetchEndpoint, *, first: bool = False) -> Iterator[EndpointResult]:
    """Fetch every endpoint of a source, one after the other: feeds, sitemaps, fronts. Raises no CrawlError.

    A sitemap index yields an EndpointResult for itself and one for each of the at most 5 newest sitemaps it names: of
    those that changed lately, or, in the `first` run of a source, of all.
    """
    for url in source.feeds:
        yield _read_endpoint(source, url, "feed", fetch)[0]
    for url in source.sitemaps:
        yield from _read_sitemaps(source, url, fetch, first=first)
    for url in source.fronts:
        yield _read_endpoint(source, url, "front", fetch)[0]


def merge_links(links: Iterable[Link]) -> tuple[Link, ...]:
    """One link for each address however often it is announced; what one endpoint leaves out another fills in.

    The first endpoint wins where both speak, so feeds (with their ids) should come first, as `discover` yields them.
    Addresses that are only probably one page, such as those with a slash at the end and without, are one link where
    two endpoints announce them under one title and date; else both are visited, and compared by what they say.
    """
    merged: dict[str, Link] = {}
    alike: dict[tuple[str, str, datetime], str] = {}
    for link in links:
        key = spelling_key(link.url)
        if key not in merged and link.title and link.published_at:
            found = alike.setdefault((identity_key(bare_url(link.url)), link.title, link.published_at), key)
            key = found if found != key and _are_one(merged[found], link) else key
        first = merged.get(key)
        if first is None:
            merged[key] = link
            continue
        gaps = {name: value for name, value in link if value and not getattr(first, name)}
        if link.is_announced and not first.is_announced:
            gaps["announced"] = True
        if canonical_url(first.url) != canonical_url(link.url) == bare_url(first.url):
            gaps["url"] = link.url
        merged[key] = first.model_copy(update=gaps) if gaps else first
    return tuple(merged.values())


def _are_one(first: Link, link: Link) -> bool:
    """Whether links of one title and date are announced by two endpoints, one of them without further parameters."""
    return first.found_in != link.found_in and any(canonical_url(url) == bare_url(url) for url in (first.url, link.url))


def _read_sitemaps(source: Source, url: str, fetch: FetchEndpoint, *, first: bool) -> Iterator[EndpointResult]:
    waiting = [(url, 0)]
    seen = {url}
    while waiting:
        endpoint_url, depth = waiting.pop(0)
        result, children = _read_endpoint(source, endpoint_url, "sitemap", fetch)
        yield result
        if depth < _MAX_DEPTH:
            chosen = [child.url for child in parts_worth_reading(children, all_ages=first) if child.url not in seen]
            chosen = chosen[: max(0, MAX_CHILD_SITEMAPS + 1 - len(seen))]
            seen.update(chosen)
            waiting.extend((child, depth + 1) for child in chosen)


def _read_endpoint(
    source: Source, url: str, kind: LinkKind, fetch: FetchEndpoint
) -> tuple[EndpointResult, tuple[ChildSitemap, ...]]:
    endpoint = Link(url=url, source=source.name, kind=kind, timezone=source.timezone)
    try:
        response = fetch(endpoint, accept="feed" if kind == "feed" else "sitemap" if kind == "sitemap" else "page")
        if isinstance(response, NotModified):
            return EndpointResult(url, kind, not_modified=True), ()
        if kind == "feed":
            return _read_as_feed(response, source), ()
        links, children = _read(response, source, kind)
    except CrawlError as error:
        return EndpointResult(url, kind, error=error), ()
    except Exception as error:  # an endpoint is a unit of work: what a stranger wrote in it never stops the source
        reason = f"{type(error).__name__}: {error}"[:300]
        return EndpointResult(url, kind, error=ParseError(reason, url=url)), ()
    # An index that has not changed says nothing of its parts: it is read again each time.
    headers = {} if children else response.headers
    result = EndpointResult(url, kind, links, etag=headers.get("etag"), last_modified=headers.get("last-modified"))
    return result, children


def _read_as_feed(page: Page, source: Source) -> EndpointResult:
    """What a feed announces. One that yields nothing keeps no validators, so that its trouble is told again each time.

    Raises ParseError where it is no feed, or none of its entries leads anywhere.
    """
    try:
        reading = read_entries(page, source)
    except ParseError as error:
        return _read_as_sitemap(page, source, error)
    if reading.failure:
        raise ParseError(reading.failure, url=page.url)
    headers = page.headers if reading.links else {}
    return EndpointResult(
        page.link.url,
        "feed",
        reading.links,
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        loss=reading.loss,
        left_out=reading.left_out,
        is_empty=not reading.entries,
    )


def _read_as_sitemap(page: Page, source: Source, error: ParseError) -> EndpointResult:
    """What a sitemap announces that stands among the feeds; raises `error` where it is none or an index."""
    try:
        links = read_sitemap(page, source).links
    except CrawlError:
        raise error from None
    if not links:
        raise error
    loss = "it is a sitemap and was read as one: name its address under `sitemaps`"
    return EndpointResult(page.link.url, "feed", links, loss=loss)


def _read(page: Page, source: Source, kind: LinkKind) -> tuple[tuple[Link, ...], tuple[ChildSitemap, ...]]:
    if kind == "front":
        return read_front(page, source), ()
    sitemap = read_sitemap(page, source)
    return sitemap.links, sitemap.children
