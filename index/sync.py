"""Sync of the live index with the store: the change feed read from the engine's checkpoint on.

A crash between the store and the engine replays changes and harms nothing. Groups of copies are decided before stories
are fed, some at a time: however many wait for their groups, others become searchable meanwhile (a story whose group
changes later is fed once more). What the live index can't follow any more is rebuilt (rebuild.py).
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from index.base import Engine, IndexWriter
from index.duplicates.consumer import DuplicatesConsumer
from index.feeding import feed_next, write
from index.rebuild import Progress, Rebuilder, Rebuilt
from model.errors import DamagedIndexError, EngineError, NoIndexError
from model.story import StoredStory
from store.base import ChangeFeed, StoryStore
from store.index_locks import IndexLocks

_BATCH = 500
_GROUPED_AT_ONCE = 2000
"""A second of work, or a few where stories look alike."""

GoOn = Callable[[], bool]
"""Asked between steps whether there is time for more."""


def always() -> bool:
    """Work to the end."""
    return True


class Indexer:
    """The one writer of the live index in a process; others may run in other processes."""

    def __init__(
        self, stories: StoryStore, feed: ChangeFeed, duplicates: DuplicatesConsumer, engine: Engine, locks: IndexLocks
    ) -> None:
        self._changes = feed
        self._duplicates = duplicates
        self._engine = engine
        self._locks = locks
        self._rebuilder = Rebuilder(stories, feed, duplicates, engine, locks)

    def needs_rebuild(self, *, thorough: bool = False) -> str | None:
        """Why the live index can't be written to any more, or None where it can; `thorough` reads all of it."""
        try:
            live = self._engine.live()
            if live.fingerprint != self._engine.fingerprint():
                return "it was made by another version of Wiredesk"
            reader = self._engine.reader(live.name)  # opened to find damage where nothing is searched
            try:
                if reader.checkpoint() > self._changes.position():
                    return "it is ahead of the store, which is an earlier one"
                if thorough:
                    reader.verify()
            finally:
                reader.close()
        except NoIndexError:
            return "there is no index yet"
        except DamagedIndexError as error:
            return f"it is damaged: {error}"
        return None

    def lag(self) -> int:
        """How many store revisions the live index is behind. Raises NoIndexError, DamagedIndexError."""
        return self._changes.position() - self._checkpoint()

    def reached(self) -> int | None:
        """The store revision of the live index; None where there is none that can be read."""
        try:
            return self._checkpoint()
        except EngineError:
            return None

    def catch_up(self, go_on: GoOn = always) -> int:
        """Bring the live index to the store's revision; returns the number of changes fed.

        Where `go_on` says no, the groups that are left wait for the next call; what is stored is fed all the same.
        Raises EngineError where there is no index that today's code can write to.
        """
        fed = 0
        while True:
            grouped = self._duplicates.catch_up(_GROUPED_AT_ONCE)
            count, done = self._feed_live()
            fed += count
            if grouped and done:
                return fed
            if not go_on():
                return fed + self._feed_rest()

    def add_selection(self, selection: Iterable[StoredStory], progress: Progress | None = None) -> int:
        """Index a selection of stories again into the live index; returns their number."""
        self.catch_up()
        stories, count = iter(selection), 0
        while batch := list(islice(stories, _BATCH)):
            with self._locks.live_index():
                writer = self._live_writer()
                write(writer, batch, (), writer.checkpoint())
            count += len(batch)
            if progress:
                progress(count, 0)
        return count

    def rebuild(self, progress: Progress | None = None) -> Rebuilt:
        """Make the live index anew (see Rebuilder). Raises LockHeldError, EngineError."""
        return self._rebuilder.rebuild(progress)

    def expunge(self, ids: Sequence[str], progress: Progress | None = None) -> None:
        """Let nothing of removed stories be left in the index's files; the embedded engine's is made anew for that.

        Raises LockHeldError, EngineError; the same call goes on.
        """
        if not self._rebuilder.expunge(ids):
            self.rebuild(progress)

    def settle(self) -> None:
        """Let the engine put the live index in order, beside what goes on. Raises NoIndexError."""
        self._engine.settle(self._engine.live().name)

    def _feed_live(self) -> tuple[int, bool]:
        """Feed the live index: (number of changes fed, whether that was all)."""
        with self._locks.live_index():
            return feed_next(self._changes, self._live_writer())

    def _feed_rest(self) -> int:
        fed, done = 0, False
        while not done:
            count, done = self._feed_live()
            fed += count
        return fed

    def _live_writer(self) -> IndexWriter:
        """A writer of the live index. Raises EngineError where today's code can't write to it."""
        live = self._engine.live()
        if live.fingerprint != self._engine.fingerprint():
            raise EngineError("the index was made by another version of Wiredesk: it has to be rebuilt")
        return self._engine.writer(live.name)

    def _checkpoint(self) -> int:
        reader = self._engine.reader(self._engine.live().name)  # who opens a writer may take over from another's
        try:
            return reader.checkpoint()
        finally:
            reader.close()
