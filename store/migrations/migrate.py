"""Migration of a database file to the tables that today's code expects."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from model.errors import NewerDataError
from store.sql.database import Database

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

MIGRATIONS = Path(__file__).parent
HEADS = {"stories": "0011", "pages": "0002"}
"""The newest migration of each file; a test compares them with the scripts."""


def alembic_config(name: str) -> "AlembicConfig":
    """Alembic's configuration for the scripts of one file ("stories" or "pages")."""
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("version_locations", str(MIGRATIONS / name))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database, name: str) -> None:
    """Bring one file to its newest layout; does nothing where it is there already.

    The caller holds the lock that keeps two processes from migrating at once. Raises NewerDataError for a file
    that a newer Wiredesk has written.
    """
    current = layout_of(database, name)
    if current == HEADS[name]:
        return
    from alembic import command  # a third of a second that only a start with something to migrate has to wait for

    config = alembic_config(name)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def layout_of(database: Database, name: str) -> str | None:
    """The newest migration that a file has seen, None before the first. Raises NewerDataError."""
    if not inspect(database.engine).has_table("alembic_version"):
        return None
    with database.read() as connection:
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current not in (None, HEADS[name]):
        _refuse_unknown(database, alembic_config(name), current)
    return current


def _refuse_unknown(database: Database, config: "AlembicConfig", current: str) -> None:
    from alembic.script import ScriptDirectory
    from alembic.script.revision import ResolutionError
    from alembic.util.exc import CommandError

    try:
        ScriptDirectory.from_config(config).get_revision(current)
    except (CommandError, ResolutionError):
        raise NewerDataError(
            f"{database.path} was written by a newer version of Wiredesk (layout {current}): upgrade Wiredesk"
        ) from None
