"""Soup of a tree: BeautifulSoup's objects made of an lxml element as it stands.

BeautifulSoup reads markup; a tree would have to be written down and parsed once more, which takes three times as long.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from bs4 import BeautifulSoup
from bs4.builder import HTMLTreeBuilder
from bs4.element import NavigableString, PageElement, Tag
from lxml import etree

from crawler.extraction.document.soups import STORY_MARK
from crawler.extraction.document.tree import INLINE_TAGS, Element, attributes_of

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


class _TreeWalker(HTMLTreeBuilder):
    """A builder for BeautifulSoup that walks a tree instead of parsing markup."""

    def __init__(self, root: Element, keeps: Callable[[str, str], bool] | None) -> None:
        super().__init__(multi_valued_attributes={})
        self._root, self._keeps = root, keeps
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
        for event, element in etree.iterwalk(self._root, events=("start", "end")):
            name = element.tag
            if event == "start":
                self._open(soup, element)
                text = element.text
            else:
                self._close(name)
                text = element.tail if self._parent is not soup else None
            if text and (self._preformatted or not text.isspace()):
                self._add(text)
            elif text and name in _IN_LINES:
                self._add(" ")

    def _open(self, soup: BeautifulSoup, element: Element) -> None:
        name = str(element.tag)
        tag = Tag(soup, self, name, parent=self._parent, previous=self._last)
        tag.attrs = self._read(element)
        self._parent.contents.append(tag)
        self._parent = self._last = tag
        if STORY_MARK in tag.attrs and self.story is None:
            self.story = tag
        if name == "pre":
            self._preformatted += 1
        elif name in self.string_containers:
            self._strings.append(self.string_containers[name])

    def _close(self, name: str) -> None:
        if self._parent.parent is not None:
            self._parent = self._parent.parent
        if name == "pre":
            self._preformatted -= 1
        elif name in self.string_containers:
            self._strings.pop()

    def _add(self, text: str) -> None:
        string = self._strings[-1](text)
        string.setup(self._parent, self._last)
        self._parent.contents.append(string)
        self._last = string

    def _read(self, element: Element) -> dict[str, Any]:
        """The attributes of an element, addresses with percent signs for what they can't hold (RFC 3986, 2.1)."""
        given = attributes_of(element)
        if not given:
            return {}
        keeps = self._keeps
        attributes = {name: value for name, value in given if keeps(name, value)} if keeps else dict(given)
        for name in _ADDRESSES:
            if name in attributes and _UNPRINTABLE.search(attributes[name]):
                attributes[name] = quote(attributes[name].lstrip(), safe=_PRINTABLE)
        return attributes
