"""Tombstones of a feed (RFC 6721): entries that those who follow it hold, and must not use any more.

A story that was withdrawn has one in every feed whose query it would match, with the reason and the words of the kill
notice. One that was forgotten on request has one in every feed for a month, by its id alone: whoever holds the entry
has to hear that it must go, and nothing else is told, as the id is a hash of an address that is kept nowhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from model.story import StoredStory
from search.base import StoryReader

MOST = 50
FORGOTTEN_FOR = timedelta(days=30)
"""How long the feeds say that a story was forgotten."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An entry that is deleted: the number of its id, when, why, and the story's page where there is one still."""

    ref: str
    when: datetime
    comment: str | None = None
    story_id: str | None = None


def withdrawn_tombstones(withdrawn: Sequence[StoredStory], stories: StoryReader) -> Iterator[Tombstone]:
    """The tombstones of withdrawn stories; an entry that stands for live copies of one, too, is not deleted."""
    names = {name for story in withdrawn for name in _names(story)}
    kept = {name for name, copies in stories.live_copies(names).items() if copies}
    for story in withdrawn:
        if story.withdrawn_at is None:
            continue
        for name in _names(story):
            if name not in kept:
                yield Tombstone(name, story.withdrawn_at, comment_of(story), story.id)


def forgotten_tombstones(stories: StoryReader, now: datetime) -> Iterator[Tombstone]:
    """The tombstones of stories that were forgotten lately."""
    removed = stories.removals(now - FORGOTTEN_FOR, MOST)
    kept = {name for name, copies in stories.live_copies([name for name, _ in removed]).items() if copies}
    for story_id, at in removed:
        if story_id not in kept:
            yield Tombstone(story_id, at)


def comment_of(story: StoredStory) -> str:
    """Why a story was withdrawn, and the words of the notice."""
    lines = story.withdrawal.lines() if story.withdrawal else ()
    return "\n".join(("Withdrawn. Do not use it.", *lines))


def _names(story: StoredStory) -> tuple[str, ...]:
    """The ids that its entry may have had: its own, or that of the group of its copies."""
    return tuple(dict.fromkeys((story.id, story.copy_group or story.id)))
