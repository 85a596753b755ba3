"""Boilerplate elements of a page, recognised by how they are named.

Class names, ids and roles are split into words ("relatedArticles-list" is related, articles, list), so that a name is
recognised in every publisher's spelling, and "shared" or "adapted" are not mistaken for "share" and "ad". A name
condemns only an element that holds too little of the page's prose to be the story.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from bs4.element import Tag

from crawler.extraction.document.document import Document
from crawler.extraction.document.element_index import Question, QuestionOfWords
from crawler.extraction.document.soups import NamedTag
from crawler.extraction.document.tree import Element, attributes_of, drop, text_of
from crawler.extraction.remembered import remembered
from text.tables import sections

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Not the "ad" in "e1e566ad".
_WORD = re.compile(r"(?<![a-z0-9])[a-z]+\d*(?![a-z0-9])")
# States, layouts and utilities ("has-sidebar", "md:hidden", WordPress's "tag-weather") say nothing of the element.
_UTILITY = re.compile(
    r"[^:\[\]@/]*+[:\[\]@/]|(?:sc|css)-\w+$|(?:has|is|no|not|with|without|tag|category|cat|js|overflow|type|status|format|page)[-_]"
    r"|post[-_](?!(?:date|published|posted|updated|modified)(?:[-_]|$)|(?:[\w-]*[-_])?(?:authors?|byline)(?:[-_]+name)?$)"
)
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
_STATES = ("hidden", "visible", "false", "true", "above", "inline")
_STATE = re.compile(rf"(?:label[-_]+|--)(?:{'|'.join(_STATES)})$")
_TABLE = sections(
    Path(__file__).parents[1] / "tables" / "boilerplate_names.txt", ("hard", "soft", "links", "contents", "panels")
)
_WORDS = {grade: frozenset(word for line in lines for word in line.split()) for grade, lines in _TABLE.items()}
_HARD, _SOFT, _LINKS, _CONTENTS, _PANELS = (_WORDS[grade] for grade in ("hard", "soft", "links", "contents", "panels"))
_TELLING = _HARD | _SOFT | _LINKS | _CONTENTS
_EXEMPT = frozenset(
    {
        *("html", "body", "main", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "picture", "img"),
        *("p", "a", "span", "b", "strong", "em", "i"),
    }
)
_NEVER = frozenset({"nav", "footer", "form", "dialog", "menu", "amp-consent", "amp-list", "amp-sidebar"})
_BY_TAG = (*_NEVER, "aside")
_LONGEST_COLOPHON = 500
_PICTURE_WORDS = frozenset(
    {"picture", "image", "img", "photo", "foto", "bild", "media", "figure", "slideshow", "gallery"}
)
_EMBEDDING = frozenset({"embed", "embeds", "embedded", "oembed"})
_PROSE_TAGS = frozenset({"p", "div", "li", "td", "section", "article", "blockquote", "span"})
_LINE = 20
_LINKED_LIST = 0.15
_TOLD = 300
_ANCHOR_WORDS = 5
_ANCHOR_SHARE = 0.7
_HARD_SHARE = 0.5
_SOFT_SHARE = 0.2
_PARAGRAPH = 200
_NO_WORDS: frozenset[str] = frozenset()
_NOT_SHOWN = re.compile(r"display\s*:\s*none")
_NAMING_IN_SOUP = ("class", "id", "itemprop", "data-testid")
_NAMING = ("class", "id", "data-component", "data-qa", "data-testid")


@remembered
def name_words(name: str) -> frozenset[str]:
    """The words in the class names or ids of an element, in lower case; utilities and generated names left out."""
    parts = name.split()
    return part_words(parts[0]) if len(parts) == 1 else _NO_WORDS.union(*map(part_words, parts))


@remembered
def part_words(part: str) -> frozenset[str]:
    """The words in one class name: pages have few of these, in many combinations."""
    if part.isascii() and part.isalpha() and part.islower():
        return frozenset((part,))
    is_lower = part.islower()
    if _is_utility(part if is_lower else part.lower()):
        return _NO_WORDS
    pieces = part if is_lower else _CAMEL.sub(" ", part)
    if pieces != part and _is_generated(pieces.replace("-", " ").split()):
        return _NO_WORDS
    found = _WORD.findall(pieces if is_lower else pieces.lower())
    if len(found) < 2:
        return frozenset(found)
    return frozenset(found + [a + b for a, b in pairwise(found) if len(a) > 2 and len(b) > 2])


def _is_utility(lowered: str) -> bool:
    return _UTILITY.match(lowered) is not None or (lowered.endswith(_STATES) and _STATE.search(lowered) is not None)


def _is_generated(pieces: list[str]) -> bool:
    """Whether the pieces of a mixed-case name are no words: "kqrqSr", "iWcQAo"."""
    letters = sum(map(len, pieces))
    unspeakable = any(len(piece) > 2 and not _VOWEL.search(piece) for piece in pieces)
    return letters < 12 and (unspeakable or letters < 2.6 * len(pieces))


@remembered
def boilerplate_grade(name: str) -> int:
    """0 where a name says nothing, 1 for soft, 2 for hard boilerplate."""
    words = name_words(name)
    if not words.isdisjoint(_HARD):
        return 2
    # What is hidden in a panel opens at a click.
    found = words & _SOFT
    return 0 if not found or (found == {"hidden"} and not words.isdisjoint(_PANELS)) else 1


@remembered
def _listed(name: str) -> int:
    """2 where a name is one of lists of links, 1 for the page's own contents, else 0."""
    words = name_words(name)
    return 2 if not words.isdisjoint(_LINKS) else 0 if words.isdisjoint(_CONTENTS) else 1


