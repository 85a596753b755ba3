"""Facts of a story that its page lists beside its text, as the schema declares them."""

from collections.abc import Iterator
from typing import NamedTuple

from model.fields import ADDRESSES, LISTED, lines_of
from model.story import AS_STORY, StoredStory

_LEAST = 0.01


class Fact(NamedTuple):
    """One field of a story: its title and values; `is_address` where they are links."""

    title: str
    lines: tuple[str, ...]
    is_address: bool


class FieldReading(NamedTuple):
    """How one field was read: the rule that found it, and how sure that is (0 to 1; None: not known)."""

    field: str
    rule: str
    confidence: float | None


def readings(story: StoredStory) -> Iterator[FieldReading]:
    """How each field was read, as far as it is known, and whether the page is a story."""
    for field in dict.fromkeys((*story.confidence, *story.provenance)):
        yield FieldReading(field, story.provenance.get(field, ""), story.confidence.get(field))


def doubt(story: StoredStory) -> str:
    """Why a story may be none, in words."""
    likely = story.confidence.get(AS_STORY, 0.0)
    looks = story.provenance.get(AS_STORY)
    chance = "less than 1 %" if likely < _LEAST else f"{round(100 * likely)} %"
    return f"{f'{looks}; ' if looks else ''}the chance that it is one is put at {chance}"


def facts(story: StoredStory) -> Iterator[Fact]:
    """The listed fields of a story in order of display; those that are unknown are left out."""
    for attribute, title in LISTED.items():
        lines = lines_of(story, attribute)
        if lines:
            yield Fact(title, lines, attribute in ADDRESSES)
