"""Reader of the live index, which goes on while indexes take each other's place.

It notices a switch within half a second, and lets the old index go when the last search in it has ended.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from index.base import IndexedStory, IndexReader
from index.engines.whoosh.index_folders import IndexFolder, IndexFolders
from model.errors import EngineError, NoIndexError
from model.query import EngineResult, SearchRequest

_NOTICE_SECONDS = 0.5
_TRIES = 5


class LiveReader:
    """The live index as one IndexReader (see index/base.py), safe to share between threads.

    `open_reader` opens the index of a folder; with `looks_only` no file is made.
    """

    def __init__(
        self,
        folders: IndexFolders,
        fingerprint: Callable[[], str],
        open_reader: Callable[[IndexFolder], IndexReader],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        looks_only: bool = False,
    ) -> None:
        self._folders = folders
        self._fingerprint = fingerprint
        self._open_reader = open_reader
        self._looks_only = looks_only
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._open: _OpenFolder | None = None
        self._stamp: tuple[int, int] | None = None
        self._noticed_at = float("-inf")

    def search(self, request: SearchRequest) -> EngineResult:
        """Answer from the newest commit of the live index. Raises NoIndexError, DamagedIndexError."""
        with self._reader() as reader:
            return reader.search(request)

    def checkpoint(self) -> int:
        """The position that the live index has reached."""
        with self._reader() as reader:
            return reader.checkpoint()

    def count(self) -> int:
        """Number of stories in the live index."""
        with self._reader() as reader:
            return reader.count()

    def segments(self) -> int:
        """Number of segments of the live index."""
        with self._reader() as reader:
            return reader.segments()

    def ids(self) -> Iterable[tuple[str, int]]:
        """All (story id, version) pairs of the live index."""
        with self._reader() as reader:
            return reader.ids()

    def held(self, ids: Sequence[str]) -> Sequence[IndexedStory]:
        """Those of some stories that the live index holds."""
        with self._reader() as reader:
            return reader.held(ids)

    def is_outdated(self) -> bool:
        """Whether the live index was made with other fields, analysis or library than today's; opens nothing."""
        return self._folders.live().fingerprint != self._fingerprint()

    def verify(self) -> int:
        """Read every byte of the live index, opened anew; returns its number of stories."""
        opened = self._open_live()
        try:
            return opened.reader.verify()
        finally:
            opened.retire()

    def close(self) -> None:
        """Close the open index as soon as its last search has ended; the next question opens it again."""
        with self._lock:
            if self._open is not None:
                self._open.retire()
            self._open, self._stamp = None, None
            self._noticed_at = float("-inf")

    @contextmanager
    def _reader(self) -> Iterator[IndexReader]:
        opened = self._enter()
        try:
            yield opened.reader
        finally:
            opened.leave()

    def _enter(self) -> "_OpenFolder":
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
        stamp = self._folders.stamp()
        if self._open is not None and stamp == self._stamp:
            return
        opened = self._open_live()
        if self._open is not None:
            self._open.retire()
        self._open, self._stamp = opened, stamp

    def _open_live(self) -> "_OpenFolder":
        """Open the live index; one that is switched away and removed meanwhile is tried again."""
        for attempt in range(_TRIES):
            folder = self._folders.live()
            try:
                return _OpenFolder(folder, self._open_reader, looks_only=self._looks_only)
            except (EngineError, OSError):
                if attempt + 1 == _TRIES or self._folders.live() == folder:
                    raise
        raise NoIndexError("the live index changed too often to be opened")


class _OpenFolder:
    """An index folder with its reader and the number of searches that are inside."""

    def __init__(
        self, folder: IndexFolder, open_reader: Callable[[IndexFolder], IndexReader], *, looks_only: bool
    ) -> None:
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._held.enter_context(folder.hold(looks_only=looks_only))
        try:
            self.reader = open_reader(folder)
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
