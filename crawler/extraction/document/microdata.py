"""Microdata and RDFa of a page: what its elements state for machines beside their text."""

from crawler.extraction.document.tree import Element, text_of


def read_microdata(root: Element) -> dict[str, tuple[str, ...]]:
    """itemprop -> contents, of elements that say them in an attribute (content, datetime) or as short text."""
    found: dict[str, list[str]] = {}
    for element in root.iter("meta", "time", "span", "div", "p", "a", "abbr"):
        for name in (element.get("itemprop") or _rdfa_date(element)).split():
            value = element.get("content") or element.get("datetime")
            if not value and name in ("author", "name", "datePublished", "dateModified", "headline", "articleSection"):
                value = text_of(element)[:300]
            if value and value.strip():
                found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def _rdfa_date(element: Element) -> str:
    """RDFa's property, where it is schema.org's for a date: "datePublished", "schema:datePublished"."""
    name = (element.get("property") or "").rpartition(":")[2]
    return name if name in ("datePublished", "dateModified") and element.tag != "meta" else ""
