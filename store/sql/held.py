"""Stories that candidates are held against, and what a transaction has read ahead for a batch of them.

A statement a story costs more than its row does. What many candidates will ask for is read at once, and remembered as
it is written: an alias or a story that is not known here is asked of the database.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam

from model.story import StoredStory
from store.sql import aliases, rows
from store.sql.aliases import Alias
from store.sql.dialects.expressions import IsOneOf
from store.sql.story_ids import follow
from store.sql.tables import stories, versions

# Put together once: that takes longer than SQLite takes to run it.
_CURRENT = rows.current(versions.c.page_id, versions.c.address, stories.c.merged_into)
_HELD = _CURRENT.where(stories.c.id == bindparam("story_id"))
_MANY_HELD = _CURRENT.where(IsOneOf(stories.c.id, bindparam("ids")))
_VERSION = rows.joined(versions.c.page_id, versions.c.address).where(
    stories.c.id == bindparam("story_id"), versions.c.version == bindparam("version")
)


class HeldStory(NamedTuple):
    """A story in its current version, with the page and the address that the version was read at (None: imported)."""

    story: StoredStory
    page_id: int | None
    address: str | None


def held(connection: Connection, story_id: str) -> HeldStory | None:
    """A story in its current version, merged ones followed; None where there is none of that id."""
    row = connection.execute(_HELD, {"story_id": story_id}).first()
    if row is not None and row.merged_into is not None:
        row = connection.execute(_HELD, {"story_id": follow(connection, story_id)}).first()
    return None if row is None else _held_story(row)


def version(connection: Connection, story_id: str, number: int) -> HeldStory | None:
    """One version of a story, merged ones as they are; None where it is not kept."""
    row = connection.execute(_VERSION, {"story_id": story_id, "version": number}).first()
    return None if row is None else _held_story(row)


def _held_story(row: rows.StoryRow) -> HeldStory:
    return HeldStory(rows.stored(row), row.page_id, row.address)


class ReadAhead:
    """Aliases by key and stories by id as they stand in one transaction; None for what there is not."""

    def __init__(self) -> None:
        self.aliases: dict[str, Alias | None] = {}
        self.stories: dict[str, HeldStory | None] = {}

    def read(self, connection: Connection, keys: Iterable[str], ids: Iterable[str]) -> None:
        """Read aliases, and the stories that they or ids lead to."""
        # What holds a sign that JSON or a database may refuse is left to be asked for by itself.
        keys = {key for key in keys if key.isprintable()}
        known = aliases.find_many(connection, keys)
        self.aliases |= {key: known.get(key) for key in keys}
        wanted = {*filter(str.isprintable, ids), *(alias.story_id for alias in known.values())}
        found = {row.id: row for row in connection.execute(_MANY_HELD, {"ids": json.dumps([*wanted])})}
        self.stories |= {
            story_id: _held_story(found[story_id]) if story_id in found else None
            for story_id in wanted
            if story_id not in found or found[story_id].merged_into is None
        }

    def note_aliases(self, added: Iterable[Alias]) -> None:
        """Aliases that were added: what leads elsewhere stays as it is."""
        self.aliases |= {alias.key: alias for alias in added if self.aliases.get(alias.key, alias) is None}

    def drop_alias(self, key: str) -> None:
        """An alias that was changed."""
        self.aliases.pop(key, None)

    def drop_story(self, story_id: str) -> None:
        """A story that was added or changed."""
        self.stories.pop(story_id, None)

    def drop_all(self) -> None:
        """What is known leads elsewhere."""
        self.aliases.clear()
        self.stories.clear()
