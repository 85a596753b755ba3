"""The contract of store.base.Leases."""

import threading
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.context import SpawnContext
from pathlib import Path

import pytest

from store.base import Lease
from store.opening import Store
from tests.store.contract.conftest import Open

LONG, SHORT = 60.0, 0.15


def taken(lease: Lease | None) -> Lease:
    assert lease is not None
    return lease


def test_a_lease_is_held_by_one(store: Store) -> None:
    lease = taken(store.leases.acquire("source:bbc", "one", LONG))
    assert (lease.name, lease.owner, lease.fencing) == ("source:bbc", "one", 1)
    assert store.leases.acquire("source:bbc", "two", LONG) is None
    assert store.leases.acquire("source:bbc", "one", LONG) is None
    assert store.leases.current("source:bbc") == lease
    assert taken(store.leases.acquire("source:voa", "two", LONG)).fencing == 1


def test_nobody_holds_what_was_never_taken(store: Store) -> None:
    assert store.leases.current("index") is None


def test_it_ends_by_itself_after_its_time(store: Store) -> None:
    first = taken(store.leases.acquire("index", "one", SHORT))
    time.sleep(SHORT + 0.05)
    assert store.leases.current("index") is None
    second = taken(store.leases.acquire("index", "two", LONG))
    assert second.fencing > first.fencing


def test_its_end_is_told_in_utc(store: Store) -> None:
    lease = taken(store.leases.acquire("index", "one", LONG))
    assert abs(lease.ends_at - datetime.now(UTC) - timedelta(seconds=LONG)) < timedelta(seconds=10)
    assert lease.ends_at.utcoffset() == timedelta(0)


def test_renewing_moves_the_end_and_keeps_the_fencing_number(store: Store) -> None:
    lease = taken(store.leases.acquire("index", "one", SHORT))
    renewed = taken(store.leases.renew(lease, LONG))
    assert (renewed.owner, renewed.fencing) == ("one", lease.fencing)
    assert renewed.ends_at > lease.ends_at
    time.sleep(SHORT + 0.05)
    assert store.leases.current("index") == renewed


def test_one_that_has_ended_can_not_be_renewed(store: Store) -> None:
    lease = taken(store.leases.acquire("index", "one", SHORT))
    time.sleep(SHORT + 0.05)
    assert store.leases.renew(lease, LONG) is None
    assert store.leases.current("index") is None


def test_whoever_was_slow_can_not_take_it_from_its_new_owner(store: Store) -> None:
    slow = taken(store.leases.acquire("index", "one", SHORT))
    time.sleep(SHORT + 0.05)
    held = taken(store.leases.acquire("index", "one", LONG))
    assert store.leases.renew(slow, LONG) is None
    store.leases.release(slow)
    assert store.leases.current("index") == held


def test_one_that_was_given_back_is_free_at_once_and_its_number_is_not_given_again(store: Store) -> None:
    lease = taken(store.leases.acquire("index", "one", LONG))
    store.leases.release(lease)
    store.leases.release(lease)
    assert store.leases.current("index") is None
    assert store.leases.renew(lease, LONG) is None
    assert taken(store.leases.acquire("index", "two", LONG)).fencing == lease.fencing + 1


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_a_lease_needs_a_time(store: Store, seconds: float) -> None:
    with pytest.raises(ValueError, match="time to last"):
        store.leases.acquire("index", "one", seconds)
    lease = taken(store.leases.acquire("index", "one", LONG))
    with pytest.raises(ValueError, match="time to last"):
        store.leases.renew(lease, seconds)


def test_it_outlives_its_owners_connection(opened: Open, store: Store) -> None:
    other = opened()
    lease = taken(other.leases.acquire("index", "one", LONG))
    other.close()
    assert store.leases.current("index") == lease


def take_turns(opened: Open, owner: str, turns: int, log: Path) -> None:
    """Take the lease so many times, and write its fencing number down at the beginning and the end of each turn."""
    store = opened()
    while turns:
        lease = store.leases.acquire("index", owner, LONG)
        if lease is None:
            time.sleep(0.002)
            continue
        for _ in range(2):
            with log.open("a", encoding="utf-8") as file:
                file.write(f"{lease.fencing}\n")
        store.leases.release(lease)
        turns -= 1
    store.close()


def assert_one_at_a_time(log: Path, turns: int) -> None:
    numbers = [int(line) for line in log.read_text(encoding="utf-8").split()]
    assert numbers == [number for turn in range(1, turns + 1) for number in (turn, turn)]


def test_of_many_threads_one_holds_it_at_a_time(opened: Open, store: Store, tmp_path: Path) -> None:
    log = tmp_path / "turns.log"
    threads = [threading.Thread(target=take_turns, args=(opened, f"owner{n}", 8, log)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_one_at_a_time(log, 32)


def test_of_many_processes_one_holds_it_at_a_time(
    opened: Open, store: Store, processes: SpawnContext, tmp_path: Path
) -> None:
    log = tmp_path / "turns.log"
    workers = [processes.Process(target=take_turns, args=(opened, f"owner{n}", 8, log)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert_one_at_a_time(log, 24)


def test_many_are_renewed_at_once_and_those_that_have_ended_left_out(store: Store) -> None:
    held = [taken(store.leases.acquire(name, "one", LONG)) for name in ("b", "a")]
    ended = taken(store.leases.acquire("c", "one", SHORT))
    time.sleep(SHORT + 0.05)
    renewed = store.leases.renew_all([*held, ended], 2 * LONG)
    assert [(lease.name, lease.fencing) for lease in renewed] == [("a", 1), ("b", 1)]
    assert min(lease.ends_at for lease in renewed) > max(lease.ends_at for lease in held)
    assert list(store.leases.renew_all([], LONG)) == []


def test_those_that_are_held_are_told_with_since_when(store: Store) -> None:
    store.leases.acquire("ended", "one", SHORT)
    store.leases.release(taken(store.leases.acquire("given back", "one", LONG)))
    time.sleep(SHORT + 0.05)
    first = taken(store.leases.acquire("a", "one", LONG))
    second = taken(store.leases.acquire("b", "two", LONG))
    assert list(store.leases.held()) == [first, second]
    renewed = taken(store.leases.renew(first, LONG))
    assert renewed.taken_at == first.taken_at
    assert first.taken_at is not None
    assert abs(first.taken_at - datetime.now(UTC)) < timedelta(seconds=10)
