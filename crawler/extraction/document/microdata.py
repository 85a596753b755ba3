"""Microdata and RDFa of a page: what its elements state for machines beside their text."""

from crawler.extraction.document.element_index import ElementIndex
from crawler.extraction.document.tree import Element

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


def read_microdata(index: ElementIndex) -> dict[str, tuple[str, ...]]:
    """itemprop -> contents, of elements that say them in an attribute (content, datetime) or as short text.

    Dates of comments, pictures and the like are left out.
    """
    found: dict[str, list[str]] = {}
    for element in index.marked("property"):
        for name in _properties(element):
            if element.tag not in _READ and name not in _DATES:
                continue
            value = element.get("content") or element.get("datetime")
            if not value and name in _SHOWN:
                value = " ".join(map(str, element.itertext()))[:_LONGEST]
            if value and value.strip() and not (name in _DATES and _is_of_other(element)):
                found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def _properties(element: Element) -> list[str]:
    if properties := element.get("itemprop"):
        return properties.split()
    return rdfa_dates(element.get("property") or "") if element.tag != "meta" else []


def rdfa_dates(properties: str) -> list[str]:
    """RDFa's properties that are a date of the page: "schema:datePublished", "dc:date dc:created"."""
    known = (_RDFA_DATES.get(name) or _RDFA_DATES.get(name.rpartition(":")[2], "") for name in properties.split())
    return list(dict.fromkeys(filter(None, known)))


def _is_of_other(element: Element) -> bool:
    """Whether the item that a property belongs to is a comment, a picture or the like."""
    for above in element.iterancestors():
        kind = above.get("itemtype") or above.get("typeof")
        if kind:
            return kind.endswith(_OTHER_THINGS)
    return False
