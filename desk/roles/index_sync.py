"""Index sync for commands: what they store is searchable soon, whatever ends them.

A thread feeds the index while a command stores stories, and the command rests while the index is far behind: an
interrupt then leaves little to feed, which takes a second or two. What is left all the same (by a kill, or by a restore
that was interrupted) is fed by the next command that wants to search.
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

import structlog

from desk.roles.heartbeat import Heartbeat
from desk.roles.index import bring_up_to_date, log_failure
from index.base import IndexReader
from index.sync import Indexer
from model.errors import EngineError, LockHeldError, NoIndexError, StoreError
from store.base import ChangeFeed

if TYPE_CHECKING:  # who only searches needs no progress bars
    from desk.progress import Advance

_POLL_SECONDS = 4.0
"""What is fed costs less where more of it is fed at once: each time a segment is written, and merged with others."""
_LOOKS_EVERY_SECONDS = 0.1
"""Who waits for the index is woken by it; so often it looks whether it should end meanwhile."""
_FURTHEST_BEHIND = 3000
"""Changes that are fed in one commit, with those of another batch of lines."""
_TOLD_FROM = 500
_BEATS_WITHIN_SECONDS = 10.0


class IndexSync:
    """Feeds the index beside a command, as a context manager; at the end of the block everything is fed.

    It goes on no longer than it works: what keeps it from feeding is logged, and raised where the command itself brings
    the index up to date in the end.
    """

    def __init__(self, feed: ChangeFeed, indexer: Indexer) -> None:
        self._changes = feed
        self._indexer = indexer
        self._reached = 0
        self._ended = threading.Event()
        self._wanted = threading.Event()
        self._moved = threading.Event()
        self._thread = threading.Thread(target=self._feed_on, name="index sync", daemon=True)

    def __enter__(self) -> "IndexSync":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._thread.join()

    def finish(self, seconds: float) -> bool:
        """Feed what is stored in at most so many seconds; whether all of it is searchable then."""
        self._end()
        if self._thread.is_alive():
            self._thread.join(seconds)
        try:
            return self._indexer.lag() == 0
        except (EngineError, StoreError):
            return False

    def paced(self, advance: "Advance", check: Callable[[], None]) -> "Advance":
        """`advance` that returns when the index is not far behind; `check` raises what ends the waiting."""

        def advance_with_the_index(what: str, done: int, total: int) -> None:
            advance(what, done, total)
            while self._changes.position() - self._reached > _FURTHEST_BEHIND and self._has_moved(check):
                pass

        return advance_with_the_index

    def _has_moved(self, check: Callable[[], None]) -> bool:
        """Wait until the index has come further; False where nobody feeds it any more."""
        reached = self._reached
        while self._reached == reached:
            if not self._thread.is_alive():
                return False
            self._moved.clear()
            self._wanted.set()
            check()
            self._moved.wait(_LOOKS_EVERY_SECONDS)
        return True

    def _end(self) -> None:
        self._ended.set()
        self._wanted.set()
        self._moved.set()

    def _feed_on(self) -> None:
        while True:
            self._wanted.wait(_POLL_SECONDS)
            self._wanted.clear()
            ended = self._ended.is_set()
            if not self._feed() or ended:
                return

    def _feed(self) -> bool:
        try:
            revision = self._changes.position()
            if revision != self._reached:
                bring_up_to_date(self._indexer)
                self._reached = revision
                self._moved.set()
        except Exception as error:
            log_failure(error)
            return False
        return True


def feed_before_searching(feed: ChangeFeed, live: IndexReader, indexer: Indexer, crawler: Heartbeat) -> None:
    """Bring the index up to date where it is behind and no running desk (`crawler`) does so.

    An index that can't be fed now is searched as it is, and its lag is logged.
    """
    behind = _changes_behind(feed, live)
    silent_seconds = crawler.silent_seconds()
    if not behind or (silent_seconds is not None and silent_seconds < _BEATS_WITHIN_SECONDS):
        return
    log = structlog.get_logger("indexer")
    if behind >= _TOLD_FROM:
        log.info("the index is brought up to date first", changes=behind)
    try:
        bring_up_to_date(indexer)
    except (EngineError, LockHeldError, OSError, StoreError) as error:
        log.warning("the index is behind", changes=behind, reason=str(error))


def _changes_behind(feed: ChangeFeed, live: IndexReader) -> int:
    """Changes that the index lacks; a damaged one is no matter of lag, and one that is not needed yet lacks nothing."""
    try:
        return max(0, feed.position() - live.checkpoint())
    except NoIndexError:
        return feed.position()
    except EngineError:
        return 0
