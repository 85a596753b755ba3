"""Headlines that a page shows: its headings, and elements that are named or set as one.

Read before anything is dropped from the tree: some publishers keep the headline in an element that is named as the
page's head. An element's text stands as it is, without its minor parts (kicker, edit link, date), and each of its parts
by itself.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from crawler.extraction.body.boilerplate import boilerplate_grade, name_words
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.tree import Element
from crawler.extraction.headlines.site_names import leads_home
from crawler.extraction.remembered import remembered
from text.cleaning import clean_text

HEADLINE_NAMES = named_for("headline")
_SITE_NAMES = named_for("site")
_MINOR_NAMES = named_for("kicker")
_MINOR_TAGS = frozenset({"small", "time", "button", "img", "svg"})
_HEADINGS = ("h1", "h2", "h3")
MAIN_KINDS = frozenset({"h1", "named"})
"""The kinds of elements that most pages show their headline in."""
_NAMED_TAGS = ("div", "span", "p", "td", "a", "strong", "h4", "h5", "font", "b")
_SET_TAGS = ("font", "big", "b", "strong")
_LARGE = re.compile(r"\+?[3-7]|\+[12]")
_BLOCKS = frozenset({"div", "p", "td", "center", "li", "body", "th", "h4", "h5"})
_LONGEST = 400
_PROSE = 80
_MOST = {"h1": 8, "h2": 12, "h3": 8}
_MOST_NAMED = 8
_MOST_SET = 4
_TAG_GRADES = {"nav": 2, "footer": 2, "form": 2, "dialog": 2, "aside": 1}
_NEAREST = 3
_BREAKING = frozenset({"br", "div", "p", "hr", "li"})

Texts = tuple[tuple[str, str], ...]
"""Which part of an element (whole, lesser, part) and its text, the whole first."""
_NONE_READ: Mapping[Element, Texts] = {}


class ShownHeading(NamedTuple):
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
    texts: Texts


def heading_kinds(document: Document) -> dict[Element, str]:
    """The page's elements that may be its headline, in page order, with the kind of each (ShownHeading.kind)."""
    found = _found(document)
    if not any(kind in MAIN_KINDS for kind in found.values()):
        found |= dict.fromkeys(_set_large(document.root), "large")
    return found


def heading_texts(elements: Iterable[Element], read: Mapping[Element, Texts] = _NONE_READ) -> dict[Element, Texts]:
    """The texts of elements that may be a headline, without those that have none or too long a one.

    `read` are those that were read before.
    """
    return {element: texts for element in elements if (texts := read.get(element) or tuple(_texts(element)))}


def shown_headings(
    document: Document, kinds: Mapping[Element, str], told: Mapping[Element, Texts]
) -> list[ShownHeading]:
    """What is seen of the elements with these texts, in their order."""
    places = _places(document.root, told)
    surroundings = _HeadingSurroundings()
    return [
        _heading(document, element, kinds[element], texts, places.get(element, (0, 0)), surroundings)
        for element, texts in told.items()
    ]


def _found(document: Document) -> dict[Element, str]:
    """The elements that are headings or named as headlines, up to the maximum of each kind.

    h1, h2, h3, or "named" where only its name or itemprop says that it is a headline.
    """
    found: dict[Element, str] = {}
    counts: dict[str, int] = {}
    named = {element for element in document.elements.marked("headline") if element.tag in _NAMED_TAGS}
    for element in document.root.iter(*_HEADINGS, *{str(each.tag) for each in named}):
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


@remembered
def names_headline(names: str) -> bool:
    """Whether a name holds a word for headlines, with a part of it in one piece."""
    if name_words(names).isdisjoint(HEADLINE_NAMES):
        return False
    written = names.lower()
    return "tit" in written or "head" in written or "rub" in written or "ots" in written or "ueb" in written


@remembered
def _names_minor_part(names: str) -> bool:
    return not name_words(names).isdisjoint(_MINOR_NAMES)


def _set_large(root: Element) -> Iterator[Element]:
    """Elements of old pages that are set in large or bold type and are all of their block."""
    count = 0
    for element in root.iter(*_SET_TAGS):
        if element.tag == "font" and not _LARGE.fullmatch(element.get("size") or ""):
            continue
        text = _spaced(element, _minor_parts(element))
        block = next((parent for parent in element.iterancestors() if parent.tag in _BLOCKS), None)
        if 12 < len(text) < 200 and block is not None and len(_spaced(block, _minor_parts(block))) < len(text) + 3:
            yield element
            count += 1
        if count >= _MOST_SET:
            return


class _Surrounding(NamedTuple):
    """An element that is a heading or around one; `grade` and `in_article` speak of all that is around it as well."""

    element: Element
    hidden: bool
    site: bool
    grade: int
    in_article: bool


class _HeadingSurroundings:
    """What the elements around the headings of one page say, each read once however many headings it holds."""

    def __init__(self) -> None:
        self._read: dict[Element | None, tuple[_Surrounding, ...]] = {None: ()}

    def read(self, element: Element) -> tuple[_Surrounding, ...]:
        """An element and the nearest around it, inside first; html and body say nothing."""
        inward: list[Element] = []
        outer: Element | None = element
        while outer is not None and outer not in self._read:
            inward.append(outer)
            outer = outer.getparent()
        around = self._read[outer]
        for each in reversed(inward):
            if each.tag not in ("html", "body"):
                around = (_surrounding(each, around[0] if around else None), *around[:_NEAREST])
            self._read[each] = around
        return around


