"""Publication of a set of segments as the newest commit.

Whoosh's table of contents names the segments of a commit and their deleted stories; it is renamed into place.
Changes are guarded by Whoosh's own lock (`MAIN_WRITELOCK`, a lock of the operating system, free again when its holder
dies). What a killed writer leaves behind is named by no table of contents, and the next commit removes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files
from whoosh.util.filelock import try_for

from index.engines.whoosh.segments.array_segment import ArraySegment
from index.engines.whoosh.segments.commits import (
    INDEX_NAME,
    CommitState,
    newest_commit,
    read_state,
    read_tombstones,
    remove_leftovers,
    sync_commit,
    write_state,
    write_tombstones,
)
from model.errors import DamagedIndexError, LockHeldError

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
    """The newest commit: its number, its state and its segments."""

    number: int
    state: CommitState
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

    def create(self) -> None:
        """Make the first commit, which holds nothing."""
        write_state(self.directory, 0, CommitState(0))
        TOC.create(self._storage, self._schema, INDEX_NAME)
        sync_commit(self.directory, 0)

    def checkpoint(self) -> int:
        """The position that the newest commit reaches. Raises NoIndexError, DamagedIndexError."""
        while True:
            number = newest_commit(self.directory)
            try:
                return read_state(self.directory, number).checkpoint
            except OSError as error:
                if newest_commit(self.directory) == number:
                    raise DamagedIndexError(f"{self.directory}: the state of a commit is missing: {error}") from error

    def newest(self) -> Commit:
        """The newest commit, as a list that may be changed; to be asked for with the lock held."""
        toc = TOC.read(self._storage, INDEX_NAME, schema=self._schema)
        return Commit(toc.generation, read_state(self.directory, toc.generation), toc.segments)

    def tombstones(self, commit: Commit) -> dict[str, int]:
        """The tombstones of a commit: story id -> position. Raises DamagedIndexError."""
        return read_tombstones(self.directory, commit.state)

    def write(self, source: SegmentSource, prefix: str = "") -> ArraySegment:
        """Write a segment, which no commit names yet; with a prefix it is safe from the cleaning of other commits."""
        segment = ArraySegment(INDEX_NAME, source.size)
        path = segment.path(self.directory)
        source.write_to(path.with_name(prefix + path.name))
        return segment

    def publish(
        self,
        before: Commit,
        segments: Sequence[ArraySegment],
        *,
        checkpoint: int | None = None,
        tombstones: Mapping[str, int] | None = None,
    ) -> None:
        """Make segments the commit after `before`, durable on return; the lock must be held.

        Checkpoint and tombstones stay as they were where none are given.
        """
        kept, number, state = list(segments), before.number + 1, before.state
        if checkpoint is not None:
            state = state._replace(checkpoint=checkpoint)
        if tombstones is not None:
            state = state._replace(tombstones=number if tombstones else None)
            if tombstones:
                write_tombstones(self.directory, number, tombstones)
        write_state(self.directory, number, state)
        TOC(self._schema, kept, number).write(self._storage, INDEX_NAME)
        sync_commit(self.directory, number)
        clean_files(self._storage, INDEX_NAME, number, kept)
        remove_leftovers(self.directory, number, state)
