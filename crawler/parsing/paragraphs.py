"""What does the story say, paragraph by paragraph?"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from crawler.parsing.furniture import is_furniture_name, name_words
from index.text import clean_text

_INLINE = frozenset(
    ["a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"]
)
_SKIPPED = frozenset(["figure", "figcaption", "picture", "img", "nav", "footer", "aside", "form", "dialog", "head", "title", "amp-img", "video"])


class Block(NamedTuple):
    """A run of text between block boundaries; `linked` counts the characters inside links."""

    text: str
    tag: str
    linked: int


def read_blocks(element: Tag) -> list[Block]:
    """The blocks of an element in order, furniture left out."""
    return [block for block in _walk(element) if block.text]


def _walk(element: Tag) -> Iterator[Block]:
    parts: list[str] = []
    linked = 0
    breaks = 0
    # An explicit stack: pages nest deeper than Python recurses.
    stack: list[tuple[str, object, str]] = [("open", child, element.name) for child in reversed(element.contents)]
    depth_of_links = 0
    tag = element.name

    def flush() -> Iterator[Block]:
        nonlocal parts, linked, breaks
        text = clean_text("".join(parts))
        if text:
            yield Block(text, tag, min(linked, len(text)))
        parts, linked, breaks = [], 0, 0

    while stack:
        action, node, parent = stack.pop()
        if action == "close-link":
            depth_of_links -= 1
            continue
        if action == "close-block":
            yield from flush()
            tag = parent
            continue
        if isinstance(node, NavigableString):
            text = str(node)
            if text.strip():
                breaks = 0
                if depth_of_links:
                    linked += len(text.strip())
            parts.append(text)
        elif isinstance(node, Tag):
            if node.name == "br":
                breaks += 1
                if breaks >= 2:
                    yield from flush()
                else:
                    parts.append(" ")
            elif node.name in _SKIPPED or _furniture(node):
                if node.name not in _INLINE:
                    yield from flush()
            elif node.name in _INLINE:
                if node.name == "a":
                    depth_of_links += 1
                    stack.append(("close-link", node, tag))
                stack.extend(("open", child, tag) for child in reversed(node.contents))
            else:
                yield from flush()
                stack.append(("close-block", node, tag))
                tag = node.name
                stack.extend(("open", child, tag) for child in reversed(node.contents))
    yield from flush()


def _furniture(node: Tag) -> bool:
    for value in (" ".join(node.get_attribute_list("class")) if node.get("class") else "", str(node.get("id") or "")):
        if value and is_furniture_name(value) and not (name_words(value) & {"body"}):
            return True
    return False


def soup_of(markup: str) -> BeautifulSoup:
    """A soup of markup that lxml has pruned."""
    return BeautifulSoup(markup, "lxml")


_NUMBER = re.compile(r"^[\d\W]+$")


def read_body(blocks: list[Block], headline: str) -> list[str]:
    """The story's paragraphs among the blocks."""
    kept = []
    for block in blocks:
        if block.tag == "h1" or block.text == headline or _NUMBER.match(block.text):
            continue
        if block.linked > 0.8 * len(block.text) and len(block.text) < 200:
            continue
        kept.append(block.text)
    return kept
