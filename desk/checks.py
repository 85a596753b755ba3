"""Is the data directory well?

A desk that runs moves while we look: what the index seems to lack is looked at again before it is called a problem.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from index.errors import EngineError, StoreError
from index.live import LiveIndex
from index.store import Store
from index.store.auditing import audit

_SHOWN = 20
_LOOKS = 8
_BETWEEN_LOOKS_SECONDS = 0.5
_MOVING = 5000
"""No desk that runs is behind by more stories than that."""


class _Differences(NamedTuple):
    missing: frozenset[str]
    strange: frozenset[str]
    stale: frozenset[str]


def find_problems(
    store: Store, live: LiveIndex, *, deep: bool, sleep: Callable[[float], None] = time.sleep
) -> Iterator[str]:
    """What is wrong and what to do about it; `deep` reads everything and compares store and index story by story."""
    try:
        damages = [*store.problems(), *(audit(*store.databases) if deep else ())]
    except (StoreError, ValueError) as error:
        damages = [f"the store can't be read: {error}"]
    yield from (f"{damage}; restore a backup" for damage in damages)
    if damages:
        return  # an index can't be compared with a store that is damaged
    try:
        if live.is_outdated():
            yield "index: made by another version of Wiredesk; run `reindex`"
        yield from _lag(store, live, sleep)
        if deep:
            live.verify()
            yield from _differences(store, live, sleep)
    except EngineError as error:
        yield f"index: {error}; run `reindex`"


def _lag(store: Store, live: LiveIndex, sleep: Callable[[float], None]) -> Iterator[str]:
    """An index that stays behind; one that follows has some seconds to come up."""
    revision = store.stories.revision()
    for look in range(_LOOKS):
        reached = live.revision()
        if reached >= revision:
            return
        if look + 1 < _LOOKS:
            sleep(_BETWEEN_LOOKS_SECONDS)
    yield f"index: at revision {reached}, the store at {revision}; `start` catches up by itself"


def _differences(store: Store, live: LiveIndex, sleep: Callable[[float], None]) -> Iterator[str]:
    kept = {story.id: story.version for story in store.stories.walk()}
    pairs = list(live.ids())
    indexed = dict(pairs)
    doubled = len(pairs) - len(indexed)
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
        kept = _versions(store, suspects)
        found = _compare(kept, {story: version for story, version in live.ids() if story in suspects})
    yield from _listed("index: missing", found.missing)
    yield from _listed("index: not in the store", found.strange)
    yield from _listed("index: another version than in the store", found.stale)


def _versions(store: Store, ids: Iterable[str]) -> dict[str, int]:
    return {story.id: story.version for story in store.stories.get_many(ids).values()}


def _compare(kept: Mapping[str, int], indexed: Mapping[str, int]) -> _Differences:
    both = kept.keys() & indexed.keys()
    return _Differences(
        frozenset(kept.keys() - indexed.keys()),
        frozenset(indexed.keys() - kept.keys()),
        frozenset(story for story in both if kept[story] != indexed[story]),
    )


def _listed(what: str, ids: frozenset[str]) -> Iterator[str]:
    if ids:
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        yield f"{what}: {', '.join(sorted(ids)[:_SHOWN])}{more}; run `reindex`"
