"""Rates over several workers: windows are exact, whoever let a request through and whoever is asked."""

from pathlib import Path

import pytest

from search.http import shared_table
from search.http.middleware.rate_limit import RateLimit
from search.http.shared_table import AdmittedRequest, SharedTable, make_table, open_table

ADDRESS = "192.0.2.7"
OTHER = "198.51.100.7"


class Clock:
    """Seconds that a test sets."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def tables(tmp_path: Path) -> list[SharedTable]:
    make_table(tmp_path / "table", 2)
    return [open_table(tmp_path / "table", number) for number in (1, 2)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_one_worker_lets_through_counts_for_the_other(tables: list[SharedTable], clock: Clock) -> None:
    first, second = (RateLimit("3/minute", table, clock) for table in tables)
    assert [first.take(ADDRESS, b""), second.take(ADDRESS, b""), first.take(ADDRESS, b"")] == [0, 0, 0]
    assert [limit.take(ADDRESS, b"") for limit in (first, second)] == [60, 60]
    assert second.take(OTHER, b"") == 0


def test_a_window_moves_with_each_of_its_requests(tables: list[SharedTable], clock: Clock) -> None:
    first, second = (RateLimit("2/minute", table, clock) for table in tables)
    assert first.take(ADDRESS, b"") == 0
    clock.seconds += 50
    assert second.take(ADDRESS, b"") == 0
    assert first.take(ADDRESS, b"") == 10
    clock.seconds += 10
    assert first.take(ADDRESS, b"") == 0
    assert second.take(ADDRESS, b"") == 50


def test_a_worker_that_is_started_again_knows_what_was_let_through(tables: list[SharedTable], clock: Clock) -> None:
    assert RateLimit("1/hour", tables[0], clock).take(ADDRESS, b"") == 0
    assert RateLimit("1/hour", tables[0], clock).take(ADDRESS, b"") == 3600


def test_what_is_refused_does_not_count(tables: list[SharedTable], clock: Clock) -> None:
    first, second = (RateLimit("1/minute", table, clock) for table in tables)
    assert first.take(ADDRESS, b"") == 0
    clock.seconds += 59
    assert second.take(ADDRESS, b"") == 1
    clock.seconds += 1
    assert first.take(ADDRESS, b"") == 0


def test_networks_and_keys_are_clients_of_their_own(tables: list[SharedTable], clock: Clock) -> None:
    limit = RateLimit("1/minute", tables[0], clock)
    assert [limit.take("2001:db8::1", b""), limit.take("2001:db8::2", b"")] == [0, 60]
    assert [limit.take(ADDRESS, b"one"), limit.take(ADDRESS, b"two"), limit.take(ADDRESS, b"one")] == [0, 0, 60]


def test_the_ring_keeps_the_last_requests(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: Clock) -> None:
    monkeypatch.setattr(shared_table, "_RING", 4)
    make_table(tmp_path / "small", 2)
    first, second = (open_table(tmp_path / "small", number) for number in (1, 2))
    assert (first.workers, second.workers) == (2, 2)
    for number in range(10):
        first.admit(AdmittedRequest(-number, float(number)))
    assert second.admitted() == 10
    assert [*second.admitted_since(0)] == [AdmittedRequest(-number, float(number)) for number in range(6, 10)]
    assert [*second.admitted_since(9)] == [AdmittedRequest(-9, 9.0)]


def test_a_worker_knows_whether_another_has_fewer_connections(tables: list[SharedTable]) -> None:
    first, second = tables
    first.note_connections(3)
    second.note_connections(3)
    assert not first.has_most_connections()
    second.note_connections(2)
    assert first.has_most_connections()
    assert not second.has_most_connections()
