"""The contract of store.coordination.Workers."""

import time
from datetime import UTC, datetime, timedelta

from store.opening import Store
from tests.store.contract.conftest import Open

LONG = 60.0


def test_a_worker_is_known_from_its_first_beat_on(opened: Open, store: Store) -> None:
    other = opened()
    store.workers.beat("a:1:x", "crawl", "waits")
    other.workers.beat("b:2:y", "web", "serves")
    first, second = other.workers.known()
    assert (first.name, first.role, first.doing, first.leases) == ("a:1:x", "crawl", "waits", ())
    assert (second.name, second.role) == ("b:2:y", "web")
    assert abs(first.started_at - datetime.now(UTC)) < timedelta(seconds=10)
    time.sleep(0.05)
    assert store.workers.known()[0].silent_seconds >= 0.04
    store.workers.beat("a:1:x", "crawl", "crawls voa", "1.2")
    beaten = store.workers.known()[0]
    assert (beaten.doing, beaten.started_at) == ("crawls voa", first.started_at)
    assert (first.release, beaten.release) == (None, "1.2")
    assert beaten.beat_at > first.beat_at
    other.close()


def test_it_is_known_with_what_it_holds(store: Store) -> None:
    store.workers.beat("one", "crawl", "")
    voa, index = store.leases.acquire("source:voa", "one", LONG), store.leases.acquire("index", "one", LONG)
    other = store.leases.acquire("duplicates", "nobody", LONG)
    known = store.workers.known()
    assert [(worker.name, worker.role, worker.leases) for worker in known] == [
        ("one", "crawl", (index, voa)),
        ("nobody", "", (other,)),
    ]


def test_one_that_leaves_gives_all_back(store: Store) -> None:
    for name in ("one", "two"):
        store.workers.beat(name, "crawl", "")
        store.leases.acquire(f"source:{name}", name, LONG)
    store.workers.leave("one")
    store.workers.leave("one")
    assert [worker.name for worker in store.workers.known()] == ["two"]
    assert [lease.name for lease in store.leases.held()] == ["source:two"]


def test_those_that_were_long_silent_are_removed(store: Store) -> None:
    store.workers.beat("old", "crawl", "")
    time.sleep(0.1)
    store.workers.beat("new", "crawl", "")
    assert store.workers.drop_silent(0.08) == 1
    assert [worker.name for worker in store.workers.known()] == ["new"]
