"""Stories by id, with all their versions.

They change in one place, `writing`: identity, version, aliases and the revision move together or not at all. A changed
story is a new version, never an overwrite.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, text, tuple_

from index.duplicates import grouping
from model.story import Copy, Status, StoredStory, Story
from store.sql import aliases, rows
from store.sql.aliases import likely_alias, url_alias
from store.sql.database import Database
from store.sql.story_ids import follow
from store.sql.tables import removals, stories, versions
from store.sql.transactions import StoryReads, StoryWrites

_WALK_ROWS = 200
_GROUPED_AT_ONCE = 500
# Made once, whatever the number of ids: each search asks it, and putting it together costs as much as running it.
_MANY = rows.current().where(text("stories.id IN (SELECT value FROM json_each(:ids))"), stories.c.merged_into.is_(None))


class Changes(NamedTuple):
    """Story changes in order: `stories` to put into an index, ids `removed` from it, up to `revision`."""

    stories: tuple[StoredStory, ...]
    removed: tuple[str, ...]
    revision: int


class Extent(NamedTuple):
    """How far the store has come: its revision and its number of stories, withdrawn ones included."""

    revision: int
    stories: int


class Stories:
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
        with self._database.write() as connection:
            yield StoryWrites(connection)

    def replace_reading(self, story_id: str, version: int, story: Story) -> None:
        """Put another reading of the same page in place: no new version, but a new revision."""
        with self._database.write() as connection:
            rows.write_reading(connection, story_id, version, story)

    def set_status(self, story_id: str, status: Status, at: datetime) -> bool:
        """Withdraw or restore a story at an instant; False where it had that status already or is unknown."""
        with self._database.write() as connection:
            row = rows.story_row(connection, follow(connection, story_id))
            if row is None or row.status == status:
                return False
            rows.set_status(connection, row.id, status, at)
            return True

    def group_copies(self, most: int | None = None) -> bool:
        """Decide the groups of near-identical stories where stories have changed; quick where none has.

        In many short transactions: what is interrupted goes on with the next call. Stops after about `most` stories;
        returns whether all are decided.
        """
        done = 0
        while self._groups_are_behind():
            if most is not None and done >= most:
                return False
            with self._database.write() as connection:
                done += grouping.group_next(connection, _GROUPED_AT_ONCE)
        return True

    def _groups_are_behind(self) -> bool:
        with self._database.read() as connection:
            return grouping.is_behind(connection)

    # Reading -------------------------------------------------------------------------------------------------

    def revision(self) -> int:
        """Number of story changes so far."""
        with self._database.read() as connection:
            return rows.revision(connection)

    def seconds_behind(self, reached: int) -> int:
        """How long ago the first change after a revision was made; 0 where there is none. Ten seconds more or less.

        By the clock of the database. Of changes older than two days it is only known that they are.
        """
        with self._database.read() as connection:
            return rows.seconds_since(connection, reached + 1) if rows.revision(connection) > reached else 0

    def count(self) -> int:
        """Number of stories, withdrawn ones included."""
        return self.extent().stories

    def extent(self) -> Extent:
        """Revision and number of stories at one moment."""
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
        with self._database.read() as connection:
            return {row.id: rows.stored(row) for row in connection.execute(_MANY, {"ids": json.dumps([*ids])})}

    def live_copies(self, groups: Iterable[str]) -> dict[str, tuple[Copy, ...]]:
        """The live stories of each group of near-identical ones, those seen first in front; a hundred at most."""
        with self._database.read() as connection:
            return grouping.live_copies(connection, groups)

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

    def changes(self, after: int, limit: int) -> Changes:
        """The next at most `limit` changes after a revision, in order; each story in its newest state."""
        kept = (
            rows.current(stories.c.merged_into)
            .where(stories.c.revision > after)
            .order_by(stories.c.revision)
            .limit(limit)
        )
        gone = select(removals).where(removals.c.revision > after).order_by(removals.c.revision).limit(limit)
        with self._database.read() as connection:
            moved = connection.execute(kept).all()
            removed = connection.execute(gone).all()
            newest = rows.revision(connection)
        ends = [found[-1].revision for found in (moved, removed) if len(found) == limit]
        upto = min(ends, default=newest)
        moved = [row for row in moved if row.revision <= upto]
        ids = [row.id for row in moved if row.merged_into is not None]
        ids += [row.story_id for row in removed if row.revision <= upto]
        return Changes(tuple(rows.stored(row) for row in moved if row.merged_into is None), tuple(ids), upto)

    def walk_pages(
        self, source: str | None = None, *, since: datetime | None = None
    ) -> Iterator[tuple[StoredStory, int]]:
        """Every version that was read from a stored page, with the page's number; in short reads, as `walk`."""
        last = ("", 0)
        place = tuple_(versions.c.story_id, versions.c.version)
        while True:
            query = rows.joined(versions.c.page_id).where(place > last, versions.c.page_id.is_not(None))
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
