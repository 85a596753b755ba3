"""Opening of the store, and all its parts in one value.

The truth is kept in two SQLite files of the data directory: `stories.db` (stories with all versions, and crawl state)
and `pages.db` (pages as fetched). Everything else, the index first of all, can be made again from here.
"""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from model.errors import LostDatabaseError, StoreError
from store import base
from store.blobs.page_archive import PageArchive
from store.directory.damage_record import Faults
from store.directory.data_directory import prepare
from store.directory.locks import Locks
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
from store.migrations.migrate import layout_of, migrate
from store.sql.change_feed import ChangeFeed
from store.sql.crawl_runs import CrawlRuns
from store.sql.crawl_state import CrawlState
from store.sql.database import Database
from store.sql.duplicates import Duplicates
from store.sql.forgotten import Forgotten
from store.sql.leases import Leases
from store.sql.stories import Stories


class Store(NamedTuple):
    """The parts of one open data directory."""

    stories: base.StoryStore
    feed: base.ChangeFeed
    duplicates: Duplicates
    pages: PageArchive
    crawl: base.CrawlState
    leases: base.Leases
    runs: CrawlRuns
    forgotten: Forgotten
    faults: Faults
    databases: tuple[Database, ...]

    def checkpoint(self) -> None:
        """Fold the write-ahead logs back into the files."""
        for database in self.databases:
            database.checkpoint()

    def require_pages(self) -> None:
        """Raises LostDatabaseError where pages.db is missing."""
        if isinstance(self.databases[1], LostDatabase):
            raise LostDatabaseError(lost_pages(self.databases[1].path))

    def problems(self) -> list[str]:
        """What SQLite's own check finds wrong with the files that there are; reads all of them."""
        found = []
        for database in self.databases:
            if isinstance(database, LostDatabase):
                continue
            with database.read() as connection:
                for (line,) in connection.execute(text("PRAGMA quick_check")):
                    if line != "ok":
                        found.append(f"{database.path.name}: {line}")
        return found

    def close(self) -> None:
        """Close all files."""
        for database in self.databases:
            database.close()


def open_store(data_dir: Path) -> Store:
    """Open a data directory, made and migrated where needed.

    Where pages.db is missing, stories are read all the same, and what needs a page raises LostDatabaseError.

    Raises DataDirectoryError where nothing can be kept there, LostDatabaseError where stories.db is missing beside what
    was made from it, NewerDataError where a newer Wiredesk wrote the files and StoreError where they can't be opened.
    """
    prepare(data_dir)
    refuse_lost_stories(data_dir)
    try:
        stories = Database(data_dir / STORIES)
        with Locks(data_dir).migrate():
            refuse_lost_stories(data_dir, has_tables=layout_of(stories, "stories") is not None)
            migrate(stories, "stories")
            renew_aliases(stories)
            pages = _open_pages(data_dir / PAGES, stories)
    except (OSError, DatabaseError) as error:
        raise StoreError(f"the data directory {data_dir} can't be opened: {getattr(error, 'orig', error)}") from error
    return _store(data_dir, stories, pages)


def look_at_store(data_dir: Path) -> Store:
    """Open a data directory to read it as it stands: nothing is made, migrated or changed."""
    pages = data_dir / PAGES
    return _store(
        data_dir,
        Database(data_dir / STORIES, read_only=True),
        Database(pages, read_only=True) if pages.exists() else LostDatabase(pages),
    )


def _open_pages(path: Path, stories: Database) -> Database:
    if not path.exists() and names_pages(stories):
        return LostDatabase(path)
    pages = Database(path)
    migrate(pages, "pages")
    number_on(pages, stories)
    return pages


def _store(data_dir: Path, stories: Database, pages: Database) -> Store:
    faults = Faults(data_dir / "run" / "faults.json")
    archive = PageArchive(pages, faults)
    return Store(
        Stories(stories),
        ChangeFeed(stories),
        Duplicates(stories),
        archive,
        CrawlState(stories),
        Leases(stories),
        CrawlRuns(stories),
        Forgotten(stories, archive),
        faults,
        (stories, pages),
    )
