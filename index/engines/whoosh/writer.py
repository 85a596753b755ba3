"""How do changed stories get into the index?

Changes are collected and written in one Whoosh commit. Whoosh guards a commit with a lock of the operating system
on `MAIN_WRITELOCK` (flock), which a killed process leaves free; what it had written by then no table of contents
names, and the next commit removes it.
"""

import shutil
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh.index import FileIndex, LockError
from whoosh.writing import SegmentWriter

from index.engines.whoosh.commits import INDEX_NAME, remove_old_revisions, sync_directory, write_revision
from index.engines.whoosh.documents import to_document
from index.engines.whoosh.merging import MergePolicy, merge_by_tier
from index.engines.whoosh.schema import ID
from index.errors import LockHeldError
from index.story import StoredStory

LOCK_WAIT_SECONDS = 10.0
BULK_STORIES = 500
"""How many stories a bulk writer keeps before it hands them to Whoosh."""
BULK_MEGABYTES = 256
"""How much memory Whoosh sorts postings in before it spills them to disk."""


class DurableSegmentWriter(SegmentWriter):
    """Whoosh's writer of one segment, with the revision made part of the commit and files flushed before it."""

    directory: Path
    revision: int

    def _commit_toc(self, segments: list[object]) -> None:
        publish: Callable[[list[object]], None] = super()._commit_toc
        write_revision(self.directory, self.generation, self.revision)
        sync_directory(self.directory)
        publish(segments)
        remove_old_revisions(self.directory, self.generation)
        sync_directory(self.directory)


class WhooshWriter:
    """An IndexWriter (see index/engines/base.py). Raises LockHeldError where another process is writing."""

    def __init__(
        self, index: FileIndex, directory: Path, *, bulk: bool, merge_policy: MergePolicy = merge_by_tier
    ) -> None:
        self._index = index
        self._directory = directory
        self._bulk = bulk
        self._merge_policy = merge_policy
        self._stories: dict[str, StoredStory] = {}
        self._replaced: set[str] = set()
        self._writer: Any = None
        self._written: dict[str, int] = {}

    def add(self, stories: Iterable[StoredStory]) -> None:
        """Put stories in, each in place of an earlier one of the same id."""
        for story in stories:
            self._stories[story.id] = story
            self._replaced.add(story.id)
            if self._bulk and len(self._stories) >= BULK_STORIES:
                self._write(self._open())

    def remove(self, ids: Iterable[str]) -> None:
        """Take stories out; unknown ids are no error."""
        for story_id in ids:
            self._stories.pop(story_id, None)
            self._replaced.add(story_id)
            self._delete_written(story_id)

    def commit(self, revision: int) -> None:
        """Make all changes durable and visible, atomically with `revision`."""
        writer = self._open()
        self._write(writer)
        self._delete_replaced(writer)
        writer.revision = revision
        try:
            writer.commit(mergetype=self._merge_policy)
        finally:
            self._forget()

    def cancel(self) -> None:
        """Forget all changes since the last commit."""
        writer, self._writer = self._writer, None
        self._forget()
        if writer is not None:
            writer.cancel()

    def _forget(self) -> None:
        self._stories, self._replaced, self._written, self._writer = {}, set(), {}, None

    def _open(self) -> Any:
        if self._writer is None:
            try:
                make: Callable[..., Any] = DurableSegmentWriter
                writer = make(self._index, timeout=LOCK_WAIT_SECONDS, limitmb=BULK_MEGABYTES)
            except LockError:
                raise LockHeldError("index write", f"another writer of {self._directory}") from None
            writer.directory = self._directory
            self._writer = writer
            self._remove_leftovers(writer)
        return self._writer

    def _remove_leftovers(self, writer: SegmentWriter) -> None:
        """Whoosh removes unnamed segments itself, but not the sort runs of a writer that was killed."""
        working = f"{INDEX_NAME}.tmp"
        mine = {path.name for path in (self._directory / working).glob("*")} if writer.docnum else set()
        for path in self._directory.glob(f"{working}/*.run"):
            if path.name not in mine:
                path.unlink(missing_ok=True)
        for path in self._directory.glob("*.tmp"):
            if path.is_dir() and path.name != working:
                shutil.rmtree(path, ignore_errors=True)

    def _write(self, writer: SegmentWriter) -> None:
        stories, self._stories = self._stories, {}
        for story in stories.values():
            self._delete_written(story.id)
            self._written[story.id] = writer.docnum
            writer.add_document(**to_document(story))

    def _delete_written(self, story_id: str) -> None:
        """Delete a story that a bulk writer has handed to Whoosh since the last commit."""
        number = self._written.pop(story_id, None)
        if number is not None and self._writer is not None:
            self._writer.newsegment.delete_document(number)

    def _delete_replaced(self, writer: SegmentWriter) -> None:
        """Delete what the last commit holds of the stories that were added or removed."""
        if not writer.segments or not self._replaced:
            return
        reader = writer.reader()
        try:
            for base_reader, base in reader.leaf_readers():
                for story_id in self._replaced:
                    if base_reader.doc_frequency(ID, story_id):
                        for number in islice(base_reader.postings(ID, story_id).all_ids(), None):
                            writer.delete_document(base + number)
        finally:
            reader.close()
