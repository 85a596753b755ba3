"""How does a new set of segments become the newest commit?

Whoosh's table of contents names the segments of a commit and their deleted stories; it is renamed into place.
Changes are guarded by Whoosh's own lock (`MAIN_WRITELOCK`, a lock of the operating system, free again when its holder
dies). What a killed writer leaves behind is named by no table of contents, and the next commit removes it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files
from whoosh.util.filelock import try_for

from index.engines.whoosh.segments.codec import ArraySegment
from index.engines.whoosh.segments.commits import (
    INDEX_NAME,
    read_revision,
    remove_leftovers,
    sync_commit,
    write_revision,
)
from model.errors import LockHeldError

LOCK_WAIT_SECONDS = 10.0
LOCK_TRY_SECONDS = 0.02


class SegmentSource(Protocol):
    """Stories that can be written as a segment."""

    @property
    def size(self) -> int:
        """Number of stories."""

    def write_to(self, path: Path) -> None:
        """Write the segment file."""


class Commit(NamedTuple):
    """The newest commit: its number, the store revision that it stands for, and its segments."""

    generation: int
    revision: int
    segments: list[ArraySegment]


class CommitLog:
    """Reads and writes the commits of one directory."""

    def __init__(self, directory: Path, schema: Schema) -> None:
        self.directory = directory
        self._schema = schema
        self._storage = FileStorage(str(directory))

    @contextmanager
    def locked(self, name: str = "WRITELOCK", *, wait_seconds: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
        """Hold one of the directory's locks. Raises LockHeldError."""
        lock = self._storage.lock(f"{INDEX_NAME}_{name}")
        if not try_for(lock.acquire, wait_seconds, LOCK_TRY_SECONDS):
            raise LockHeldError("index write", f"another writer of {self.directory}")
        try:
            yield
        finally:
            lock.release()

    def newest(self) -> Commit:
        """The newest commit, as a list that may be changed; to be asked for with the lock held."""
        toc = TOC.read(self._storage, INDEX_NAME, schema=self._schema)
        return Commit(toc.generation, read_revision(self.directory, toc.generation), toc.segments)

    def write(self, source: SegmentSource, prefix: str = "") -> ArraySegment:
        """Write a segment, which no commit names yet; with a prefix it is safe from the cleaning of other commits."""
        segment = ArraySegment(INDEX_NAME, source.size)
        path = segment.path(self.directory)
        source.write_to(path.with_name(prefix + path.name))
        return segment

    def publish(self, generation: int, revision: int, segments: Sequence[ArraySegment]) -> None:
        """Make segments the newest commit, durable on return; the lock must be held."""
        kept = list(segments)
        write_revision(self.directory, generation, revision)
        TOC(self._schema, kept, generation).write(self._storage, INDEX_NAME)
        sync_commit(self.directory, generation)
        clean_files(self._storage, INDEX_NAME, generation, kept)
        remove_leftovers(self.directory, generation)
