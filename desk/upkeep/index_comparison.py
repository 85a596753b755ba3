"""Comparison of an index with its store, story by story and slice by slice, however many there are.

The store is walked and the index asked for each slice of it; only where the index holds more stories than were found
so, it is walked, too, and the store asked. A desk that runs moves meanwhile: what seems to be wrong is looked at again
before it is called so.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from index.base import IndexedStory, IndexReader
from model.story import StoredStory
from store.opening import Store

Item = TypeVar("Item")

SLICE = 1000
_SHOWN = 20
_LOOKS = 8
_BETWEEN_LOOKS_SECONDS = 0.5
_MOVING = 5000
"""No desk that runs is behind by more stories than that."""

MISSING = "missing"
STRANGE = "not in the store"
STALE = "another version than in the store"
MISFILED = "withdrawn in one of index and store alone"
DOUBLED = "there more than once"


@dataclass
class Differences:
    """Stories by what is wrong with them: how many, and the ids of so many that they can be looked at again."""

    counts: Counter[str] = field(default_factory=Counter)
    ids: dict[str, set[str]] = field(default_factory=dict)

    def add(self, what: str, story_id: str) -> None:
        """Take note of a story."""
        self.counts[what] += 1
        named = self.ids.setdefault(what, set())
        if len(named) <= _MOVING:
            named.add(story_id)

    def sentences(self) -> Iterator[str]:
        """What is wrong and what to do, one sentence a kind."""
        for what in (MISSING, STRANGE, STALE, MISFILED, DOUBLED):
            if self.counts[what]:
                named = sorted(self.ids[what])[:_SHOWN]
                more = f" and {self.counts[what] - len(named)} more" if self.counts[what] > len(named) else ""
                yield f"index: {what}: {', '.join(named)}{more}; run `reindex`"


class IndexComparison:
    """Compares the live index with the store; `sleep` waits for so many seconds."""

    def __init__(self, store: Store, live: IndexReader, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._store = store
        self._live = live
        self._sleep = sleep

    def problems(self) -> Iterator[str]:
        """Where index and store differ although the index has seen the change."""
        reached = self._live.checkpoint()
        found = self._look_through(reached)
        for _ in range(_LOOKS):
            suspects = frozenset().union(*found.ids.values())
            if not suspects or found.counts.total() > _MOVING:
                break
            self._sleep(_BETWEEN_LOOKS_SECONDS)
            found = self._look_again(suspects - self._coming(reached))
        yield from found.sentences()

    def _look_through(self, reached: int) -> Differences:
        differences, counted = Differences(), 0
        for stories in sliced(self._store.stories.walk()):
            held = self._live.held([story.id for story in stories])
            counted += len(held)
            _compare([story for story in stories if story.revision <= reached], held, differences)
        if self._live.count() > counted:
            for pairs in sliced(self._live.ids()):
                self._compare_backwards([story_id for story_id, _ in pairs], differences)
        return differences

    def _look_again(self, suspects: frozenset[str]) -> Differences:
        differences = Differences()
        for ids in sliced(sorted(suspects)):
            _compare(self._stored(ids), self._live.held(ids), differences)
            self._compare_backwards([story.id for story in self._live.held(ids)], differences)
        return differences

    def _compare_backwards(self, ids: Sequence[str], differences: Differences) -> None:
        for story_id in set(ids) - {story.id for story in self._stored(ids)}:
            differences.add(STRANGE, story_id)

    def _stored(self, ids: Sequence[str]) -> list[StoredStory]:
        """The stories of those ids; merged ones, which lead to another, are left out."""
        return [story for story_id, story in self._store.stories.get_many(ids).items() if story.id == story_id]

    def _coming(self, reached: int) -> set[str]:
        """Stories whose next change the index had not seen yet when it was looked through."""
        coming: set[str] = set()
        while True:
            found = self._store.feed.changes(reached, SLICE)
            coming.update(found.removed, (story.id for story in found.stories))
            if found.position == reached:
                return coming
            reached = found.position


def sliced(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Slices of some items."""
    left = iter(items)
    while part := list(islice(left, SLICE)):
        yield part


def _compare(stories: Sequence[StoredStory], held: Sequence[IndexedStory], differences: Differences) -> None:
    by_id = {story.id: story for story in held}
    for story_id, number in Counter(story.id for story in held).items():
        if number > 1:
            differences.add(DOUBLED, story_id)
    for story in stories:
        found = by_id.get(story.id)
        if found is None:
            differences.add(MISSING, story.id)
        elif found.version != story.version:
            differences.add(STALE, story.id)
        elif found.is_withdrawn != (story.status == "withdrawn"):
            differences.add(MISFILED, story.id)
