"""Headlines that a page shows: its headings, and elements that are named or set as one.

Read before anything is dropped from the tree: some publishers keep the headline in an element that is named as the
page's head. An element's text stands as it is, without its minor parts (kicker, edit link, date), and each of its parts
by itself.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from crawler.extraction.body.boilerplate import boilerplate_grade, name_words
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.tree import Element
from crawler.extraction.headlines.site_names import leads_home
from text.cleaning import clean_text

_HEADLINE_NAMES = named_for("headline")
_SITE_NAMES = named_for("site")
_MINOR_NAMES = named_for("kicker")
_MINOR_TAGS = frozenset({"small", "time", "button", "img", "svg"})
_HEADINGS = ("h1", "h2", "h3")
_NAMED_TAGS = ("div", "span", "p", "td", "a", "strong", "h4", "h5", "font", "b")
_SET_TAGS = ("font", "big", "b", "strong")
_LARGE = re.compile(r"\+?[3-7]|\+[12]")
_BLOCKS = frozenset({"div", "p", "td", "center", "li", "body", "th", "h4", "h5"})
_LONGEST = 400
_PROSE = 80
_MOST = {"h1": 8, "h2": 12, "h3": 8}
_MOST_NAMED = 8
_MOST_SET = 4
_BREAKING = frozenset({"br", "div", "p", "hr", "li"})


@dataclass(frozen=True)
class ShownHeading:
    """An element that may be the headline; numbers say where it stands."""

    element: Element
    kind: str
    named: bool
    marked: bool
    site: bool
    home: bool
    hidden: bool
    grade: int
    linked: bool
    prose_before: int
    to_prose: int
    in_article: bool
    texts: tuple[tuple[str, str], ...]


def shown_headings(document: Document) -> list[ShownHeading]:
    """The page's elements that may be its headline, in page order."""
    found = _found(document)
    if not any(kind in ("h1", "named") for kind in found.values()):
        found |= dict.fromkeys(_set_large(document.root), "large")
    told = {element: texts for element in found if (texts := tuple(_texts(element)))}
    places = _places(document.root, told)
    surroundings = _HeadingSurroundings()
    return [
        _heading(document, element, found[element], texts, places.get(element, (0, 0)), surroundings)
        for element, texts in told.items()
    ]


def _found(document: Document) -> dict[Element, str]:
    """The elements that are headings or named as headlines, up to the maximum of each kind.

    h1, h2, h3, or "named" where only its name or itemprop says that it is a headline.
    """
    found: dict[Element, str] = {}
    counts: dict[str, int] = {}
    named = {element for element in document.elements.marked("headline") if element.tag in _NAMED_TAGS}
    for element in document.root.iter(*_HEADINGS, *{str(element.tag) for element in named}):
        kind = str(element.tag)
        if kind not in _HEADINGS:
            if element not in named or not (_is_named(element, names_headline) or _is_marked(element)):
                continue
            if any(parent in found for parent in element.iterancestors()):
                continue
            kind = "named"
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= _MOST.get(kind, _MOST_NAMED):
            found[element] = kind
    return found


def _is_marked(element: Element) -> bool:
    return states_headline(element.get("itemprop") or "") and element.get("content") is None


def states_headline(properties: str) -> bool:
    """Whether the properties of an element are a headline's."""
    return "headline" in properties.split()


def _is_named(element: Element, says: Callable[[str], bool]) -> bool:
    """Whether the class names or the id of an element say it."""
    names, identifier = element.get("class"), element.get("id")
    return bool((names and says(names)) or (identifier and says(identifier)))


@lru_cache(maxsize=1 << 14)
def names_headline(names: str) -> bool:
    """Whether a name holds a word for headlines; few names hold the letters of any, and are divided into words."""
    written = names.lower()
    hinted = "tit" in written or "head" in written or "rub" in written or "ots" in written or "ueb" in written
    return hinted and not name_words(names).isdisjoint(_HEADLINE_NAMES)


@lru_cache(maxsize=1 << 14)
def _names_site(names: str) -> bool:
    return not name_words(names).isdisjoint(_SITE_NAMES)


@lru_cache(maxsize=1 << 14)
def _names_minor_part(names: str) -> bool:
    return not name_words(names).isdisjoint(_MINOR_NAMES)


def _set_large(root: Element) -> Iterator[Element]:
    """Elements of old pages that are set in large or bold type and are all of their block."""
    count = 0
    for element in root.iter(*_SET_TAGS):
        if element.tag == "font" and not _LARGE.fullmatch(element.get("size") or ""):
            continue
        text = _spaced(element)
        block = next((parent for parent in element.iterancestors() if parent.tag in _BLOCKS), None)
        if 12 < len(text) < 200 and block is not None and len(_spaced(block)) < len(text) + 3:
            yield element
            count += 1
        if count >= _MOST_SET:
            return


class _HeadingSurroundings:
    """What the elements around the headings of one page say, each read once however many headings it holds."""

    def __init__(self) -> None:
        self._read: dict[Element, tuple[int, bool]] = {}

    def read(self, element: Element) -> tuple[int, bool]:
        """The highest boilerplate grade of an element and what is around it, and whether that is an article."""
        inward = [element]
        while inward[-1] not in self._read and (parent := inward[-1].getparent()) is not None:
            inward.append(parent)
        grade, in_article = self._read.get(inward[-1], (0, False))
        for each in reversed(inward):
            if each not in self._read and (tag := each.tag) not in ("html", "body"):
                grade, in_article = max(grade, _grade(each)), in_article or tag in ("article", "main")
            self._read[each] = grade, in_article
        return grade, in_article


