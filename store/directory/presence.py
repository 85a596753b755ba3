"""Presence of the two databases, which tells a new desk from one that has lost a file.

SQLite makes a file that is missing, without a word. Beside an index a store without stories would then pass for a new
desk, and the index would be emptied after it; pages of a new file would get the numbers of those that are lost. So a
desk begins only where nothing stands that stories.db would have to explain.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Connection, func, select, text

from model.errors import LostDatabaseError
from store.sql.database import Database
from store.sql.dialects.sqlite import SqliteDatabase
from store.sql.tables import aliases, versions

STORIES, PAGES = "stories.db", "pages.db"
RESTORING = ".restoring"
"""The end of the names of files that are being restored: a data directory that holds one is unfinished."""


def has_begun(data_dir: Path) -> bool:
    """Whether there is anything of a desk in a data directory, whole or not."""
    return has_stories(data_dir) or bool(_made_from_stories(data_dir)) or _is_half_restored(data_dir)


def refuse_lost_stories(data_dir: Path, *, has_tables: bool = True) -> None:
    """Raises LostDatabaseError where stories.db is missing, empty or without tables beside what was made from it.

    Where a restore was not finished, too.
    """
    path = data_dir / STORIES
    if _is_half_restored(data_dir):
        raise LostDatabaseError(
            f"{data_dir} is being restored, or holds a restore that was not finished: wait, or run `restore` again; "
            f"to do without it remove *{RESTORING} there"
        )
    left = _made_from_stories(data_dir)
    if not left or (_size(path) > 0 and has_tables):
        return
    what = "missing" if not path.exists() else "empty"
    raise LostDatabaseError(
        f"{path} is {what}, but {' and '.join(left)} of its stories {'stand' if len(left) > 1 else 'stands'} beside "
        f"it: put the file back, or `restore` a backup into an empty data_dir; to begin anew, move {data_dir} away"
    )


def refuse_emptied_stories(data_dir: Path, name: str, *, changes: int, indexed: int) -> None:
    """Raises LostDatabaseError for a store that has seen no change of a story beside an index that holds some.

    `name` is what the database is called that keeps the stories.
    """
    if changes > 0 or indexed == 0:
        return
    is_file = name == STORIES
    remedy = (
        "put the right file back, or `restore` a backup into an empty data_dir"
        if is_file
        else "set store.url right, or restore the database"
    )
    raise LostDatabaseError(
        f"{data_dir / STORIES if is_file else name} has never held a story, but the index in {data_dir} holds "
        f"{indexed}: {remedy}; to begin anew, move {data_dir / 'index'} away"
    )


def open_logs(data_dir: Path) -> set[str]:
    """The write-ahead logs in a data directory: a file that some process has open has one."""
    return {path.name for path in data_dir.glob("*.db-wal")}


def _made_from_stories(data_dir: Path) -> list[str]:
    left = ["the index"] if has_index(data_dir) else []
    return left + ([PAGES] if _size(data_dir / PAGES) > 0 else [])


def has_index(data_dir: Path) -> bool:
    """Whether there is an index, made from stories, in a data directory."""
    return (data_dir / "index" / "current").exists()


def has_stories(data_dir: Path) -> bool:
    """Whether there is a stories.db, whatever it holds."""
    return _size(data_dir / STORIES) > 0


def _is_half_restored(data_dir: Path) -> bool:
    return any(data_dir.glob(f"*{RESTORING}"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


class LostDatabase(SqliteDatabase):
    """The place of a database file that is missing: stories are searched, and whatever needs a page is refused."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Raises LostDatabaseError."""
        raise LostDatabaseError(lost_pages(self.path))
        yield  # what makes this a context manager

    write = change = migrating = read

    def checkpoint(self) -> None:
        """There is nothing to fold back."""


def lost_pages(path: Path) -> str:
    """What is to be said of a missing pages.db, whose pages versions name."""
    return (
        f"{path} is missing, and with it the pages as fetched: put it back or `restore` a backup (or make an empty "
        "file there, to go on without them), and start again"
    )


def is_without_pages(data_dir: Path) -> bool:
    """Whether pages.db is missing in a data directory that has been opened: a whole store has both files then."""
    return (data_dir / STORIES).exists() and not (data_dir / PAGES).exists()


def names_pages(stories: Database) -> bool:
    """Whether any version was read from a page of the archive."""
    return _highest_page(stories) > 0


def number_on(pages: Database, stories: Database) -> None:
    """Let new pages have numbers above all that are named: after a loss they would be taken for the lost ones."""
    highest = _highest_page(stories)
    with pages.read() as connection:
        reached = connection.execute(text("SELECT max(seq) FROM sqlite_sequence WHERE name = 'pages'")).scalar() or 0
    if reached >= highest:
        return
    with pages.write() as connection:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'pages'"))
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('pages', :seq)"), {"seq": highest})
    log = structlog.get_logger("store")
    log.error("pages as fetched are missing; run `check --deep`", file=pages.name, named=highest, held=reached)


def _highest_page(stories: Database) -> int:
    with stories.read() as connection:
        columns = (versions.c.page_id, aliases.c.page_id)
        return max(connection.execute(select(func.max(column))).scalar() or 0 for column in columns)
