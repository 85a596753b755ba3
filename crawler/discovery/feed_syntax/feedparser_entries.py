"""Entries as feedparser reads them: from a well-formed tree, and alone from text that no tree could be made of.

feedparser gets bytes, never an address or a file name, so it never fetches. What it takes minutes for (texts of
megabytes, names without end) is cut before it sees it.
"""

import re
from io import BytesIO
from typing import Any

import feedparser
from lxml import etree

from model.errors import ParseError

FeedEntry = dict[str, Any]
NUMBER = "wiredesk-entry"
"""The element that numbers an entry in the tree; feedparser hands it through as {"n": number}."""

_MOST_LOOSE_CHARACTERS = 1_000_000
_LONGEST_RUN = re.compile(r"[^<>]{1000,}")
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, RecursionError, RuntimeError)


def entries_in_tree(root: etree._Element, base: str, *, url: str) -> dict[int, FeedEntry]:
    """The entries of a tree by the number that they were given. Raises ParseError."""
    try:
        entries = _parsed(etree.tostring(root, encoding="utf-8"), base)
    except _FAULTS as error:
        # Names that only a recovered tree can hold (a blank in a namespace) trip feedparser up.
        raise ParseError(f"no feed: {error}"[:200], url=url) from error
    numbered = ((entry.get(NUMBER), entry) for entry in entries)
    # A feed may hold an element of that name itself.
    numbers = ((mark.get("n", "") if isinstance(mark, dict) else "", entry) for mark, entry in numbered)
    return {int(number): entry for number, entry in numbers if number.isascii() and number.isdecimal()}


def entries_in_text(text: str, base: str) -> list[FeedEntry]:
    """The entries that feedparser finds by itself in damaged text; none where it trips over it."""
    shortened = _LONGEST_RUN.sub(lambda run: f"{run[0][:700]} {run[0][-100:]}", text)[:_MOST_LOOSE_CHARACTERS]
    try:
        return _parsed(shortened.encode("utf-8"), base)
    except _FAULTS:
        return []


def _parsed(content: bytes, base: str) -> list[FeedEntry]:
    parsed = feedparser.parse(
        BytesIO(content),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": base},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    # As plain dictionaries: feedparser's own would give the published date for a missing updated one.
    return [dict(entry) for entry in parsed.entries]
