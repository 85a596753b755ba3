"""The contract of store.coordination.SourceLeases, and of what is written under a lease."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.context import SpawnContext
from pathlib import Path

import pytest

from model.errors import LeaseLostError
from store.base import Lease
from store.opening import Store
from store.sql.crawl_state import EndpointState, SourceState, UrlState
from tests.store.contract.conftest import Open

LONG, SHORT = 60.0, 0.15
HOUR = timedelta(hours=1)
EVERY = {"bbc": HOUR, "dw": HOUR, "voa": HOUR}


def due(store: Store, **hours: float) -> None:
    """Let sources be due so many hours from now."""
    for name, ahead in hours.items():
        at = datetime.now(UTC) + ahead * HOUR
        store.crawl.change_source(name, lambda state, at=at: state._replace(next_due_at=at))  # type: ignore[misc]


def claimed(store: Store, owner: str = "one", limit: int = 10, seconds: float = LONG) -> list[str]:
    return [lease.name for lease in store.source_leases.claim_due(EVERY, owner, seconds, limit)]


def test_the_longest_overdue_comes_first_one_that_was_never_crawled_before_all(store: Store) -> None:
    due(store, bbc=-1, dw=-2)
    assert claimed(store, limit=1) == ["source:voa"]
    assert claimed(store) == ["source:dw", "source:bbc"]


def test_what_is_not_due_or_not_asked_for_is_left(store: Store) -> None:
    due(store, bbc=1, dw=-1, other=-1)
    assert claimed(store) == ["source:voa", "source:dw"]
    assert claimed(store, limit=0) == []


def test_what_is_claimed_is_claimed_by_nobody_else(store: Store) -> None:
    assert len(claimed(store)) == 3
    assert claimed(store, "two") == []
    assert claimed(store) == []


def test_a_source_that_was_given_back_is_due_when_it_says_so(store: Store) -> None:
    leases = store.source_leases.claim_due(EVERY, "one", LONG, 10)
    assert all(abs(state.next_due_at - datetime.now(UTC) - HOUR) < HOUR / 10 for state in states(store).values())
    due(store, voa=-1)
    for lease in leases:
        store.leases.release(lease)
    assert claimed(store, "two") == ["source:voa"]


def states(store: Store) -> dict[str, SourceState]:
    return dict(store.crawl.sources())


def test_a_source_whose_holder_has_died_is_due_at_once(store: Store) -> None:
    assert len(claimed(store, seconds=SHORT)) == 3
    time.sleep(SHORT + 0.05)
    assert len(claimed(store, "two")) == 3


def test_a_source_that_is_given_back_after_its_lease_has_ended_is_due_at_once(store: Store) -> None:
    """Its round was cut short, by a machine that slept or had too much to do, and is made by whoever comes first."""
    leases = store.source_leases.claim_due(EVERY, "one", SHORT, 10)
    time.sleep(SHORT + 0.05)
    for lease in leases:
        store.leases.release(lease)
    assert len(claimed(store, "two")) == 3


def test_a_lease_taken_by_name_keeps_others_from_claiming_the_source(store: Store) -> None:
    store.leases.acquire("source:voa", "by hand", LONG)
    assert claimed(store) == ["source:bbc", "source:dw"]


def test_a_due_time_too_far_ahead_is_brought_nearer(store: Store) -> None:
    due(store, bbc=100, dw=1)
    assert store.source_leases.bring_due(dict.fromkeys(EVERY, 2 * HOUR)) == 1
    known = states(store)
    assert abs(known["bbc"].next_due_at - datetime.now(UTC) - 2 * HOUR) < HOUR / 10
    assert abs(known["dw"].next_due_at - datetime.now(UTC) - HOUR) < HOUR / 10


def test_all_can_be_freed_at_once_and_come_when_they_are_due(store: Store) -> None:
    claimed(store)
    store.leases.acquire("index", "one", LONG)
    due(store, voa=-1)
    assert store.source_leases.free_all() == 3
    assert store.source_leases.free_all() == 0
    assert [lease.name for lease in store.leases.held()] == ["index"]
    assert claimed(store, "two") == ["source:voa"]


def claim_all(opened: Open, owner: str, names: list[str], log: Path) -> None:
    """Claim a few sources at a time until none is due any more, and write down which."""
    store = opened()
    every = dict.fromkeys(names, HOUR)
    idle = 0
    while idle < 5:
        leases = store.source_leases.claim_due(every, owner, LONG, 3)
        idle = 0 if leases else idle + 1
        with log.open("a", encoding="utf-8") as file:
            file.writelines(f"{lease.name}\n" for lease in leases)
        for lease in leases[:-1]:
            store.leases.release(lease)
    store.close()


def test_of_many_processes_each_source_is_claimed_by_one(
    opened: Open, store: Store, processes: SpawnContext, tmp_path: Path
) -> None:
    names = [f"source{number:02}" for number in range(60)]
    log = tmp_path / "claims.log"
    workers = [processes.Process(target=claim_all, args=(opened, f"owner{n}", names, log)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert sorted(log.read_text(encoding="utf-8").split()) == [f"source:{name}" for name in names]


def write_state(store: Store, under: Lease | None) -> None:
    store.crawl.change_source("voa", lambda state: state._replace(failures=7), under=under)


def write_endpoint(store: Store, under: Lease | None) -> None:
    store.crawl.save_endpoint(EndpointState("voa", "https://example.org/rss", datetime.now(UTC)), under=under)


def write_urls(store: Store, under: Lease | None) -> None:
    store.crawl.save_urls([UrlState("https://example.org/1", "voa", "NEW", datetime.now(UTC))], under=under)


def kept(store: Store) -> tuple[int, int, int]:
    crawl = store.crawl
    return (crawl.source("voa").failures, len(crawl.endpoints()), len(crawl.of_source("voa")))


Write = Callable[[Store, Lease | None], None]
WRITES = [pytest.param(write, id=write.__name__) for write in (write_state, write_endpoint, write_urls)]


@pytest.mark.parametrize("write", WRITES)
def test_what_a_lease_covers_is_written_while_it_is_held(store: Store, write: Write) -> None:
    before = kept(store)
    write(store, store.leases.acquire("source:voa", "one", LONG))
    assert kept(store) != before


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("taken_over", [False, True], ids=["ended", "taken-over"])
def test_a_late_write_is_refused(store: Store, write: Write, taken_over: bool) -> None:
    lease = store.leases.acquire("source:voa", "one", SHORT)
    time.sleep(SHORT + 0.05)
    if taken_over:
        assert store.leases.acquire("source:voa", "one", LONG) is not None
    before = kept(store)
    with pytest.raises(LeaseLostError) as raised:
        write(store, lease)
    assert raised.value.name == "source:voa"
    assert kept(store) == before
