"""Where is the truth kept?

In two SQLite files of the data directory: `stories.db` (stories with all versions, and crawl state) and `pages.db`
(pages as fetched). Everything else, the index first of all, can be made again from here.
"""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from index.errors import StoreError
from index.locks import Locks
from index.store.crawl_state import CrawlState
from index.store.database import Database
from index.store.forgetting import Forgotten
from index.store.migrate import migrate
from index.store.pages import PageArchive
from index.store.stories import Stories

RESTORING = ".restoring"
"""The end of the names of files that are being restored: a data directory that holds one is unfinished."""


class Store(NamedTuple):
    """The parts of one open data directory."""

    stories: Stories
    pages: PageArchive
    crawl: CrawlState
    forgotten: Forgotten
    databases: tuple[Database, ...]

    def checkpoint(self) -> None:
        """Fold the write-ahead logs back into the files."""
        for database in self.databases:
            database.checkpoint()

    def problems(self) -> list[str]:
        """What SQLite's own check finds wrong with the files; reads all of them."""
        found = []
        for database in self.databases:
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

    Raises StoreError where the files can't be opened or are half restored, and NewerDataError where a newer Wiredesk
    wrote them.
    """
    if any(data_dir.glob(f"*{RESTORING}")):
        raise StoreError(
            f"{data_dir} is being restored, or was half restored: wait, or run `restore` again;"
            f" to do without it remove *{RESTORING} there"
        )
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        stories, pages = Database(data_dir / "stories.db"), Database(data_dir / "pages.db")
        with Locks(data_dir).migrate():
            migrate(stories, "stories")
            migrate(pages, "pages")
    except (OSError, DatabaseError) as error:
        raise StoreError(f"the data directory {data_dir} can't be opened: {getattr(error, 'orig', error)}") from error
    archive = PageArchive(pages)
    return Store(Stories(stories), archive, CrawlState(stories), Forgotten(stories, archive), (stories, pages))
