"""Texts of a tree that may tell a date: those that hold what years begin with."""

from collections import defaultdict

from crawler.extraction.document.tree import Element

FoundText = tuple[Element, str, bool]
"""An element, and its text or (true) the one behind it."""


def texts_with_years(root: Element) -> list[FoundText]:
    """The texts of a tree that may hold a year, and its time elements, in page order."""
    found: list[FoundText] = []
    # What stands behind an element comes when all that stands inside has come: by the element that comes then.
    waiting: defaultdict[Element | None, list[FoundText]] = defaultdict(list)
    for element in root.iter("*"):
        if waiting and element in waiting:
            found += reversed(waiting.pop(element))  # the innermost was met last, and ends first
        text, tail = element.text, element.tail
        if element.tag == "time":
            found.append((element, text or "", False))
        elif text and _may_hold_year(text):
            found.append((element, text, False))
        if tail and _may_hold_year(tail):
            waiting[_following(element)].append((element, tail, True))
    return [*found, *reversed(waiting[None])]


def _may_hold_year(text: str) -> bool:
    return "20" in text or "19" in text or "年" in text


def _following(element: Element) -> Element | None:
    """The first element behind one, and not inside."""
    at: Element | None = element
    while at is not None:
        following = at.getnext()
        if following is not None:
            return following
        at = at.getparent()
    return None
