"""The lxml tree of a page, held and pruned before any of it becomes soup.

As a plain lxml tree: lxml's own HTML classes answer every step through Python and cost a fifth of the time.
"""

from collections.abc import Iterable
from typing import cast

from lxml import etree

Element = etree._Element
"""An element of the tree."""

INLINE_TAGS = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "label", "mark", "q", "ruby", "rb", "rt", "s", "samp", "small", "span", "strike", "strong"),
        *("sub", "sup", "time", "tt", "u", "var", "wbr"),
    }
)
"""Elements within a line; the others begin and end a block."""
VOID_TAGS = ("source", "track", "wbr", "embed", "keygen", "bgsound")
"""Elements that never hold anything (HTML, 13.1.2) and that libxml2 does not know as such."""
_LENGTH = etree.XPath("string-length(normalize-space())")


def read_tree(markup: bytes | str) -> Element | None:
    """The root of the tree without comments, of markup in UTF-8; None where there is none, or it is nested too deep."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        root = etree.fromstring(markup if isinstance(markup, bytes) else markup.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if any("depth" in error.message for error in parser.error_log.filter_from_fatals()) else root


def text_of(element: Element) -> str:
    """All text inside an element."""
    text: str = etree.tostring(element, encoding="unicode", method="text", with_tail=False)
    return text


def text_length(element: Element) -> int:
    """Characters of all text inside an element, runs of white space being one."""
    return int(cast(float, _LENGTH(element)))


def attributes_of(element: Element) -> list[tuple[str, str]]:
    """The names and values of an element's attributes; parsers give text, whatever lxml takes."""
    return cast("list[tuple[str, str]]", element.items())


def drop(element: Element) -> None:
    """Take an element out of the tree; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def empty(element: Element) -> None:
    """Move all that stands inside an element behind it."""
    parent = element.getparent()
    if parent is None or not (len(element) or element.text):
        return
    inside, tail = list(element), element.tail
    element.text, element.tail = None, element.text
    at = parent.index(element) + 1
    parent[at:at] = inside
    if tail:
        last = inside[-1] if inside else element
        last.tail = (last.tail or "") + tail


def cut_all(elements: Iterable[Element]) -> None:
    """Drop elements that are given in page order, with the text behind each."""
    for element in reversed(list(elements)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
