"""Workers in the database: processes that work on the store, by their heartbeats. See store.coordination.Workers."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select, update

from store.base import Lease
from store.coordination import WorkerState
from store.sql.database import Database
from store.sql.dialects.expressions import Milliseconds, upsert
from store.sql.leases import held, instant_of
from store.sql.tables import leases, workers

_FIRST_BEAT = upsert(workers).values(
    name=bindparam("of"),
    role=bindparam("as"),
    started_at=Milliseconds(),
    beat_at=Milliseconds(),
    doing=bindparam("work"),
    release=bindparam("runs"),
)
_BEAT = _FIRST_BEAT.on_conflict_do_update(
    index_elements=["name"],
    set_={name: _FIRST_BEAT.excluded[name] for name in ("role", "beat_at", "doing", "release")},
)
_KNOWN = select(workers, (Milliseconds() - workers.c.beat_at).label("silent")).order_by(
    workers.c.started_at, workers.c.name
)


class SqlWorkers:
    """Workers by name; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, name: str, role: str, doing: str, release: str | None = None) -> None:
        """Say that a worker lives, and what it does."""
        with self._database.write() as connection:
            connection.execute(_BEAT, {"of": name, "as": role, "work": doing, "runs": release})

    def leave(self, name: str) -> None:
        """Say that a worker has ended, and free all its leases."""
        with self._database.write() as connection:
            connection.execute(update(leases).where(leases.c.owner == name).values(owner=None))
            connection.execute(delete(workers).where(workers.c.name == name))

    def known(self) -> Sequence[WorkerState]:
        """All workers with the leases that they hold now, and owners of leases that are no workers."""
        with self._database.read() as connection:
            owned: dict[str, list[Lease]] = {}
            for lease in held(connection):
                owned.setdefault(lease.owner, []).append(lease)
            found = [
                WorkerState(
                    row.name,
                    row.role,
                    instant_of(row.started_at),
                    instant_of(row.beat_at),
                    max(0.0, row.silent / 1000),
                    row.doing,
                    tuple(owned.pop(row.name, ())),
                    row.release,
                )
                for row in connection.execute(_KNOWN)
            ]
        return [*found, *(_unknown(owner, tuple(those)) for owner, those in sorted(owned.items()))]

    def drop_silent(self, seconds: float) -> int:
        """Remove the workers that were not heard of for so long."""
        silent = workers.c.beat_at <= Milliseconds() - round(seconds * 1000)
        with self._database.write() as connection:
            return connection.execute(delete(workers).where(silent)).rowcount


def _unknown(owner: str, owned: tuple[Lease, ...]) -> WorkerState:
    since = min(lease.taken_at or lease.ends_at for lease in owned)
    return WorkerState(owner, "", since, since, 0.0, "", owned)
