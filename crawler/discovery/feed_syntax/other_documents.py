"""Documents that stand where a feed should: what each is, and what to do about it."""

import re

from lxml import etree

from crawler.discovery.feed_syntax.mending import MENDED_ROOT
from crawler.discovery.markup import local_name, plain_text

_NAMES_A_FEED = re.compile(
    r"<link\b[^<>]{0,500}?application/(?:rss|atom|feed)\+(?:xml|json)[^<>]{0,500}>", re.IGNORECASE
)
_ADDRESS = re.compile(r"""href\s*=\s*["']?([^\s"'<>]{1,500})""", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{1,300})", re.IGNORECASE)
_PASSWORD = re.compile(r"<input\b[^<>]{0,300}?type\s*=\s*[\"']?password", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HEAD_CHARACTERS = 100_000

_KINDS = {
    "opml": "a list of feeds (OPML): configure the feeds that it names",
    "urlset": "a sitemap: name its address under `sitemaps`",
    "sitemapindex": "an index of sitemaps: name its address under `sitemaps`",
    "service": "an Atom service document: configure a feed that it names",
    "stylesheet": "a style sheet (XSLT), which is for showing a feed",
    "opensearchdescription": "the description of a search engine",
    "error": "an error message in XML",
    "fault": "an error message in XML",
}


def what_it_is(root: etree._Element, text: str) -> str:
    """A sentence on an XML or HTML document that is no feed."""
    first = next(iter(root), root) if root.tag == MENDED_ROOT else root
    name = local_name(first)
    if name in _KINDS:
        return f"no feed: its root element is <{name}>, {_KINDS[name]}"
    if name == "html" or _HTML.search(text[:2000]):
        return f"no feed: its root element is <html>, {_page(text[:_HEAD_CHARACTERS])}"
    return f"no feed: its root element is <{name[:40]}> and nothing in it is an entry"


def _page(text: str) -> str:
    title = _TITLE.search(text)
    name = plain_text(title[1]) if title else None
    page = "a sign-in page" if _PASSWORD.search(text) else "a web page"
    named = f'{page} ("{name[:80]}")' if name else page
    found = _NAMES_A_FEED.search(text)
    address = _ADDRESS.search(found[0]) if found else None
    if address:
        return f"{named}; it names the feed {address[1]}"
    return f"{named}; find the site's feeds with `sources add`"
