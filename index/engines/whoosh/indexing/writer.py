"""Writer of one index.

Changes are collected in memory and written as one segment, or several where they are many. A commit compares their
positions in the change feed with those of the stories and tombstones that the index holds, drops what came late,
merges the segments that are due, and is published (publishing.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from index.base import Removal
from index.engines.whoosh.indexing.held_ids import documents_of
from index.engines.whoosh.indexing.merge_policy import choose_all, choose_large, choose_small
from index.engines.whoosh.indexing.segment_builder import SegmentBuilder
from index.engines.whoosh.indexing.segment_merge import SegmentMerge
from index.engines.whoosh.indexing.vocabulary import SpareVocabulary, Vocabulary
from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.segments.array_segment import ArraySegment
from index.engines.whoosh.segments.publishing import CommitLog
from index.engines.whoosh.segments.segment import SegmentView
from index.engines.whoosh.segments.term_dictionary import pack_strings
from model.story import StoredStory


@dataclass
class _Pending:
    """What was put in and taken out since the last commit."""

    builder: SegmentBuilder | None = None
    written: list[ArraySegment] = field(default_factory=list)
    gone: list[set[int]] = field(default_factory=lambda: [set()])
    """The stories that were replaced again, for each segment written and for the one being built."""
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where each story put in stands: the number of its segment, and its number there."""
    positions: dict[str, int] = field(default_factory=dict)
    """The position in the change feed of each id's newest change, put in or taken out."""
    dropped_before: int = 0
    """Tombstones below this position are forgotten."""

    def supersede(self, story_id: str, position: int) -> bool:
        """Give an id a newer position, its story being taken out; False where the change is a late one."""
        if position < self.positions.get(story_id, position):
            return False
        self.positions[story_id] = position
        self.take_out(story_id)
        return True

    def take_out(self, story_id: str) -> None:
        """Take out the story that was put in under an id, if any."""
        if (place := self.places.pop(story_id, None)) is not None:
            self.gone[place[0]].add(place[1])


class WhooshWriter:
    """An IndexWriter (see index/base.py).

    `merge_later` is called with the directory where large segments are due to be merged. Words are looked up in the
    vocabulary that is `spare`.
    """

    def __init__(
        self, log: CommitLog, merge_later: Callable[[Path], None], memory_bytes: int, spare: SpareVocabulary
    ) -> None:
        self._log = log
        self._memory_bytes = memory_bytes
        self._directory = log.directory
        self._merge_later = merge_later
        self._spare = spare
        self._pending = _Pending()

    def checkpoint(self) -> int:
        """The position of the newest commit."""
        return self._log.checkpoint()

    def add(self, stories: Iterable[StoredStory]) -> None:
        """Put stories in, each in place of an earlier one of the same id."""
        for story in stories:
            pending = self._pending
            if not pending.supersede(story.id, story.revision):
                continue
            if pending.builder is None:
                pending.builder = SegmentBuilder(self._spare.take())
            builder = pending.builder
            pending.places[story.id] = len(pending.written), builder.add(story)
            if builder.memory + builder.vocabulary.size >= self._memory_bytes:
                self._write_out(builder)

    def remove(self, removals: Iterable[Removal]) -> None:
        """Take stories out; unknown ids are no error."""
        for story_id, position in removals:
            self._pending.supersede(story_id, position)

    def drop_tombstones(self, before: int) -> None:
        """Forget removals at positions below `before`."""
        self._pending.dropped_before = max(self._pending.dropped_before, before)

    def commit(self, checkpoint: int) -> None:
        """Make all changes durable and visible, atomically with `checkpoint`, which never goes back."""
        with self._log.locked():
            pending = self._all_written()
            self._pending = _Pending()
            newest = self._log.newest()
            tombstones = self._log.tombstones(newest)
            late = {story_id for story_id, held in tombstones.items() if held > pending.positions.get(story_id, held)}
            names = pack_strings(pending.positions)
            for segment in newest.segments:
                late |= self._replace(segment, pending.positions, names)
            for story_id in late:
                pending.take_out(story_id)
            for segment, gone in zip(pending.written, pending.gone, strict=False):
                segment.delete(gone)
            segments = [segment for segment in (*newest.segments, *pending.written) if segment.doc_count()]
            # An index that was built in one go becomes one segment.
            segments = self._merge(segments, choose_small(segments) if newest.segments else choose_all(segments))
            removed = _tombstones_after(tombstones, pending, late)
            self._log.publish(
                newest,
                segments,
                checkpoint=max(checkpoint, newest.state.checkpoint),
                tombstones=None if removed == tombstones else removed,
            )
        if choose_large(segments):
            self._merge_later(self._directory)

    def cancel(self) -> None:
        """Forget all changes since the last commit."""
        # The vocabulary goes, too: it may have been left in the middle of a reading.
        pending, self._pending = self._pending, _Pending()
        for segment in pending.written:
            segment.path(self._directory).unlink(missing_ok=True)

    def _all_written(self) -> _Pending:
        """The changes since the last commit, their stories all written; the next one goes on with their words."""
        builder = self._pending.builder
        if builder is not None:
            if len(builder):
                self._write_out(builder)
            self._spare.put_back(builder.vocabulary, len(self._pending.places))
        return self._pending

    def _write_out(self, builder: SegmentBuilder) -> None:
        """Write the stories collected as a segment, which no commit names yet."""
        pending, vocabulary = self._pending, builder.vocabulary
        pending.written.append(self._log.write(builder.pack()))
        pending.gone.append(set())
        if 2 * vocabulary.size >= self._memory_bytes:
            vocabulary = Vocabulary()
        pending.builder = SegmentBuilder(vocabulary)

    def _replace(self, segment: ArraySegment, positions: Mapping[str, int], names: tuple[Array, Array]) -> set[str]:
        """Delete the stories of a segment that have changed; returns the ids whose change is older than its story.

        `names` are the ids of those that have changed, packed.
        """
        view = SegmentView(segment.path(self._directory))
        late, gone = set(), []
        docs = documents_of(view, *names)
        changed = list(positions.items())
        for number in np.flatnonzero(docs >= 0).tolist():
            (story_id, position), doc = changed[number], int(docs[number])
            if segment.is_deleted(doc):
                continue
            if view.positions[doc] > position:
                late.add(story_id)
            else:
                gone.append(doc)
        if gone:
            segment.delete(gone)
        return late

    def _merge(self, segments: list[ArraySegment], chosen: Sequence[ArraySegment]) -> list[ArraySegment]:
        if not chosen:
            return segments
        views = [SegmentView(segment.path(self._directory)) for segment in chosen]
        merged = self._log.write(
            SegmentMerge(views, [segment.deleted_docs() for segment in chosen], self._memory_bytes)
        )
        return [*(segment for segment in segments if segment not in chosen), merged]


def _tombstones_after(tombstones: Mapping[str, int], pending: _Pending, late: Set[str]) -> dict[str, int]:
    """The tombstones that hold once some changes are made, the late ones among them left out."""
    removed = dict(tombstones)
    for story_id, position in pending.positions.items():
        if story_id in late:
            continue
        if story_id in pending.places:
            removed.pop(story_id, None)
        else:
            removed[story_id] = position
    return {story_id: position for story_id, position in removed.items() if position >= pending.dropped_before}
