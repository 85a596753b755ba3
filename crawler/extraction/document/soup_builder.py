"""Soup of a tree: BeautifulSoup's objects made of an lxml element as it stands.

BeautifulSoup reads markup; a tree would have to be written down and parsed once more, which takes three times as long.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from bs4 import BeautifulSoup
from bs4.builder import HTMLTreeBuilder
from bs4.element import AttributeValueList, NavigableString, PageElement, Tag

from crawler.extraction.document.soups import STORY_MARK, NamedTag
from crawler.extraction.document.tree import INLINE_TAGS, Element, attributes_of

_NO_LISTS: dict[str, set[str]] = {}
_NO_NAMESPACES: dict[str, str] = {}
_VOID: frozenset[str] = frozenset(HTMLTreeBuilder.DEFAULT_EMPTY_ELEMENT_TAGS or ())
_OF_THEIR_OWN = frozenset({"pre", *HTMLTreeBuilder.DEFAULT_STRING_CONTAINERS, *_VOID})
"""Elements whose strings are of a kind of their own, or stay as they are, and those that have none."""
_ADDRESSES = ("href", "src")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_UNPRINTABLE = re.compile(r"[^!-~]")
# Where white space parts words; before and behind a block it says nothing.
_IN_LINES = INLINE_TAGS | {"img", "amp-img", "picture", "br", "video", "amp-video"}


def soup_of(element: Element, keeps: Callable[[str, str], bool] | None = None) -> BeautifulSoup:
    """The soup of an element; `keeps` says by name and value which attributes are read, all of them without it."""
    return BeautifulSoup("", builder=_TreeWalker(element, keeps))


def marked_soup_of(element: Element, keeps: Callable[[str, str], bool] | None) -> tuple[BeautifulSoup, Tag | None]:
    """The soup of an element, as `soup_of` makes it, and in it the first element that is marked as the story's."""
    walker = _TreeWalker(element, keeps)
    return BeautifulSoup("", builder=walker), walker.story


class _TreeTag(NamedTag):
    """An element of the soup; what all have in common stands once, in the class."""

    parser_class = BeautifulSoup
    namespace = prefix = sourceline = sourcepos = None
    known_xml = hidden = can_be_empty_element = False
    attribute_value_list_class = AttributeValueList
    cdata_list_attributes = _NO_LISTS
    preserve_whitespace_tags = HTMLTreeBuilder.DEFAULT_PRESERVE_WHITESPACE_TAGS
    interesting_string_types = Tag.MAIN_CONTENT_STRING_TYPES
    _namespaces = _NO_NAMESPACES
    _decomposed = False  # what an element has not, BeautifulSoup looks for as an element inside

    def __init__(self, name: str, attributes: dict[str, Any], parent: Tag, last: PageElement) -> None:
        self.name = name
        self.attrs = attributes
        self.contents = []
        self.words = None  # from the beginning: Python keeps attributes of later apart, in a dictionary an element
        _link(self, parent, last)


def _link(node: PageElement, parent: Tag, last: PageElement) -> None:
    """Put a node behind the last one of the soup, as the last inside its parent."""
    beside = parent.contents
    before = beside[-1] if beside else None
    node.parent, node.previous_element, node.previous_sibling = parent, last, before
    node.next_element = node.next_sibling = None
    last.next_element = node
    if before is not None:
        before.next_sibling = node
    beside.append(node)


class _TreeWalker(HTMLTreeBuilder):
    """A builder for BeautifulSoup that walks a tree instead of parsing markup."""

    def __init__(self, root: Element, keeps: Callable[[str, str], bool] | None) -> None:
        super().__init__(multi_valued_attributes={})
        self._root: Element | None = root
        self._keeps = keeps
        self.story: Tag | None = None
        self._strings: list[type[NavigableString]] = [NavigableString]
        self._preformatted = 0

    def feed(self, markup: object) -> None:
        """Fill the soup; the tree stands for the markup."""
        soup = self.soup
        if soup is None:
            return
        self._parent: Tag = soup
        self._last: PageElement = soup
        opened: list[Element] = []
        root, self._root = self._root, None  # the soup keeps its builder, and is to keep no tree
        for element in root.iter("*") if root is not None else ():
            around = element.getparent()
            while opened and opened[-1] is not around:
                self._close(opened.pop())
            opened.append(element)
            self._open(element)
        for element in reversed(opened[1:]):  # what stands behind the root is no part of it
            self._close(element)

    def _open(self, element: Element) -> None:
        name = element.tag
        given = attributes_of(element)
        tag = _TreeTag(name, self._read(given) if given else {}, self._parent, self._last)
        self._parent = self._last = tag
        if given and self.story is None and STORY_MARK in tag.attrs:
            self.story = tag
        if name in _OF_THEIR_OWN:
            self._begin(tag, name)
        if text := element.text:
            self._add(text, name)

    def _begin(self, tag: "_TreeTag", name: str) -> None:
        """Begin an element that treats its strings in a way of its own, or has none."""
        if name == "pre":
            self._preformatted += 1
        elif name in self.string_containers:
            self._strings.append(self.string_containers[name])
            tag.interesting_string_types = {self.string_containers[name]}
        else:
            tag.can_be_empty_element = True

    def _close(self, element: Element) -> None:
        name = element.tag
        around = self._parent.parent
        if around is not None:
            self._parent = around
        if name in _OF_THEIR_OWN:
            if name == "pre":
                self._preformatted -= 1
            elif name in self.string_containers:
                self._strings.pop()
        if text := element.tail:
            self._add(text, name)

    def _add(self, text: str, name: str) -> None:
        """Add the text that stands in or behind an element of that name."""
        if not self._preformatted and text.isspace():
            if name not in _IN_LINES:
                return
            text = " "
        kind = self._strings[-1]
        string = str.__new__(kind, text)
        _link(string, self._parent, self._last)
        self._last = string

    def _read(self, given: list[tuple[str, str]]) -> dict[str, Any]:
        """The attributes of an element, addresses with percent signs for what they can't hold (RFC 3986, 2.1)."""
        keeps = self._keeps
        attributes = {name: value for name, value in given if keeps(name, value)} if keeps else dict(given)
        for name in _ADDRESSES:
            if name in attributes and _UNPRINTABLE.search(attributes[name]):
                attributes[name] = quote(attributes[name].lstrip(), safe=_PRINTABLE)
        return attributes
