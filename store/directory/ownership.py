"""Ownership of a data directory: which store the index and the journals in it were made from.

A store has an identity, which goes along where it is copied, and a data directory remembers whose it is. Beside another
store (a wrong `store.url`, a database that was emptied, a file of another desk) the index would be emptied after it
without a word; and beside the files that a desk has left for a server, it would go back to what it was then.
"""

import json
import os
import secrets
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from model.errors import LostDatabaseError, StoreError
from store.directory.data_directory import make_folder
from store.directory.presence import STORIES, has_index, has_stories
from store.sql.database import Database
from store.sql.dialects.expressions import upsert
from store.sql.rows import revision
from store.sql.tables import counters

_COUNTER = "identity"
_RECORD = Path("run") / "store.json"
_ONLY_SAVES_WORK = ("imports.db", "imports.db-wal", "imports.db-shm", "run/faults.json")
"""What speaks of the pages of one store, and may be removed at any time."""


class _Owner(NamedTuple):
    """The store that a data directory belongs to, and what the database was called that kept it.

    Where a store that has yet to hold a story has come after another one, both: what was there may be put back.
    """

    identities: tuple[int, ...]
    kept_in: str


def claim(data_dir: Path, database: Database) -> None:
    """Let a data directory belong to an open store.

    Raises LostDatabaseError where it belongs to another one, StoreError where that can't be written down.
    """
    owner, has_changes = _read(data_dir), _has_changes(database)
    identity = _identity_of(database)
    if identity is None:
        # One that has changes is a backup of the same desk, from a time before there were identities.
        inherited = owner.identities[0] if owner is not None and has_changes else secrets.randbits(62)
        identity = identify(database, inherited)
    _refuse(data_dir, database, owner, identity)
    former = () if owner is None else tuple(known for known in owner.identities if known != identity)
    if owner is not None and identity not in owner.identities:
        for name in _ONLY_SAVES_WORK:
            (data_dir / name).unlink(missing_ok=True)
    now = _Owner((identity, *(() if has_changes else former[:1])), database.name)
    if owner != now:
        _write(data_dir, now)


def refuse_foreign(data_dir: Path, database: Database) -> None:
    """Raises LostDatabaseError where a data directory belongs to another store; changes nothing."""
    identity = _identity_of(database)
    if identity is not None or not _has_changes(database):
        _refuse(data_dir, database, _read(data_dir), identity)


def disown(data_dir: Path) -> None:
    """Let a data directory belong to the next store that is opened in it. Idempotent."""
    (data_dir / _RECORD).unlink(missing_ok=True)


def _refuse(data_dir: Path, database: Database, owner: _Owner | None, identity: int | None) -> None:
    is_elsewhere = database.name != STORIES
    if owner is None:
        if is_elsewhere and has_stories(data_dir):
            raise LostDatabaseError(
                f"{data_dir} holds a store of its own ({STORIES}), and store.url names {database.name}: set another "
                f"data_dir, or begin with the stories that there are: `store copy`"
            )
        return
    if identity in owner.identities:
        if owner.kept_in != STORIES and not is_elsewhere:
            raise LostDatabaseError(
                f"{data_dir / STORIES} was left when its stories went to {owner.kept_in}: set store.url; to go back to "
                f"what the file held then, move {data_dir / _RECORD} and {data_dir / 'index'} away"
            )
        return
    left = ["the index"] if has_index(data_dir) else []
    left += [STORIES] if is_elsewhere and has_stories(data_dir) else []
    if left:
        right = "set store.url right" if is_elsewhere else "put the right file back"
        raise LostDatabaseError(
            f"{' and '.join(left)} in {data_dir} {'is' if len(left) == 1 else 'are'} of another store "
            f"({owner.kept_in}) than {database.name}: {right}, or give this one a data_dir of its own; to have the "
            f"index made anew, move {data_dir / 'index'} away"
        )


def _identity_of(database: Database) -> int | None:
    with database.read() as connection:
        return connection.execute(select(counters.c.value).where(counters.c.name == _COUNTER)).scalar()


def identify(database: Database, identity: int) -> int:
    """The identity of a store, which is given to it where it has none; of two processes at once the first does."""
    with database.write() as connection:
        connection.execute(upsert(counters).on_conflict_do_nothing(), {"name": _COUNTER, "value": identity})
        return int(connection.execute(select(counters.c.value).where(counters.c.name == _COUNTER)).scalar_one())


def _has_changes(database: Database) -> bool:
    with database.read() as connection:
        return revision(connection) > 0


def _read(data_dir: Path) -> _Owner | None:
    try:
        found = json.loads((data_dir / _RECORD).read_bytes())
        return _Owner(tuple(map(int, found["identities"])) or (0,), str(found["kept_in"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(data_dir: Path, owner: _Owner) -> None:
    make_folder((data_dir / _RECORD).parent)
    unfinished = data_dir / _RECORD.with_suffix(f".{os.getpid()}")
    try:
        unfinished.write_text(json.dumps(owner._asdict()), encoding="utf-8")
        unfinished.replace(data_dir / _RECORD)
    except OSError as error:
        raise StoreError(f"{data_dir / _RECORD} can't be written: {error.strerror}") from error
