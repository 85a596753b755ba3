"""Opening of the store, and all its parts in one value.

The truth is kept in two SQLite files of the data directory, `stories.db` (stories with all versions, and crawl state)
and `pages.db` (pages as fetched), or in one PostgreSQL database. Everything else, the index first of all, can be made
again from here.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import DatabaseError

from model.errors import LostDatabaseError, StoreError
from store import base, coordination
from store.blobs.outside_blobs import OutsideBlobs
from store.blobs.page_archive import TABLES, PageArchive
from store.blobs.place import PlaceSettings
from store.blobs.places import open_place
from store.directory.damage_record import Faults
from store.directory.data_directory import prepare
from store.directory.locks import Locks
from store.directory.ownership import claim, refuse_foreign
from store.directory.presence import (
    PAGES,
    STORIES,
    LostDatabase,
    lost_pages,
    names_pages,
    number_on,
    refuse_lost_stories,
)
from store.maintenance.alias_renewal import renew_aliases
from store.maintenance.audit import audit
from store.maintenance.retention import Pruned, Pruning
from store.maintenance.splits import Splits
from store.migrations.migrate import HEADS, layout_of, migrate
from store.sql.change_feed import SqlChangeFeed
from store.sql.coordination.host_paces import SqlHostPaces
from store.sql.coordination.robots_files import SqlRobotsFiles
from store.sql.coordination.source_leases import SqlSourceLeases
from store.sql.coordination.workers import SqlWorkers
from store.sql.crawl_runs import CrawlRuns
from store.sql.crawl_state import SqlCrawlState
from store.sql.database import Database, FileSize
from store.sql.dialects import postgresql_at
from store.sql.dialects.sqlite import SqliteDatabase
from store.sql.duplicates import Duplicates
from store.sql.forgotten import HOLDING, Forgotten
from store.sql.leases import SqlLeases
from store.sql.stories import SqlStories
from store.transfer.marker import refuse_unfinished


class Layout(NamedTuple):
    """How old the tables of a file are: whether it has any, and whether they are today's."""

    has_tables: bool
    is_newest: bool


class Store(NamedTuple):
    """The parts of one open data directory."""

    stories: base.StoryStore
    feed: base.ChangeFeed
    duplicates: Duplicates
    pages: PageArchive
    crawl: base.CrawlState
    leases: base.Leases
    source_leases: coordination.SourceLeases
    paces: coordination.HostPaces
    robots: coordination.RobotsFiles
    workers: coordination.Workers
    runs: CrawlRuns
    forgotten: Forgotten
    faults: Faults
    splits: Splits
    databases: tuple[Database, ...]
    """Those of stories and of pages, where these are not one."""

    def checkpoint(self) -> None:
        """Fold the write-ahead logs back into the files."""
        for database in self.databases:
            database.checkpoint()

    def wipe(self) -> None:
        """Let go of what stories and pages that were removed have left in the database. Raises StoreError."""
        self.databases[0].wipe([table.name for table in HOLDING])
        self.databases[-1].wipe([table.name for table in TABLES])

    def map_stories(self) -> None:
        """Ask for stories in files that are mapped into memory, where there are any.

        For processes that are started again: where the disk fails, or a file is cut short, the system ends them.
        """
        self.databases[0].map()

    def make_partitions(self, now: datetime) -> None:
        """Make those partitions of tables that will be needed within two months of an instant. Idempotent."""
        self.databases[0].make_partitions(now)

    def refuse_foreign(self, data_dir: Path) -> None:
        """Raises LostDatabaseError where a data directory belongs to another store."""
        refuse_foreign(data_dir, self.databases[0])

    def lost_pages(self) -> str | None:
        """What is to be said where pages.db is missing; None where it is there."""
        pages = self.databases[-1]
        return lost_pages(pages.path) if isinstance(pages, LostDatabase) else None

    def require_pages(self) -> None:
        """Raises LostDatabaseError where pages.db is missing."""
        if (lost := self.lost_pages()) is not None:
            raise LostDatabaseError(lost)

    @property
    def name(self) -> str:
        """What the database is called that keeps the stories, in a sentence for a person."""
        return self.databases[0].name

    def file_sizes(self) -> list[FileSize]:
        """How large the files or tables of the store are, with the logs beside them."""
        return [size for database in self.databases for size in database.sizes()]

    def prune(self, before: datetime) -> Pruned:
        """Remove what is older than an instant and need not be kept, in small transactions."""
        return Pruning(self.databases[0], self.databases[-1], self.pages).prune(before)

    def layouts(self) -> dict[str, Layout]:
        """Whether the files that there are have tables, and today's; by the name of the file.

        Raises StoreError where a file can't be read or the copy of a desk is not finished, NewerDataError where a
        newer Wiredesk wrote it.
        """
        try:
            found = {
                database.name: (layout_of(database, name), HEADS[name])
                for name, database in self._by_layout()
                if not isinstance(database, LostDatabase)
            }
        except DatabaseError as error:
            raise StoreError(f"the store can't be opened: {error.orig}; restore a backup") from error
        if any(layout is not None for layout, _ in found.values()):
            refuse_unfinished(self.databases[0])
        return {name: Layout(layout is not None, layout == head) for name, (layout, head) in found.items()}

    def _by_layout(self) -> list[tuple[str, Database]]:
        if len(self.databases) == 1:
            return [("postgresql", self.databases[0])]
        return list(zip(("stories", "pages"), self.databases, strict=True))

    def names_pages(self) -> bool:
        """Whether any version was read from a page of the archive."""
        return names_pages(self.databases[0])

    def damages(self) -> list[str]:
        """What does not hold together, one sentence each; reads everything. Raises StoreError."""
        found = self.problems()
        if self.lost_pages() is None:
            found += audit(self.databases[0], self.databases[-1], self.pages.outside)
        return found

    def problems(self) -> list[str]:
        """What the database's own check finds wrong with it; reads all files that there are."""
        present = [database for database in self.databases if not isinstance(database, LostDatabase)]
        return [f"{database.name}: {line}" for database in present for line in database.problems()]

    def close(self) -> None:
        """Close all connections."""
        self.pages.outside.close()
        for database in self.databases:
            database.close()


