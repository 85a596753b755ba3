"""Microformats of a page: the dates that hAtom and h-entry state in class names.

Blogs and WordPress themes mark the dates of an entry by classes (microformats.org: hAtom 0.1, h-entry); what they mark
as title and authors is read with all other headings and names (headlines/, bylines/marked_authors.py). The first entry
that isn't inside another one counts, without what its comments state; where a page holds several entries side by side,
as lists of posts do, the one with the page's first heading is read.
"""

from collections.abc import Iterator
from typing import NamedTuple

from crawler.extraction.document.element_index import ElementIndex
from crawler.extraction.document.tree import Element, text_of

_ENTRIES = frozenset({"hentry", "h-entry"})
_COMMENTS = frozenset({"comment", "comments", "comment-list", "commentlist", "h-cite", "hfeed-comments"})
_PUBLISHED = frozenset({"published", "dt-published", "entry-date"})
_UPDATED = frozenset({"updated", "dt-updated"})
_DATES = _PUBLISHED | _UPDATED
_LONGEST = 80


class Microformats(NamedTuple):
    """What the page's entry states, in page order: `published` and `updated` are texts of dates."""

    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()


NO_MICROFORMATS = Microformats()


def names_entry(names: str) -> bool:
    """Whether class names are of an entry."""
    return "entry" in names and not _ENTRIES.isdisjoint(names.split())


def names_entry_date(names: str) -> bool:
    """Whether class names are of a date of an entry."""
    return ("date" in names or "published" in names) and not _DATES.isdisjoint(names.split())


def read_microformats(index: ElementIndex) -> Microformats:
    """The statements of the page's entry; all empty where there is none."""
    entry = _entry(index)
    if entry is None:
        return NO_MICROFORMATS
    published: list[str] = []
    updated: list[str] = []
    for element in _dated(index, entry):
        if _PUBLISHED.isdisjoint(_classes(element)):
            updated.append(_stated(element))
        else:
            published.append(_stated(element))
    return Microformats(*(tuple(dict.fromkeys(filter(None, texts))) for texts in (published, updated)))


def _entry(index: ElementIndex) -> Element | None:
    entries = index.marked("entry")
    known = set(entries)
    outer = [entry for entry in entries if known.isdisjoint(entry.iterancestors())]
    return next((entry for entry in outer if next(entry.iter("h1"), None) is not None), next(iter(outer), None))


def _dated(index: ElementIndex, entry: Element) -> Iterator[Element]:
    """The elements of an entry that its classes mark as a date, but for those in its comments."""
    for element in index.marked("entry date"):
        around = list(element.iterancestors())
        if entry in around and all(_COMMENTS.isdisjoint(_classes(above)) for above in around):
            yield element


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
