"""Candidates of autodiscovery: addresses that may be feeds or sitemaps, from the likeliest to the least likely.

They come from a page's link elements (https://html.spec.whatwg.org/multipage/links.html#rel-alternate, and the older
rel="feed"), its Link header (RFC 8288), its anchors, the Sitemap lines of robots.txt, and the usual addresses of the
programs that sites are made with. What leads to something else (comments, oEmbed, services for subscribing) is told
apart by its words; nothing is fetched here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree
from requests.utils import parse_header_links

from crawler.discovery.sitemap_index import says_lists, says_news, says_stories
from model.page import Page
from net.urls import absolute_url, looks_like_story

MAIN, LIKELY, GUESSED, PARTIAL, NEVER = range(5)
"""Ranks: a publisher's main feed, a link that is sloppily written, an anchor or a usual address, a feed of a part (a
category, a person, another language), and what is no feed of stories at all."""

_USUAL_FEEDS = (
    *("feed/", "rss/", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed", "rss", "feed.json", "index.rdf"),
    *("feeds/posts/default", "?feed=rss2", "feed.atom", "index.rss", "rss/all.xml", "feeds/all.atom.xml"),
)
_USUAL_SITEMAPS = (
    *("sitemap.xml", "sitemap_index.xml", "sitemap-index.xml", "wp-sitemap.xml", "sitemapindex.xml"),
    *("sitemap.xml.gz", "news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "sitemap.txt"),
)
_USUAL_BELOW = 8
_FEED_TYPE = re.compile(r"\b(?:rss|atom|rdf)\b|feed\+json", re.IGNORECASE)
_XML_TYPES = frozenset({"text/xml", "application/xml", "application/json", "text/rss", "text/atom", "text/rdf"})
_OTHER_TYPES = re.compile(
    r"oembed|opensearch|rsd\+xml|wlwmanifest|manifest\+json|opml|css|icon|image|soap", re.IGNORECASE
)
_OTHER_RELATIONS = frozenset(
    {
        *("stylesheet", "icon", "canonical", "search", "edituri", "wlwmanifest", "manifest", "pingback", "preconnect"),
        *(
            "dns-prefetch",
            "preload",
            "prefetch",
            "next",
            "prev",
            "amphtml",
            "shortlink",
            "https://api.w.org/",
            "license",
        ),
        *("apple-touch-icon", "mask-icon", "modulepreload", "author", "me", "hub", "webmention", "image_src"),
    }
)
_FEED_PATH = re.compile(
    r"(?:^|[/._-])(?:rss2?|atom|feeds?|rdf|rssfeeds?|webfeed)(?:[/._-]|\d{0,4}$)|\.(?:rss|atom|rdf|xml)$", re.IGNORECASE
)
_FEED_QUERY = re.compile(
    r"(?:^|[&;])(?:feed=|(?:format|type|output|alt|view|fmt|out)=(?:rss|atom|rdf|feed|xml)|(?:rss|atom|feed)(?:=1)?(?:[&;]|$))",
    re.IGNORECASE,
)
_FEED_WORDS = re.compile(r"\b(?:rss|atom|xml|feeds?|syndication|newsfeed)\b", re.IGNORECASE)
_NO_FEED = re.compile(
    r"wp-json|oembed|xmlrpc|opensearch|sitemap|\.(?:css|js|png|jpe?g|gif|svg|pdf|zip)$", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment|kommentar|reacties|comentario|commentaire|replies|commenti\b", re.IGNORECASE)
_PART = re.compile(
    r"/(?:categor(?:y|ies|ie)|kategorien?|tags?|topics?|themen?|authors?|autor(?:es)?|auteurs?|users?|sections?|podcasts?)(?:[/._-]|$)"
    r"|[?&](?:cat|tag|author|category)=",
    re.IGNORECASE,
)
_PART_WORDS = re.compile(r"\b(?:category|tag|author|podcasts?|kategorie|schlagwort|catégorie)\b", re.IGNORECASE)
_SUBSCRIBING = re.compile(
    r"(?:^|\.)(?:feedly|inoreader|netvibes|newsblur|bloglines|theoldreader|yahoo|google|facebook|twitter|x|apple|spotify|"
    r"youtube|instagram|linkedin|t|telegram|whatsapp|mailchimp|w3|feedvalidator)\.(?:com|org|me|net)$"
)
_LANGUAGE_SEGMENT = re.compile(r"^[a-z]{2}(?:[-_][a-z]{2})?$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-_/]?(?:0[1-9]|1[0-2]))?")
_BLANKS = re.compile(r"[\t\n\r]")
_MOST_ANCHORS = 20_000
_FEW_WORDS = 4


Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class EndpointCandidate:
    """An address that may be an endpoint; `is_stated` where the publisher names it as one, else it is a guess."""

    url: str
    kind: Literal["feed", "sitemap"]
    rank: int
    is_stated: bool = False
    reason: str = ""


def in_order(candidates: Iterable[EndpointCandidate]) -> list[EndpointCandidate]:
    """Each address once, the likeliest first."""
    best: dict[str, EndpointCandidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: candidate.rank):
        best.setdefault(candidate.url, candidate)
    return list(best.values())


def named_feeds(root: etree._Element, page: Page) -> Iterator[EndpointCandidate]:
    """The feeds that a page names: in link elements wherever they stand, in its Link header, in anchors."""
    base = base_of(root, page)
    language = (root.get("lang") or "")[:2].lower()
    for number, element in enumerate(root.iter("link", "a", "area")):
        if number > _MOST_ANCHORS:
            return
        if element.get("href") and not any(ancestor.tag == "template" for ancestor in element.iterancestors()):
            attributes = _attributes(element)
            rank = _link_rank(attributes) if element.tag == "link" else _anchor_rank(element, attributes, base)
            yield from _candidate(base, attributes, rank, page, language, is_stated=element.tag == "link")
    for link in _header_links(page):
        yield from _candidate(page.final_url, link, _link_rank(link), page, language, is_stated=True)


def named_sitemaps(root: etree._Element | None, page_url: str, lines: Iterable[str]) -> Iterator[EndpointCandidate]:
    """The sitemaps that robots.txt and rel="sitemap" name, on any host (sitemaps.org, "cross submits")."""
    elements = [] if root is None else [e for e in root.iter("link") if "sitemap" in _relations(_attributes(e))]
    for reference in [*lines, *(element.get("href", "") for element in elements)]:
        url = _resolved(page_url, reference)
        if url is not None:
            yield EndpointCandidate(url, "sitemap", _sitemap_rank(url), is_stated=True)


def usual_feeds(folders: Iterable[str]) -> list[EndpointCandidate]:
    """The addresses that feeds usually have: in each of the folders, some only in the root."""
    names = ((f, name) for f in folders for name in _USUAL_FEEDS[: None if _is_root(f) else _USUAL_BELOW])
    return [EndpointCandidate(urljoin(folder, name), "feed", GUESSED) for folder, name in names]


def usual_sitemaps(folders: Iterable[str]) -> list[EndpointCandidate]:
    """The addresses that sitemaps usually have: in each of the folders, some only in the root."""
    names = ((f, name) for f in folders for name in _USUAL_SITEMAPS[: None if _is_root(f) else _USUAL_BELOW])
    return [EndpointCandidate(urljoin(folder, name), "sitemap", GUESSED) for folder, name in names]


def _is_root(folder: str) -> bool:
    return urlsplit(folder).path == "/"


def folders_of(*urls: str) -> tuple[str, ...]:
    """The folders in which a site's endpoints are usually: those of the addresses, then the root of the last one.

    The address of a story stands for its site: below it there is at most a feed of its comments.
    """
    folders: dict[str, None] = {}
    for url in urls:
        path = urlsplit(url).path
        last = path.rpartition("/")[2]
        if not looks_like_story(url) and path.strip("/"):
            folders[urljoin(url, "./" if "." in last or not last else f"{last}/")] = None
    for url in urls:
        folders[urljoin(url, "/")] = None
    return tuple(folders)


def sitemap_order(candidate: EndpointCandidate) -> tuple[int, int, list[int]]:
    """A key by which sitemaps for news come first, then those for stories, the latest year first."""
    years = [-int(re.sub(r"\D", "", year)) for year in _YEAR.findall(urlsplit(candidate.url).path)[:1]]
    return candidate.rank, not says_news(candidate.url), years


def base_of(root: etree._Element, page: Page) -> str:
    """The address that a page's relative references start from."""
    element = root.find(".//base[@href]")
    return page.final_url if element is None else _resolved(page.final_url, element.get("href", "")) or page.final_url


