"""Stories by id, with all their versions.

They change in one place, `writing`: identity, version, aliases and the position move together or not at all. A changed
story is a new version, never an overwrite.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import bindparam, func, select, text, tuple_

from model.story import Copy, Status, StoredStory, Story, Withdrawal
from store.base import Extent
from store.sql import aliases, rows
from store.sql.aliases import likely_alias, url_alias
from store.sql.database import Database
from store.sql.dialects.expressions import IsOneOf
from store.sql.dialects.variants import Variants
from store.sql.story_ids import follow
from store.sql.tables import stories, versions
from store.sql.transactions import StoryReads, StoryWrites

_WALK_ROWS = 200
MOST_NAMED = 100
"""So many copies of a story are named at most, those seen first."""
_LIVE_COPIES = Variants(
    sqlite="SELECT json_each.value, stories.id, stories.source, json_extract(reading, '$.headline'),"
    " json_extract(reading, '$.url')"
    " FROM json_each(:groups) JOIN stories ON stories.id IN (SELECT story_id FROM copy_groups"
    " CROSS JOIN stories AS copies ON copies.id = story_id AND copies.status = 'live' WHERE name = json_each.value"
    f" ORDER BY copy_groups.first_seen_at, story_id LIMIT {MOST_NAMED})"
    " JOIN versions ON versions.story_id = stories.id AND versions.version = stories.version"
    " ORDER BY stories.first_seen_at, stories.id",
    postgresql="SELECT wanted.name, copies.id, copies.source, CAST(reading AS json) ->> 'headline',"
    " CAST(reading AS json) ->> 'url'"
    " FROM json_array_elements_text(CAST(:groups AS json)) AS wanted (name)"
    " CROSS JOIN LATERAL (SELECT stories.* FROM copy_groups JOIN stories ON stories.id = copy_groups.story_id"
    " WHERE copy_groups.name = wanted.name AND stories.status = 'live'"
    f" ORDER BY copy_groups.first_seen_at, copy_groups.story_id LIMIT {MOST_NAMED}) AS copies"
    " JOIN versions ON versions.story_id = copies.id AND versions.version = copies.version"
    " AND versions.first_seen_at = copies.first_seen_at"
    " ORDER BY copies.first_seen_at, copies.id",
)
# Made once, whatever the number of ids: each search asks it, and putting it together costs as much as running it.
_MANY = rows.current().where(IsOneOf(stories.c.id, bindparam("ids")), stories.c.merged_into.is_(None))


class SqlStories:
    """Stories by id, with all versions; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Writing -------------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[StoryReads]:
        """One consistent state of the store, for what ingest decides."""
        with self._database.read() as connection:
            yield StoryReads(connection)

    @contextmanager
    def writing(self) -> Iterator[StoryWrites]:
        """One transaction of ingest: all of it is kept at the end of the block, or nothing on an exception."""
        with self._database.change() as connection:
            writes = StoryWrites(connection)
            yield writes
            writes.write_waiting()

    def replace_reading(self, story_id: str, version: int, story: Story) -> None:
        """Put another reading of the same page in place: no new version, but a change."""
        with self._database.change() as connection:
            rows.write_reading(connection, story_id, version, story)

    def set_status(self, story_id: str, status: Status, at: datetime, withdrawal: Withdrawal | None = None) -> bool:
        """Withdraw or restore a story at an instant; False where it had that status already or is unknown."""
        with self._database.change() as connection:
            row = rows.story_row(connection, follow(connection, story_id))
            if row is None or row.status == status:
                return False
            rows.set_status(connection, row.id, status, at, withdrawal)
            return True

    # Reading -------------------------------------------------------------------------------------------------

    def withdrawn_ids(self) -> list[str]:
        """The withdrawn stories, the last withdrawn first; those of which the time isn't known are left out."""
        withdrawn = (text("stories.status = 'withdrawn'"), stories.c.merged_into.is_(None))
        query = select(stories.c.id).where(*withdrawn, stories.c.status_at.is_not(None))
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(stories.c.status_at.desc())).scalars())

    def count(self) -> int:
        """Number of stories, withdrawn ones included."""
        return self.extent().stories

    def extent(self) -> Extent:
        """The feed's position and the number of stories at one moment."""
        query = select(func.count()).select_from(stories).where(stories.c.merged_into.is_(None))
        with self._database.read() as connection:
            return Extent(rows.revision(connection), connection.execute(query).scalar() or 0)

    def counts_by_source(self) -> Mapping[str, int]:
        """Number of stories of each source."""
        query = select(stories.c.source, func.count()).where(stories.c.merged_into.is_(None)).group_by(stories.c.source)
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def get(self, story_id: str) -> StoredStory | None:
        """The current version; ids of merged stories lead to the story that was kept."""
        with self._database.read() as connection:
            row = connection.execute(rows.current().where(stories.c.id == follow(connection, story_id))).first()
        return None if row is None else rows.stored(row)

    def get_many(self, ids: Iterable[str]) -> dict[str, StoredStory]:
        """Current versions by id; unknown and merged ids are left out."""
        found = map(rows.stored, self._database.ask(_MANY, {"ids": json.dumps([*ids])}))
        return {story.id: story for story in found}

    def newest(self, source: str, limit: int) -> list[StoredStory]:
        """The stories of a source that were seen first last, at most so many; the newest first."""
        query = select(stories.c.id).where(stories.c.source == source, stories.c.merged_into.is_(None))
        query = query.order_by(stories.c.first_seen_at.desc(), stories.c.id).limit(limit)
        with self._database.read() as connection:
            ids = list(connection.execute(query).scalars())
            found = {row.id: rows.stored(row) for row in connection.execute(_MANY, {"ids": json.dumps(ids)}).all()}
        return [found[story_id] for story_id in ids]

    def live_copies(self, groups: Iterable[str]) -> dict[str, tuple[Copy, ...]]:
        """The live stories of each group of near-identical ones, those seen first in front; a hundred at most."""
        found = defaultdict(list)
        asked = _LIVE_COPIES.of(self._database.engine)
        for group, *values in self._database.ask(asked, {"groups": json.dumps(list(groups))}):
            found[group].append(Copy(*values))
        return {group: tuple(copies) for group, copies in found.items()}

    def versions(self, story_id: str) -> list[StoredStory]:
        """All versions, oldest first; empty where the story is unknown."""
        with self._database.read() as connection:
            query = rows.joined().where(stories.c.id == follow(connection, story_id)).order_by(versions.c.version)
            return [rows.stored(row) for row in connection.execute(query)]

    def find(self, url: str, likely: str | None = None) -> str | None:
        """The id of the story that a canonical URL leads to; else one whose address has `likely` in common with it."""
        keys = [url_alias(url), *([likely_alias(likely)] if likely else [])]
        with self._database.read() as connection:
            known = aliases.find(connection, keys)
        leading = (known[key] for key in keys if key in known)
        return next((alias.story_id for alias in leading if alias.kind != "disputed"), None)

    def distrusted_ids(self) -> Mapping[str, int]:
        """How many publishers' identifiers are distrusted, by source."""
        with self._database.read() as connection:
            return aliases.distrusted_counts(connection)

    def page_of(self, story_id: str, version: int) -> int | None:
        """The number of the page that a version was read from."""
        query = select(versions.c.page_id).where(versions.c.story_id == story_id, versions.c.version == version)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def walk_pages(
        self, source: str | None = None, *, since: datetime | None = None, after: tuple[str, int] = ("", 0)
    ) -> Iterator[tuple[StoredStory, int | None]]:
        """Every version with the number of the page it was read from, by story and version; in short reads, as `walk`.

        `after` is the story and version behind which it begins; a version without a stored page comes with None.
        """
        last = after
        place = tuple_(versions.c.story_id, versions.c.version)
        while True:
            query = rows.joined(versions.c.page_id).where(place > last)
            query = query.order_by(versions.c.story_id, versions.c.version).limit(_WALK_ROWS)
            if source is not None:
                query = query.where(stories.c.source == source)
            with self._database.read() as connection:
                batch = connection.execute(query).all()
            for row in batch:
                story = rows.stored(row)
                if _is_since(story, since):
                    yield story, row.page_id
            if len(batch) < _WALK_ROWS:
                return
            last = (batch[-1].id, batch[-1].version)

    def walk(self, source: str | None = None, *, since: datetime | None = None) -> Iterator[StoredStory]:
        """All stories in the order of their ids, in short reads, so that the WAL never has to wait for a slow reader.

        A story that changes meanwhile comes once, in its state when it was read. `since` keeps those first seen or
        published then or later.
        """
        last = ""
        while True:
            query = rows.current().where(stories.c.id > last, stories.c.merged_into.is_(None))
            query = query.order_by(stories.c.id).limit(_WALK_ROWS)
            if source is not None:
                query = query.where(stories.c.source == source)
            with self._database.read() as connection:
                batch = connection.execute(query).all()
            for row in batch:
                story = rows.stored(row)
                if _is_since(story, since):
                    yield story
            if len(batch) < _WALK_ROWS:
                return
            last = batch[-1].id


def _is_since(story: StoredStory, since: datetime | None) -> bool:
    return since is None or max(story.first_seen_at, story.published_at or story.first_seen_at) >= since
