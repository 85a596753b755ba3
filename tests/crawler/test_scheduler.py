"""The scheduler around rounds: due times of the store, restarts, other workers, sources that hang or fail."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import SourceConfig
from crawler.scheduler import CrawlScheduler
from crawler.source_claims import SourceClaim, SourceClaims
from store.lease_keeper import LEASE_SECONDS, LeaseKeeper
from store.opening import Store, open_store
from tests.desk.desk_process import eventually

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


class Rounds:
    """A worker on a store that counts its rounds."""

    def __init__(
        self,
        store: Store,
        *names: str,
        every: timedelta = SECOND,
        work: Callable[[str], None] = lambda name: None,
        owner: str = "worker",
        spare: Callable[[], int] = lambda: 8,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        feeds = ("https://example.org/rss",)
        self.store = store
        self.begun: list[str] = []
        self._work = work
        sources = [SourceConfig(name=name, feeds=feeds, every=every) for name in names]
        claims = SourceClaims(sources, store.source_leases, LeaseKeeper(store.leases, owner, lease_seconds))
        self.scheduler = CrawlScheduler(claims, self.crawl, spare)

    def crawl(self, claim: SourceClaim) -> None:
        self.begun.append(claim.source.name)
        self._work(claim.source.name)
        claim.kept.check()

    def run_until(self, look: Callable[[], bool], what: str) -> None:
        self.scheduler.start()
        eventually(look, 10, what)
        self.scheduler.stop()

    def run_for(self, seconds: float) -> None:
        self.scheduler.start()
        time.sleep(seconds)
        self.scheduler.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def be_due(store: Store, name: str, at: datetime) -> None:
    store.crawl.change_source(name, lambda state: state._replace(next_due_at=at))


def test_rounds_come_again_when_they_are_due(store: Store) -> None:
    rounds = Rounds(store, "a", "b", every=0.2 * SECOND)
    rounds.run_until(lambda: min(map(rounds.begun.count, "ab")) >= 3, "three rounds of each")


def test_a_source_that_is_slowed_down_stays_so_after_a_restart(store: Store) -> None:
    be_due(store, "dead", now() + 8 * HOUR)
    rounds = Rounds(store, "dead", "well", every=0.2 * SECOND)
    rounds.run_until(lambda: rounds.begun.count("well") >= 2, "two rounds")
    assert "dead" not in rounds.begun


def test_a_due_time_far_ahead_is_brought_nearer(store: Store) -> None:
    be_due(store, "a", now() + 1000 * HOUR)
    rounds = Rounds(store, "a", every=HOUR)
    rounds.run_for(1.0)
    due = store.crawl.source("a").next_due_at
    assert due is not None
    assert abs(due - now() - 24 * HOUR) < HOUR


def test_the_longest_overdue_begins_first_and_no_more_than_can_be_fetched(store: Store) -> None:
    for number, name in enumerate("abcd"):
        be_due(store, name, now() - number * HOUR)
    release = threading.Event()
    busy: list[str] = []

    def work(name: str) -> None:
        busy.append(name)
        release.wait(120)

    rounds = Rounds(store, *"abcd", every=HOUR, work=work, spare=lambda: 2 - len(busy))
    rounds.scheduler.start()
    eventually(lambda: len(busy) == 2, 10, "two rounds")
    time.sleep(1.2)
    assert sorted(busy) == ["c", "d"]
    other = Rounds(store, *"abcd", every=HOUR, owner="other")
    other.run_until(lambda: len(other.begun) == 2, "what the first could not take")
    assert sorted(other.begun) == ["a", "b"]
    release.set()
    rounds.scheduler.stop(10)


def test_the_round_itself_says_when_the_next_is_due(store: Store) -> None:
    rounds = Rounds(store, "a", every=0.2 * SECOND, work=lambda name: be_due(store, name, now() + HOUR))
    rounds.run_for(1.5)
    assert rounds.begun == ["a"]


def test_several_workers_crawl_no_source_at_the_same_time(store: Store) -> None:
    at_work: set[str] = set()
    twice: list[str] = []

    def work(name: str) -> None:
        if name in at_work:
            twice.append(name)
        at_work.add(name)
        time.sleep(0.05)
        at_work.discard(name)

    workers = [Rounds(store, *"abcdef", every=0.1 * SECOND, work=work, owner=f"w{n}") for n in range(3)]
    for worker in workers:
        worker.scheduler.start()
    eventually(lambda: all(len(worker.begun) >= 4 for worker in workers), 20, "rounds of every worker")
    for worker in workers:
        worker.scheduler.stop(10)
    assert twice == []


def test_a_round_that_hangs_or_fails_keeps_no_other_source_waiting(store: Store) -> None:
    release = threading.Event()

    def work(name: str) -> None:
        if name == "hung":
            release.wait(120)
        if name == "broken":
            raise RuntimeError("oh")

    rounds = Rounds(store, "hung", "broken", "well", every=0.2 * SECOND, work=work)
    began = time.monotonic()
    rounds.run_until(lambda: min(map(rounds.begun.count, ("broken", "well"))) >= 3, "rounds of the others")
    assert time.monotonic() - began < 60
    release.set()
    assert rounds.begun.count("hung") == 1


def test_a_round_that_lost_its_lease_is_made_again_at_once(store: Store) -> None:
    """A machine that slept, or had too much to do to renew it, has not crawled the source."""
    slow = iter([0.5])
    rounds = Rounds(store, "a", every=HOUR, work=lambda name: time.sleep(next(slow, 0.0)), lease_seconds=0.3)
    rounds.run_until(lambda: len(rounds.begun) == 2, "the round once more")
    rounds.run_for(1.5)
    assert rounds.begun == ["a", "a"]
