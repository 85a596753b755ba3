"""Search for a publisher's endpoints: candidates are probed in order until there are enough, and the best are kept.

A feed shows the newest entries, a sitemap what came before them, so both are kept. Of feeds that announce the same
pages the larger one stays. What is passed over is told with its reason.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.discovery.autodiscovery.candidates import (
    GUESSED,
    LIKELY,
    MAIN,
    NEVER,
    PARTIAL,
    EndpointCandidate,
    folders_of,
    in_order,
    named_feeds,
    named_sitemaps,
    sitemap_order,
    usual_feeds,
    usual_sitemaps,
)
from crawler.discovery.autodiscovery.found import FoundEndpoint, FoundEndpoints, RejectedEndpoint
from crawler.discovery.autodiscovery.probes import (
    UNCONFIGURED,
    Probes,
    fetched,
    is_below,
    primary_language,
)
from crawler.discovery.endpoint import FetchEndpoint
from crawler.discovery.front_pages import read_front, read_html
from crawler.discovery.opml import looks_like_opml, read_opml
from crawler.discovery.sitemap_index import says_news
from model.errors import ClientError, CrawlError, GoneError, ParseError, RobotsDisallowedError
from model.page import Page
from net.urls import identity_key, same_site
from text.cleaning import clean_text

SitemapsOf = Callable[[str], Sequence[str]]
"""The Sitemap lines of the robots.txt in force for a URL."""

_MOST_FEEDS = 3
_MOST_SITEMAPS = 3
_MOST_NAMED_FEEDS = 12
_MOST_NAMED_SITEMAPS = 8
_MOST_COMPARED_SITEMAPS = 4
_MOST_LISTED_FEEDS = 12
_ENOUGH_STORIES = 5
_SAME_SHARE = 0.8
_ABANDONED = timedelta(days=365)
_UNREADABLE_HOME = (ClientError, GoneError, RobotsDisallowedError)


def find_endpoints(url: str, fetch: FetchEndpoint, sitemaps_of: SitemapsOf) -> FoundEndpoints:
    """The feeds, sitemaps and fronts of the publisher at `url`, which may also be a feed's or sitemap's own address.

    Empty where nothing holds stories. Raises CrawlError where `url` itself can't be had.
    """
    try:
        page = fetched(fetch, url, "home")
    except _UNREADABLE_HOME:
        # A home page that is closed to us says nothing of the feeds and sitemaps beside it.
        found = _Search(url, url, None, fetch, sitemaps_of).endpoints()
        if not found:
            raise
        return found
    if looks_like_opml(page.content):
        return _Search(url, page.final_url, None, fetch, sitemaps_of).listed(_one_publishers_feeds(page))
    given = Probes(fetch, page.final_url).of_page(page)
    if given is not None:
        return FoundEndpoints((given,), title=given.title, language=given.language)
    return _Search(url, page.final_url, page, fetch, sitemaps_of).endpoints()


class _Search:
    """One search; `page` is None where the publisher's page can't be had."""

    def __init__(
        self, url: str, final_url: str, page: Page | None, fetch: FetchEndpoint, sitemaps_of: SitemapsOf
    ) -> None:
        self._page = page
        self._page_url = final_url
        self._root: etree._Element | None = read_html(page) if page is not None else None
        self._sitemaps_of = sitemaps_of
        self._probes = Probes(fetch, final_url)
        self._folders = folders_of(url, final_url)
        given = folders_of(url)[0]
        self._scope = None if urlsplit(given).path == "/" else given
        self._rejected: dict[str, RejectedEndpoint] = {}
        self._stated: set[str] = set()

    def endpoints(self) -> FoundEndpoints:
        feeds = self._feeds()
        sitemaps = self._sitemaps()
        found = [*feeds, *sitemaps]
        inside = [endpoint for endpoint in found if self._is_inside(endpoint)]
        if inside:
            for endpoint in found:
                if endpoint not in inside:
                    self._reject(endpoint.url, f"most of its pages stand outside of {self._scope}")
            found = inside
        found = self._without_abandoned(found) or self._front()
        return FoundEndpoints(
            tuple(found),
            tuple(self._rejected.values()),
            title=self._title() or next((feed.title for feed in feeds if feed.title), None),
            language=self._language() or next((feed.language for feed in feeds if feed.language), None),
        )

    def listed(self, candidates: Sequence[EndpointCandidate]) -> FoundEndpoints:
        """The feeds of a publisher's own list."""
        feeds = self._good(candidates, _MOST_LISTED_FEEDS)
        title = next((feed.title for feed in feeds if feed.title), None)
        return FoundEndpoints(tuple(feeds), tuple(self._rejected.values()), title=title)

    def _feeds(self) -> list[FoundEndpoint]:
        """The main feeds that the page names; else those of its parts; else what is found where feeds usually are."""
        page, root = self._page, self._root
        named = in_order(named_feeds(root, page)) if page is not None and root is not None else []
        for candidate in named:
            if candidate.rank == NEVER:
                self._reject(candidate.url, candidate.reason)
        usable = [candidate for candidate in named if candidate.rank < NEVER]
        main = [candidate for candidate in usable if candidate.rank < PARTIAL]
        parts = [candidate for candidate in usable if candidate.rank == PARTIAL]
        feeds = self._good(main[:_MOST_NAMED_FEEDS], _MOST_FEEDS)
        feeds = feeds or self._good(self._listed_feeds(), _MOST_FEEDS)
        feeds = feeds or self._good(usual_feeds(self._folders), 1)
        feeds = feeds or self._good(parts[:_MOST_NAMED_FEEDS], _MOST_FEEDS)
        for candidate in usable:
            self._pass_over(candidate, candidate.reason or "not fetched: the feeds before it are enough")
        return feeds

    def _listed_feeds(self) -> list[EndpointCandidate]:
        """The feeds that a page lists to which the home page's links to feeds led."""
        pages = self._probes.lists()[:2]
        listed = in_order(candidate for page in pages for candidate in named_feeds(read_html(page), page))
        return [candidate for candidate in listed if candidate.rank < NEVER][:_MOST_NAMED_FEEDS]

    def _sitemaps(self) -> list[FoundEndpoint]:
        """A news sitemap and the newest others that robots.txt names; else one that is where sitemaps usually are."""
        try:
            lines = self._sitemaps_of(self._page_url)
        except CrawlError:
            lines = ()
        named = sorted(in_order(named_sitemaps(self._root, self._page_url, lines)), key=sitemap_order)
        likely = [candidate for candidate in named if candidate.rank <= LIKELY][:_MOST_NAMED_SITEMAPS]
        sitemaps = self._good_sitemaps(likely or named[:_MOST_NAMED_SITEMAPS])
        sitemaps = sitemaps or self._good(usual_sitemaps(self._folders), 1)
        for candidate in named:
            self._pass_over(candidate, "not fetched: the sitemaps before it are enough")
        return sitemaps

    def _good_sitemaps(self, candidates: Sequence[EndpointCandidate]) -> list[FoundEndpoint]:
        """One news sitemap, and of the others those with the newest pages."""
        news = self._good([candidate for candidate in candidates if says_news(candidate.url)], 1)
        others = self._good([c for c in candidates if not says_news(c.url)], _MOST_COMPARED_SITEMAPS)
        others.sort(key=_newest_first)
        most = _MOST_SITEMAPS - len(news)
        for endpoint in others[most:]:
            self._reject(endpoint.url, "older than the sitemaps that are kept")
        return [*news, *others[:most]]

    def _good(self, candidates: Iterable[EndpointCandidate], most: int) -> list[FoundEndpoint]:
        """The first candidates that hold stories of their own, at most `most`; no guesses where others did."""
        good: list[FoundEndpoint] = []
        first = NEVER
        for candidate in candidates:
            fresh = [one for one in good if one.kind == "sitemap" or not self._is_abandoned(one)]
            if len(fresh) >= most or (fresh and candidate.rank >= GUESSED > first):
                break
            outcome = self._probes.probe(candidate)
            if isinstance(outcome, RejectedEndpoint):
                self._reject(outcome.url, outcome.reason)
            elif all(outcome.url != endpoint.url for endpoint in good):
                good = self._with(good, outcome)
                first = min(first, candidate.rank)
                self._stated |= {outcome.url} if candidate.is_stated else set()
        return good

    def _with(self, good: list[FoundEndpoint], one: FoundEndpoint) -> list[FoundEndpoint]:
        """The endpoints with one more; of two that announce the same pages the one with more of them."""
        for position, other in enumerate(good):
            if not one.pages or len(one.pages & other.pages) < _SAME_SHARE * min(len(one.pages), len(other.pages)):
                continue
            if _extent(one) <= _extent(other):
                self._reject(one.url, f"announces the same pages as {other.url}")
                return good
            self._reject(other.url, f"announces the same pages as {one.url}")
            return [*good[:position], one, *good[position + 1 :]]
        return [*good, one]

    def _is_inside(self, endpoint: FoundEndpoint) -> bool:
        """Whether an endpoint is of the part of the site that was asked for, where it was only a part."""
        is_named = endpoint.kind == "feed" and endpoint.url in self._stated
        return self._scope is None or is_named or is_below(endpoint, self._scope)

    def _is_abandoned(self, endpoint: FoundEndpoint) -> bool:
        at = self._page.fetched_at if self._page is not None else None
        return at is not None and endpoint.newest_at is not None and at - endpoint.newest_at > _ABANDONED

    def _without_abandoned(self, found: list[FoundEndpoint]) -> list[FoundEndpoint]:
        """Without feeds that ended long ago, where another feed goes on; old sitemaps hold older stories."""
        feeds = [endpoint for endpoint in found if endpoint.kind == "feed"]
        ended = list(filter(self._is_abandoned, feeds))
        if len(ended) == len(feeds):
            return found
        for endpoint in ended:
            self._reject(endpoint.url, f"its newest entry is of {endpoint.newest_at:%Y-%m-%d}")
        return [endpoint for endpoint in found if endpoint not in ended]

    def _front(self) -> list[FoundEndpoint]:
        """The page itself, as the last resort, where it links to stories."""
        if self._page is None:
            return []
        links = read_front(self._page, UNCONFIGURED)
        if len(links) < _ENOUGH_STORIES:
            return []
        return [FoundEndpoint(self._page.final_url, "front", frozenset(identity_key(link.url) for link in links))]

    def _pass_over(self, candidate: EndpointCandidate, reason: str) -> None:
        if not self._probes.was_probed(candidate):
            self._reject(candidate.url, reason)

    def _reject(self, url: str, reason: str) -> None:
        self._rejected.setdefault(url, RejectedEndpoint(url, reason))

    def _title(self) -> str | None:
        if self._root is None:
            return None
        site_name = self._root.find(".//meta[@property='og:site_name']")
        title = self._root.findtext(".//title")
        return clean_text(site_name.get("content") if site_name is not None else None) or clean_text(title)

    def _language(self) -> str | None:
        return primary_language(self._root.get("lang")) if self._root is not None else None


def _one_publishers_feeds(page: Page) -> list[EndpointCandidate]:
    """The feeds of an OPML file, where they are of one publisher; raises ParseError where they are of several."""
    outlines = read_opml(page.content, url=page.url)
    addresses = [urljoin(page.final_url, outline.feed_url) for outline in outlines if outline.feed_url]
    if any(not same_site(address, addresses[0]) for address in addresses):
        reason = f"a list of {len(addresses)} feeds of several publishers: save it and take it in with `sources import`"
        raise ParseError(reason, url=page.url)
    return [EndpointCandidate(address, "feed", MAIN, is_stated=True) for address in dict.fromkeys(addresses)]


def _newest_first(endpoint: FoundEndpoint) -> float:
    at: datetime | None = endpoint.newest_at
    return -at.timestamp() if at else 0.0


def _extent(endpoint: FoundEndpoint) -> tuple[int, int]:
    return endpoint.parts, len(endpoint.pages)
