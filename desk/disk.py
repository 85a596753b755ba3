"""Disk space, and the errors of a disk that can't be written to.

Crawling pauses while less room is left than `min_free_bytes`, and begins again by itself; searches only read and go on.
A disk that fills up faster than that shows itself as an error of SQLite or of the system: `disk_trouble` knows them.
"""

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from model.errors import LostDatabaseError
from store.directory.presence import PAGES, is_without_pages, lost_pages

_FULL = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up"}
_UNWRITABLE = {errno.EROFS: "the disk is read-only", errno.EIO: "the disk answers with errors"}
_SYSTEM = {**_FULL, **_UNWRITABLE}
# SQLite's primary result codes (sqlite.org/rescode.html); the extended ones carry them in their low byte.
_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk is full or answers with errors",
    sqlite3.SQLITE_READONLY: "the disk is read-only",
    sqlite3.SQLITE_CANTOPEN: "the disk is full or read-only",
    sqlite3.SQLITE_CORRUPT: "a database is damaged; run `check`, and restore a backup",
    sqlite3.SQLITE_NOTADB: "a database is damaged; run `check`, and restore a backup",
}


def disk_trouble(error: BaseException) -> str | None:
    """What an error says of the disk, in words for a person; None where it speaks of something else."""
    for cause in _causes(error):
        if isinstance(cause, LostDatabaseError):
            return str(cause)
        if isinstance(cause, OSError) and cause.errno in _SYSTEM:
            return _SYSTEM[cause.errno]
        if isinstance(cause, sqlite3.Error):
            code = getattr(cause, "sqlite_errorcode", None)
            if code is not None and code & 0xFF in _SQLITE:
                return _SQLITE[code & 0xFF]
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


class Disk:
    """The file system that holds the data directory, and how much of it is left alone."""

    def __init__(self, data_dir: Path, min_free_bytes: int, *, free_bytes: Callable[[Path], int] | None = None) -> None:
        self.data_dir = data_dir
        self._min_free_bytes = min_free_bytes
        self._free_bytes = free_bytes or _free_bytes

    def free_bytes(self) -> int:
        """Bytes that may still be written. Raises OSError."""
        return self._free_bytes(self.data_dir)

    def alarm(self) -> str | None:
        """Why nothing more is crawled at the moment, or None."""
        try:
            free = self.free_bytes()
            if not os.access(self.data_dir, os.W_OK) or os.statvfs(self.data_dir).f_flag & os.ST_RDONLY:
                return f"crawling pauses: {self.data_dir} can't be written to"
        except OSError as error:
            return f"crawling pauses: {self.data_dir}: {error.strerror}"
        if is_without_pages(self.data_dir):
            return f"crawling pauses: {lost_pages(self.data_dir / PAGES)}"
        if free >= self._min_free_bytes:
            return None
        return (
            f"crawling pauses: the disk is nearly full, {free >> 20} MB are left of the "
            f"{self._min_free_bytes >> 20} MB that min_free_bytes keeps free"
        )


def _free_bytes(path: Path) -> int:
    return shutil.disk_usage(path).free
