"""Place of filing, where the story's first words don't state it.

Some publishers set the dateline in an element of its own before the first paragraph, some behind a note on the
reporting, some only in JSON-LD (schema.org's `dateline` of NewsArticle).
"""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import cast

from lxml import etree

from crawler.extraction.bylines.datelines import Dateline, looks_like_place, read_dateline
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.document.tree import text_of
from crawler.extraction.texts import squeezed, word_key
from text.gazetteer import is_known_place

_BEHIND = etree.XPath("following::text()[normalize-space()][position() < 8]")
_MOST_ELEMENTS = 4
_LONGEST_PLACE = 60
_LONGEST_NOTE = 160
_BETWEEN = 40
_OPENING = 30


def read_filing(document: Document, body: list[str], lead: str) -> tuple[Dateline, list[str]]:
    """The dateline and the paragraphs without it; `lead` is the bold text that the first of them begins with."""
    found = read_dateline(body[0], lead)
    if found.place or found.agencies:
        return found, [found.rest, *body[1:]]
    if len(body) > 1 and len(body[0]) < _LONGEST_NOTE:
        second = read_dateline(body[1])
        if second.place and second.place.split(",")[0].isupper():
            return second, [body[0], second.rest, *body[2:]]
    stated = next(chain(_shown(document, body[0]), _stated(document)), found)
    return stated, body


def names_dateline(name: str) -> bool:
    """Whether class names call an element a dateline, or a place."""
    return "dateline" in name or "location" in name


def states_dateline(properties: str) -> bool:
    """Whether the property of an element is the dateline."""
    return properties == "dateline"


def _shown(document: Document, first: str) -> Iterator[Dateline]:
    """What elements named for it say directly before the first paragraph."""
    opening = word_key(first)[:_OPENING]
    marked = document.elements.marked("dateline")
    left = (element for element in marked if any(outer is document.root for outer in element.iterancestors()))
    for element in islice(left, _MOST_ELEMENTS):
        text = squeezed(text_of(element))
        if not 1 < len(text) <= _LONGEST_PLACE:
            continue
        behind = word_key("".join(cast("list[str]", _BEHIND(element)))[: _BETWEEN + 2 * _OPENING])
        if 0 <= behind.find(opening) <= _BETWEEN:
            printed = read_dateline(f"{text} {first}")
            place = text.strip(" -–—:|")
            if printed.place:
                yield printed
            elif looks_like_place(place) and (place != text or "location" in (element.get("class") or "")):
                yield Dateline(place, (), first)


def _stated(document: Document) -> Iterator[Dateline]:
    """What JSON-LD says of its stories: a town; some papers name their own country on every page."""
    for node in document.stories[:2]:
        for text in jsonld.strings(node.get("dateline")):
            place = squeezed(text).strip(" -–—:|")
            town = "," in place or is_known_place(place)
            if town and len(place) <= _LONGEST_PLACE and looks_like_place(place) and not re.search(r"\d", place):
                yield Dateline(place, (), "")
