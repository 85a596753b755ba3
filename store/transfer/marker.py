"""Marks of a copy in the database that it goes to: of which desk it is, and that it is not finished.

A desk has a number of its own, which goes along wherever it is copied; an unfinished copy bears the number of the desk
that it is to become. Nobody may work on one: half of the stories would pass for all of them.
"""

import secrets

from sqlalchemy import delete, inspect, select

from model.errors import StoreError
from store.directory.ownership import identify
from store.sql.database import Database
from store.sql.dialects.expressions import upsert
from store.sql.tables import counters

UNFINISHED = "unfinished_copy"
_BITS = 62


def desk_number(database: Database) -> int:
    """The number by which a desk is known, given to it here where it has none."""
    return identify(database, secrets.randbits(_BITS))


def unfinished_copy(database: Database) -> int | None:
    """The number of the desk that a database holds an unfinished copy of; None where it holds none."""
    with database.read() as connection:
        if not inspect(connection).has_table(counters.name):
            return None
        return connection.execute(select(counters.c.value).where(counters.c.name == UNFINISHED)).scalar()


def mark_unfinished(database: Database, desk: int) -> None:
    """Keep all others from a database until `mark_finished`. Idempotent."""
    with database.write() as connection:
        connection.execute(upsert(counters).on_conflict_do_nothing(), {"name": UNFINISHED, "value": desk})


def mark_finished(database: Database) -> None:
    """Let a database be opened by everybody. Idempotent."""
    with database.write() as connection:
        connection.execute(delete(counters).where(counters.c.name == UNFINISHED))


def refuse_unfinished(database: Database) -> None:
    """Raises StoreError where a database holds an unfinished copy."""
    if unfinished_copy(database) is not None:
        raise StoreError(
            f"{database.name} holds an unfinished copy of a desk: run `store copy` again, where it was begun, to "
            "finish it"
        )
