"""How do changed stories get into the index?

Changes are collected in memory and written as one segment; the commit is Whoosh's table of contents, which names the
segments and their deleted stories and is renamed into place. Commits are guarded by Whoosh's own lock
(`MAIN_WRITELOCK`, a lock of the operating system, free again when its holder dies). What a killed writer leaves
behind is named by no table of contents, and the next commit removes it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files
from whoosh.util.filelock import try_for

from index.engines.whoosh.arrays import write_arrays
from index.engines.whoosh.builder import SegmentBuilder
from index.engines.whoosh.codec import ArraySegment
from index.engines.whoosh.commits import INDEX_NAME, remove_leftovers, sync_commit, write_revision
from index.engines.whoosh.merging import merge
from index.engines.whoosh.postings import PackedSegment
from index.engines.whoosh.segment import SegmentView
from index.engines.whoosh.tiers import choose, choose_all
from index.errors import LockHeldError
from index.story import StoredStory

LOCK_WAIT_SECONDS = 10.0
LOCK_TRY_SECONDS = 0.05
SEGMENT_WORDS = 2_000_000
"""A segment is written out once it holds so many words: about 100 MB of memory while they are sorted."""

Policy = Callable[[Sequence[ArraySegment]], list[ArraySegment]]


@dataclass
class _Pending:
    """What was put in and taken out since the last commit."""

    builder: SegmentBuilder = field(default_factory=SegmentBuilder)
    written: list[ArraySegment] = field(default_factory=list)
    gone: list[set[int]] = field(default_factory=lambda: [set()])
    """The stories that were replaced again, for each segment written and for the one being built."""
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where each story stands: the number of its segment, and its number there."""
    replaced: set[str] = field(default_factory=set)


class WhooshWriter:
    """An IndexWriter (see index/engines/base.py). Raises LockHeldError where another process is writing."""

    def __init__(self, directory: Path, schema: Schema, policy: Policy = choose) -> None:
        self._directory = directory
        self._schema = schema
        self._storage = FileStorage(str(directory))
        self._policy = policy
        self._pending = _Pending()

    def add(self, stories: Iterable[StoredStory]) -> None:
        """Put stories in, each in place of an earlier one of the same id."""
        for story in stories:
            self.remove([story.id])
            pending = self._pending
            pending.places[story.id] = len(pending.written), pending.builder.add(story)
            if pending.builder.word_count >= SEGMENT_WORDS:
                self._write_out()

    def remove(self, ids: Iterable[str]) -> None:
        """Take stories out; unknown ids are no error."""
        pending = self._pending
        for story_id in ids:
            pending.replaced.add(story_id)
            if (place := pending.places.pop(story_id, None)) is not None:
                pending.gone[place[0]].add(place[1])

    def commit(self, revision: int) -> None:
        """Make all changes durable and visible, atomically with `revision`."""
        with self._locked():
            if len(self._pending.builder):
                self._write_out()
            pending, self._pending = self._pending, _Pending()
            toc = TOC.read(self._storage, INDEX_NAME, schema=self._schema)
            segments: list[ArraySegment] = toc.segments
            for segment in segments:
                self._delete(segment, pending.replaced)
            for segment, gone in zip(pending.written, pending.gone, strict=False):
                segment.delete(gone)
            # An index that was built in one go becomes one segment.
            policy = self._policy if segments else choose_all
            self._publish(self._merge([*segments, *pending.written], policy), toc.generation + 1, revision)

    def cancel(self) -> None:
        """Forget all changes since the last commit."""
        pending, self._pending = self._pending, _Pending()
        for segment in pending.written:
            segment.path(self._directory).unlink(missing_ok=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self._storage.lock(f"{INDEX_NAME}_WRITELOCK")
        if not try_for(lock.acquire, LOCK_WAIT_SECONDS, LOCK_TRY_SECONDS):
            raise LockHeldError("index write", f"another writer of {self._directory}")
        try:
            yield
        finally:
            lock.release()

    def _write_out(self) -> None:
        """Write the stories collected as a segment, which no table of contents names yet."""
        pending = self._pending
        pending.written.append(self._write(pending.builder.pack()))
        pending.gone.append(set())
        pending.builder = SegmentBuilder()

    def _write(self, packed: PackedSegment) -> ArraySegment:
        segment = ArraySegment(INDEX_NAME, packed.facts["size"])
        write_arrays(segment.path(self._directory), packed.arrays, packed.facts)
        return segment

    def _delete(self, segment: ArraySegment, ids: Iterable[str]) -> None:
        view = SegmentView(segment.path(self._directory))
        found = [doc for story_id in ids if (doc := view.document(story_id)) is not None]
        if found:
            segment.delete(found)

    def _merge(self, segments: Sequence[ArraySegment], policy: Policy) -> list[ArraySegment]:
        """The segments as the policy wants them; those without any story left are dropped."""
        segments = [segment for segment in segments if segment.doc_count()]
        chosen = policy(segments)
        if not chosen:
            return segments
        views = [SegmentView(segment.path(self._directory)) for segment in chosen]
        merged = self._write(merge(views, [segment.deleted_docs() for segment in chosen]))
        return [*(segment for segment in segments if segment not in chosen), merged]

    def _publish(self, segments: list[ArraySegment], generation: int, revision: int) -> None:
        write_revision(self._directory, generation, revision)
        TOC(self._schema, segments, generation).write(self._storage, INDEX_NAME)
        sync_commit(self._directory, generation)
        clean_files(self._storage, INDEX_NAME, generation, segments)
        remove_leftovers(self._directory, generation)