def _says_boilerplate(name: str) -> bool:
    """Whether a name is one of boilerplate or of lists of links."""
    return (boilerplate_grade(name) or _listed(name)) > 0


BOILERPLATE_MARKS: Mapping[str, Question | QuestionOfWords] = {
    **dict.fromkeys(_NAMING, boilerplate_grade),
    **dict.fromkeys(("class", "id"), QuestionOfWords(_TELLING, _says_boilerplate)),
    "hidden": lambda _: True,
    "style": _NOT_SHOWN.search,
}
"""By which attributes an element may be boilerplate."""


def element_names(element: Tag) -> frozenset[str]:
    """The words in a soup element's class names, id, itemprop and test id."""
    if not isinstance(element, NamedTag):
        return _words_of(element)
    words = element.words
    if words is None:
        words = element.words = _words_of(element)
    return words


def _words_of(element: Tag) -> frozenset[str]:
    attributes: Mapping[str, Any] = element.attrs
    return _words_in(tuple(map(attributes.get, _NAMING_IN_SOUP))) if attributes else _NO_WORDS


@remembered
def _words_in(names: tuple[str | None, ...]) -> frozenset[str]:
    return _NO_WORDS.union(*(name_words(name) for name in names if name))


def drop_boilerplate(document: Document, heading: Element | None) -> list[Element]:
    """Take the boilerplate out of the tree; what holds the headline stays, and what is most of the page's prose.

    Returns the elements that were dropped.
    """
    root = document.root
    kept = set(heading.iterancestors()) if heading is not None else set()
    prose = _Prose(root)
    marked = (element for element in document.elements.marked("boilerplate") if element.tag not in _EXEMPT)
    suspects = [element for element in dict.fromkeys((*root.iter(*_BY_TAG), *marked)) if element not in kept]
    condemned = _condemned(suspects, prose)
    spared = _parts_of_a_story(condemned, prose)
    dropped = [element for element in condemned if element not in spared]
    if spared:
        inside = [element for element in suspects if not spared.isdisjoint(element.iterancestors())]
        dropped += _condemned(inside, prose)
    for element in dropped:
        drop(element)
    return dropped


def why_dropped(element: Element) -> str:
    """What made an element boilerplate, in words."""
    reasons = [f"a {element.tag} element"] if element.tag in _BY_TAG else []
    reasons += ["hidden"] if _signs(element).hidden else []
    for attribute in _NAMING:
        words = name_words(element.get(attribute) or "")
        named = sorted(words & (_HARD | _LINKS)) or sorted(words & (_SOFT | _CONTENTS))
        reasons += [f"{attribute} says {', '.join(named)}"] if named else []
    return "; ".join(reasons)


def _condemned(suspects: Iterable[Element], prose: "_Prose") -> "dict[Element, _Signs]":
    """The outermost of the elements that are boilerplate, with what their attributes say."""
    found: dict[Element, _Signs] = {}
    for element in suspects:
        if not _is_inside(element, found) and _is_dropped(element, signs := _signs(element), prose):
            found[element] = signs
    return {element: signs for element, signs in found.items() if not _is_inside(element, found)}


def _is_inside(element: Element, others: Mapping[Element, object]) -> bool:
    return not others.keys().isdisjoint(element.iterancestors())


def _parts_of_a_story(condemned: "Mapping[Element, _Signs]", prose: "_Prose") -> set[Element]:
    """Elements alike, each with a paragraph or more, that hold together what no single boilerplate element holds.

    Stories are set in panels that open at a click, or in fields whose label is hidden: each is little of the page.
    """
    alike: dict[tuple[str, str, bool], list[Element]] = {}
    for element, signs in condemned.items():
        if _grade(element, signs) == 1:
            alike.setdefault((str(element.tag), element.get("class") or "", signs.hidden), []).append(element)
    found: set[Element] = set()
    for elements in alike.values():
        if len(elements) > 1:
            together = sum(map(prose.of, elements))
            if together >= _PARAGRAPH * len(elements) and prose.is_share(together, _SOFT_SHARE):
                found.update(elements)
    return found


class _Signs(NamedTuple):
    """What an element's attributes say: the grade of its names, that of names for lists of links, hidden or not."""

    grade: int
    listed: int
    hidden: bool


