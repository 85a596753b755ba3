"""Microdata and RDFa of a page: what its elements state for machines beside their text."""

from collections.abc import Callable
from typing import cast

from lxml import etree

from crawler.extraction.document.tree import Element, text_of

_SHOWN = frozenset({"author", "name", "datePublished", "dateModified", "headline", "articleSection"})
"""Properties that may be told by an element's text alone."""
_DATES = frozenset({"datePublished", "dateModified", "dateCreated"})
_RDFA_DATES = {
    **{name: name for name in _DATES},
    **{f"{space}:{name}": "datePublished" for space in ("dc", "dct", "dcterms") for name in ("created", "issued")},
    **{f"{space}:date": "datePublished" for space in ("dc", "dct", "dcterms")},
    **{f"{space}:modified": "dateModified" for space in ("dc", "dct", "dcterms")},
}
"""Properties of schema.org and Dublin Core -> schema.org's name for what they say of a page."""
_OTHER_THINGS = ("Comment", "Answer", "ImageObject", "Person", "Organization", "Event", "Offer", "Rating")
_LONGEST = 300
# Elements whose properties are read; those that are dates are on any.
_READ = frozenset({"meta", "time", "span", "div", "p", "a", "abbr"})
_FIND_STATING = cast(
    "Callable[[Element], list[Element]]", etree.XPath("descendant::*[@itemprop or (@property and not(self::meta))]")
)


def read_microdata(root: Element) -> dict[str, tuple[str, ...]]:
    """itemprop -> contents, of elements that say them in an attribute (content, datetime) or as short text.

    Dates of comments, pictures and the like are left out.
    """
    found: dict[str, list[str]] = {}
    for element in _FIND_STATING(root):
        for name in (element.get("itemprop") or _rdfa_dates(element)).split():
            if element.tag not in _READ and name not in _DATES:
                continue
            value = element.get("content") or element.get("datetime")
            if not value and name in _SHOWN:
                value = text_of(element)[:_LONGEST]
            if value and value.strip() and not (name in _DATES and _is_of_other(element)):
                found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def _rdfa_dates(element: Element) -> str:
    """RDFa's properties that are a date of the page: "schema:datePublished", "dc:date dc:created"."""
    properties = element.get("property")
    if not properties or element.tag == "meta":
        return ""
    known = (_RDFA_DATES.get(name) or _RDFA_DATES.get(name.rpartition(":")[2], "") for name in properties.split())
    return " ".join(dict.fromkeys(filter(None, known)))


def _is_of_other(element: Element) -> bool:
    """Whether the item that a property belongs to is a comment, a picture or the like."""
    for above in element.iterancestors():
        kind = above.get("itemtype") or above.get("typeof")
        if kind:
            return kind.endswith(_OTHER_THINGS)
    return False
