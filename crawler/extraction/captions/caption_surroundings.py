"""Surroundings of a caption: what stands around it and its picture, and belongs to both.

A credit in an element of its own, a label above the caption (who is in the photo, a kicker), the counter of a slide and
the buttons of a gallery. They are told by their names, their words and their place; none of them is the story's.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.body.boilerplate_lines import is_boilerplate_line
from crawler.extraction.captions.caption_containers import PICTURE_NAMES
from crawler.extraction.captions.caption_parts import CREDIT_NAMES, MAXIMUM_CREDIT, ONLY_CREDIT, is_credit_label
from crawler.extraction.captions.caption_texts import is_caption, is_furniture
from crawler.extraction.captions.credits import clean_credit, is_prose, looks_like_credit
from crawler.extraction.captions.picture_units import CAPTION_NAMES, DATED, PICTURES
from crawler.extraction.document.soups import (
    STORY_MARK,
    above,
    first_in,
    has_text,
    holds_more,
    tag_before,
    tag_behind,
    tags_in,
)
from crawler.extraction.texts import ends_sentence, squeezed
from text.languages import alternatives

LABEL_NAMES = frozenset({"kicker", "label", "title", "captiontitle", "headline", "heading"})
LONGEST_LABEL = 80
"""Characters of the longest label."""

_BYLINE = re.compile(rf"(?:{alternatives(lambda language: language.captions.byline_openings)})\s+\S", re.I)
_PARTS = ("span", "div", "p", "small", "footer", "cite", "figcaption", "td", "dd", "li", "a", "em", "i", "h6")
_LABEL_TAGS = ("div", "span", "p", "strong", "b", "h3", "h4", "h5", "h6", "td", "dt")
_FURNITURE_TAGS = (*_PARTS, "h4")
_PICTURE_CREDITS = frozenset({"photocredit", "imagecredit", "fotocredit", "fotoquelle", "bildnachweis", "creditline"})
_CREDIT_ALONE = ONLY_CREDIT | _PICTURE_CREDITS
_MUCH_MORE_TEXT = 1200
_MOST_AROUND = 300
_LEVELS = 3
_NO_HOLDER = ("body", "article", "main", "section", "[document]", "html")


class Surroundings(NamedTuple):
    """Credit and label beside a caption, and the elements (by id) that hold the credit, and the rest."""

    credit: str | None = None
    label: str | None = None
    credited: frozenset[int] = frozenset()
    elements: frozenset[int] = frozenset()


def read_surroundings(container: Tag) -> Surroundings:
    """What stands around a caption's element and belongs to its picture."""
    holder = above(container, "figure") or _holder(container)
    if holder is None or len(holder.get_text()) > _MUCH_MORE_TEXT:
        credits = _following_credit(container)
        label = _label_before(container)
        told = squeezed(label.get_text(" ")) if label is not None else None
        return Surroundings(_first_credit(credits), told, _ids(credits), _ids([label] if label is not None else []))
    beside = list(_beside(holder, container))
    credits = [element for element in beside if element.name in _PARTS and _is_credit(element)]
    credits = credits or _following_credit(container)
    labels: list[Tag] = []
    for element in beside:
        if element.name in _LABEL_TAGS and not any(
            element is other or element in other.parents for other in (*credits, *labels)
        ):
            labels += [element] if _is_label(element, holder) else []
    furniture = [element for element in beside if element.name in _FURNITURE_TAGS]
    taken = [*labels, *(element for element in furniture if is_furniture(squeezed(element.get_text(" "))))]
    taken += [element for element in credits if looks_like_credit(squeezed(element.get_text(" ")))]
    label_text = squeezed(labels[-1].get_text(" ")) if labels else None
    return Surroundings(_first_credit(credits), label_text, _ids(credits), _ids(taken))


def _ids(elements: list[Tag]) -> frozenset[int]:
    return frozenset(map(id, elements))


def _label_before(container: Tag) -> Tag | None:
    """The label between a picture and its caption, where each of them stands in a block of its own."""
    before = tag_before(container)
    picture = tag_before(before) if before is not None else None
    if before is None or picture is None or element_names(before).isdisjoint(LABEL_NAMES):
        return None
    shown = picture.name in PICTURES or (first_in(picture, *PICTURES) is not None and not has_text(picture))
    return before if shown and _is_label(before, container) else None