def _signs(element: Element) -> _Signs:
    """What an element's attributes say, but for an id that is the anchor of the heading inside."""
    grade = listed = 0
    hidden = False
    for attribute, value in attributes_of(element):
        if attribute in _NAMING:
            found = boilerplate_grade(value)
            if found > grade and not (attribute == "id" and _is_anchor(element, value)):
                grade = found
            if attribute in ("class", "id"):
                listed = max(listed, _listed(value))
        elif attribute == "hidden" or (attribute == "style" and _NOT_SHOWN.search(value)):
            hidden = True
    return _Signs(grade, listed, hidden)


def _is_dropped(element: Element, signs: _Signs, prose: "_Prose") -> bool:
    tag = element.tag
    names, listed, hidden = signs
    grade = max(names, 2 if tag in _NEVER and not _is_colophon(element) else 1 if tag == "aside" else 0)
    if hidden and not grade and not _is_panel(element):
        grade = 1
    if listed > grade and not _is_told(element, prose):
        grade = listed
    if not grade or (tag == "footer" and any(True for _ in element.iterancestors("figure"))):
        return False
    if (grade == 1 and _holds_caption(element)) or _embeds_quote(element):
        return False
    return not prose.holds(element, _HARD_SHARE if grade == 2 else _SOFT_SHARE)


def _embeds_quote(element: Element) -> bool:
    """Whether a box is named for embedding and holds a quote: a post of a social network."""
    names = name_words(element.get("class") or "")
    return not names.isdisjoint(_EMBEDDING) and next(element.iter("blockquote"), None) is not None


def _is_anchor(element: Element, name: str) -> bool:
    """Whether an id says again what the heading inside says: "industry-trends-and-market-insights"."""
    words = re.findall(r"[^\W_]+", name.lower())
    heading = next(element.iter("h2", "h3", "h4", "h5"), None) if len(words) >= _ANCHOR_WORDS else None
    told = frozenset(re.findall(r"[^\W_]+", text_of(heading).lower())) if heading is not None else frozenset()
    return sum(word in told for word in words) >= _ANCHOR_SHARE * len(words)


def _is_panel(element: Element) -> bool:
    """Whether a hidden element is one that opens at a click."""
    return not name_words(element.get("class") or "").isdisjoint(_PANELS)


def _is_told(element: Element, prose: "_Prose") -> bool:
    """Whether it is text that hardly leads elsewhere, whatever list of links it is named for."""
    characters = len(text_of(element).strip())
    if characters < _TOLD:
        return False
    linked = sum(len(text_of(link).strip()) for link in element.iter("a"))
    return linked < _LINKED_LIST * characters and prose.of(element) >= _TOLD


def _is_colophon(element: Element) -> bool:
    """Whether a footer inside an article says when, and by whom, it was written: date and author, in few words."""
    if element.tag != "footer" or not any(True for _ in element.iterancestors("article")):
        return False
    dated = any(e.tag in ("time", "address") or "published" in (e.get("class") or "") for e in element.iter("*"))
    return dated and len(text_of(element)) < _LONGEST_COLOPHON


def _grade(element: Element, signs: _Signs) -> int:
    """0 where nothing speaks against an element, 1 for soft, 2 for hard boilerplate."""
    return 2 if element.tag in _NEVER else max(signs.grade, signs.listed, signs.hidden or element.tag == "aside")


def _holds_caption(element: Element) -> bool:
    """Whether it is a picture with its caption rather than a list of teasers."""
    images = sum(1 for _ in element.iter("img", "amp-img", "picture"))
    if not images or len(text_of(element)) > 800 or any(True for _ in element.iter("h2", "h3", "h4")):
        return False
    if not name_words(element.get("class") or "").isdisjoint(_PICTURE_WORDS):
        return True
    named = any("caption" in (child.get("class") or "").lower() for child in element.iter("div", "span", "p"))
    return named or any(True for _ in element.iter("figcaption"))


class _Prose:
    """Characters of paragraph-like text outside links: in all of a page, and in an element with all that is in it."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._least = sum(_told(text) for paragraph in root.iter("p") if (text := paragraph.text))

    @cached_property
    def _total(self) -> int:
        return max(1, self.of(self._root))

    def of(self, element: Element) -> int:
        """Those in an element."""
        found = 0
        for inside in element.iter("*"):
            text, tail = inside.text, inside.tail
            if text and len(text) > _LINE and inside.tag in _PROSE_TAGS:
                found += _told(text)
            if tail and len(tail) > _LINE and inside is not element and _is_in_prose(inside):
                found += _told(tail)
        return found

    def holds(self, element: Element, share: float) -> bool:
        """Whether an element holds that share of the page's prose."""
        return len(text_of(element)) >= share * self._least and self.is_share(self.of(element), share)

    def is_share(self, characters: int, share: float) -> bool:
        """Whether so many characters are that share of the page's prose; its openings of paragraphs mostly tell."""
        return characters >= share * self._least and characters >= share * self._total


def _is_in_prose(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in _PROSE_TAGS


def _told(text: str) -> int:
    """The characters of a text that may be prose; 0 for a short one."""
    characters = len(text.strip())
    return characters if characters > _LINE else 0
