"""Change feed: what happened to the stories, each change at a position, and how far its consumers have read.

One counter gives the positions, to changes of stories, to removals and to changes of what is derived from stories and
shown with them (groups of near-identical ones). A row holds the position of its latest change only, so a reader gets
each story once, in its newest state, however often it has changed meanwhile. SQLite's writers are serial: positions
become visible in their order.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from store.base import Changes
from store.sql import rows
from store.sql.database import Database
from store.sql.dialects.expressions import Greatest, upsert
from store.sql.tables import checkpoints, copy_groups, removals, stories

# A story whose group has changed after it comes at the position of that.
_OF_STORIES = (
    rows.current(stories.c.merged_into, stories.c.revision.label("place"))
    .where(stories.c.revision > bindparam("after"))
    .where(func.coalesce(copy_groups.c.position, 0) <= stories.c.revision)
    .order_by(stories.c.revision)
    .limit(bindparam("most"))
)
_OF_GROUPS = (
    rows.current(stories.c.merged_into, copy_groups.c.position.label("place"))
    .where(copy_groups.c.position > bindparam("after"), copy_groups.c.position > stories.c.revision)
    .order_by(copy_groups.c.position)
    .limit(bindparam("most"))
)
_REMOVALS = (
    select(removals.c.story_id, removals.c.revision.label("place"))
    .where(removals.c.revision > bindparam("after"))
    .order_by(removals.c.revision)
    .limit(bindparam("most"))
)
_CHECKPOINT = select(checkpoints.c.position).where(checkpoints.c.consumer == bindparam("consumer"))
_ADVANCE = upsert(checkpoints)
_ADVANCE = _ADVANCE.on_conflict_do_update(
    index_elements=["consumer"], set_={"position": Greatest(checkpoints.c.position, _ADVANCE.excluded.position)}
)


class SqlChangeFeed:
    """The change feed in SQLite; safe to use from several threads and processes. See store.base.ChangeFeed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def position(self) -> int:
        """The position of the newest change; 0 where there never was one."""
        ((position,),) = self._database.ask(rows.REVISION, {})
        return int(position)

    def changes(self, after: int, limit: int) -> Changes:
        """The next changes after a position, in order; at most `limit` of stories and as many removals."""
        asked = {"after": after, "most": limit}
        with self._database.read() as connection:
            newest = rows.revision(connection)
            if newest <= after:
                return Changes((), (), after)
            moved = connection.execute(_OF_STORIES, asked).all()
            grouped = connection.execute(_OF_GROUPS, asked).all()
            removed = connection.execute(_REMOVALS, asked).all()
        upto = min((found[-1].place for found in (moved, grouped, removed) if len(found) == limit), default=newest)
        found = _in_order((*moved, *grouped), upto)[:limit]
        if len(found) == limit:
            upto = found[-1].place
        ids = [row.id for row in found if row.merged_into is not None]
        ids += [row.story_id for row in removed if row.place <= upto]
        return Changes(tuple(rows.stored(row) for row in found if row.merged_into is None), tuple(ids), upto)

    def seconds_behind(self, reached: int) -> int:
        """How long ago the first change after a position was made; 0 where there is none. Ten seconds more or less.

        By the clock of the database. Of changes older than two days it is only known that they are.
        """
        with self._database.read() as connection:
            return rows.seconds_since(connection, reached + 1) if rows.revision(connection) > reached else 0

    def checkpoint(self, consumer: str) -> int:
        """How far a consumer has read; 0 for one that is not known."""
        with self._database.read() as connection:
            return checkpoint(connection, consumer)

    def advance(self, consumer: str, position: int) -> None:
        """Keep that a consumer has read up to a position. Raises ValueError for one that the feed has not reached."""
        with self._database.write() as connection:
            if position > rows.revision(connection):
                raise ValueError(f"{consumer} can't have read up to {position}: the feed has not come so far")
            advance(connection, consumer, position)


def checkpoint(connection: Connection, consumer: str) -> int:
    """How far a consumer has read."""
    return connection.execute(_CHECKPOINT, {"consumer": consumer}).scalar() or 0


def advance(connection: Connection, consumer: str, position: int) -> None:
    """Let a consumer's checkpoint stand at a position, if it does not stand further on already."""
    connection.execute(_ADVANCE, {"consumer": consumer, "position": position})


def _in_order(found: Sequence[Row[Any]], upto: int) -> list[Row[Any]]:
    return sorted((row for row in found if row.place <= upto), key=lambda row: row.place)