def _first_credit(elements: list[Tag]) -> str | None:
    """What the first of the credits' elements says."""
    return clean_credit(_without_label(elements[0])) if elements else None


def _beside(holder: Tag, container: Tag) -> Iterator[Tag]:
    """The elements of a holder that hold text, no picture, and nothing of the caption."""
    for element in tags_in(holder, *_PARTS, *_LABEL_TAGS):
        if first_in(element, *PICTURES, "p", "div", "ul") is not None or not has_text(element):
            continue
        if element is not container and not _is_inside(container, element) and not _is_inside(element, container):
            yield element


def _is_inside(element: Tag, other: Tag) -> bool:
    """Whether an element, or another like it, is around the other one."""
    name = element.name
    return any(parent is element or (parent.name == name and parent == element) for parent in other.parents)


def begins_text(text: str) -> bool:
    """Whether a text begins as a sentence does: with a capital, or with a letter that has no case."""
    letter = next((character for character in text if character.isalpha()), "")
    return text[:1].isupper() or (letter.isalpha() and letter.lower() == letter.upper())


def _is_label(element: Tag, holder: Tag) -> bool:
    """Whether an element beside a caption is a label: named or set as one, and no sentence, credit or link."""
    text = squeezed(element.get_text(" "))
    if not 2 < len(text) <= LONGEST_LABEL or ends_sentence(text) or looks_like_credit(text) or is_furniture(text):
        return False
    if first_in(element, "a") is not None or above(element, "a") is not None or not begins_text(text):
        return False
    if DATED.search(text) or is_boilerplate_line(text) or not is_caption(text, text):
        return False
    names = element_names(element)
    if not names.isdisjoint(CAPTION_NAMES):
        return False
    if not names.isdisjoint(LABEL_NAMES):
        return True
    named = holder.name == "figure" or not element_names(holder).isdisjoint(PICTURE_NAMES)
    return named and (element.name in ("strong", "b") or element.name[0] == "h")


def _is_credit(element: Tag) -> bool:
    """Whether an element beside a caption credits somebody, by its name or its words."""
    text = squeezed(element.get_text(" "))
    if (
        not 2 < len(text) < MAXIMUM_CREDIT
        or is_credit_label(text)
        or is_prose(clean_credit(text) or "")
        or is_furniture(text)
    ):
        return False
    names = element_names(element)
    if _BYLINE.match(text) and names.isdisjoint(_CREDIT_ALONE) and not looks_like_credit(text):
        return False
    named = not names.isdisjoint(CREDIT_NAMES) and names.isdisjoint(LABEL_NAMES)
    return named or element.name == "footer" or looks_like_credit(text)


def _following_credit(container: Tag) -> list[Tag]:
    """A credit in the element behind the caption's, or behind one that holds nothing else, where its name says so."""
    around: Tag | None = container
    for _ in range(_LEVELS):
        if around is None or around.name in _NO_HOLDER or around.has_attr(STORY_MARK):
            return []
        behind = tag_behind(around)
        if behind is not None and has_text(behind):
            if element_names(behind).isdisjoint(_CREDIT_ALONE):
                return []
            text = squeezed(behind.get_text(" "))
            return [behind] if len(text) < MAXIMUM_CREDIT and not is_prose(text) else []
        around = around.parent
    return []


def _without_label(element: Tag) -> str:
    """The text of a credit's element without a label in an element of its own: "Credit", "Photo"."""
    parts = [squeezed(string) for string in element.strings if string.strip()]
    return " ".join(parts[1:] if len(parts) > 1 and is_credit_label(parts[0]) else parts)


def _holder(container: Tag) -> Tag | None:
    """The element around the caption and its picture that holds hardly more text than the caption: the nearest."""
    size = len(container.get_text(strip=True)) + _MOST_AROUND
    around = container.parent
    for _ in range(_LEVELS):
        if around is None or around.name in _NO_HOLDER or around.has_attr(STORY_MARK):
            return None
        if holds_more(around, size):
            return None
        if first_in(around, *PICTURES) is not None:
            return around
        around = around.parent
    return None
