"""Dates that a page shows, with where they stand and what stands before them.

Read in one pass over the tree, before boilerplate is dropped: some layouts put the date into a column or a foot of
its own. What speaks for a date and against it is carried along and weighed later (date_weights.py), as the day of a
story may stand in a footer, and a teaser's beside the headline.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal, NamedTuple, cast

from crawler.extraction.body.boilerplate import boilerplate_grade, name_words
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.tree import Element, text_of
from crawler.extraction.metadata.date_labels import DateLabel, label_of, label_of_names, labelled_parts
from crawler.extraction.metadata.masthead import is_masthead
from crawler.extraction.metadata.texts_with_years import FoundText, texts_with_years
from crawler.extraction.metadata.unmarked_dates import WHOLE_DAY, dates_in_attributes, split_date
from crawler.extraction.texts import has_digit, squeezed

Frame = Literal["time", "named", "text", "dateline"]
"""What a date stands in: a time element, one that is named for dates, any other, or the opening of a paragraph."""

DATE_NAMES = named_for("date")
_CAPTION_NAMES = named_for("caption")
_NAMED = frozenset(
    {
        *("span", "div", "p", "li", "small", "em", "i", "b", "strong", "abbr", "td", "dd", "a", "font", "date"),
        *("h2", "h3", "h4", "h5", "h6", "header", "footer", "address", "section", "ul", "aside"),
    }
)
_HINT = re.compile("|".join(sorted({name[:4] for name in DATE_NAMES})))
"""What all names of elements for dates hold in one piece."""
_DATELINE = re.compile(r"\W{0,3}[^\W\d].{0,70}?(?:19|20)\d\d\b.{0,25}?[-–—:]\s")
_PROSE_TAGS = frozenset({"p", "li", "td", "div", "blockquote", "article", "section"})
_CARD_HEADINGS = ("h2", "h3", "h4", "h5")
_COMMENT_NAMES = frozenset(
    ["comment", "comments", "commentlist", "kommentare", "reply", "replies", "disqus", "respond"]
)
_FEET = frozenset({"nav", "footer", "form", "aside"})
_FOR_SCREEN_READERS = frozenset({"sr", "screenreader", "visuallyhidden", "a11y"})
"""Names of elements that are hidden because others show the same, which states a date as well as these."""
_LONGEST = 160
_LONGEST_NAMED = 120
_LONGEST_LABEL = 40
_SHORT = 30
"""Characters of a line that may be a date in words alone ("yesterday")."""
_LONG_BLOCK = 220
_LONGEST_CARD = 700
_MOST = 150
_FAR_BEHIND, _FAR_BEFORE = 900, 500
"""Characters from the headline from which on all is far away."""
_FAR = 1800
_OPENED = frozenset({"p", "div", "td", "span"})
"""Elements in which a paragraph may open with a dateline."""
_NO_TEXT = frozenset({"title", "h1", "option", "button"})


class ShownDate(NamedTuple):
    """A text that may be a date; `texts` are its statements, the one for machines first.

    `distance` is the number of characters of text between the end of the headline and it, negative above, 1800 for all
    that is further; None where there is no headline. `grade` is 0 to 2 as boilerplate_grade, of the elements around it;
    `group` is alike for elements that are made alike, as those of a list are; `words` counts those of the whole line;
    `in_prose` is set inside sentences and captions, `in_masthead` where sites show the day of reading.
    """

    texts: tuple[str, ...]
    label: DateLabel
    frame: Frame
    distance: int | None
    grade: int
    group: str
    words: int = 0
    in_comment: bool = False
    in_card: bool = False
    in_prose: bool = False
    in_masthead: bool = False


def shown_dates(document: Document, heading: Element | None, *, everywhere: bool = True) -> tuple[ShownDate, ...]:
    """The dates that the tree of a page shows, at most some hundred; those around the headline only, or everywhere.

    Where the page states its date for machines, what it shows far from the headline adds nothing to that.
    """
    return tuple(_Reader(document, heading).read(everywhere=everywhere or heading is None))


class _Reader:
    def __init__(self, document: Document, heading: Element | None) -> None:
        self._root = document.root
        self._dated = document.elements.marked("date")
        self._heading = heading
        self._kept = set(heading.iterancestors()) if heading is not None else set()
        self._near = _distances(heading)
        self._named: set[Element] = set()

    def read(self, *, everywhere: bool) -> list[ShownDate]:
        """The dates in elements named for dates around the headline, then all others."""
        found: list[ShownDate] = []
        for element in self._near if self._heading is not None else self._dated:
            if self._is_named_for_dates(element):
                self._named.add(element)
                found += self._placed(self._of_named(element), element)
        for element, text, is_tail in texts_with_years(self._root) if everywhere else self._texts_around():
            if len(found) >= _MOST:
                break
            if shown := self._of_found(element, text, is_tail=is_tail):
                found += self._placed(shown, element)
        if everywhere:
            for element in self._near:
                found += self._placed(self._of_unusual(element), element)
        dateline = next(
            filter(None, (self._of_dateline(element, place) for element, place in self._near.items())), None
        )
        return [*found, dateline] if dateline else found

    def _is_named_for_dates(self, element: Element) -> bool:
        return element in self._dated and element.tag in _NAMED

    def _texts_around(self) -> Iterator[FoundText]:
        """The texts around the headline, and the one right behind it."""
        if self._heading is not None and self._heading.tail:
            yield self._heading, self._heading.tail, True
        for element in self._near:
            if element.text or element.tag == "time":
                yield element, element.text or "", False
            if element.tail and not element.tail.isspace():
                yield element, element.tail, True

    def _placed(self, shown: Iterable[ShownDate], element: Element) -> Iterator[ShownDate]:
        distance = None if self._heading is None else self._near.get(element, _FAR)
        return (one._replace(distance=distance) for one in shown)

    def _of_found(self, element: Element, text: str, *, is_tail: bool) -> Iterable[ShownDate]:
        """The dates of a time element, or of a text: as those of the element that is named for dates around it."""
        if element.tag == "time" and not is_tail:
            return self._of_time(element)
        if (element.tag in _NO_TEXT and not is_tail) or not _may_be_date(text):
            return ()
        if is_tail:
            return self._of_text(element, text, is_tail=True)
        for around in (element, element.getparent()):
            if around is not None and around not in self._named and self._is_named_for_dates(around):
                self._named.add(around)
                shown = list(self._of_named(around))
                if shown:
                    return shown
        return self._of_text(element, text)

    def _of_time(self, element: Element) -> Iterator[ShownDate]:
        text = squeezed(text_of(element))[:_LONGEST]
        stated = element.get("datetime") or element.get("content") or ""
        texts = tuple(value for value in (stated, text) if value and (len(value) < _SHORT or has_digit(value)))
        if texts:
            label = label_of(text) or self._label_before(element)
            yield self._shown(element, texts, label, "time")

    def _of_named(self, element: Element) -> Iterator[ShownDate]:
        inner = next((time for time in element.iter("time") if ":" in (time.get("datetime") or "")), None)
        stated = element.get("datetime") or element.get("content") or ""
        if not stated and element.tag in ("abbr", "span", "a") and has_digit(element.get("title") or ""):
            stated = element.get("title") or ""
        if not stated and inner is not None:
            stated = inner.get("datetime") or ""
        text = squeezed(" ".join(map(str, element.itertext())))
        if len(text) >= _LONGEST_NAMED or not (stated or WHOLE_DAY.search(text) or 0 < len(text) < _SHORT):
            return
        parts = [(label_of(text), text)] if stated else list(labelled_parts(text))
        for label, part in parts:
            label = label or self._label_before(element)
            texts = tuple(value for value in (stated, part) if value)
            yield self._shown(element, texts, label, "named", words=len(text.split()))

    def _of_text(self, element: Element, text: str, *, is_tail: bool = False) -> Iterator[ShownDate]:
        line = squeezed(text)
        if not 6 <= len(line) <= _LONGEST:
            return
        for label, part in labelled_parts(line):
            if not WHOLE_DAY.search(part):
                continue
            if not label:
                label = label_of(_short_text(element)) if is_tail else self._label_before(element)
            yield self._shown(element, (part,), label, "text", words=len(line.split()), is_tail=is_tail)

    def _of_unusual(self, element: Element) -> Iterator[ShownDate]:
        """The dates that no text of an element tells alone (unmarked_dates.py)."""
        if element.tag == "time":
            return
        for name, value in dates_in_attributes(element):
            for label, part in labelled_parts(value):
                label = label or label_of_names(name) or self._label_before(element)
                yield self._shown(element, (part,), label, "named" if "title" not in name else "text")
        text = split_date(element) if element.tag not in _NO_TEXT and element not in self._named else ""
        if text:
            yield from self._of_text(element, text)

    def _of_dateline(self, element: Element, distance: int) -> ShownDate | None:
        text = element.text or ""
        if distance < 0 or len(text) <= _LONGEST or element.tag not in _OPENED:
            return None
        match = _DATELINE.match(text.lstrip())
        return (
            self._shown(element, (squeezed(match[0]),), "", "dateline")._replace(distance=distance) if match else None
        )

    def _label_before(self, element: Element) -> DateLabel:
        """The label in an element's names, else in the short text before it."""
        around: Element | None = element
        for _ in range(3):
            if around is None or around in self._kept:
                break
            label = label_of_names(f"{around.get('class') or ''} {around.get('itemprop') or ''}")
            label = label or label_of(_text_before(around))
            if label:
                return label
            around = around.getparent()
            if around is not None and len(squeezed(text_of(around))) > _LONGEST_NAMED:
                break
        return ""

    def _shown(
        self,
        element: Element,
        texts: tuple[str, ...],
        label: DateLabel,
        frame: Frame,
        *,
        words: int = 0,
        is_tail: bool = False,
    ) -> ShownDate:
        grade = 0
        in_comment = in_card = in_masthead = False
        parent = element.getparent()
        inside: Element | None = parent if is_tail else element
        own = inside
        steps = 0
        while inside is not None and inside not in self._kept:
            grade = max(grade, _grade(inside))
            in_comment = in_comment or not name_words(inside.get("class") or "").isdisjoint(_COMMENT_NAMES)
            in_card = in_card or (steps < 6 and self._is_card(inside))
            in_masthead = in_masthead or is_masthead(inside)
            inside = inside.getparent()
            steps += 1
        parent_names = parent.get("class") or "" if parent is not None else ""
        group = f"{element.tag} {element.get('class') or ''} {parent_names}"
        in_prose = frame == "text" and own is not None and (_is_prose(own, texts[0]) or _is_caption(own))
        return ShownDate(texts, label, frame, None, grade, group, words, in_comment, in_card, in_prose, in_masthead)

    def _is_card(self, element: Element) -> bool:
        """Whether an element teases another story: a heading that is a link, or a link around more than a date."""
        if element.tag == "a" and len(squeezed(text_of(element))) > _LONGEST_LABEL:
            return True
        heading = next(element.iter(*_CARD_HEADINGS), None)
        if heading is None or self._heading is None:
            return False
        is_link = next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None
        return is_link and len(text_of(element)) < _LONGEST_CARD


