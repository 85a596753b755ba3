"""Retention: removal of what need not be kept any longer.

That is pages as fetched, and versions that were replaced, each longer ago than asked for. Stories and their current
versions stay, whatever their age. What goes is found without keeping writers out and goes in small transactions, so
that writers beside never wait for long; a page is forgotten by all that name it before it goes: killed anywhere,
nothing points into the void.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, exists, select, tuple_, update

from store.blobs.page_archive import PageArchive
from store.sql.crawl_runs import CrawlRuns
from store.sql.database import Database
from store.sql.tables import aliases, pages, stories, versions

_BATCH = 500


class Pruned(NamedTuple):
    """How many rows went."""

    versions: int
    pages: int
    runs: int = 0


class Pruning:
    """Removes what is older than an instant from both files of a store."""

    def __init__(self, stories_database: Database, pages_database: Database, archive: PageArchive) -> None:
        self._stories = stories_database
        self._pages = pages_database
        self._archive = archive

    def prune(self, before: datetime) -> Pruned:
        """Remove versions that were replaced, pages that were fetched and crawl runs that began before that instant."""
        gone = 0
        while count := self._drop_replaced(before):
            gone += count
        pages_gone = 0
        while old := self._old_pages(before):
            self._forget(old)
            self._archive.drop_all(old)
            pages_gone += len(old)
        return Pruned(gone, pages_gone, CrawlRuns(self._stories).drop_before(before))

    def _drop_replaced(self, before: datetime) -> int:
        later = versions.alias("later")
        replaced = exists().where(
            later.c.story_id == versions.c.story_id, later.c.version > versions.c.version, later.c.seen_at < before
        )
        # The current version stays even where the clock went backwards between two versions.
        earlier = (versions.c.story_id == stories.c.id) & (versions.c.version != stories.c.version)
        query = select(versions.c.story_id, versions.c.version).select_from(stories.join(versions, earlier))
        with self._stories.read() as connection:
            found = connection.execute(query.where(stories.c.version > 1, replaced).limit(_BATCH)).all()
        if not found:
            return 0
        doomed = tuple_(versions.c.story_id, versions.c.version).in_([(row.story_id, row.version) for row in found])
        with self._stories.write() as connection:
            connection.execute(delete(versions).where(doomed))
        return len(found)

    def _old_pages(self, before: datetime) -> Sequence[int]:
        query = select(pages.c.id).where(pages.c.fetched_at < before).order_by(pages.c.fetched_at).limit(_BATCH)
        with self._pages.read() as connection:
            return connection.execute(query).scalars().all()

    def _forget(self, page_ids: Sequence[int]) -> None:
        with self._stories.write() as connection:
            for table in (versions, aliases):
                connection.execute(update(table).where(table.c.page_id.in_(page_ids)).values(page_id=None))