def _heading(
    document: Document,
    element: Element,
    kind: str,
    texts: tuple[tuple[str, str], ...],
    place: tuple[int, int],
    surroundings: _HeadingSurroundings,
) -> ShownHeading:
    around = list(islice((p for p in element.iterancestors() if p.tag not in ("html", "body")), 3))
    links = [link for link in (*element.iter("a"), *around[:2]) if link.tag == "a" and link.get("href")]
    parent = element.getparent()
    return ShownHeading(
        element=element,
        kind=kind,
        named=_is_named(element, names_headline),
        marked=_is_marked(element),
        site=any(_is_named(parent, _names_site) for parent in (element, *around[:2])),
        home=bool(links) and leads_home(document, links[0]),
        hidden=any(_is_hidden(parent) for parent in (element, *around)),
        grade=surroundings.read(element)[0],
        linked=bool(links),
        prose_before=place[0],
        to_prose=place[1],
        in_article=parent is not None and surroundings.read(parent)[1],
        texts=texts,
    )


def _is_hidden(element: Element) -> bool:
    style = element.get("style") or ""
    return element.get("hidden") is not None or "display:none" in style.replace(" ", "")


def _grade(element: Element) -> int:
    """How much an element is named like boilerplate: 0, 1 or 2."""
    tag, names, identifier = element.tag, element.get("class"), element.get("id")
    grade = 2 if tag in ("nav", "footer", "form", "dialog") else 1 if tag == "aside" else 0
    if names:
        grade = max(grade, boilerplate_grade(names))
    return max(grade, boilerplate_grade(identifier)) if identifier else grade


def _texts(element: Element) -> Iterator[tuple[str, str]]:
    """(which part, text): "whole", "lesser" (without its minor parts), and each "part" of several."""
    whole = _spaced(element)
    if not 1 < len(whole) <= _LONGEST:
        return
    yield "whole", whole
    if not len(element):
        return
    minor = frozenset(child for child in element.iter("*") if child is not element and _is_minor(child))
    lesser = _spaced(element, minor) if minor else whole
    if lesser and lesser != whole:
        yield "lesser", lesser
    parts = list(_parts(element))
    if len(parts) > 1:
        for part in parts:
            if part not in (whole, lesser):
                yield "part", part


def _is_minor(element: Element) -> bool:
    return element.tag in _MINOR_TAGS or _is_named(element, _names_minor_part)


def _parts(element: Element) -> Iterator[str]:
    """The texts and the elements directly inside, of the outermost element that has several of them."""
    inner = element
    while len(inner) == 1 and not (inner.text or "").strip() and not (inner[0].tail or "").strip():
        inner = inner[0]
    pieces = [inner.text or ""]
    for child in inner:
        pieces += [_spaced(child), child.tail or ""]
    for piece in pieces:
        text = clean_text(piece)
        if text and len(text) > 2:
            yield text


def _spaced(element: Element, left_out: frozenset[Element] = frozenset()) -> str:
    """The text of an element, with a blank where two elements touch and where a line breaks.

    Where text and an element touch, a drop cap ("<b>T</b>he") is told from a kicker ("<b>Politics</b>Budget") by the
    capital behind a small letter.
    """
    pieces: list[str] = []

    def add(text: str | None) -> None:
        if text:
            touching = pieces and pieces[-1][-1:].islower() and text[:1].isupper()
            pieces.append(f" {text}" if touching else text)

    def walk(node: Element) -> None:
        if node in left_out:
            return
        before = node.getprevious()
        set_apart = node.tag in _BREAKING or (node is not element and _is_minor(node))
        if set_apart or (pieces and before is not None and not before.tail):
            pieces.append(" ")
        add(node.text)
        for child in node:
            walk(child)
            if child.tag != "img" and _is_minor(child):
                pieces.append(" ")
            add(child.tail)

    walk(element)
    return clean_text("".join(pieces)) or ""


def _places(root: Element, headings: Collection[Element]) -> dict[Element, tuple[int, int]]:
    """Of each heading: characters of prose before it, and characters of other text from it to the next prose."""
    found: dict[Element, tuple[int, int]] = {}
    waiting: dict[Element, tuple[int, int]] = {}
    prose = other = 0
    ahead = len(headings)
    for element in root.iter("*") if headings else ():
        if element in headings:
            ahead -= 1
            if _has_place(element):
                waiting[element] = (prose, other)
        elif not ahead and not waiting:
            break
        for text in (element.text, element.tail):
            # Text that is no prose counts from a heading on alone.
            if not text or (not waiting and len(text) <= _PROSE):
                continue
            length = len(text.strip())
            if length <= _PROSE:
                other += length
                continue
            prose += length
            if waiting:
                found.update((heading, (before, other - at)) for heading, (before, at) in waiting.items())
                waiting = {}
    return found | {heading: (before, other - at + 5000) for heading, (before, at) in waiting.items()}


def _has_place(element: Element) -> bool:
    """Whether it is told by more than an id, which says nothing of where a headline stands."""
    return bool(element.tag in _HEADINGS or element.tag in _SET_TAGS or element.get("class") or element.get("itemprop"))
