"""What need not be kept any longer?

Pages as fetched, and versions that were replaced, each longer ago than asked for. Stories and their current versions
stay, whatever their age. Everything goes in small transactions, so that writers beside never wait for long, and a page
is forgotten by its version before it goes: killed anywhere, nothing points into the void.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, exists, func, literal_column, select, update

from index.store.database import Database
from index.store.tables import bodies, pages, stories, versions

_BATCH = 500
_rowid: ColumnElement[int] = literal_column("versions.rowid")


class Pruned(NamedTuple):
    """How many rows went."""

    versions: int
    pages: int


class Pruning:
    """Removes what is older than an instant from both files of a store."""

    def __init__(self, stories_database: Database, pages_database: Database) -> None:
        self._stories = stories_database
        self._pages = pages_database

    def prune(self, before: datetime) -> Pruned:
        """Remove versions that were replaced before that instant, and pages that were fetched before it."""
        gone = 0
        while count := self._drop_replaced(before):
            gone += count
        if not self._holds_pages(before):
            return Pruned(gone, 0)
        self._forget_pages(before)
        pages_gone = 0
        while count := self._drop_pages(before):
            pages_gone += count
        return Pruned(gone, pages_gone)

    def _drop_replaced(self, before: datetime) -> int:
        later = versions.alias("later")
        replaced = exists().where(
            later.c.story_id == versions.c.story_id, later.c.version > versions.c.version, later.c.seen_at < before
        )
        # The current version stays even where the clock went backwards between two versions.
        current = exists().where(stories.c.id == versions.c.story_id, stories.c.version == versions.c.version)
        chosen = select(_rowid).select_from(versions).where(replaced, ~current).limit(_BATCH)
        with self._stories.write() as connection:
            return connection.execute(delete(versions).where(_rowid.in_(chosen.scalar_subquery()))).rowcount

    def _holds_pages(self, before: datetime) -> bool:
        with self._pages.read() as connection:
            oldest = connection.execute(select(func.min(pages.c.fetched_at))).scalar()
        return oldest is not None and oldest < before

    def _forget_pages(self, before: datetime) -> None:
        """Let all versions forget their old pages, walking in the order in which SQLite keeps them."""
        last = 0
        while True:
            query = select(_rowid.label("row"), versions.c.page_id).select_from(versions)
            query = query.where(_rowid > last).order_by(_rowid).limit(_BATCH)
            with self._stories.read() as connection:
                batch = connection.execute(query).mappings().all()
            if not batch:
                return
            last = batch[-1]["row"]
            old = self._old_among({row["page_id"] for row in batch}, before)
            self._forget([row for row in batch if row["page_id"] in old])

    def _old_among(self, ids: Iterable[int | None], before: datetime) -> set[int]:
        wanted = [number for number in ids if number is not None]
        with self._pages.read() as connection:
            old = connection.execute(select(pages.c.id).where(pages.c.id.in_(wanted), pages.c.fetched_at < before))
            return set(old.scalars())

    def _forget(self, found: Iterable[RowMapping]) -> None:
        for_rows = [(row["row"], row["page_id"]) for row in found]
        if not for_rows:
            return
        with self._stories.write() as connection:
            for row, page_id in for_rows:
                # A better reading may have put a newer page in its place meanwhile.
                same = (_rowid == row, versions.c.page_id == page_id)
                connection.execute(update(versions).where(*same).values(page_id=None))

    def _drop_pages(self, before: datetime) -> int:
        with self._pages.write() as connection:
            old = select(pages.c.id, pages.c.digest).where(pages.c.fetched_at < before).limit(_BATCH)
            found = connection.execute(old).all()
            connection.execute(delete(pages).where(pages.c.id.in_([row.id for row in found])))
            _drop_unused_bodies(connection, {row.digest for row in found})
        return len(found)


def _drop_unused_bodies(connection: Connection, digests: set[bytes]) -> None:
    used = exists().where(pages.c.digest == bodies.c.digest)
    connection.execute(delete(bodies).where(bodies.c.digest.in_(digests), ~used))
