"""What did each story say, and when?

Every save is one transaction: identity, version, aliases and the revision move together or not at all. A changed
story is a new version, never an overwrite.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text, tuple_

from index.store import copies, rows
from index.store.database import Database
from index.store.forgetting import forgotten_among
from index.store.identity import alias_keys, follow, likely_alias, resolve, url_alias
from index.store.rows import Look, Saved
from index.store.tables import aliases, removals, stories, versions
from index.story import Copy, Status, StoredStory, Story

_WALK_ROWS = 200
_GROUPED_AT_ONCE = 500
# Made once, whatever the number of ids: each search asks it, and putting it together costs as much as running it.
_MANY = rows.current().where(text("stories.id IN (SELECT value FROM json_each(:ids))"), stories.c.merged_into.is_(None))


class Changes(NamedTuple):
    """Story changes in order: `stories` to put into an index, ids `removed` from it, up to `revision`."""

    stories: tuple[StoredStory, ...]
    removed: tuple[str, ...]
    revision: int


class Reading(NamedTuple):
    """A story as a page was read, with the canonical forms of the page's final and requested address, in this order."""

    story: Story
    urls: tuple[str, ...]
    seen_at: datetime
    page_id: int | None = None
    likely: tuple[str, ...] = ()


class Extent(NamedTuple):
    """How far the store has come: its revision and its number of stories, withdrawn ones included."""

    revision: int
    stories: int


class Stories:
    """Stories by id, with all versions; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Writing -------------------------------------------------------------------------------------------------

    def save(
        self,
        story: Story,
        *,
        urls: Sequence[str],
        seen_at: datetime,
        page_id: int | None = None,
        likely: Sequence[str] = (),
    ) -> Saved:
        """Keep a reading, in one transaction.

        `urls` are the canonical forms of the page's final and requested address, in this order. Twins (AMP, mobile
        pages) that name the same canonical address as the page read before add aliases, never versions. `likely` are
        texts that are equal for addresses that are probably one page: believed where the headlines agree.
        """
        with self._database.write() as connection:
            return _save(connection, Reading(story, tuple(urls), seen_at, page_id, tuple(likely)))

    def save_all(self, readings: Iterable[Reading]) -> list[Saved]:
        """Keep several readings, one after the other as `save` does, all in one transaction."""
        with self._database.write() as connection:
            return [_save(connection, reading) for reading in readings]

    def adopt(self, batch: Iterable[tuple[StoredStory, Sequence[str]]]) -> list[Saved]:
        """Take stories in as another store had them, all in one transaction; each comes with its canonical URLs.

        Identity goes by id, else by URL; a new story keeps the id, version, status and times that it comes with.
        Stories that were forgotten on request end as "refused".
        """
        with self._database.write() as connection:
            return [_adopt(connection, stored, tuple(urls)) for stored, urls in batch]

    def replace_reading(self, story_id: str, version: int, story: Story) -> None:
        """Put another reading of the same page in place: no new version, but a new revision."""
        with self._database.write() as connection:
            rows.write_reading(connection, story_id, version, story)
            rows.touch(connection, story_id, source=story.source)

    def set_status(self, story_id: str, status: Status) -> bool:
        """Withdraw or restore a story; False where it had that status already or is unknown."""
        with self._database.write() as connection:
            row = rows.story_row(connection, follow(connection, story_id))
            if row is None or row.status == status:
                return False
            rows.touch(connection, row.id, status=status)
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
                done += copies.group_next(connection, _GROUPED_AT_ONCE)
        return True

    def _groups_are_behind(self) -> bool:
        with self._database.read() as connection:
            return copies.is_behind(connection)

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
            return copies.live_copies(connection, groups)

    def versions(self, story_id: str) -> list[StoredStory]:
        """All versions, oldest first; empty where the story is unknown."""
        with self._database.read() as connection:
            query = rows.joined().where(stories.c.id == follow(connection, story_id)).order_by(versions.c.version)
            return [rows.stored(row) for row in connection.execute(query)]

    def find(self, url: str, likely: str | None = None) -> str | None:
        """The id of the story that a canonical URL leads to; else one whose address has `likely` in common with it."""
        keys = [url_alias(url), *([likely_alias(likely)] if likely else [])]
        with self._database.read() as connection:
            query = select(aliases.c.alias, aliases.c.story_id).where(aliases.c.alias.in_(keys))
            known = dict(connection.execute(query).all())
            return next((follow(connection, known[key]) for key in keys if key in known), None)

    def match(self, story: Story, urls: Sequence[str], likely: Sequence[str] = ()) -> StoredStory | None:
        """The story that `save` would take this reading for, or None for a new one."""
        with self._database.read() as connection:
            found = resolve(connection, story, tuple(urls), rows.headline, tuple(likely)).id
            row = connection.execute(rows.current().where(stories.c.id == found)).first() if found else None
        return None if row is None else rows.stored(row)

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


def _save(connection: Connection, reading: Reading) -> Saved:
    story, urls = reading.story, reading.urls
    found = resolve(connection, story, urls, rows.headline, reading.likely)
    if urls and not found.canonical_believed:
        story = story.model_copy(update={"url": urls[0]})
    keys = alias_keys(story, urls, reading.likely)
    look = Look(reading.seen_at, reading.page_id, urls[0] if urls else None)
    if found.id is None:
        return rows.insert_story(connection, story, keys, look)
    rows.merge(connection, found)
    rows.add_aliases(connection, keys, found.id)
    return rows.update_story(connection, found.id, story, look)


def _adopt(connection: Connection, stored: StoredStory, urls: tuple[str, ...]) -> Saved:
    reading, look = rows.reading_of(stored), Look(stored.seen_at)
    if forgotten_among(connection, (stored.id, *alias_keys(reading, urls))):
        return Saved(stored.id, 0, "refused")
    known = stored.id if rows.story_row(connection, stored.id) is not None else None
    known = known or resolve(connection, reading, urls, rows.headline).id
    if known is None:
        return rows.insert_story(connection, reading, alias_keys(reading, urls), look, like=stored)
    return rows.update_story(connection, follow(connection, known), reading, look, status=stored.status)
