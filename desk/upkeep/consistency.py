"""Consistency of a data directory: the store with itself, and the index with the store.

A desk that runs moves during a check: what the index seems to lack is checked again before it is called a problem.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from index.base import IndexReader
from model.errors import BlobPlaceError, EngineError, NoIndexError, StoreError
from store.opening import Store

_SHOWN = 20
_LOOKS = 8
_BETWEEN_LOOKS_SECONDS = 0.5
_BATCH = 1000
_MOVING = 5000
"""No desk that runs is behind by more stories than that."""


class _Differences(NamedTuple):
    missing: frozenset[str]
    strange: frozenset[str]
    stale: frozenset[str]


def find_problems(
    store: Store, live: IndexReader, *, deep: bool, sleep: Callable[[float], None] = time.sleep
) -> Iterator[str]:
    """What is wrong and what to do about it; `deep` reads everything and compares store and index story by story."""
    if (lost := store.lost_pages()) is not None:
        yield lost
    elif (trouble := store.pages.outside.problem()) is not None:
        yield trouble
        deep = False  # without their bytes the pages can't be compared
    try:
        damages = store.damages() if deep else store.problems()
    except BlobPlaceError as error:
        yield str(error)
        return
    except (StoreError, ValueError) as error:
        damages = [f"the store can't be read: {error}"]
    yield from (f"{damage}; restore a backup" for damage in damages)
    if damages:
        return  # an index can't be compared with a store that is damaged
    yield from () if deep else store.faults.told()
    try:
        yield from _index_problems(store, live, sleep, deep=deep)
    except NoIndexError:
        yield "index: there is none; the next `start` or `crawl` makes it, and so does `reindex`"
    except EngineError as error:
        yield f"index: {error}; run `reindex`"


def _index_problems(store: Store, live: IndexReader, sleep: Callable[[float], None], *, deep: bool) -> Iterator[str]:
    """What is wrong with the index; of one cause its first symptom alone."""
    if live.is_outdated():
        yield "index: made by another version of Wiredesk; the next `start` makes it anew, and so does `reindex`"
        return
    if deep:
        live.verify()
    revision, reached = store.feed.position(), live.checkpoint()
    if reached > revision:
        yield (
            f"index: {changes(reached - revision)} ahead of the store, which is an earlier one; the next `start` or "
            "`crawl` makes the index anew"
        )
        return
    behind = _changes_behind(store, live, sleep)
    if behind:
        yield f"index: {changes(behind)} behind the store; the next `start` or `crawl` feeds them to it"
    if deep:
        yield from _differences(store, live, sleep)


def _changes_behind(store: Store, live: IndexReader, sleep: Callable[[float], None]) -> int:
    """How far an index stays behind; one that is being fed has some seconds to catch up."""
    revision = store.feed.position()
    for look in range(_LOOKS):
        behind = revision - live.checkpoint()
        if behind <= 0:
            return 0
        if look + 1 < _LOOKS:
            sleep(_BETWEEN_LOOKS_SECONDS)
    return behind


def _differences(store: Store, live: IndexReader, sleep: Callable[[float], None]) -> Iterator[str]:
    """Where index and store differ although the index has seen the change."""
    reached = live.checkpoint()
    kept = {story.id: story.version for story in store.stories.walk() if story.revision <= reached}
    coming = _coming(store, reached)
    pairs = list(live.ids())
    indexed = {story: version for story, version in pairs if story not in coming}
    doubled = len(pairs) - len({story for story, _ in pairs})
    if doubled:
        yield f"index: {doubled} stories are there more than once; run `reindex`"
    found = _compare(kept, indexed)
    for _ in range(_LOOKS):
        suspects = frozenset().union(*found)
        if not suspects:
            return
        if len(suspects) > _MOVING:
            break
        sleep(_BETWEEN_LOOKS_SECONDS)
        coming |= _coming(store, reached)
        suspects -= coming
        kept = _versions(store, suspects)
        found = _compare(kept, {story: version for story, version in live.ids() if story in suspects})
    yield from _listed("index: missing", found.missing)
    yield from _listed("index: not in the store", found.strange)
    yield from _listed("index: another version than in the store", found.stale)


def _coming(store: Store, reached: int) -> set[str]:
    """Stories whose next change the index has not seen yet."""
    coming: set[str] = set()
    while True:
        found = store.feed.changes(reached, _BATCH)
        coming.update(found.removed, (story.id for story in found.stories))
        if found.position == reached:
            return coming
        reached = found.position


def _versions(store: Store, ids: Iterable[str]) -> dict[str, int]:
    return {story.id: story.version for story in store.stories.get_many(ids).values()}


def _compare(kept: Mapping[str, int], indexed: Mapping[str, int]) -> _Differences:
    both = kept.keys() & indexed.keys()
    return _Differences(
        frozenset(kept.keys() - indexed.keys()),
        frozenset(indexed.keys() - kept.keys()),
        frozenset(story for story in both if kept[story] != indexed[story]),
    )


def changes(count: int) -> str:
    """A number of changes, as it is said."""
    return "1 change" if count == 1 else f"{count} changes"


def _listed(what: str, ids: frozenset[str]) -> Iterator[str]:
    if ids:
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        yield f"{what}: {', '.join(sorted(ids)[:_SHOWN])}{more}; run `reindex`"
