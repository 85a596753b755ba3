"""Facts of a story that its page lists beside its text, as the schema declares them."""

from collections.abc import Iterator
from typing import NamedTuple

from model.fields import ADDRESSES, LISTED, lines_of
from model.story import StoredStory


class Fact(NamedTuple):
    """One field of a story: its title and values; `is_address` where they are links."""

    title: str
    lines: tuple[str, ...]
    is_address: bool


def facts(story: StoredStory) -> Iterator[Fact]:
    """The listed fields of a story in order of display; those that are unknown are left out."""
    for attribute, title in LISTED.items():
        lines = lines_of(story, attribute)
        if lines:
            yield Fact(title, lines, attribute in ADDRESSES)
