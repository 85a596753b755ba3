"""Locks on an index that is shared between machines: one holder at a time, and none that was frozen goes on."""

import threading
import time
from pathlib import Path

import pytest

from index.duplicates.consumer import DuplicatesConsumer
from index.engines.whoosh import WhooshEngine
from index.rebuild import Rebuilder
from model.errors import LeaseLostError, LockHeldError
from model.story import Story
from store.index_locks import IndexLocks, LeasedIndexLocks
from store.lease_keeper import LeaseKeeper
from store.opening import Store
from tests.saving import store_reading
from tests.store.contract.made_stories import NOW


def locks(store: Store, owner: str, *, seconds: float = 15.0) -> LeasedIndexLocks:
    return LeasedIndexLocks(store.leases, "desk", owner, seconds=seconds)


def test_a_second_build_is_refused_with_the_name_of_the_first(store: Store) -> None:
    with locks(store, "here:1").build() as held:
        held.check()
        with pytest.raises(LockHeldError, match="the build lock is held by here:1"), locks(store, "there:2").build():
            pass
        with LeasedIndexLocks(store.leases, "another", "there:2").build():
            pass
    with locks(store, "there:2").build():
        pass


def test_a_commit_waits_for_another(store: Store) -> None:
    order: list[str] = []
    taken = threading.Event()

    def first() -> None:
        with locks(store, "here:1").live_index():
            taken.set()
            time.sleep(0.3)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert taken.wait(10)
    with locks(store, "there:2").live_index():
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def test_it_is_kept_for_as_long_as_its_block_lasts(store: Store) -> None:
    with locks(store, "here:1", seconds=1.0).build() as held:
        time.sleep(1.6)
        held.check()
        with pytest.raises(LockHeldError), locks(store, "there:2").build():
            pass


class LostWhenSwitching:
    """Locks whose build lock is another's by the time that the new index is switched to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._locks = locks(store, "here:1")

    def build(self) -> "object":
        return self._locks.build()

    def live_index(self) -> "object":
        lease = self._store.leases.current("build:desk")
        assert lease is not None
        self._store.leases.release(lease)
        assert LeaseKeeper(self._store.leases, "there:2").acquire("build:desk") is not None
        time.sleep(0.6)  # its own renewals notice
        return self._locks.live_index()


def test_a_rebuild_that_has_lost_its_lease_does_not_switch(store: Store, tmp_path: Path) -> None:
    def rebuilder(of: IndexLocks) -> Rebuilder:
        return Rebuilder(store.stories, store.feed, DuplicatesConsumer(store.duplicates), engine, of)

    engine = WhooshEngine(tmp_path / "index")
    url = "https://example.org/1"
    store_reading(
        store, Story(source="wire", headline="Mali story", url=url, body=("Text.",)), urls=(url,), seen_at=NOW
    )
    assert rebuilder(locks(store, "here:1")).rebuild().stories == 1
    live = engine.live().name
    lost = LostWhenSwitching(store)
    lost._locks = locks(store, "here:1", seconds=1.0)
    with pytest.raises(LeaseLostError):
        rebuilder(lost).rebuild()  # type: ignore[arg-type]
    assert engine.live().name == live
    assert len(engine.names()) == 2  # that of the name may be another's by now
