"""Journal of the archive pages that have been taken in.

A small database of its own, `imports.db` in the data directory: digests of address and content with what became of
them. It only saves work: without it pages are read again and found unchanged.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from model.errors import StorageTroubleError, StoreError
from model.page import Page
from store.directory.disk_trouble import disk_trouble
from store.sql.dialects.sqlite_waiting import BUSY_TIMEOUT_SECONDS, when_free

_TABLE = """
CREATE TABLE IF NOT EXISTS done (digest BLOB PRIMARY KEY, parser INTEGER NOT NULL, kept INTEGER NOT NULL) WITHOUT ROWID
"""
_DIGEST_BYTES = 16


class JournalEntry(NamedTuple):
    """A page that was read, and whether a story was kept of it."""

    digest: bytes
    kept: bool


def page_digest(page: Page) -> bytes:
    """What a page is known by: its address, when it was fetched, and its bytes (a page may return to what it said)."""
    content = hashlib.sha256(page.content).digest()
    known_by = f"{page.url}\0{page.fetched_at.isoformat()}\0".encode("utf-8", "surrogatepass")
    return hashlib.sha256(known_by + content).digest()[:_DIGEST_BYTES]


class Journal:
    """The pages that need not be read again; `parser` is the version of today's parser. For one thread."""

    def __init__(self, path: Path, parser: int) -> None:
        """Raises StoreError where the file can't be opened."""
        self._parser = parser
        try:
            self._connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS)
            # Of two that switch at once SQLite refuses one without waiting.
            when_free(lambda: self._connection.execute("PRAGMA journal_mode=WAL"))
            with self._connection:
                self._connection.execute(_TABLE)
        except sqlite3.Error as error:
            raise StoreError(f"{path} can't be opened: {error}; it may be removed, it only saves work") from error

    def holds(self, digest: bytes) -> bool:
        """Whether a story was kept of the page, or today's parser found that it is none."""
        query = "SELECT 1 FROM done WHERE digest = ? AND (kept OR parser = ?)"
        with _errors_of_store(), closing(self._connection.execute(query, (digest, self._parser))) as cursor:
            return cursor.fetchone() is not None

    def add(self, entries: Iterable[JournalEntry]) -> None:
        """Remember pages; what came of them has been stored before."""
        rows = [(entry.digest, self._parser, entry.kept) for entry in entries]
        with _errors_of_store(), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO done VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


@contextmanager
def _errors_of_store() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        said, trouble = f"the journal of imports can't be used: {error}", disk_trouble(error)
        raise (StoreError(said) if trouble is None else StorageTroubleError(said, trouble=trouble)) from error
