"""How do changed stories get into the index?

Changes are collected in memory and written as one segment, or several where they are many; then segments that are
due are merged, and the commit is published (publishing.py).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.engines.whoosh.indexing.merge_policy import choose_all, choose_large, choose_small
from index.engines.whoosh.indexing.segment_builder import SegmentBuilder
from index.engines.whoosh.indexing.segment_merge import Merge
from index.engines.whoosh.segments.codec import ArraySegment
from index.engines.whoosh.segments.publishing import CommitLog
from index.engines.whoosh.segments.segment import SegmentView
from model.story import StoredStory

_BYTES_A_WORD = 150
"""What a word of a story takes while a segment is collected and sorted."""


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
    """An IndexWriter (see index/base.py). Raises LockHeldError where another process is writing.

    `merge_later` is called with the directory where large segments are due to be merged.
    """

    def __init__(self, log: CommitLog, merge_later: Callable[[Path], None], memory_bytes: int) -> None:
        self._log = log
        self._memory_bytes = memory_bytes
        self._directory = log.directory
        self._merge_later = merge_later
        self._pending = _Pending()

    def add(self, stories: Iterable[StoredStory]) -> None:
        """Put stories in, each in place of an earlier one of the same id."""
        for story in stories:
            self.remove([story.id])
            pending = self._pending
            pending.places[story.id] = len(pending.written), pending.builder.add(story)
            if pending.builder.word_count * _BYTES_A_WORD >= self._memory_bytes:
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
        with self._log.locked():
            if len(self._pending.builder):
                self._write_out()
            pending, self._pending = self._pending, _Pending()
            newest = self._log.newest()
            for segment in newest.segments:
                self._delete(segment, pending.replaced)
            for segment, gone in zip(pending.written, pending.gone, strict=False):
                segment.delete(gone)
            segments = [segment for segment in (*newest.segments, *pending.written) if segment.doc_count()]
            # An index that was built in one go becomes one segment.
            segments = self._merge(segments, choose_small(segments) if newest.segments else choose_all(segments))
            self._log.publish(newest.generation + 1, revision, segments)
        if choose_large(segments):
            self._merge_later(self._directory)

    def cancel(self) -> None:
        """Forget all changes since the last commit."""
        pending, self._pending = self._pending, _Pending()
        for segment in pending.written:
            segment.path(self._directory).unlink(missing_ok=True)

    def _write_out(self) -> None:
        """Write the stories collected as a segment, which no commit names yet."""
        pending = self._pending
        pending.written.append(self._log.write(pending.builder.pack()))
        pending.gone.append(set())
        pending.builder = SegmentBuilder()

    def _delete(self, segment: ArraySegment, ids: Iterable[str]) -> None:
        view = SegmentView(segment.path(self._directory))
        found = [doc for story_id in ids if (doc := view.document(story_id)) is not None]
        if found:
            segment.delete(found)

    def _merge(self, segments: list[ArraySegment], chosen: Sequence[ArraySegment]) -> list[ArraySegment]:
        if not chosen:
            return segments
        views = [SegmentView(segment.path(self._directory)) for segment in chosen]
        merged = self._log.write(Merge(views, [segment.deleted_docs() for segment in chosen], self._memory_bytes))
        return [*(segment for segment in segments if segment not in chosen), merged]
