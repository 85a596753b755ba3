"""Address of a feed's entry: which of the links, identifiers and attributes of an entry leads to its story.

In the order of belief: the address behind a counting service's (feedburner:origLink, pheedo:origLink); the `link` of
RSS; the first alternate link of Atom (RFC 4287, section 4.2.7) whose type is HTML or none, in the feed's language where
it says so; an identifier that is a web address or a path ("/world/rain"), unless `isPermaLink` denies it (RSS 2.0,
"guid"); `rdf:about`. An opaque identifier ("desk-7", "tag:…") is never one, though it resolves like a relative link.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import urljoin

from lxml import etree

from crawler.discovery.markup import local_name
from net.urls import absolute_url

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "html", "xhtml"})
_ALTERNATE = frozenset({"", "alternate", "http://www.iana.org/assignments/relation/alternate"})
_LINE_BREAKS = re.compile(r"\s*[\r\n\t]\s*")
_ANCHOR = re.compile(r"""<a\b[^<>]{0,500}?href\s*=\s*["']?([^\s"'<>]+)""", re.IGNORECASE)
_NEVER_IN_ADDRESS = re.compile(r"""[<>"]""")
_MAY_BE_RELATIVE = re.compile(r"[/.?]")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_NESTED_BASES = 50


def entry_address(entry: etree._Element, base: str, language: str | None, *, is_damaged: bool) -> str | None:
    """The address of the story that an entry announces, absolute; None where it names none.

    `base` is the feed's own address; `language` its primary language tag; `is_damaged` as in `resolved_address`.
    """
    for element, address in _candidates(entry, language):
        url = resolved_address(address, base_of(element, base), is_damaged=is_damaged)
        if url is not None:
            return url
    return None


def resolved_address(address: str, base: str, *, is_damaged: bool = False) -> str | None:
    """What an entry gives as its address, made absolute; None where it is no web address.

    In a feed whose markup `is_damaged` a bare word is what stood beside the address, not a relative one.
    """
    # Some feeds escape twice; a line break within an address is the feed's, not the address's.
    address = _LINE_BREAKS.sub("", address.strip()).replace("&amp;", "&")
    if _NEVER_IN_ADDRESS.search(address):
        return None  # markup that is damaged
    if is_damaged and not _MAY_BE_RELATIVE.search(address):
        return None
    if not address.strip("?") or address.startswith("#") or absolute_url(base, address) is None:
        return None
    return urljoin(base, address)


def is_web_address(identifier: str) -> bool:
    """Whether an identifier is a whole web address by itself."""
    return bool(_WEB.match(identifier.strip())) and not re.search(r"\s", identifier.strip())


def base_of(element: etree._Element, base: str) -> str:
    """The base of relative addresses in an element: each xml:base from the root down (XML Base, section 4)."""
    steps: list[str] = []
    holder: etree._Element | None = element
    while holder is not None and len(steps) < _NESTED_BASES:
        own = attribute(holder, _XML_BASE) or attribute(holder, "base")
        if own:
            steps.append(own)
        holder = holder.getparent()
    for step in reversed(steps):
        base = based(base, step)
    return base


def based(base: str, reference: str) -> str:
    """`base` moved by a base address; `base` itself where that leads to no web address."""
    try:
        moved = urljoin(base, reference.strip())
    except ValueError:
        return base
    return moved if absolute_url(moved, "") is not None else base


def attribute(element: etree._Element, name: str) -> str:
    """An attribute whatever its case, without blanks around it; "" where there is none."""
    value = element.get(name)
    if value is None:
        value = next((str(value) for key, value in element.items() if str(key).lower() == name.lower()), "")
    return value.strip()


def text_of(element: etree._Element) -> str:
    """The text in an element and in what it holds, without blanks around it."""
    return "".join(str(text) for text in element.itertext()).strip()


def _is_address(identifier: etree._Element, text: str) -> bool:
    """Whether an identifier is an address: a whole one, a path from the root, a path where xml:base says from where."""
    return is_web_address(text) or text.startswith("/") or ("/" in text and ":" not in text and _has_base(identifier))


def _has_base(element: etree._Element) -> bool:
    return any(holder.get(_XML_BASE) for holder in (element, *islice(element.iterancestors(), _NESTED_BASES)))


def _candidates(entry: etree._Element, language: str | None) -> Iterator[tuple[etree._Element, str]]:
    children: dict[str, list[etree._Element]] = {}
    for child in entry.iterchildren(etree.Element):
        children.setdefault(local_name(child), []).append(child)
    yield from _texts(children.get("origlink", ()))
    links = children.get("link", [])
    yield from _texts(link for link in links if not attribute(link, "href") and _is_story(link))
    alternates = [link for link in links if attribute(link, "href") and _is_story(link)]
    # Sorting keeps the feed's order among equals.
    for link in sorted(alternates, key=lambda link: not _in_language(link, language)):
        yield link, attribute(link, "href")
    for holder in links:
        for anchor in holder.iterchildren("{*}a", "a"):
            yield anchor, attribute(anchor, "href")
    if attribute(entry, "href"):  # CDF
        yield entry, attribute(entry, "href")
    for identifier in (*children.get("guid", ()), *children.get("id", ())):
        text = text_of(identifier)
        if attribute(identifier, "ispermalink").lower() != "false" and _is_address(identifier, text):
            yield identifier, text
    about = entry.get(_RDF_ABOUT) or ""
    if is_web_address(about):
        yield entry, about


def _texts(elements: Iterable[etree._Element]) -> Iterator[tuple[etree._Element, str]]:
    for element in elements:
        text = (element.text or "").strip()
        anchor = _ANCHOR.match(text)
        if text:
            yield element, anchor[1] if anchor else text


def _is_story(link: etree._Element) -> bool:
    kind = attribute(link, "type").lower().partition(";")[0].strip()
    relations = attribute(link, "rel").lower().split() or [""]
    return kind in _HTML_TYPES and any(relation in _ALTERNATE for relation in relations)


def _in_language(link: etree._Element, language: str | None) -> bool:
    own = attribute(link, "hreflang").lower().replace("_", "-").partition("-")[0]
    return not own or not language or own == language
