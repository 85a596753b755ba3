"""Migration of a database to the tables that today's code expects."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select, text

from model.errors import NewerDataError
from store.sql.database import Database
from store.sql.tables import counters

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

MIGRATIONS = Path(__file__).parent
HEADS = {"stories": "0014", "pages": "0003", "postgresql": "0002"}
"""The newest migration of each file of SQLite, and of PostgreSQL; a test compares them with the scripts."""
_USABLE_FROM = "usable_from"
"""The counter that says which layout a process must know at least, of a database that several versions share."""


def alembic_config(name: str) -> "AlembicConfig":
    """Alembic's configuration for the scripts of one of `HEADS`."""
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("version_locations", str(MIGRATIONS / name))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database, name: str) -> None:
    """Bring one database to its newest layout; does nothing where it is there already.

    Of a file the caller holds the lock that keeps two processes from migrating at once. Raises NewerDataError for one
    that a newer Wiredesk has changed in a way that this one can't work with.
    """
    current = layout_of(database, name)
    if current == HEADS[name]:
        return
    from alembic import command  # a third of a second that only a start with something to migrate has to wait for

    config = alembic_config(name)
    with database.migrating() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def layout_of(database: Database, name: str) -> str | None:
    """The newest migration that a database has seen, None before the first. Raises NewerDataError.

    That of a newer Wiredesk, which has only added what this one does not know, passes for the newest of ours.
    """
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if current in (None, HEADS[name]) or _is_known(alembic_config(name), current):
            return current
        usable_from = connection.execute(select(counters.c.value).where(counters.c.name == _USABLE_FROM)).scalar()
    if name == "postgresql" and usable_from is not None and usable_from <= int(HEADS[name]):
        return HEADS[name]
    raise NewerDataError(
        f"{database.name} was written by a newer version of Wiredesk (layout {current}): upgrade Wiredesk"
    )


def _is_known(config: "AlembicConfig", layout: str) -> bool:
    from alembic.script import ScriptDirectory
    from alembic.script.revision import ResolutionError
    from alembic.util.exc import CommandError

    try:
        ScriptDirectory.from_config(config).get_revision(layout)
    except (CommandError, ResolutionError):
        return False
    return True
