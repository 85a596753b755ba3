"""How much is in the store, and how much waits?"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from store.sql.database import Database
from store.sql.tables import urls


def waiting_urls(database: Database, now: datetime) -> Mapping[str, int]:
    """Number of URLs whose next look is due, by source."""
    query = select(urls.c.source, func.count()).where(urls.c.next_look_at <= now).group_by(urls.c.source)
    with database.read() as connection:
        return dict(connection.execute(query).all())


def log_bytes(database: Database) -> int:
    """Size of the write-ahead log beside a database."""
    return size_of(database.path.with_name(f"{database.path.name}-wal"))


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
