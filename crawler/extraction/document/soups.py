"""Fast searches of BeautifulSoup trees by tag names.

BeautifulSoup's own searches build and match a filter for every element they pass; these compare names and no more.
"""

from collections.abc import Iterator

from bs4.element import Tag

STORY_MARK = "data-wiredesk-story"
"""The attribute that marks the story's element when the tree becomes soup."""


def tags_in(element: Tag, *names: str) -> Iterator[Tag]:
    """The elements inside, in page order; only those of the names given, if any."""
    wanted = frozenset(names)
    for node in element.descendants:
        if isinstance(node, Tag) and (not wanted or node.name in wanted):
            yield node


def first_in(element: Tag, *names: str) -> Tag | None:
    """The first element inside that has one of the names."""
    return next(tags_in(element, *names), None)


def above(element: Tag, name: str) -> Tag | None:
    """The nearest element around that has the name."""
    return next((parent for parent in element.parents if parent.name == name), None)
