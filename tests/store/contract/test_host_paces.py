"""The contract of store.coordination.HostPaces."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.context import SpawnContext
from pathlib import Path

import pytest

from store.coordination import HostTurn, TurnWait
from store.opening import Store
from tests.store.contract.conftest import Open

HOST = "news.example"
LONG, SHORT, GAP = 60.0, 0.15, 0.2
NOW = datetime(2031, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)


def taken(found: HostTurn | TurnWait) -> HostTurn:
    assert isinstance(found, HostTurn)
    return found


def waiting(found: HostTurn | TurnWait) -> float:
    assert isinstance(found, TurnWait)
    return found.seconds


def test_one_request_at_a_time_also_of_one_owner(store: Store) -> None:
    turn = taken(store.paces.take(HOST, "one", 0.0, LONG))
    assert (turn.host, turn.owner, turn.number) == (HOST, "one", 1)
    for owner in ("one", "two"):
        assert 0 < waiting(store.paces.take(HOST, owner, 0.0, LONG)) < 1
    assert taken(store.paces.take("other.example", "two", 0.0, LONG)).number == 1


def test_the_gap_counts_from_the_start_of_the_request(store: Store) -> None:
    turn = taken(store.paces.take(HOST, "one", GAP, LONG))
    store.paces.give_back(turn, 0.0, 0.0)
    assert 0 < waiting(store.paces.take(HOST, "two", 50.0, LONG)) <= 50.01
    time.sleep(GAP + 0.01)
    assert taken(store.paces.take(HOST, "two", GAP, LONG)).number == 2


def test_a_request_that_was_sent_later_counts_from_then(store: Store) -> None:
    store.paces.give_back(taken(store.paces.take(HOST, "one", 0.0, LONG)), 30.0, 0.0)
    assert 39 < waiting(store.paces.take(HOST, "two", 10.0, LONG)) <= 40.01


def test_the_hosts_own_pause_holds_for_all(store: Store) -> None:
    store.paces.give_back(taken(store.paces.take(HOST, "one", 0.0, LONG)), 0.0, 20.0)
    assert 19 < waiting(store.paces.take(HOST, "two", 1.0, LONG)) <= 20.01
    store.paces.give_back(taken(store.paces.take("b.example", "one", 0.0, LONG)), 0.0, 0.1)
    time.sleep(0.11)
    assert taken(store.paces.take("b.example", "two", 0.0, LONG)).pause_seconds == pytest.approx(0.1)


def test_the_turn_of_who_has_died_ends_by_itself_and_can_not_be_given_back(store: Store) -> None:
    dead = taken(store.paces.take(HOST, "one", 0.0, SHORT))
    time.sleep(SHORT + 0.05)
    turn = taken(store.paces.take(HOST, "two", 0.0, LONG))
    assert turn.number == dead.number + 1
    store.paces.give_back(dead, 100.0, 100.0)
    assert waiting(store.paces.take(HOST, "three", 0.0, LONG)) < 1
    assert list(store.paces.renew([dead, turn], LONG)) == [turn]


def test_a_turn_that_is_renewed_lasts(store: Store) -> None:
    turn = taken(store.paces.take(HOST, "one", 0.0, SHORT))
    assert list(store.paces.renew([turn], LONG)) == [turn]
    time.sleep(SHORT + 0.05)
    assert waiting(store.paces.take(HOST, "two", 0.0, LONG)) > 0
    store.paces.give_back(turn, 0.0, 0.0)
    assert list(store.paces.renew([turn], LONG)) == []


def test_a_back_off_is_told_by_the_clock_of_who_asks(store: Store) -> None:
    until = store.paces.back_off(HOST, lambda failures: 60.0 * failures, NOW)
    assert abs(until - NOW - timedelta(seconds=60)) < timedelta(seconds=1)
    longer = store.paces.back_off(HOST, lambda failures: 60.0 * failures, NOW)
    assert abs(longer - NOW - timedelta(seconds=120)) < timedelta(seconds=1)
    failing = store.paces.failing(NOW + timedelta(days=3))
    assert set(failing) == {HOST}
    assert abs(failing[HOST] - NOW - timedelta(days=3, seconds=120)) < timedelta(seconds=5)


def test_a_back_off_is_never_shortened_and_ends_by_itself(store: Store) -> None:
    store.paces.back_off(HOST, lambda failures: 600.0, NOW)
    assert store.paces.back_off(HOST, lambda failures: 1.0, NOW) > NOW + timedelta(seconds=590)
    store.paces.back_off("short.example", lambda failures: 0.05, NOW)
    time.sleep(0.06)
    assert {host: until > NOW for host, until in store.paces.failing(NOW).items()} == {
        HOST: True,
        "short.example": False,
    }


def test_bad_responses_count_until_a_good_one(opened: Open, store: Store) -> None:
    other = opened()
    assert store.paces.note_bad_response(HOST) == (1, 0)
    assert other.paces.note_bad_response(HOST) == (2, 0)
    other.paces.back_off(HOST, lambda failures: 600.0, NOW)
    assert store.paces.note_bad_response(HOST) == (1, 1)
    turn = taken(store.paces.take(HOST, "one", 0.0, LONG))
    assert (turn.failures, turn.bad_responses) == (1, 1)
    store.paces.note_good_response(HOST)
    assert dict(other.paces.failing(NOW)) == {}
    assert other.paces.note_bad_response(HOST) == (1, 0)
    other.close()


def ask_in_turn(opened: Open, owner: str, turns: int, log: Path) -> None:
    """Take so many turns, and write down when each began and ended."""
    store = opened()
    while turns:
        turn = store.paces.take(HOST, owner, GAP, LONG)
        if isinstance(turn, TurnWait):
            time.sleep(turn.seconds)
            continue
        began = time.time()
        time.sleep(0.01)
        ended = time.time()
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{began} {ended}\n")
        store.paces.give_back(turn, 0.0, 0.0)
        turns -= 1
    store.close()


def test_many_processes_keep_one_pace(opened: Open, store: Store, processes: SpawnContext, tmp_path: Path) -> None:
    log = tmp_path / "turns.log"
    workers = [processes.Process(target=ask_in_turn, args=(opened, f"owner{n}", 5, log)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    turns = [tuple(map(float, line.split())) for line in log.read_text(encoding="utf-8").splitlines()]
    assert len(turns) == 15
    assert all(after[0] >= before[1] for before, after in pairwise(sorted(turns)))
    # A turn begins by the database's clock; this process may be told of it a little later.
    assert turns[-1][1] - turns[0][0] >= 14 * GAP - 0.1
