"""Texts of a tree that may tell a date: those that hold what years begin with."""

from operator import itemgetter

from crawler.extraction.document.tree import Element

FoundText = tuple[Element, str, bool]
"""An element, and its text or (true) the one behind it."""


def texts_with_years(root: Element) -> list[FoundText]:
    """The texts of a tree that may hold a year, and its time elements, in page order."""
    found: list[tuple[tuple[int, bool, int], FoundText]] = []
    for place, element in enumerate(root.iter("*")):
        text, tail = element.text, element.tail
        if element.tag == "time":
            found.append(((place, False, 0), (element, text or "", False)))
        elif text and _may_hold_year(text):
            found.append(((place, False, 0), (element, text, False)))
        if tail and _may_hold_year(tail):
            # Behind all that stands inside; of texts behind several elements that end there, the innermost's is first.
            last = place + sum(1 for _ in element.iterdescendants("*"))
            found.append(((last, True, -place), (element, tail, True)))
    return [text for _, text in sorted(found, key=itemgetter(0))]


def _may_hold_year(text: str) -> bool:
    return "20" in text or "19" in text or "年" in text
