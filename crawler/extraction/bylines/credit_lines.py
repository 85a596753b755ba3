"""Lines of a page that name the story's authors.

Elements whose names say so, links to the pages of authors above the text, and lines that begin with "By".
"""

import re
from itertools import islice

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.bylines.marked_authors import AUTHORS_PAGE
from crawler.extraction.bylines.people import is_bare_names, names_role, only_leads_in, without_prefix
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.soups import nodes_in, tag_behind, tags_in
from crawler.extraction.document.tree import INLINE_TAGS
from crawler.extraction.texts import squeezed
from text.agencies import agencies_in
from text.languages import alternatives

_LEADS_IN = re.compile(rf"\s*(?:{alternatives(lambda language: language.bylines.line_openings)})\s*:?(?:\s|$)")
_BYLINE_NAMES = named_for("byline")
_LONG_PARAGRAPH = 120
_NO_BYLINE = frozenset({"body", "html", "article", "section", "main", "figure", "img", "figcaption"})
_MOST_LINES = 6
_LONGEST_LINE = 220


def byline_lines(region: Tag, captions: frozenset[int]) -> list[str]:
    """The texts of the elements that are named as bylines, and of lines that begin with "By", in page order.

    Elements in captions (named by id) credit pictures; elements of one name side by side are one line.
    """
    found: dict[str, str] = {}
    in_text = False
    for element in tags_in(region):
        in_text = in_text or (element.name == "p" and len(element.get_text()) > _LONG_PARAGRAPH)
        if not element.attrs or element.name in _NO_BYLINE:
            continue
        named = (
            not element_names(element).isdisjoint(_BYLINE_NAMES)
            or "author" in str(element.get("rel") or "").split()
            or (not in_text and _leads_to_author(element))
        )
        if not named or _is_of_picture(element, captions):
            continue
        links = [text for link in tags_in(element, "a") if (text := squeezed(link.get_text(" ")))]
        text = _line(element)
        if 2 < len(text) < _LONGEST_LINE:
            line = " ; ".join(links) if len(links) > 1 else text
            place = f"{element.name} {element.get('class')} {_around(element)}"
            found[place] = f"{found[place]} ; {line}" if place in found and line not in found[place] else line
        if len(found) > _MOST_LINES:
            break
    leading = (node for node in nodes_in(region) if not isinstance(node, Tag) and _LEADS_IN.match(node))
    for string in islice(leading, _MOST_LINES):
        block = next((parent for parent in string.parents if parent.name not in INLINE_TAGS), None)
        text = squeezed(block.get_text(" ")) if block is not None else ""
        if block is not None and only_leads_in(text) and (name := tag_behind(block)) is not None:
            text = f"{text} {squeezed(name.get_text(' '))}"
        if block is not None and 4 < len(text) < 150 and _LEADS_IN.match(text) and not _is_of_picture(block, captions):
            found.setdefault(text, text)
    return list(dict.fromkeys(found.values()))


def _leads_to_author(element: Tag) -> bool:
    """Whether an element is a link from a person's name to the page of an author."""
    return (
        element.name == "a"
        and bool(AUTHORS_PAGE.search(str(element.get("href") or "")))
        and is_bare_names(squeezed(element.get_text(" ")))
    )


def _line(element: Tag) -> str:
    """An element's text, a name and what stands in the next element side by side being divided.

    A role, an office or "Published" behind a full name is none of its words; another full name is another person.
    What is longer than a line is read no further.
    """
    line = ""
    for piece in map(squeezed, element.stripped_strings):
        before = without_prefix(line.rpartition(" ; ")[2])
        divided = is_bare_names(before) and (names_role(piece) or is_bare_names(piece))
        if is_bare_names(before) and not divided and piece[:1].isupper() and not agencies_in(piece):
            continue
        line = f"{line}{' ; ' if divided else ' '}{piece}"
        if len(line) > _LONGEST_LINE:
            break
    return line.strip()


def _is_of_picture(element: Tag, captions: frozenset[int]) -> bool:
    return any(parent.name == "figure" or id(parent) in captions for parent in (element, *element.parents))


def _around(element: Tag) -> int:
    """What tells elements side by side, each perhaps in a wrapper of its own, from those elsewhere."""
    parent = element.parent
    alone = parent is not None and sum(1 for child in parent.children if isinstance(child, Tag)) == 1
    return id(parent.parent if parent is not None and alone else parent)
