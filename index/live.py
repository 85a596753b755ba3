"""How do searches go on while indexes come and go beneath them?

A `LiveIndex` is a reader that follows the live generation: it notices a switch within half a second and lets the
old generation go when the last search in it has ended.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from index.base import Engine, IndexReader
from index.generations import Generation, Generations
from model.errors import EngineError, NoIndexError
from model.query import EngineResult, SearchRequest

_NOTICE_SECONDS = 0.5
_TRIES = 5


class LiveIndex:
    """The live generation as one reader, safe to share between threads; with `looks_only` it makes no file."""

    def __init__(
        self,
        directory: Path,
        engine: Engine,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        looks_only: bool = False,
    ) -> None:
        self._generations = Generations(directory)
        self._looks_only = looks_only
        self._engine = engine
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._open: _OpenGeneration | None = None
        self._stamp: tuple[int, int] | None = None
        self._noticed_at = float("-inf")

    def search(self, request: SearchRequest) -> EngineResult:
        """Answer from the newest commit of the live generation. Raises NoIndexError, DamagedIndexError."""
        with self._reader() as reader:
            return reader.search(request)

    def revision(self) -> int:
        """The store revision that the live generation has reached."""
        with self._reader() as reader:
            return reader.revision()

    def count(self) -> int:
        """Number of stories in the live generation."""
        with self._reader() as reader:
            return reader.count()

    def segments(self) -> int:
        """Number of segments of the live generation."""
        with self._reader() as reader:
            return reader.segments()

    def verify(self) -> None:
        """Read every byte of the live generation. Raises NoIndexError, DamagedIndexError."""
        generation = self._generations.live()
        with generation.hold(looks_only=self._looks_only):
            self._engine.verify(generation.directory)

    def ids(self) -> Sequence[tuple[str, int]]:
        """All (story id, version) pairs of the live generation."""
        with self._reader() as reader:
            return reader.ids()

    def is_outdated(self) -> bool:
        """Whether the live generation was made with other fields, analysis or library than today's."""
        return self._generations.live().fingerprint != self._engine.fingerprint()

    def close(self) -> None:
        """Close the open generation as soon as its last search has ended."""
        with self._lock:
            if self._open is not None:
                self._open.retire()
            self._open, self._stamp = None, None
            self._noticed_at = float("-inf")

    @contextmanager
    def _reader(self) -> Iterator[IndexReader]:
        generation = self._enter()
        try:
            yield generation.reader
        finally:
            generation.leave()

    def _enter(self) -> "_OpenGeneration":
        with self._lock:
            now = self._monotonic()
            if self._open is None or now - self._noticed_at >= _NOTICE_SECONDS:
                self._follow()
                self._noticed_at = now
            if self._open is None:
                raise NoIndexError("there is no index yet")
            self._open.users += 1
            return self._open

    def _follow(self) -> None:
        stamp = self._generations.stamp()
        if self._open is not None and stamp == self._stamp:
            return
        opened = self._open_live()
        if self._open is not None:
            self._open.retire()
        self._open, self._stamp = opened, stamp

    def _open_live(self) -> "_OpenGeneration":
        """Open the live generation; one that is switched away and removed meanwhile is tried again."""
        for attempt in range(_TRIES):
            generation = self._generations.live()
            try:
                return _OpenGeneration(generation, self._engine, looks_only=self._looks_only)
            except (EngineError, OSError):
                if attempt + 1 == _TRIES or self._generations.live() == generation:
                    raise
        raise NoIndexError("the live index changed too often to be opened")


class _OpenGeneration:
    """A generation with its reader and the number of searches that are inside."""

    def __init__(self, generation: Generation, engine: Engine, *, looks_only: bool) -> None:
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._held.enter_context(generation.hold(looks_only=looks_only))
        try:
            self.reader = engine.reader(generation.directory)
        except BaseException:
            self._held.close()
            raise
        self.users = 0
        self._retired = False

    def leave(self) -> None:
        """One search has ended."""
        with self._lock:
            self.users -= 1
            self._close_if_idle()

    def retire(self) -> None:
        """No search will come any more."""
        with self._lock:
            self._retired = True
            self._close_if_idle()

    def _close_if_idle(self) -> None:
        if self._retired and self.users == 0:
            self.reader.close()
            self._held.close()
