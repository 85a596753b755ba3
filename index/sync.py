"""How does the index come to say what the store says?

`catch_up` feeds the store's changes since the engine's revision to the live generation; a crash between the two
replays and harms nothing. `rebuild` makes a new generation from revision 0, catches up, verifies, and switches while
searches go on in the old one. Both decide groups of copies before they feed stories, some at a time: however many wait
for their groups, others become searchable meanwhile (a story whose group changes later is fed once more).
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

import structlog

from index.base import Engine, IndexWriter
from index.duplicates.consumer import DuplicatesConsumer
from index.generations import Generation, Generations
from model.errors import DamagedIndexError, EngineError, NoIndexError
from model.story import StoredStory
from store.base import ChangeFeed, StoryStore
from store.directory.locks import Locks

_BATCH = 500
_BULK_BACKLOG = 2000
_GROUPED_AT_ONCE = 2000
"""A second of work, or a few where stories look alike."""

Progress = Callable[[int, int], None]
"""Called with (stories done, stories in all) as work goes on."""


GoOn = Callable[[], bool]
"""Asked between steps whether there is time for more."""


def always() -> bool:
    """Work to the end."""
    return True


class Rebuilt(NamedTuple):
    """A finished rebuild: stories in the new generation, and the store revision that it has reached."""

    stories: int
    revision: int


class Indexer:
    """The one writer of the live index in a process; others may run in other processes."""

    def __init__(
        self,
        stories: StoryStore,
        feed: ChangeFeed,
        duplicates: DuplicatesConsumer,
        engine: Engine,
        generations: Generations,
        locks: Locks,
    ) -> None:
        self._stories = stories
        self._changes = feed
        self._duplicates = duplicates
        self._engine = engine
        self._generations = generations
        self._locks = locks
        self._log = structlog.get_logger("indexer")

    def needs_rebuild(self, *, thorough: bool = False) -> str | None:
        """Why the live generation can't be written to any more, or None where it can; `thorough` reads all of it."""
        try:
            live = self._generations.live()
            if live.fingerprint != self._engine.fingerprint():
                return "it was made by another version of Wiredesk"
            reached, _ = self._state(live)
            if reached > self._changes.position():
                return "it is ahead of the store, which is an earlier one"
            if thorough:
                self._engine.verify(live.directory)
        except NoIndexError:
            return "there is no index yet"
        except DamagedIndexError as error:
            return f"it is damaged: {error}"
        return None

    def lag(self) -> int:
        """How many store revisions the live generation is behind. Raises NoIndexError, DamagedIndexError."""
        return self._changes.position() - self._state(self._generations.live())[0]

    def catch_up(self, go_on: GoOn = always) -> int:
        """Bring the live generation to the store's revision; returns the number of changes fed.

        Where `go_on` says no, the groups that are left wait for the next call; what is stored is fed all the same.
        Raises EngineError where there is no generation that today's code can write to.
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

    def reached(self) -> int | None:
        """The store revision of the live generation; None where there is none that can be read."""
        try:
            return self._state(self._generations.live())[0]
        except EngineError:
            return None

    def add_selection(self, selection: Iterable[StoredStory], progress: Progress | None = None) -> int:
        """Index a selection of stories again into the live generation; returns their number."""
        self.catch_up()
        stories, count = iter(selection), 0
        while batch := list(islice(stories, _BATCH)):
            with self._locks.live_index():
                live = self._generations.live()
                revision, _ = self._state(live)
                _write(self._engine.writer(live.directory), batch, (), revision)
            count += len(batch)
            if progress:
                progress(count, 0)
        return count

    def rebuild(self, progress: Progress | None = None) -> Rebuilt:
        """Make a new generation beside the live one and switch to it once it holds all that the store holds.

        Raises LockHeldError where a rebuild is running already, EngineError where the verification fails; the live
        generation is untouched then.
        """
        with self._locks.build():
            self._remove_leftovers()
            generation = self._generations.make(self._engine.fingerprint())
            try:
                rebuilt = self._build(generation, progress)
            except BaseException:
                self._generations.discard(generation)  # on a full disk its room is needed
                raise
            self._generations.remove_others()
        self._log.info("index rebuilt", stories=rebuilt.stories, revision=rebuilt.revision)
        return rebuilt

    def _build(self, generation: Generation, progress: Progress | None) -> Rebuilt:
        """Fill a generation, catch up with what changed meanwhile, verify and switch."""
        self._engine.create(generation.directory)
        self._fill(generation, progress)
        with self._locks.live_index():
            while not self._feed(generation, limit=_BULK_BACKLOG)[1]:
                pass
            rebuilt = self._verify(generation)
            self._generations.switch(generation)
        return rebuilt

    def _remove_leftovers(self) -> None:
        try:
            self._generations.remove_others()
        except NoIndexError:
            return

    def _feed_live(self) -> tuple[int, bool]:
        """Feed the live generation: (number of changes fed, whether that was all)."""
        with self._locks.live_index():
            generation = self._generations.live()
            if generation.fingerprint != self._engine.fingerprint():
                raise EngineError("the index was made by another version of Wiredesk: it has to be rebuilt")
            return self._feed(generation, limit=_BULK_BACKLOG)

    def _feed_rest(self) -> int:
        fed, done = 0, False
        while not done:
            count, done = self._feed_live()
            fed += count
        return fed

    def _fill(self, generation: Generation, progress: Progress | None) -> None:
        """Feed everything in bulk; what changes meanwhile moves to a later revision and is fed again.

        Groups are decided a little ahead, so that there is progress to be seen from the beginning.
        """
        writer = self._engine.writer(generation.directory, bulk=True)
        total, done, revision = self._stories.count(), 0, 0
        try:
            while True:
                grouped = self._duplicates.catch_up(2 * _BATCH)
                changes = self._changes.changes(revision, _BATCH)
                if changes.position == revision and grouped:
                    break
                writer.add(changes.stories)
                writer.remove(changes.removed)
                revision = changes.position
                done += len(changes.stories)
                if progress:
                    progress(done, max(total, done))
            writer.commit(revision)
        except BaseException:
            writer.cancel()
            raise

    def _feed(self, generation: Generation, *, limit: int) -> tuple[int, bool]:
        """Feed at most about `limit` changes in one commit: (number fed, whether that was all)."""
        reached, _ = self._state(generation)
        if self._changes.position() == reached:
            return 0, True
        changes = self._changes.changes(reached, limit)
        writer = self._engine.writer(generation.directory, bulk=len(changes.stories) >= limit)
        _write(writer, changes.stories, changes.removed, changes.position)
        fed = len(changes.stories) + len(changes.removed)
        return fed, fed < limit

    def _state(self, generation: Generation) -> tuple[int, int]:
        """The store revision that a generation has reached, and its number of stories."""
        reader = self._engine.reader(generation.directory)
        try:
            return reader.revision(), reader.count()
        finally:
            reader.close()

    def _verify(self, generation: Generation) -> Rebuilt:
        revision, found = self._state(generation)
        extent = self._stories.extent()
        if extent.position == revision and found != extent.stories:
            raise EngineError(f"the new index holds {found} stories of the store's {extent.stories}; it is not used")
        return Rebuilt(found, revision)


def _write(writer: IndexWriter, stories: Iterable[StoredStory], removed: Iterable[str], revision: int) -> None:
    try:
        writer.add(stories)
        writer.remove(removed)
        writer.commit(revision)
    except BaseException:
        writer.cancel()
        raise
