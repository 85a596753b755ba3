"""Is the data directory well?"""

from collections.abc import Iterator

from index.errors import EngineError
from index.live import LiveIndex
from index.store import Store

_SHOWN = 20


def find_problems(store: Store, live: LiveIndex, *, deep: bool) -> Iterator[str]:
    """What is wrong and what to do about it; `deep` compares store and index story by story."""
    yield from store.problems()
    try:
        if live.is_outdated():
            yield "index: made by another version of Wiredesk; run `reindex`"
        reached, revision = live.revision(), store.stories.revision()
        if reached != revision:
            yield f"index: at revision {reached}, the store at {revision}; `start` catches up by itself"
        if deep:
            yield from _differences(store, live)
    except EngineError as error:
        yield f"index: {error}"


def _differences(store: Store, live: LiveIndex) -> Iterator[str]:
    kept = {story.id: story.version for story in store.stories.walk()}
    pairs = list(live.ids())
    indexed = dict(pairs)
    doubled = len(pairs) - len(indexed)
    if doubled:
        yield f"index: {doubled} stories are there more than once; run `reindex`"
    yield from _listed("index: missing", sorted(kept.keys() - indexed.keys()))
    yield from _listed("index: not in the store", sorted(indexed.keys() - kept.keys()))
    stale = sorted(story_id for story_id in kept.keys() & indexed.keys() if kept[story_id] != indexed[story_id])
    yield from _listed("index: another version than in the store", stale)


def _listed(what: str, ids: list[str]) -> Iterator[str]:
    if ids:
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        yield f"{what}: {', '.join(ids[:_SHOWN])}{more}; run `reindex`"
