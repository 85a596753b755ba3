"""Fast searches of BeautifulSoup trees by tag names.

BeautifulSoup's own searches build and match a filter for every element they pass; these compare names and no more.
"""

from collections.abc import Iterator

from bs4.element import Tag

STORY_MARK = "data-wiredesk-story"
"""The attribute that marks the story's element when the tree becomes soup."""


def tags_in(element: Tag, *names: str) -> Iterator[Tag]:
    """The elements inside, in page order; only those of the names given, if any."""
    waiting = element.contents[::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Tag):
            if not names or node.name in names:
                yield node
            if node.contents:
                waiting += node.contents[::-1]


def first_in(element: Tag, *names: str) -> Tag | None:
    """The first element inside that has one of the names."""
    return next(tags_in(element, *names), None)


def above(element: Tag, name: str) -> Tag | None:
    """The nearest element around that has the name."""
    return next((parent for parent in element.parents if parent.name == name), None)


def tag_before(element: Tag) -> Tag | None:
    """The element before, among its siblings."""
    return next((node for node in element.previous_siblings if isinstance(node, Tag)), None)


def tag_behind(element: Tag) -> Tag | None:
    """The element behind, among its siblings."""
    return next((node for node in element.next_siblings if isinstance(node, Tag)), None)


def has_text(element: Tag) -> bool:
    """Whether any text stands inside but white space."""
    return next(iter(element.stripped_strings), None) is not None


def holds_more(element: Tag, limit: int, between: int = 0) -> bool:
    """Whether the strings inside, stripped and with so many characters between them, are longer than the limit."""
    size = -between
    for string in element.stripped_strings:
        size += len(string) + between
        if size > limit:
            return True
    return False
