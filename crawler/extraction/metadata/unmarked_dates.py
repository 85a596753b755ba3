"""Dates that no text of a page tells alone: in attributes, or split by mark-up over several texts.

Scripts keep the instant beside what they show ("data-timestamp", "title"), themes draw a box of a day, a month and a
year, and ordinals are raised. Dates whose year no text marks (two digits, the digits of other scripts, Buddhist years)
are found here too, as the search for texts with a year passes them by.
"""

import re
from collections.abc import Iterator

from crawler.extraction.document.tree import Element
from crawler.extraction.texts import has_digit, squeezed

WHOLE_DAY = re.compile(
    r"\b\d{1,2}(?!\d)\D.*(?:19|20)\d\d|(?:19|20)\d\d\D+\d{1,2}(?!\d)|\b\d{1,2}[./-]\d{1,2}[./-]\d\d\b"
    r"|\b\d{1,2}[-/.][^\W\d]{3,9}[-/.]\d\d\b|\b25[56]\d\b|[٠-٩۰-۹०-९]{4}|\d年"
)
"""What a text holds that may be a day with its year."""
_OF_PUBLICATION = re.compile(
    r"pub(?:lish)?date|updatedate|data-(?:published?|pub|posted|post|created|article|entry|story)"
    r"(?:-?(?:at|on|date|time|datetime|timestamp))?"
)
_OF_ANYTHING = re.compile(r"datetime|title|aria-label|data-(?:date|time|date-?time|time-?stamp)")
"""Attributes in which elements state dates for scripts and readers; the latter don't name what they date."""
_OF_OTHERS = frozenset({"a", "img", "iframe", "picture", "video", "input", "option"})
_MARKS = frozenset({"span", "abbr", "small", "i", "em", "b", "strong"})
_SHORT_YEAR = re.compile(
    r"(?:[^\W\d]+[,:] ?)?\d{1,2}([./-])(?:\d{1,2}|[^\W\d]{3,9})\1\d\d(?:[ ,]+\d{1,2}[:.h]\d\d(?!\d).{0,6})?"
)
_LONG_YEAR = re.compile(r"\d{4}|年")
_UNIX = re.compile(r"1\d{9}(?:\d{3})?")
_LONGEST_ATTRIBUTE = 120
_LONGEST_SPLIT, _SHORTEST = 40, 6


def dates_in_attributes(element: Element) -> Iterator[tuple[str, str]]:
    """Names and values of the attributes that may state a date.

    Those that don't name what they date count on marks inside a line and elements of the page's own.
    """
    if element.tag in _OF_OTHERS or not element.attrib:
        return
    is_mark = "-" in element.tag or element.tag in _MARKS
    for name, value in map(_as_text, element.attrib.items()):
        is_stating = _OF_PUBLICATION.fullmatch(name) or (is_mark and _OF_ANYTHING.fullmatch(name))
        if is_stating and len(value) < _LONGEST_ATTRIBUTE and (WHOLE_DAY.search(value) or _UNIX.fullmatch(value)):
            yield name, value


def split_date(element: Element) -> str:
    """The whole text of an element where it is short and may be a date, and none of its parts is one with its year."""
    length = 0
    texts = []
    for text in map(str, element.itertext()) if len(element) else (element.text or "",):
        length += len(text.strip())
        if length > _LONGEST_SPLIT or (("20" in text or "19" in text or "年" in text) and WHOLE_DAY.search(text)):
            return ""
        texts.append(text)
    whole = squeezed(" ".join(texts)) if length >= _SHORTEST else ""
    is_day = WHOLE_DAY.search(whole) if has_digit(whole) else None
    return whole if is_day and (_LONG_YEAR.search(is_day[0]) or _SHORT_YEAR.fullmatch(whole)) else ""


def _as_text(attribute: tuple[str | bytes, str | bytes]) -> tuple[str, str]:
    return str(attribute[0]), str(attribute[1])