def _surrounding(element: Element, outer: _Surrounding | None) -> _Surrounding:
    tag, style = element.tag, element.get("style")
    grade, site = _TAG_GRADES.get(tag, 0), False
    for name in (element.get("class"), element.get("id")):
        if name:
            name_grade, names_site = _surrounding_name(name)
            grade, site = name_grade if name_grade > grade else grade, site or names_site
    hidden = element.get("hidden") is not None or (style is not None and "display:none" in style.replace(" ", ""))
    in_article = tag in ("article", "main")
    if outer is not None:
        grade, in_article = outer.grade if outer.grade > grade else grade, outer.in_article or in_article
    return _Surrounding(element, hidden, site, grade, in_article)


@remembered
def _surrounding_name(name: str) -> tuple[int, bool]:
    """Of class names or an id: the boilerplate grade, and whether it names the site."""
    return boilerplate_grade(name), not name_words(name).isdisjoint(_SITE_NAMES)


def _heading(
    document: Document,
    element: Element,
    kind: str,
    texts: Texts,
    place: tuple[int, int],
    surroundings: _HeadingSurroundings,
) -> ShownHeading:
    around = surroundings.read(element)
    links = [link for link in (*element.iter("a"), *(each.element for each in around[1:3])) if link.tag == "a"]
    address = next((address for link in links if (address := link.get("href"))), None)
    return ShownHeading(
        element=element,
        kind=kind,
        named=_is_named(element, names_headline),
        marked=_is_marked(element),
        site=any(each.site for each in around[:3]),
        home=address is not None and leads_home(document, address),
        hidden=any(each.hidden for each in around),
        grade=around[0].grade,
        linked=address is not None,
        prose_before=place[0],
        to_prose=place[1],
        in_article=len(around) > 1 and around[1].in_article,
        texts=texts,
    )


def _texts(element: Element) -> Iterator[tuple[str, str]]:
    """(which part, text): "whole", "lesser" (without its minor parts), and each "part" of several."""
    minor = _minor_parts(element)
    whole = _spaced(element, minor)
    if not 1 < len(whole) <= _LONGEST:
        return
    yield "whole", whole
    lesser = _spaced(element, minor, left_out=minor) if minor else whole
    if lesser and lesser != whole:
        yield "lesser", lesser
    parts = list(_parts(element, minor)) if len(element) else []
    if len(parts) > 1:
        for part in parts:
            if part not in (whole, lesser):
                yield "part", part


def _minor_parts(element: Element) -> frozenset[Element]:
    inside = element.iterdescendants("*") if len(element) else ()
    return frozenset(each for each in inside if each.tag in _MINOR_TAGS or _is_named(each, _names_minor_part))


def _parts(element: Element, minor: frozenset[Element]) -> Iterator[str]:
    """The texts and the elements directly inside, of the outermost element that has several of them."""
    inner = element
    while len(inner) == 1 and not (inner.text or "").strip() and not (inner[0].tail or "").strip():
        inner = inner[0]
    pieces = [inner.text or ""]
    for child in inner:
        pieces += [_spaced(child, minor), child.tail or ""]
    for piece in pieces:
        text = clean_text(piece)
        if text and len(text) > 2:
            yield text


def _spaced(element: Element, minor: frozenset[Element], left_out: frozenset[Element] = frozenset()) -> str:
    """The text of an element, with a blank where two elements touch, where a line breaks and around its minor parts.

    Where text and an element touch, a drop cap ("<b>T</b>he") is told from a kicker ("<b>Politics</b>Budget") by the
    capital behind a small letter.
    """
    if not len(element):
        return clean_text(element.text) or ""
    pieces: list[str] = []
    _gather(element, minor, left_out, pieces)
    return clean_text("".join(pieces)) or ""


def _gather(element: Element, minor: frozenset[Element], left_out: frozenset[Element], pieces: list[str]) -> None:
    """Add what stands inside an element to the pieces of a text."""
    if element in left_out:
        return
    before = element.getprevious()
    if element.tag in _BREAKING or element in minor or (pieces and before is not None and not before.tail):
        pieces.append(" ")
    _add(element.text, pieces)
    for child in element:
        _gather(child, minor, left_out, pieces)
        if child in minor and child.tag != "img":
            pieces.append(" ")
        _add(child.tail, pieces)


def _add(text: str | None, pieces: list[str]) -> None:
    if text:
        touching = pieces and pieces[-1][-1:].islower() and text[:1].isupper()
        pieces.append(f" {text}" if touching else text)


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
        text, tail = element.text, element.tail
        if not waiting and (not text or len(text) <= _PROSE) and (not tail or len(tail) <= _PROSE):
            continue  # text that is no prose counts from a heading on alone
        for length in (len(text.strip()) if text else 0, len(tail.strip()) if tail else 0):
            if length <= _PROSE:
                other += length if waiting else 0
                continue
            prose += length
            if waiting:
                found.update((heading, (before, other - at)) for heading, (before, at) in waiting.items())
                waiting = {}
    return found | {heading: (before, other - at + 5000) for heading, (before, at) in waiting.items()}


def _has_place(element: Element) -> bool:
    """Whether it is told by more than an id, which says nothing of where a headline stands."""
    return bool(element.tag in _HEADINGS or element.tag in _SET_TAGS or element.get("class") or element.get("itemprop"))
