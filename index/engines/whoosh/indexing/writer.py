"""Writer of one index.

Changes are collected in memory and written as one segment, or several where they are many. A commit compares their
positions in the change feed with those of the stories and tombstones that the index holds, drops what came late,
merges the segments that are due, and is published (publishing.py).
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
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

_DOC_BITS = 32
_NOWHERE = -1


class _ChangedIds:
    """The newest change of each id since the last commit: its position in the change feed, and where its story stands.

    Of a load of millions all are in memory at once: a number each, in arrays.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._positions = array("q")
        self._places = array("q")

    def __len__(self) -> int:
        """How many ids have changed."""
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        """The ids, in the order of their first changes."""
        return iter(self._numbers)

    def position(self, number: int) -> int:
        """That of the change of an id, by its place in their order."""
        return self._positions[number]

    def position_of(self, story_id: str) -> int | None:
        """That of the change of an id; None where it has not changed."""
        number = self._numbers.get(story_id)
        return None if number is None else self._positions[number]

    def note(self, story_id: str, position: int) -> None:
        """Give an id a newer position; its story stands nowhere for now."""
        number = self._numbers.setdefault(story_id, len(self._numbers))
        if number == len(self._positions):
            self._positions.append(position)
            self._places.append(_NOWHERE)
        else:
            self._positions[number], self._places[number] = position, _NOWHERE

    def put(self, story_id: str, segment: int, doc: int) -> None:
        """Where the story of an id stands now: the number of its segment, and its number there."""
        self._places[self._numbers[story_id]] = segment << _DOC_BITS | doc

    def place(self, story_id: str) -> tuple[int, int] | None:
        """Where the story of an id stands, None where it has none."""
        number = self._numbers.get(story_id)
        if number is None or self._places[number] == _NOWHERE:
            return None
        return divmod(self._places[number], 1 << _DOC_BITS)

    def removals(self) -> Iterator[tuple[str, int]]:
        """The ids without a story, with their positions."""
        for (story_id, number), place in zip(self._numbers.items(), self._places, strict=True):
            if place == _NOWHERE:
                yield story_id, self._positions[number]


@dataclass
class _Pending:
    """What was put in and taken out since the last commit."""

    builder: SegmentBuilder | None = None
    written: list[ArraySegment] = field(default_factory=list)
    gone: list[set[int]] = field(default_factory=lambda: [set()])
    """The stories that were replaced again, for each segment written and for the one being built."""
    changes: _ChangedIds = field(default_factory=_ChangedIds)
    dropped_before: int = 0
    """Tombstones below this position are forgotten."""

    def supersede(self, story_id: str, position: int) -> bool:
        """Give an id a newer position, its story being taken out; False where the change is a late one."""
        before = self.changes.position_of(story_id)
        if before is not None:
            if position < before:
                return False
            self.take_out(story_id)
        self.changes.note(story_id, position)
        return True

    def take_out(self, story_id: str) -> None:
        """Take out the story that was put in under an id, if any."""
        if (place := self.changes.place(story_id)) is not None:
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
            pending.changes.put(story.id, len(pending.written), builder.add(story))
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
            late = {
                story_id
                for story_id, held in tombstones.items()
                if (position := pending.changes.position_of(story_id)) is not None and held > position
            }
            if newest.segments:
                names = pack_strings(pending.changes)
                for segment in newest.segments:
                    late |= self._replace(segment, pending.changes, names)
            for story_id in late:
                pending.take_out(story_id)
            for segment, gone in zip(pending.written, pending.gone, strict=False):
                segment.delete(gone)
            segments = [segment for segment in (*newest.segments, *pending.written) if segment.doc_count()]
            removed = _tombstones_after(tombstones, pending, late)
            del pending  # of a load, a merge needs the memory
            # An index that was built in one go becomes one segment.
            segments = self._merge(segments, choose_small(segments) if newest.segments else choose_all(segments))
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
            self._spare.put_back(builder.vocabulary, len(self._pending.changes))
        return self._pending

    def _write_out(self, builder: SegmentBuilder) -> None:
        """Write the stories collected as a segment, which no commit names yet."""
        pending, vocabulary = self._pending, builder.vocabulary
        pending.written.append(self._log.write(builder.pack()))
        pending.gone.append(set())
        if 2 * vocabulary.size >= self._memory_bytes:
            vocabulary = Vocabulary()
        pending.builder = SegmentBuilder(vocabulary)

    def _replace(self, segment: ArraySegment, changes: _ChangedIds, names: tuple[Array, Array]) -> set[str]:
        """Delete the stories of a segment that have changed; returns the ids whose change is older than its story.

        `names` are the ids of those that have changed, packed.
        """
        view = SegmentView(segment.path(self._directory))
        late, gone = set(), []
        docs = documents_of(view, *names)
        for number in np.flatnonzero(docs >= 0).tolist():
            doc = int(docs[number])
            if segment.is_deleted(doc):
                continue
            if view.positions[doc] > changes.position(number):
                late.add(number)
            else:
                gone.append(doc)
        if gone:
            segment.delete(gone)
        return {story_id for number, story_id in enumerate(changes) if number in late} if late else set()

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
    changes = pending.changes
    removed = {
        story_id: position
        for story_id, position in tombstones.items()
        if story_id in late or changes.place(story_id) is None
    }
    removed |= {story_id: position for story_id, position in changes.removals() if story_id not in late}
    return {story_id: position for story_id, position in removed.items() if position >= pending.dropped_before}
