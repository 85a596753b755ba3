"""Names of the site and of its sections, as a page tells them.

A name lowers the score of what is nothing but the name, and raises that of a title from which it was cut; it deletes
nothing, since a page may call its own headline the application's name.
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.document.tree import Element, text_of
from crawler.extraction.texts import squeezed, word_key

_SITE_METAS = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
    "dc.publisher",
    "twitter:site",
    "copyright",
)
_SITE_TYPES = frozenset({"organization", "newsmediaorganization", "website", "blog"})
_COPYRIGHT = re.compile(r"^\W*(?:copyright|©|\(c\))?\W*(?:\d{4}\W*)*", re.I)
_NAMES_OF_NAMES = re.compile("site-title|site-name|blog-title|blog-name|blogname|sitename")
_LONGEST_NAME = 60
_ROOT = re.compile(r"(?:(?:https?:)?//[^/?#]+)?/?")
_MOST_LINKS = 4
_SHORTEST_LABEL = 4


def site_names(document: Document) -> frozenset[str]:
    """What the site calls itself, as word keys."""
    stated = (value for name in _SITE_METAS for value in document.metas.get(name, ()))
    found = [_COPYRIGHT.sub("", value.partition("(")[0]) for value in stated]
    for node in document.stories:
        found += jsonld.strings(node.get("publisher"))
    for node in document.nodes:
        if jsonld.types(node) & _SITE_TYPES:
            found += jsonld.strings(node.get("name"))
    labels = document.host.split(".")
    found += [document.host, labels[-2] if len(labels) > 1 else labels[0]]
    return frozenset(key for key in map(word_key, found) if key)


def section_names(document: Document) -> frozenset[str]:
    """What the page calls the section that it stands in, as word keys."""
    found = [*document.metas.get("article:section", ()), *document.metas.get("section", ()), *document.crumbs]
    for node in document.stories:
        found += jsonld.strings(node.get("articleSection"))
    return frozenset(key for key in map(word_key, found) if key)


def home_names(document: Document) -> frozenset[str]:
    """What links to the root of a host say, and elements named as the site's name, as word keys."""
    found = [name for link in _home_links(document) for name in _texts(link)]
    found += [squeezed(text_of(element)) for element in islice(document.elements.marked("site"), _MOST_LINKS)]
    return frozenset(key for key in map(word_key, found) if key)


def leads_home(document: Document, address: str) -> bool:
    """Whether an address is the root of the page's own host; of any host where that is not known."""
    if not _may_be_root(address) or not _ROOT.fullmatch(address := address.strip()):
        return False
    if "//" not in address:
        return bool(address)
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return False
    return not document.url or not host or host == document.hostname


def _may_be_root(address: str) -> bool:
    """Asked before the pattern, since most links lead elsewhere: a host and nothing behind it, or a slash alone."""
    return address.count("/") <= 3 if "//" in address else address.strip() in ("", "/")


def is_name(text: str, names: frozenset[str]) -> bool:
    """Whether a text is one of some undivided names, however its words are divided: "CoastCourier", "coast-courier"."""
    return undivided(word_key(text)) in names


def undivided_names(keys: frozenset[str]) -> frozenset[str]:
    """Names without the blanks between their words."""
    return frozenset(map(undivided, keys))


def undivided(key: str) -> str:
    """A word key without blanks and the article in front."""
    return key.removeprefix("the ").replace(" ", "")


def is_of_host(text: str, host: str) -> bool:
    """Whether a text and the main label of a host hold each other: "Coast Courier" and courier.example."""
    key = word_key(text).replace(" ", "")
    labels = [label for label in host.split(".")[:-1] if len(label) >= _SHORTEST_LABEL]
    inside = len(key) >= _SHORTEST_LABEL and key in host.replace(".", "").replace("-", "")
    return inside or any(label.replace("-", "") in key for label in labels)


def _home_links(document: Document) -> Iterator[Element]:
    links = document.elements.links.items()
    homeward = (
        link for link, address in links if _may_be_root(address) and leads_home(document, address) and link.tag == "a"
    )
    return islice(homeward, _MOST_LINKS)


def names_site(name: str) -> bool:
    """Whether class names or an id call an element the site's name."""
    return ("site" in name or "blog" in name) and _NAMES_OF_NAMES.search(name) is not None


def _texts(link: Element) -> Iterator[str]:
    told = [text_of(link), link.get("title") or "", *(picture.get("alt") or "" for picture in link.iter("img"))]
    for text in map(squeezed, told):
        if 1 < len(text) <= _LONGEST_NAME:
            yield text
