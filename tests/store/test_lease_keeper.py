"""Leases as one process keeps them, and who is elected."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from model.errors import LeaseLostError
from store.elections import LeaseElection
from store.lease_keeper import UNSHARED, KeptLease, LeaseKeeper
from store.opening import Store, open_store


class Clock:
    """Seconds that are moved by hand, as those of a process that was frozen."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def kept(lease: KeptLease | None) -> KeptLease:
    assert lease is not None
    return lease


def test_a_process_knows_by_itself_that_its_lease_has_ended(store: Store, clock: Clock) -> None:
    lease = kept(LeaseKeeper(store.leases, "one", 30, monotonic=clock).acquire("source:voa"))
    clock.seconds += 29.9
    lease.check()
    clock.seconds += 0.1
    assert not lease.is_held
    with pytest.raises(LeaseLostError, match="source:voa"):
        lease.check()


def test_renewing_goes_on_from_when_it_was_asked_for(store: Store, clock: Clock) -> None:
    keeper = LeaseKeeper(store.leases, "one", 30, monotonic=clock)
    first, second = kept(keeper.acquire("a")), kept(keeper.acquire("b"))
    clock.seconds += 20
    keeper.renew()
    clock.seconds += 20
    assert first.is_held
    assert second.is_held
    assert [one.lease.name for one in keeper.kept()] == ["a", "b"]


def test_what_another_has_by_now_is_lost_at_the_next_renewal(store: Store, clock: Clock) -> None:
    keeper = LeaseKeeper(store.leases, "one", 30, monotonic=clock)
    lease = kept(keeper.acquire("source:voa"))
    store.source_leases.free_all()
    assert store.leases.acquire("source:voa", "two", 30) is not None
    assert lease.is_held
    keeper.renew()
    assert not lease.is_held
    assert keeper.kept() == []
    keeper.release(lease)
    current = store.leases.current("source:voa")
    assert current is not None
    assert current.owner == "two"


def test_what_is_given_back_is_held_no_more(store: Store, clock: Clock) -> None:
    keeper = LeaseKeeper(store.leases, "one", 30, monotonic=clock)
    lease = kept(keeper.acquire("a"))
    assert keeper.acquire("a") is None
    keeper.release(lease)
    assert not lease.is_held
    assert keeper.acquire("a") is not None


def test_what_has_ended_by_its_own_count_is_not_given_back(store: Store, clock: Clock) -> None:
    """The store finds it ended by itself, and knows that its holder did not come to the end."""
    keeper = LeaseKeeper(store.leases, "one", 30, monotonic=clock)
    lease = kept(keeper.acquire("a"))
    clock.seconds += 31
    keeper.release(lease)
    assert keeper.kept() == []
    assert store.leases.current("a") == lease.lease


def test_one_of_several_is_elected_and_another_when_it_has_left(store: Store) -> None:
    keepers = [LeaseKeeper(store.leases, name, 30) for name in ("one", "two")]
    first, second = (LeaseElection("index:x", store.leases, lambda keeper=keeper: keeper) for keeper in keepers)
    assert first.claim() is not None
    assert first.claim() is first.claim()
    assert second.claim() is None
    store.workers.leave("one")
    assert second.claim() is not None


def test_a_command_works_where_nobody_is_elected(store: Store) -> None:
    command = LeaseElection("duplicates", store.leases, lambda: None)
    assert command.claim() is UNSHARED
    store.leases.acquire("duplicates", "one", 30)
    assert command.claim() is None