def _candidate(
    base: str, attributes: Attributes, rank: int | None, page: Page, language: str, *, is_stated: bool
) -> Iterator[EndpointCandidate]:
    url = _resolved(base, attributes.get("href", ""))
    if rank is None or url is None or _same_place(url, page.final_url):
        return
    candidate = EndpointCandidate(url, "feed", rank, is_stated)
    about = f"{urlsplit(url).path}?{urlsplit(url).query} {attributes.get('title', '')}"
    if _COMMENTS.search(about):
        yield replace(candidate, rank=NEVER, reason="comments, not stories")
    elif other := _other_language(url, attributes, page.final_url, language):
        yield replace(candidate, rank=PARTIAL, reason=f"in another language ({other})")
    elif _PART.search(about) or _PART_WORDS.search(attributes.get("title", "")):
        yield replace(candidate, rank=PARTIAL, reason="of one category, tag or person")
    else:
        yield candidate


def _link_rank(attributes: Attributes) -> int | None:
    """How likely a link element leads to a feed; None where it doesn't."""
    relations, kind, href = _relations(attributes), _type(attributes), attributes.get("href", "")
    if relations & _OTHER_RELATIONS or _OTHER_TYPES.search(kind) or _NO_FEED.search(href):
        return None
    announced = bool(relations & {"alternate", "feed", "service.feed", "alternative"})
    if _FEED_TYPE.search(kind):
        return MAIN if announced else LIKELY
    if "feed" in relations or (announced and kind in _XML_TYPES):
        return LIKELY
    return LIKELY if (announced or not relations) and _looks_like_feed(href) else None


