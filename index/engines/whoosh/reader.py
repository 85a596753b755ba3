"""How is the index searched while it changes?

A reader holds the snapshot of the newest commit that it has seen, and looks for a newer one before each search, at
most every LOOK_SECONDS. Segments that a new commit keeps stay open; a snapshot is closed when the last search on it
is done.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import TypeVar

from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from index.engines.whoosh.commits import INDEX_NAME, newest_generation, read_revision
from index.engines.whoosh.results import answer
from index.engines.whoosh.segment import SegmentView
from index.engines.whoosh.snapshot import Snapshot
from index.errors import DamagedIndexError, EngineError
from index.query import EngineResult, SearchRequest

Answer = TypeVar("Answer")

LOOK_SECONDS = 0.2
OPEN_TRIES = 20
RETRY_SECONDS = 0.05


class WhooshReader:
    """An IndexReader (see index/engines/base.py). Raises NoIndexError, DamagedIndexError."""

    def __init__(self, directory: Path, schema: Schema, clock: Callable[[], float] = monotonic) -> None:
        self._directory = directory
        self._schema = schema
        self._storage = FileStorage(str(directory), readonly=True)
        self._clock = clock
        self._lock = Lock()
        self._users: Counter[Snapshot] = Counter()
        self._open: dict[str, SegmentView] = {}
        self._current = self._load(newest_generation(directory))
        self._looked_at = clock()
        self._closed = False

    def search(self, request: SearchRequest) -> EngineResult:
        """Answer from the newest commit."""
        with self._snapshot() as snapshot:
            return _guarded(lambda: answer(snapshot, request), self._directory)

    def revision(self) -> int:
        """The store revision of the newest commit."""
        with self._snapshot() as snapshot:
            return snapshot.revision

    def count(self) -> int:
        """Number of stories in the newest commit."""
        with self._snapshot() as snapshot:
            return snapshot.count

    def ids(self) -> Sequence[tuple[str, int]]:
        """All (story id, version) pairs of the newest commit."""
        with self._snapshot() as snapshot:
            docs = snapshot.alive.nonzero()[0]
            return list(zip(snapshot.ids(docs.tolist()), snapshot.versions[docs].tolist(), strict=True))

    def close(self) -> None:
        """Release files and mappings; searches under way are finished first."""
        with self._lock:
            self._closed = True
            self._drop_unused()

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        with self._lock:
            self._follow()
            snapshot = self._current
            self._users[snapshot] += 1
        try:
            yield snapshot
        finally:
            with self._lock:
                self._users[snapshot] -= 1
                if not self._users[snapshot]:
                    del self._users[snapshot]
                    self._drop_unused()

    def _follow(self) -> None:
        """Move on to a newer commit, if there is one."""
        if self._closed:
            raise EngineError(f"{self._directory}: this reader is closed")
        now = self._clock()
        if 0 <= now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        generation = newest_generation(self._directory)
        if generation != self._current.generation:
            self._current = self._load(generation)
            self._drop_unused()

    def _load(self, generation: int) -> Snapshot:
        """Open a generation, or a newer one where a writer removes files of this one meanwhile."""
        for _ in range(OPEN_TRIES - 1):
            try:
                return self._load_once(generation)
            except OSError:
                newest = newest_generation(self._directory)
                if newest == generation:
                    sleep(RETRY_SECONDS)
                generation = newest
        try:
            return self._load_once(generation)
        except OSError as error:
            raise DamagedIndexError(f"{self._directory}: files of the index are missing: {error}") from error

    def _load_once(self, generation: int) -> Snapshot:
        return _guarded(lambda: self._open_generation(generation), self._directory)

    def _open_generation(self, generation: int) -> Snapshot:
        revision = read_revision(self._directory, generation)
        toc = TOC.read(self._storage, INDEX_NAME, gen=generation, schema=self._schema)
        views = []
        for segment in toc.segments:
            name = segment.segment_id()
            if name not in self._open:
                self._open[name] = SegmentView(self._storage, self._schema, segment)
            views.append(self._open[name])
        deleted = [tuple(segment.deleted_docs()) for segment in toc.segments]
        return Snapshot(views, deleted, generation=generation, revision=revision)

    def _drop_unused(self) -> None:
        """Close the segments that neither the newest commit nor a search under way needs."""
        needed = {view for snapshot in self._users for view in snapshot.segments}
        if not self._closed:
            needed.update(self._current.segments)
        for name, view in list(self._open.items()):
            if view not in needed:
                view.close()
                del self._open[name]


def _guarded(work: Callable[[], Answer], directory: Path) -> Answer:
    """Whatever Whoosh and NumPy raise on broken files, as DamagedIndexError; OSError passes."""
    try:
        return work()
    except (EngineError, OSError, MemoryError):
        raise
    except Exception as error:
        raise DamagedIndexError(f"{directory}: can't be read: {type(error).__name__}: {error}") from error
