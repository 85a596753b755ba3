"""Microformats of a page: what hAtom and h-entry state in class names.

Blogs and WordPress themes mark title, authors and dates of an entry by classes (microformats.org: hAtom 0.1, h-entry,
hCard). The first entry that isn't inside another one counts, without what its comments state; where a page holds
several entries side by side, as lists of posts do, the one with the page's first heading is read.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, cast

from lxml import etree

from crawler.extraction.document.tree import Element, text_of

_ENTRIES = frozenset({"hentry", "h-entry"})
_CARDS = frozenset({"vcard", "h-card"})
_NAMES = frozenset({"fn", "p-name"})
_COMMENTS = frozenset({"comment", "comments", "comment-list", "commentlist", "h-cite", "hfeed-comments"})
_LONGEST_NAME = 80
ENTRY_MARKS = ("hentry", "h-entry")
"""One of these the markup of every page with an entry holds."""


def _xpath(axis: str, words: Iterable[str]) -> Callable[[Element], list[Element]]:
    return cast(
        "Callable[[Element], list[Element]]",
        etree.XPath(f"{axis}::*[{' or '.join(f'contains(@class, {word!r})' for word in words)}]"),
    )


_FIND_ENTRIES = _xpath("descendant", ("entry",))
_FIND_MARKED = _xpath(
    "descendant", ("published", "updated", "entry-date", "entry-title", "p-author", "vcard", "h-card", "p-category")
)


class Microformats(NamedTuple):
    """What the page's entry states, in page order: `published` and `updated` are texts of dates."""

    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


NO_MICROFORMATS = Microformats()


def read_microformats(root: Element) -> Microformats:
    """The statements of the page's entry; all empty where there is none."""
    entry = _entry(root)
    if entry is None:
        return NO_MICROFORMATS
    found: dict[str, list[str]] = {name: [] for name in Microformats._fields}
    for element, names in _marked(entry):
        for field in _fields(element, names):
            text = _stated(element) if field in ("published", "updated") else _text(element)
            if field == "authors":
                text = _author(element)
            if text and text not in found[field]:
                found[field].append(text)
    return Microformats(**{name: tuple(values) for name, values in found.items()})


def _entry(root: Element) -> Element | None:
    entries = [element for element in _FIND_ENTRIES(root) if not _ENTRIES.isdisjoint(_classes(element))]
    known = set(entries)
    outer = [entry for entry in entries if known.isdisjoint(entry.iterancestors())]
    return next((entry for entry in outer if next(entry.iter("h1"), None) is not None), outer[0] if outer else None)


def _marked(entry: Element) -> Iterator[tuple[Element, frozenset[str]]]:
    """The elements of an entry whose classes may be of a microformat, with these, but for those in its comments."""
    for element in _FIND_MARKED(entry):
        if not any(not _COMMENTS.isdisjoint(_classes(above)) for above in element.iterancestors()):
            yield element, _classes(element)


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


def _fields(element: Element, names: frozenset[str]) -> Iterator[str]:
    if names & {"published", "dt-published", "entry-date"}:
        yield "published"
    elif names & {"updated", "dt-updated"}:
        yield "updated"
    if names & {"entry-title"}:
        yield "titles"
    if names & {"p-author"} or (names & _CARDS and (names & {"author", "post-author"} or _is_byline(element))):
        yield "authors"
    if names & {"p-category"}:
        yield "categories"


def _is_byline(element: Element) -> bool:
    """Whether a card stands in an element for authors."""
    above = (element.get("class") or "").lower()
    parent = element.getparent()
    above += " " + (parent.get("class") or "").lower() if parent is not None else ""
    return "author" in above or "byline" in above


def _author(element: Element) -> str:
    """The name in a card, else all of a short one."""
    for inner in element.iter("*"):
        if not _NAMES.isdisjoint(_classes(inner)):
            return _text(inner)
    return _text(element)


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
    return text if len(text) <= _LONGEST_NAME or "entry-title" in (element.get("class") or "") else ""
