"""Places that a desk is copied to: a PostgreSQL database, or the two SQLite files of a data directory.

A place has to be empty, or hold an unfinished copy of the same desk. What holds anything else is left as it is.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL, Connection, inspect, make_url, select
from sqlalchemy.exc import ArgumentError

from model.config_values import is_postgresql
from model.errors import StoreError
from store.directory.data_directory import prepare
from store.directory.ownership import disown
from store.directory.presence import PAGES, STORIES
from store.migrations.migrate import HEADS, layout_of, migrate
from store.sql.database import Database
from store.sql.dialects import postgresql_at
from store.sql.dialects.sqlite import SqliteDatabase
from store.sql.tables import checkpoints, counters, ticks
from store.transfer.copied_tables import CopiedTable, copied_tables, is_of_pages
from store.transfer.marker import unfinished_copy

_FILES = frozenset(f"{name}{companion}" for name in (STORIES, PAGES) for companion in ("", "-wal", "-shm", "-journal"))
_BESIDE = frozenset({"locks", "run"})
"""What stands in a data directory before anything is stored."""
_SECRETS = ("password", "passfile", "sslpassword")
_UNKNOWN = "expected postgresql://user@host/name or the path of a folder"
_SQLITE = "sqlite:///"


class CopyTarget(NamedTuple):
    """Where a desk is copied to: the address of a database or a folder, one of them."""

    url: str | None = None
    folder: Path | None = None

    @property
    def shown(self) -> str:
        """What a person may read of it: without a password."""
        if self.url is None:
            return str(self.folder)
        return make_url(self.url).difference_update_query(_SECRETS).render_as_string(hide_password=True)

    @property
    def tool_address(self) -> str:
        """The address as PostgreSQL's own tools take it, without a password: these ask for it, or find it elsewhere."""
        url = make_url(self.url or "").difference_update_query(_SECRETS)
        return URL.create(
            "postgresql", url.username, host=url.host, port=url.port, database=url.database, query=url.query
        ).render_as_string(hide_password=False)


def parse_target(text: str) -> CopyTarget:
    """The place that was named: postgresql://…, sqlite:///FOLDER or FOLDER.

    Raises ValueError for anything else; the text is not repeated, as it may hold a password.
    """
    scheme, sign, rest = text.partition("://")
    if not sign:
        return CopyTarget(folder=_folder(text))
    if text.startswith(_SQLITE):
        return CopyTarget(folder=_folder(text.removeprefix(_SQLITE)))
    if not is_postgresql(scheme) or not rest:
        raise ValueError(_UNKNOWN)
    try:
        make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(_UNKNOWN) from None
    return CopyTarget(url=text)


def open_target(place: CopyTarget, desk: int, *, own_folder: Path | None = None) -> tuple[Database, ...]:
    """The databases of a place, with today's tables, to be filled with the desk of that number.

    `own_folder` is the data directory that the desk has already: what is made from the store may stand there.
    Raises StoreError where the place holds anything else than an unfinished copy of that desk.
    """
    databases: tuple[Database, ...]
    layouts: tuple[str, ...]
    if place.url is not None:
        databases, layouts = (postgresql_at(place.url),), ("postgresql",)
    else:
        folder = place.folder or Path()
        _refuse_full(folder, is_own=own_folder is not None and folder == own_folder)
        prepare(folder)
        databases = tuple(SqliteDatabase(folder / name, checks_references=False) for name in (STORIES, PAGES))
        layouts = ("stories", "pages")
    with _closed_on_error(databases):
        _refuse_others(databases, desk)
        for database, layout in zip(databases, layouts, strict=True):
            migrate(database, layout)
    return databases


def look_at_target(place: CopyTarget) -> tuple[Database, ...]:
    """The databases of a place, to be compared. Raises StoreError where they are not there, or of another layout."""
    databases: tuple[Database, ...]
    layouts: tuple[str, ...]
    if place.url is not None:
        databases, layouts = (postgresql_at(place.url),), ("postgresql",)
    else:
        paths = [(place.folder or Path()) / name for name in (STORIES, PAGES)]
        missing = [str(path) for path in paths if not path.is_file()]
        if missing:
            raise StoreError(f"there is no {' and no '.join(missing)}")
        databases, layouts = tuple(SqliteDatabase(path, read_only=True) for path in paths), ("stories", "pages")
    with _closed_on_error(databases):
        for database, layout in zip(databases, layouts, strict=True):
            found = layout_of(database, layout)
            if found != HEADS[layout]:
                raise StoreError(
                    f"{database.name} holds no desk of this version of Wiredesk"
                    + (f" (layout {found}): open it once with this version" if found else "")
                )
    return databases


def hand_over(place: CopyTarget) -> None:
    """Let a folder belong to the desk that has been copied into it, whatever database it stood beside before."""
    if place.folder is not None:
        disown(place.folder)


def of_table(databases: Sequence[Database], copied: CopiedTable) -> Database:
    """The database that keeps a table."""
    return databases[-1] if is_of_pages(copied.table) else databases[0]


@contextmanager
def _closed_on_error(databases: Sequence[Database]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for database in databases:
            database.close()
        raise


def _folder(text: str) -> Path:
    folder = Path(text).expanduser()
    if not text or "\0" in text:
        raise ValueError(_UNKNOWN)
    return folder.absolute()


def _refuse_full(folder: Path, *, is_own: bool) -> None:
    """Raises StoreError for a folder that holds anything else than the files of a store."""
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder} is a file; name a folder")
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    others = held - _FILES - _BESIDE
    if others and not is_own:
        raise StoreError(f"{folder} holds {', '.join(sorted(others)[:5])}: name a folder that is empty or missing")
    if PAGES in held and STORIES not in held:
        raise StoreError(f"{folder} holds {PAGES}: move it away, or name another folder")


def _refuse_others(databases: Sequence[Database], desk: int) -> None:
    """Raises StoreError where a place holds rows that are not of an unfinished copy of this desk."""
    stories = databases[0]
    unfinished = unfinished_copy(stories)
    if unfinished == desk:
        return
    if unfinished is not None:
        raise StoreError(f"{stories.name} holds an unfinished copy of another desk: name an empty place")
    for copied in copied_tables():
        if copied.table in (ticks, checkpoints):  # those of an empty desk tell of nothing
            continue
        with of_table(databases, copied).read() as connection:
            if not _is_empty(connection, copied):
                raise StoreError(
                    f"{_told(stories)} holds a desk already: nothing was changed there; name an empty place, or "
                    "compare the two with --verify"
                )


def _told(stories: Database) -> str:
    return str(stories.path.parent) if isinstance(stories, SqliteDatabase) else stories.name


def _is_empty(connection: Connection, copied: CopiedTable) -> bool:
    if not inspect(connection).has_table(copied.name):
        return True
    if copied.table is counters:
        return not connection.execute(select(counters.c.value).where(counters.c.name == "revision")).scalar()
    return connection.execute(select(*copied.key_columns()).limit(1)).first() is None
