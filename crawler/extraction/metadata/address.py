"""Canonical URL of the story, and the URL where its text came from.

A canonical link is believed on the same registrable domain only, and not when it names a front page or a section; one
on another domain says where the story came from.
"""

from collections.abc import Iterator

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from net.urls import LONGEST_KEPT_URL, canonical_url, looks_like_home_or_section, same_site


def read_address(document: Document) -> tuple[str | None, str | None, str]:
    """The story's canonical URL, the URL it came from on another domain, and the rule that found the first."""
    own = _canonical(document.url)
    origin: str | None = None
    for address, rule in _statements(document):
        stated = _canonical(address)
        if stated is None or looks_like_home_or_section(stated):
            continue
        if own in (None, stated) or same_site(own, stated):
            return stated, origin, rule
        if rule == "link:canonical":
            origin = origin or stated
    return own, origin, "page:url" if own else ""


def _statements(document: Document) -> Iterator[tuple[str | None, str]]:
    yield document.absolute(document.links.get("canonical")), "link:canonical"
    yield document.absolute(document.meta("og:url")), "meta:og:url"
    for node in document.stories[:1]:
        page = node.get("mainEntityOfPage")
        value = page.get("@id") if isinstance(page, dict) else page
        yield document.absolute(jsonld.first_string(value)), "json-ld:mainEntityOfPage"


def _canonical(address: str | None) -> str | None:
    try:
        canonical = canonical_url(address) if address else None
    except ValueError:
        return None
    return None if canonical is None or len(canonical) > LONGEST_KEPT_URL else canonical
