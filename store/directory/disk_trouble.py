"""Trouble with the disk, as errors of the system and of SQLite tell of it.

A full disk, one that is read-only or fails, and a database that it has altered are nobody's fault of what was to be
stored: work pauses, and a person is told in a few words.
"""

import errno
import sqlite3
from collections.abc import Iterator

from model.errors import LostDatabaseError, StorageTroubleError

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
        if isinstance(cause, StorageTroubleError):
            return cause.trouble
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
