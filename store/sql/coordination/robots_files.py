"""robots.txt files in the database, as some worker read them. See store.coordination.RobotsFiles."""

from datetime import datetime

from sqlalchemy import delete, exists, select

from store.coordination import RobotsFileState
from store.sql.database import Database
from store.sql.dialects.expressions import upsert
from store.sql.tables import robots_files, robots_outages

_SAVE = upsert(robots_files)
_SAVE = _SAVE.on_conflict_do_update(
    index_elements=["origin"],
    set_={name: _SAVE.excluded[name] for name in ("fetched_at", "status", "content")},
    where=robots_files.c.fetched_at <= _SAVE.excluded.fetched_at,
)
_SAVE_OUTAGE = upsert(robots_outages)
_SAVE_OUTAGE = _SAVE_OUTAGE.on_conflict_do_update(
    index_elements=["origin"], set_={"failing_since": _SAVE_OUTAGE.excluded.failing_since}
)


class SqlRobotsFiles:
    """robots.txt by origin; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, origin: str) -> RobotsFileState | None:
        """The file as it was last read, however long ago."""
        with self._database.read() as connection:
            row = connection.execute(select(robots_files).where(robots_files.c.origin == origin)).first()
        return None if row is None else RobotsFileState(**row._mapping)

    def save(self, state: RobotsFileState) -> None:
        """Keep a file in place of an earlier one, and that it can be had."""
        with self._database.write() as connection:
            connection.execute(_SAVE, state._asdict())
            connection.execute(delete(robots_outages).where(robots_outages.c.origin == state.origin))

    def failing_since(self, origin: str) -> datetime | None:
        """Since when the file can't be had; None where it can."""
        query = select(robots_outages.c.failing_since).where(robots_outages.c.origin == origin)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def save_outage(self, origin: str, failing_since: datetime) -> None:
        """Keep since when the file can't be had."""
        with self._database.write() as connection:
            connection.execute(_SAVE_OUTAGE, {"origin": origin, "failing_since": failing_since})

    def drop_before(self, instant: datetime) -> int:
        """Remove what was read before an instant, unless the file can't be had since: there would be no rules."""
        fails = exists().where(robots_outages.c.origin == robots_files.c.origin)
        with self._database.write() as connection:
            return connection.execute(delete(robots_files).where(robots_files.c.fetched_at < instant, ~fails)).rowcount
