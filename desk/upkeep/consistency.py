"""Consistency of a data directory: the store with itself, and the index with the store.

A desk that runs moves during a check: an index that is behind has some seconds to catch up.
"""

import time
from collections.abc import Callable, Iterator

from desk.upkeep.index_comparison import IndexComparison
from index.base import IndexReader
from model.errors import BlobPlaceError, EngineError, EngineTroubleError, NoIndexError, StoreError
from store.opening import Store

_LOOKS = 8
_BETWEEN_LOOKS_SECONDS = 0.5


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
    except EngineTroubleError as error:
        yield f"index: {error}"
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
        yield from IndexComparison(store, live, sleep=sleep).problems()


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


def changes(count: int) -> str:
    """A number of changes, as it is said."""
    return "1 change" if count == 1 else f"{count} changes"
