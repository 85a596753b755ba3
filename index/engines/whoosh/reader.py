"""Reader of one index while it changes.

It holds the snapshot of the newest commit that it has seen, and looks for a newer one before each search, at
most every LOOK_SECONDS. Segments that a new commit keeps stay mapped; the others are unmapped when the last search on
them is done. A mapped file stays readable after a writer has removed it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import TypeVar

from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from index.base import IndexedStory
from index.engines.whoosh.collect.collector import answer
from index.engines.whoosh.query.deadline import Deadline
from index.engines.whoosh.segments.array_segment import ArraySegment
from index.engines.whoosh.segments.commits import INDEX_NAME, newest_commit, read_state
from index.engines.whoosh.segments.segment import SegmentView
from index.engines.whoosh.segments.snapshot import Snapshot
from model.errors import DamagedIndexError, EngineError
from model.query import EngineResult, SearchRequest

Guarded = TypeVar("Guarded")

LOOK_SECONDS = 0.2
OPEN_TRIES = 20
RETRY_SECONDS = 0.05


class WhooshReader:
    """An IndexReader (see index/base.py). Raises NoIndexError, DamagedIndexError.

    `clock` gives the seconds by which searches are timed.
    """

    def __init__(
        self,
        directory: Path,
        schema: Schema,
        cached_words: int,
        *,
        is_outdated: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._directory = directory
        self._schema = schema
        self._cached_words = cached_words
        self._is_outdated = is_outdated
        self._storage = FileStorage(str(directory), readonly=True)
        self._clock = clock
        self._lock = Lock()
        self._open: dict[str, SegmentView] = {}
        self._current = self._load(newest_commit(directory))
        self._looked_at = clock()
        self._closed = False

    def search(self, request: SearchRequest) -> EngineResult:
        """Guarded from the newest commit."""
        snapshot = self._snapshot()
        deadline = Deadline(request.timeout_seconds, self._clock)
        return _guarded(lambda: answer(snapshot, request, deadline), self._directory)

    def checkpoint(self) -> int:
        """The position of the newest commit."""
        return self._snapshot().checkpoint

    def count(self) -> int:
        """Number of stories in the newest commit."""
        return self._snapshot().count

    def segments(self) -> int:
        """Number of segments of the newest commit."""
        return len(self._snapshot().segments)

    def ids(self) -> Sequence[tuple[str, int]]:
        """All (story id, version) pairs of the newest commit."""
        snapshot = self._snapshot()
        docs = snapshot.alive.nonzero()[0]
        return list(zip(snapshot.ids(docs.tolist()), snapshot.versions[docs].tolist(), strict=True))

    def held(self, ids: Sequence[str]) -> Sequence[IndexedStory]:
        """Those of some stories that the newest commit holds."""
        snapshot = self._snapshot()
        docs = {story_id: doc for story_id in ids if (doc := snapshot.document(story_id)) is not None}
        return [
            IndexedStory(story_id, int(snapshot.versions[doc]), not bool(snapshot.live[doc]))
            for story_id, doc in docs.items()
        ]

    def is_outdated(self) -> bool:
        """Whether the index was made with other fields, analysis or library than today's."""
        return self._is_outdated

    def verify(self) -> int:
        """Read every byte of the newest commit and compare checksums; returns its number of stories."""
        snapshot = self._snapshot()
        for segment in snapshot.segments:
            segment.arrays.verify()
        return snapshot.count

    def close(self) -> None:
        """Release files and mappings; searches under way are finished first."""
        with self._lock:
            self._closed = True
            self._open = {}
            self._current = Snapshot((), (), number=-1, checkpoint=0)

    def _snapshot(self) -> Snapshot:
        with self._lock:
            self._follow()
            return self._current

    def _follow(self) -> None:
        """Move on to a newer commit, if there is one."""
        if self._closed:
            raise EngineError(f"{self._directory}: this reader is closed")
        now = self._clock()
        if 0 <= now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        number = newest_commit(self._directory)
        if number != self._current.number:
            self._current = self._load(number)

    def _load(self, number: int) -> Snapshot:
        """Open a commit, or a newer one where a writer removes files of this one meanwhile."""
        for _ in range(OPEN_TRIES - 1):
            try:
                return self._load_once(number)
            except OSError:
                newest = newest_commit(self._directory)
                if newest == number:
                    sleep(RETRY_SECONDS)
                number = newest
        try:
            return self._load_once(number)
        except OSError as error:
            raise DamagedIndexError(f"{self._directory}: files of the index are missing: {error}") from error

    def _load_once(self, number: int) -> Snapshot:
        return _guarded(lambda: self._open_commit(number), self._directory)

    def _open_commit(self, number: int) -> Snapshot:
        checkpoint = read_state(self._directory, number).checkpoint
        toc = TOC.read(self._storage, INDEX_NAME, gen=number, schema=self._schema)
        segments: list[ArraySegment] = toc.segments
        views = {
            segment.name: self._open.get(segment.name) or SegmentView(segment.path(self._directory), self._cached_words)
            for segment in segments
        }
        # Segments that this commit no longer has are unmapped when the last search on them is done.
        self._open = views
        deleted = [segment.deleted_docs() for segment in segments]
        return Snapshot(
            tuple(views.values()),
            deleted,
            number=number,
            checkpoint=checkpoint,
            cached_words=self._cached_words,
        )


def _guarded(work: Callable[[], Guarded], directory: Path) -> Guarded:
    """Whatever Whoosh and NumPy raise on broken files, as DamagedIndexError; OSError passes."""
    try:
        return work()
    except (EngineError, OSError, MemoryError):
        raise
    except Exception as error:
        raise DamagedIndexError(f"{directory}: can't be read: {type(error).__name__}: {error}") from error
