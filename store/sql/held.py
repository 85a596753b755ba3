"""Stories that candidates are held against, and what a transaction has read ahead for a batch of them.

A statement a story costs more than its row does. What many candidates will ask for is read at once, and remembered as
it is written: an alias or a story that is not known here is asked of the database.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Set
from typing import NamedTuple

from sqlalchemy import Connection, bindparam

from model.story import StoredStory
from store.sql import aliases, rows
from store.sql.aliases import Alias, Holder, PublisherId
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
    """Aliases by key, stories by id and publishers' identifiers as they stand in one transaction.

    None stands for what there is not. `holders` and `distrusted` are by source and identifier.
    """

    def __init__(self) -> None:
        self.aliases: dict[str, Alias | None] = {}
        self.stories: dict[str, HeldStory | None] = {}
        self.holders: dict[tuple[str, str], list[Holder]] = {}
        self.distrusted: dict[tuple[str, str], bool] = {}

    def read(
        self, connection: Connection, keys: Iterable[str], ids: Iterable[str], borne: Iterable[tuple[str, str]]
    ) -> None:
        """Read aliases and who bears the identifiers of publishers, and the stories that these or ids lead to."""
        # What holds a sign that JSON or a database may refuse is left to be asked for by itself.
        keys = set(filter(str.isprintable, keys))
        known = aliases.find_many(connection, keys)
        self.aliases |= {key: known.get(key) for key in keys}
        leading = {alias.story_id for alias in known.values()} | self._read_borne(connection, borne)
        self._read_stories(connection, leading.union(filter(str.isprintable, ids)))

    def _read_borne(self, connection: Connection, borne: Iterable[tuple[str, str]]) -> set[str]:
        by_source: dict[str, set[str]] = defaultdict(set)
        for source, publisher_id in borne:
            if publisher_id.isprintable():
                by_source[source].add(publisher_id)
        for source, ids in by_source.items():
            known = aliases.bearers(connection, source, ids)
            told = {(source, one): holders for one in ids if (holders := known.get(one, [])) is not None}
            distrusted = aliases.distrusted_among(connection, source, ids)
            self.holders |= told
            self.distrusted |= {(source, one): one in distrusted for one in ids}
        return {holder.story_id for holders in self.holders.values() for holder in holders}

    def _read_stories(self, connection: Connection, ids: Set[str]) -> None:
        found = {row.id: row for row in connection.execute(_MANY_HELD, {"ids": json.dumps([*ids])}).all()}
        self.stories |= {
            story_id: _held_story(found[story_id]) if story_id in found else None
            for story_id in ids
            if story_id not in found or found[story_id].merged_into is None
        }

    def note_aliases(self, added: Iterable[Alias]) -> None:
        """Aliases that were added: what leads elsewhere stays as it is."""
        self.aliases |= {alias.key: alias for alias in added if self.aliases.get(alias.key, alias) is None}

    def note_borne(self, added: PublisherId) -> None:
        """An identifier that a story bears now."""
        pair = added.source, added.publisher_id
        holders = aliases.with_holder(self.holders.pop(pair, None), Holder(added.feed, added.story_id))
        if holders is not None:
            self.holders[pair] = holders

    def drop_alias(self, key: str) -> None:
        """An alias that was changed."""
        self.aliases.pop(key, None)

    def drop_borne(self, source: str, publisher_id: str) -> None:
        """An identifier that proves nothing any more."""
        self.holders.pop((source, publisher_id), None)
        self.distrusted.pop((source, publisher_id), None)

    def drop_story(self, story_id: str) -> None:
        """A story that was added or changed."""
        self.stories.pop(story_id, None)

    def drop_all(self) -> None:
        """What is known leads elsewhere."""
        for known in (self.aliases, self.stories, self.holders, self.distrusted):
            known.clear()