def _distances(heading: Element | None) -> dict[Element, int]:
    """How many characters of text the elements around the heading are away from it, negative above."""
    found: dict[Element, int] = {}
    if heading is None:
        return found
    for direction, elements in ((1, _behind(heading)), (-1, _before(heading))):
        away = 0
        for element in elements:
            text, tail = element.text, element.tail
            characters = (len(text.strip()) if text else 0) + (len(tail.strip()) if tail else 0)
            found[element] = away if direction > 0 else -away - characters
            away += characters
            if away > (_FAR_BEHIND if direction > 0 else _FAR_BEFORE):
                break
    return found


def _behind(element: Element) -> Iterator[Element]:
    """The elements behind one, in page order."""
    at: Element | None = element
    while at is not None:
        beside = at.getnext()
        if beside is None:
            at = at.getparent()
        else:
            yield from beside.iter("*")
            at = beside


def _before(element: Element) -> Iterator[Element]:
    """The elements before one, the nearest first."""
    at: Element | None = element
    while at is not None:
        beside = at.getprevious()
        if beside is None:
            at = at.getparent()
        else:
            yield from _from_end(beside)
            at = beside


def _from_end(element: Element) -> Iterator[Element]:
    """An element and all inside, from the end of the page on: the first of them are asked for only."""
    at = element
    while len(at):
        at = at[-1]
    yield at
    while at is not element:
        beside = at.getprevious()
        if beside is None:
            at = cast("Element", at.getparent())
        else:
            at = beside
            while len(at):
                at = at[-1]
        yield at


