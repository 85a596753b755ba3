"""Microformats of a page: the dates that hAtom and h-entry state in class names.

Blogs and WordPress themes mark the dates of an entry by classes (microformats.org: hAtom 0.1, h-entry); what they mark
as title and authors is read with all other headings and names (headlines/, bylines/marked_authors.py). The first entry
that isn't inside another one counts, without what its comments state; where a page holds several entries side by side,
as lists of posts do, the one with the page's first heading is read.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, cast

from lxml import etree

from crawler.extraction.document.tree import Element, text_of

_ENTRIES = frozenset({"hentry", "h-entry"})
_COMMENTS = frozenset({"comment", "comments", "comment-list", "commentlist", "h-cite", "hfeed-comments"})
_PUBLISHED = frozenset({"published", "dt-published", "entry-date"})
_UPDATED = frozenset({"updated", "dt-updated"})
_LONGEST = 80
ENTRY_MARKS = ("hentry", "h-entry")
"""One of these the markup of every page with an entry holds."""


def _xpath(axis: str, words: Iterable[str]) -> Callable[[Element], list[Element]]:
    return cast(
        "Callable[[Element], list[Element]]",
        etree.XPath(f"{axis}::*[{' or '.join(f'contains(@class, {word!r})' for word in words)}]"),
    )


_FIND_ENTRIES = _xpath("descendant", ("entry",))
_FIND_DATES = _xpath("descendant", ("published", "updated", "entry-date"))


class Microformats(NamedTuple):
    """What the page's entry states, in page order: `published` and `updated` are texts of dates."""

    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()


NO_MICROFORMATS = Microformats()


def read_microformats(root: Element) -> Microformats:
    """The statements of the page's entry; all empty where there is none."""
    entry = _entry(root)
    if entry is None:
        return NO_MICROFORMATS
    published: list[str] = []
    updated: list[str] = []
    for element, names in _marked(entry):
        if names & _PUBLISHED:
            published.append(_stated(element))
        elif names & _UPDATED:
            updated.append(_stated(element))
    return Microformats(*(tuple(dict.fromkeys(filter(None, texts))) for texts in (published, updated)))


def _entry(root: Element) -> Element | None:
    entries = [element for element in _FIND_ENTRIES(root) if not _ENTRIES.isdisjoint(_classes(element))]
    known = set(entries)
    outer = [entry for entry in entries if known.isdisjoint(entry.iterancestors())]
    return next((entry for entry in outer if next(entry.iter("h1"), None) is not None), outer[0] if outer else None)


def _marked(entry: Element) -> Iterator[tuple[Element, frozenset[str]]]:
    """The elements of an entry whose classes may be of a microformat, with these, but for those in its comments."""
    for element in _FIND_DATES(entry):
        if not any(not _COMMENTS.isdisjoint(_classes(above)) for above in element.iterancestors()):
            yield element, _classes(element)


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


def _stated(element: Element) -> str:
    """What an element states of a date for machines, else its text; hAtom uses the title of an abbr."""
    for attribute in ("datetime", "title", "content"):
        value = element.get(attribute)
        if value and any(map(str.isdigit, value)):
            return value
    inner = next((time.get("datetime") for time in element.iter("time") if time.get("datetime")), None)
    return inner or _text(element)


def _text(element: Element) -> str:
    text = " ".join(text_of(element).split())
    return text if len(text) <= _LONGEST else ""
