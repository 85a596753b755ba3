"""Rebuild of the index from the store: a new index beside the live one, then an atomic switch.

The new one is filled from position 0, catches up with what has changed meanwhile, is verified, and takes the place of
the live one, while searches go on. Groups of copies are decided a little ahead of the stories that are fed.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import structlog

from index.base import Engine
from index.duplicates.consumer import DuplicatesConsumer
from index.feeding import commit, feed_next, removals_of
from model.errors import EngineError, EngineTroubleError, NoIndexError
from store.base import ChangeFeed, StoryStore
from store.index_locks import HeldLock, IndexLocks

_BATCH = 500
_LOOK_SECONDS = 0.2
_NUMBERED = re.compile(r"gen-(\d{6,})")

Progress = Callable[[int, int], None]
"""Called with (stories done, stories in all) as work goes on."""


class Rebuilt(NamedTuple):
    """A finished rebuild: stories in the new index, and the store revision that it has reached."""

    stories: int
    revision: int


class Rebuilder:
    """Makes new indexes of an engine; one at a time, whatever the number of processes."""

    def __init__(
        self, stories: StoryStore, feed: ChangeFeed, duplicates: DuplicatesConsumer, engine: Engine, locks: IndexLocks
    ) -> None:
        self._stories = stories
        self._changes = feed
        self._duplicates = duplicates
        self._engine = engine
        self._locks = locks
        self._log = structlog.get_logger("indexer")

    def rebuild(self, progress: Progress | None = None) -> Rebuilt:
        """Make a new index beside the live one and switch to it once it holds all that the store holds.

        Raises LockHeldError where a rebuild is running already, on whatever machine, LeaseLostError where another may
        have begun meanwhile, EngineError where the verification fails; the live index is untouched then.
        """
        with self._locks.build() as build:
            self._remove_others()
            name = _next_name(self._engine.names())
            try:
                self._engine.create(name)
                rebuilt = self._build(name, progress, build)
            except BaseException:
                if build.is_held:  # else another rebuild may have begun one of that name
                    self._engine.discard(name)  # on a full disk its room is needed
                raise
            if build.is_held:
                self._only_live(build)
        self._log.info("index rebuilt", stories=rebuilt.stories, revision=rebuilt.revision)
        return rebuilt

    def expunge(self, ids: Sequence[str]) -> bool:
        """Let the engine take what is left of removed stories out of its files; False where only a rebuild does that.

        Raises LockHeldError where a rebuild is running, EngineTroubleError where something is left for now.
        """
        with self._locks.build() as build:
            if not self._engine.expunge(self._engine.live().name, ids):
                return False
            if not self._only_live(build):
                raise EngineTroubleError("an older index, which holds them, is still read; it is removed later")
            return True

    def _only_live(self, build: HeldLock) -> bool:
        """Remove old indexes, and wait a little where one is still read; whether all are gone."""
        end = time.monotonic() + 2 * self._engine.reads_on_seconds
        while not (gone := self._remove_others()) and build.is_held and time.monotonic() < end:
            time.sleep(_LOOK_SECONDS)
        return gone

    def _remove_others(self) -> bool:
        """Remove old indexes, and what rebuilds left that were killed; whether all are gone. The build lock is held."""
        try:
            live = self._engine.live().name
        except NoIndexError:
            return True
        left = [name for name in self._engine.names() if name != live and not self._engine.discard(name)]
        return not left

    def _build(self, name: str, progress: Progress | None, build: HeldLock) -> Rebuilt:
        """Fill an index, catch up with what changed meanwhile, verify and switch."""
        self._fill(name, progress, build)
        with self._locks.live_index() as live:
            writer = self._engine.writer(name)
            while not feed_next(self._changes, writer)[1]:
                pass
            rebuilt = self._verify(name)
            build.check()
            live.check()
            self._engine.promote(name)
        return rebuilt

    def _fill(self, name: str, progress: Progress | None, build: HeldLock) -> None:
        """Feed everything in bulk; what changes meanwhile moves to a later position and is fed again.

        Groups are decided a little ahead, so that there is progress to be seen from the beginning.
        """
        writer = self._engine.writer(name, bulk=True)
        total, done, reached = self._stories.count(), 0, 0
        try:
            while True:
                build.check()
                grouped = self._duplicates.catch_up(2 * _BATCH)
                changes = self._changes.changes(reached, _BATCH)
                writer.add(changes.stories)
                writer.remove(removals_of(changes))
                reached = changes.position
                done += len(changes.stories)
                if progress and changes.stories:
                    progress(done, max(total, done))
                if grouped and len(changes.stories) + len(changes.removed) < _BATCH:
                    break  # on a desk that is busy there is always one more: the rest is fed under the lock
            commit(writer, reached)
        except BaseException:
            writer.cancel()
            raise

    def _verify(self, name: str) -> Rebuilt:
        """Compare the new index with the store. Raises EngineError where stories are missing or left over."""
        reader = self._engine.reader(name)
        try:
            reached, found = reader.checkpoint(), reader.count()
        finally:
            reader.close()
        extent = self._stories.extent()
        if extent.position == reached and found != extent.stories:
            raise EngineError(f"the new index holds {found} stories of the store's {extent.stories}; it is not used")
        return Rebuilt(found, reached)


def _next_name(names: Iterable[str]) -> str:
    """The name of the next index: "gen-000002" after "gen-000001"."""
    numbers = (int(match[1]) for name in names if (match := _NUMBERED.fullmatch(name)))
    return f"gen-{max(numbers, default=0) + 1:06d}"