def _may_be_date(text: str) -> bool:
    return 6 <= len(text) <= _LONGEST * 2 and has_digit(text) and WHOLE_DAY.search(text) is not None


def names_date(names: str) -> bool:
    """Whether class names or an id are of an element for dates."""
    return not name_words(names).isdisjoint(DATE_NAMES) and _HINT.search(names.lower()) is not None


def _grade(element: Element) -> int:
    is_foot = element.tag in _FEET and not (element.tag == "footer" and _is_in_article(element))
    grade = 1 if is_foot else 0
    for attribute in ("class", "id"):
        name = element.get(attribute)
        if name and name_words(name).isdisjoint(_FOR_SCREEN_READERS):
            grade = max(grade, boilerplate_grade(name))
    return grade


def _is_in_article(element: Element) -> bool:
    return next(element.iterancestors("article"), None) is not None


def _is_prose(element: Element, text: str) -> bool:
    """Whether a text is a piece of a sentence in a longer paragraph, and not its opening."""
    block: Element | None = element
    while block is not None and block.tag not in _PROSE_TAGS:
        block = block.getparent()
    if block is None or block.tag not in ("p", "li", "blockquote"):
        return False
    whole = squeezed(text_of(block))
    return len(whole) > _LONG_BLOCK and not whole.startswith(text)


def _is_caption(element: Element) -> bool:
    """Whether an element is a picture's caption: its day is the one of the picture."""
    around = [element, *islice(element.iterancestors(), 3)]
    return any(
        one.tag in ("figure", "figcaption") or not name_words(one.get("class") or "").isdisjoint(_CAPTION_NAMES)
        for one in around
    )


def _text_before(element: Element) -> str:
    """The short text right before an element, of its neighbour or its parent."""
    before = element.getprevious()
    if before is None:
        parent = element.getparent()
        text = parent.text or "" if parent is not None else ""
    else:
        text = before.tail if before.tail and before.tail.strip() else _short_text(before)
    text = squeezed(text)
    return text if len(text) <= _LONGEST_LABEL and not has_digit(text) else ""


def _short_text(element: Element) -> str:
    text = squeezed(text_of(element))
    return text if len(text) <= _LONGEST_LABEL and not has_digit(text) else ""