def _anchor_rank(element: etree._Element, attributes: Attributes, base: str) -> int | None:
    """How likely an anchor leads to a feed: by its type, its address or its words; None where it doesn't."""
    href = element.get("href", "")
    host = urlsplit(_resolved(base, href) or "").hostname or ""
    if _NO_FEED.search(href) or _SUBSCRIBING.search(host) or host.startswith("add.my."):
        return None
    if _FEED_TYPE.search(_type(attributes)) or "feed" in _relations(attributes) or _looks_like_feed(href):
        return GUESSED
    words = [*(str(piece) for piece in element.itertext()), element.get("title", ""), element.get("aria-label", "")]
    words += [image.get("alt", "") for image in element.iter("img")]
    return GUESSED if any(_FEED_WORDS.search(text) and len(text.split()) <= _FEW_WORDS for text in words) else None


def _looks_like_feed(href: str) -> bool:
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return False
    return parts.scheme == "feed" or bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))


def _header_links(page: Page) -> Iterator[dict[str, str]]:
    for link in parse_header_links(page.headers.get("link", "")):
        yield {name.lower(): value for name, value in link.items()} | {"href": link.get("url", "")}


def _attributes(element: etree._Element) -> Attributes:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _relations(attributes: Attributes) -> frozenset[str]:
    return frozenset(attributes.get("rel", "").lower().split())


def _type(attributes: Attributes) -> str:
    return attributes.get("type", "").partition(";")[0].strip().lower()


def _other_language(url: str, attributes: Attributes, page_url: str, language: str) -> str | None:
    """The language of a feed that is not the page's; None where nothing says so."""
    stated = attributes.get("hreflang", "")[:2].lower()
    if stated and language and stated != language:
        return stated
    segment = next(iter(urlsplit(url).path.strip("/").split("/")), "")
    own = next(iter(urlsplit(page_url).path.strip("/").split("/")), "")
    is_language = _LANGUAGE_SEGMENT.match(segment) and segment.lower() != own.lower()
    return segment if language and is_language and segment[:2].lower() != language else None


def _sitemap_rank(url: str) -> int:
    if says_lists(url):
        return PARTIAL
    return MAIN if says_news(url) or says_stories(url) else LIKELY


def _resolved(base: str, reference: str) -> str | None:
    """A reference as browsers read it, `feed:` addresses as those behind it; None where it is no web address."""
    reference = _BLANKS.sub("", reference).strip()
    if reference.lower().startswith("feed:"):
        rest = reference[len("feed:") :]
        reference = rest if rest.lower().startswith("http") else f"http:{rest}"
    try:
        url = urljoin(base, reference).partition("#")[0]
    except ValueError:
        return None
    return url if absolute_url(base, reference) is not None else None


def _same_place(url: str, page_url: str) -> bool:
    return url.partition("#")[0] == page_url.partition("#")[0]
