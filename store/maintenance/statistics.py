"""Sizes of files."""

from pathlib import Path

from store.sql.database import Database


def log_bytes(database: Database) -> int:
    """Size of the write-ahead log beside a database."""
    return size_of(database.path.with_name(f"{database.path.name}-wal"))


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
