"""Fast searches of BeautifulSoup trees by tag names.

BeautifulSoup's own searches build and match a filter for every element they pass; these compare names and no more.
"""

from collections.abc import Iterator

from bs4.element import NavigableString, PageElement, Tag

STORY_MARK = "data-wiredesk-story"
"""The attribute that marks the story's element when the tree becomes soup."""


class NamedTag(Tag):
    """An element whose attributes stay as they are, so that it keeps what several steps ask of its names."""

    words: frozenset[str] | None = None
    """The words of its names (body/boilerplate.py), once they were asked for."""


def tags_in(element: Tag, *names: str) -> Iterator[Tag]:
    """The elements inside, in page order; only those of the names given, if any."""
    node, behind = element.next_element, _behind(element)
    while node is not None and node is not behind:
        if isinstance(node, Tag) and (not names or node.name in names):
            yield node
        node = node.next_element


def _behind(element: Tag) -> PageElement | None:
    """What stands behind an element and all inside, in page order."""
    around: Tag | None = element
    while around is not None:
        if around.next_sibling is not None:
            return around.next_sibling
        around = around.parent
    return None


def nodes_in(element: Tag) -> Iterator[Tag | NavigableString]:
    """The elements and strings inside, in page order; strings of ruby and scripts only in an element of these."""
    kinds = element.interesting_string_types or Tag.MAIN_CONTENT_STRING_TYPES
    node, behind = element.next_element, _behind(element)
    while node is not None and node is not behind:
        if isinstance(node, Tag) or (isinstance(node, NavigableString) and type(node) in kinds):
            yield node
        node = node.next_element


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
    return next(tags_behind(element), None)


def tags_behind(element: Tag) -> Iterator[Tag]:
    """The elements behind, among its siblings."""
    return (node for node in element.next_siblings if isinstance(node, Tag))


def has_text(element: Tag) -> bool:
    """Whether any text stands inside but white space."""
    return any(not isinstance(node, Tag) and not node.isspace() for node in nodes_in(element))


def holds_more(element: Tag, limit: int) -> bool:
    """Whether the strings inside, stripped, are longer than the limit."""
    size = 0
    for node in nodes_in(element):
        if not isinstance(node, Tag):
            size += len(node.strip())
            if size > limit:
                return True
    return False