def open_store(data_dir: Path, url: str | None = None, *, pages_in: PlaceSettings | None = None) -> Store:
    """Open the store of a data directory, or of the PostgreSQL database at `url`; made and migrated where needed.

    `pages_in` is where the bytes of pages are kept outside of it.

    Where pages.db is missing, stories are read all the same, and what needs a page raises LostDatabaseError.

    Raises DataDirectoryError where nothing can be kept there, LostDatabaseError where stories.db is missing beside what
    was made from it or the directory belongs to another store, NewerDataError where a newer Wiredesk wrote the files
    and StoreError where they can't be opened.
    """
    prepare(data_dir)
    if url is not None:
        return _open_shared(data_dir, url, pages_in)
    refuse_lost_stories(data_dir)
    try:
        stories = SqliteDatabase(data_dir / STORIES)
        with Locks(data_dir).migrate():
            refuse_lost_stories(data_dir, has_tables=layout_of(stories, "stories") is not None)
            refuse_unfinished(stories)
            migrate(stories, "stories")
            renew_aliases(stories)
            claim(data_dir, stories)
            pages = _open_pages(data_dir / PAGES, stories)
    except (OSError, DatabaseError) as error:
        raise StoreError(f"the data directory {data_dir} can't be opened: {getattr(error, 'orig', error)}") from error
    return _store(data_dir, pages_in, stories, pages)


def _open_shared(data_dir: Path, url: str, pages_in: PlaceSettings | None) -> Store:
    database = postgresql_at(url)
    try:
        refuse_unfinished(database)
        migrate(database, "postgresql")
        renew_aliases(database)
        claim(data_dir, database)
        database.make_partitions(datetime.now(UTC))
    except BaseException:
        database.close()
        raise
    return _store(data_dir, pages_in, database)


def look_at_store(data_dir: Path, url: str | None = None, *, pages_in: PlaceSettings | None = None) -> Store:
    """Open the store to read it as it stands: nothing is made, migrated or changed."""
    if url is not None:
        return _store(data_dir, pages_in, postgresql_at(url))
    pages = data_dir / PAGES
    return _store(
        data_dir,
        pages_in,
        SqliteDatabase(data_dir / STORIES, read_only=True),
        SqliteDatabase(pages, read_only=True) if pages.exists() else LostDatabase(pages),
    )


def _open_pages(path: Path, stories: Database) -> Database:
    if not path.exists() and names_pages(stories):
        return LostDatabase(path)
    pages = SqliteDatabase(path)
    migrate(pages, "pages")
    number_on(pages, stories)
    return pages


def _store(data_dir: Path, pages_in: PlaceSettings | None, *databases: Database) -> Store:
    stories, pages = databases[0], databases[-1]
    faults = Faults(data_dir / "run" / "faults.json", pages.name)
    place = open_place(pages_in) if pages_in is not None else None
    archive = PageArchive(pages, faults, OutsideBlobs(pages, place, faults))
    return Store(
        SqlStories(stories),
        SqlChangeFeed(stories),
        Duplicates(stories),
        archive,
        SqlCrawlState(stories),
        SqlLeases(stories),
        SqlSourceLeases(stories),
        SqlHostPaces(stories),
        SqlRobotsFiles(stories),
        SqlWorkers(stories),
        CrawlRuns(stories),
        Forgotten(stories, archive),
        faults,
        Splits(stories),
        databases,
    )
