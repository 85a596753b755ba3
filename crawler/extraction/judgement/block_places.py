"""Place of a block: which elements stand around it, and how these are named, up to the story's element.

Names are gathered in groups (`tables/block_names.txt`); a group is a bit, so that the names of a whole line of
ancestors are one number. Each element is looked at once a page.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from bs4.element import Tag

from crawler.extraction.body.boilerplate import boilerplate_grade, name_words
from crawler.extraction.document.soups import STORY_MARK
from crawler.extraction.remembered import remembered
from text.tables import sections

GROUPS = (
    *("advertisement", "author", "comments", "consent", "content", "details", "form", "list", "meta", "navigation"),
    *("notes", "opinion", "picture", "product", "related", "share", "side"),
)
"""The headings of the table; the bit of a group is its place here. Two more bits: soft and hard boilerplate names."""
SURROUNDINGS = ("ul", "ol", "dl", "table", "blockquote", "aside", "section", "article", "header", "details")
"""Elements of which it counts whether they stand around a block, in the order of their bits."""
_NAMES = len(GROUPS) + 2
PLACE_BITS = len(SURROUNDINGS) + 2 * _NAMES
"""The number of bits of a place."""
_TABLE = Path(__file__).parents[1] / "tables" / "block_names.txt"
_TEXT_TAGS = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "blockquote", "pre", "table"})
_TAG_BITS = {name: 1 << bit for bit, name in enumerate(SURROUNDINGS)}


class Place(NamedTuple):
    """Where an element stands.

    `own` are the groups of its name and its parent's, `around` those of all elements up to the story's, `tags` the
    surroundings; `depth` counts elements, `branch` numbers, in page order, the outermost below the story's that is
    more than a paragraph or list.
    """

    depth: int
    branch: int
    name: int
    own: int
    around: int
    tags: int

    @property
    def bits(self) -> int:
        """Surroundings, own groups and those around in one number, the first as its lowest bits."""
        return self.tags | self.own << len(SURROUNDINGS) | self.around << len(SURROUNDINGS) + _NAMES


_TOP = Place(0, 0, 0, 0, 0, 0)


class Places:
    """The places of a page's elements, each found once."""

    def __init__(self) -> None:
        self._known: dict[int, Place] = {}

    def of(self, element: Tag | None) -> Place:
        """The place of an element; that of the story's own where there is none."""
        chain: list[Tag] = []
        place = _TOP
        while element is not None and STORY_MARK not in element.attrs:
            known = self._known.get(id(element))
            if known is not None:
                place = known
                break
            chain.append(element)
            element = element.parent
        for each in reversed(chain):
            place = self._below(place, each)
            self._known[id(each)] = place
        return place

    def _below(self, outer: Place, element: Tag) -> Place:
        name = _groups(element)
        return Place(
            outer.depth + 1,
            outer.branch or (0 if element.name in _TEXT_TAGS else len(self._known) + 1),
            name,
            name | outer.name,
            name | outer.around,
            _TAG_BITS.get(element.name, 0) | outer.tags,
        )


def _groups(element: Tag) -> int:
    attributes = element.attrs
    names, identifier = attributes.get("class"), attributes.get("id")
    if not names and not identifier:
        return 0
    words = str(names or "")
    return _groups_of(f"{words} {identifier}" if identifier else words)


@remembered
def _groups_of(name: str) -> int:
    groups = _by_word()
    found = 0
    for word in name_words(name):
        found |= groups.get(word, 0)
    grade = boilerplate_grade(name)
    return found | (1 << len(GROUPS) + grade - 1 if grade else 0)


@cache
def _by_word() -> dict[str, int]:
    found: dict[str, int] = {}
    for bit, lines in enumerate(sections(_TABLE, GROUPS).values()):
        for word in (word for line in lines for word in line.split()):
            found[word] = found.get(word, 0) | 1 << bit
    return found
