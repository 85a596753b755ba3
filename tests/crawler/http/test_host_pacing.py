"""Does every host get its pause, and is a back-off respected?"""

import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.http.host_pacing import TURN_SECONDS, HostPacing
from crawler.http.local_paces import LocalPaces
from model.errors import LeaseLostError
from store.coordination import HostTurn
from store.opening import Store, open_store

HOST = "news.example:443"


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2024, 5, 12, 12, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class States:
    """Keeps back-offs as the store does."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[datetime | None, int]] = {}

    def hosts(self) -> Mapping[str, tuple[datetime | None, int]]:
        return dict(self.kept)

    def save_host(self, host: str, *, retry_at: datetime | None, failures: int) -> None:
        self.kept[host] = (retry_at, failures)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def polite(clock: Clock, delay: float = 2.0, states: States | None = None, jitter: float = 0.0) -> HostPacing:
    return HostPacing(
        delay,
        LocalPaces(clock.now, monotonic=clock.monotonic, states=states),
        clock=clock.now,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        jitter=lambda: jitter,
    )


def starts(pacing: HostPacing, clock: Clock, *turns: tuple[str, float | None, float]) -> list[float]:
    """When turns of (host, crawl-delay, time the request takes) start.

    A request is taken to arrive a little after it was sent: up to 100 ms where its answer took so long.
    """
    found = []
    for host, crawl_delay, seconds in turns:
        with pacing.turn(host, crawl_delay):
            found.append(clock.seconds)
            clock.seconds += seconds
    return found


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param([(HOST, None, 0.5), (HOST, None, 0.5), (HOST, None, 0.5)], [0, 2.1, 4.2], id="start-to-start"),
        pytest.param([(HOST, 7.0, 0.5), (HOST, 7.0, 0.5)], [0, 7.1], id="crawl-delay-is-longer"),
        pytest.param([(HOST, 0.5, 0.1), (HOST, 0.5, 0.1)], [0, 2.1], id="crawl-delay-is-shorter"),
        pytest.param([(HOST, None, 3.0), (HOST, None, 0.1)], [0, 6.1], id="slow-host-gets-twice-its-latency"),
        pytest.param([(HOST, None, 90.0), (HOST, None, 0.1)], [0, 90], id="adaptive-pause-is-capped"),
        pytest.param([(HOST, None, 0.01), (HOST, None, 0.01)], [0, 2.01], id="host-that-is-near"),
        pytest.param([(HOST, None, 0.1), ("other.example:443", None, 0.1)], [0, 0.1], id="hosts-are-independent"),
        pytest.param([("a.example:80", None, 0.1), ("a.example:443", None, 0.1)], [0, 2.1], id="http-and-https-share"),
        pytest.param([("a.example:80", None, 0.1), ("a.example:8080", None, 0.1)], [0, 0.1], id="other-ports-do-not"),
    ],
)
def test_pace(clock: Clock, turns: list[tuple[str, float | None, float]], expected: list[float]) -> None:
    assert starts(polite(clock), clock, *turns) == pytest.approx(expected)


def test_pace_counts_from_the_moment_the_request_was_sent(clock: Clock) -> None:
    pacing = polite(clock)
    with pacing.turn(HOST) as turn:
        clock.seconds += 1.5  # dialling
        turn.sent = clock.seconds
    with pacing.turn(HOST):
        assert clock.seconds == pytest.approx(3.5)


def test_latency_is_time_to_the_first_answer_not_to_the_last_byte(clock: Clock) -> None:
    pacing = polite(clock)
    with pacing.turn(HOST) as turn:
        clock.seconds += 0.3
        turn.answered = clock.seconds
        clock.seconds += 1.5
    with pacing.turn(HOST):
        assert clock.seconds == pytest.approx(2.1)


def test_a_failed_request_counts_as_one(clock: Clock) -> None:
    pacing = polite(clock)
    with pytest.raises(OSError, match="broken"), pacing.turn(HOST):
        raise OSError("broken")
    assert starts(pacing, clock, (HOST, None, 0.1)) == [2.0]


def test_zero_switches_pacing_off(clock: Clock) -> None:
    pacing = polite(clock, delay=0)
    with pacing.turn(HOST, 10.0), pacing.turn(HOST, 10.0):
        pass
    assert clock.slept == []


def now() -> datetime:
    return datetime.now(UTC)


def test_one_request_a_host_at_a_time_over_all_threads() -> None:
    pacing = HostPacing(0.02, LocalPaces(now), clock=now)
    running = 0
    most = 0
    started: list[float] = []

    def work() -> None:
        nonlocal running, most
        for _ in range(3):
            with pacing.turn(HOST):
                started.append(time.monotonic())
                running += 1
                most = max(most, running)
                time.sleep(0.002)
                running -= 1

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gaps = [after - before for before, after in pairwise(started)]
    assert most == 1
    assert min(gaps) >= 0.019


def waits(pacing: HostPacing, clock: Clock) -> float:
    until = pacing.retry_at(HOST)
    return (until - clock.now()).total_seconds() if until else 0.0


def test_back_off_doubles_up_to_six_hours(clock: Clock) -> None:
    pacing = polite(clock)
    seen = []
    for _ in range(12):
        pacing.back_off(HOST)
        seen.append(waits(pacing, clock))
        clock.seconds += seen[-1]
    assert seen[:5] == [60, 120, 240, 480, 960]
    assert seen[-1] == 6 * 3600


def test_jitter_only_lengthens(clock: Clock) -> None:
    pacing = polite(clock, jitter=1.0)
    pacing.back_off(HOST, 100)
    assert waits(pacing, clock) == pytest.approx(120)


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        pytest.param([30], 30, id="word-taken"),
        pytest.param([0.0], 1, id="zero-is-a-moment"),
        pytest.param([5, 5, 5], 120, id="short-wishes-said-again-grow"),
        pytest.param([10_000_000], 86400, id="a-day-at-most"),
        pytest.param([3600, None], 3600, id="never-shortened"),
    ],
)
def test_back_off_takes_the_host_at_its_word(clock: Clock, wishes: list[float | None], expected: float) -> None:
    pacing = polite(clock)
    for wish in wishes:
        pacing.back_off(HOST, wish)
    assert waits(pacing, clock) == pytest.approx(expected)


def test_the_third_stumble_in_a_row_backs_off_and_a_good_answer_forgives(clock: Clock) -> None:
    pacing = polite(clock)
    pacing.note_bad_response(HOST)
    pacing.note_bad_response(HOST)
    pacing.note_good_response(HOST)
    pacing.note_bad_response(HOST)
    pacing.note_bad_response(HOST)
    assert pacing.retry_at(HOST) is None
    pacing.note_bad_response(HOST)
    assert waits(pacing, clock) == 60
    clock.seconds += 61
    assert pacing.retry_at(HOST) is None
    pacing.note_bad_response(HOST)
    assert waits(pacing, clock) == 120
    pacing.note_good_response(HOST)
    assert pacing.retry_at(HOST) is None


def test_silence_backs_off_an_hour_at_most(clock: Clock) -> None:
    pacing = polite(clock)
    for _ in range(30):
        pacing.note_bad_response(HOST)
        clock.seconds += waits(pacing, clock)
    pacing.note_bad_response(HOST)
    assert waits(pacing, clock) == 3600


def test_a_back_off_survives_a_restart(clock: Clock) -> None:
    states = States()
    polite(clock, states=states).back_off(HOST, 600)
    clock.seconds += 300
    again = polite(clock, states=states)
    assert waits(again, clock) == pytest.approx(300)
    clock.seconds += 301
    again.back_off(HOST)
    assert waits(again, clock) == pytest.approx(120)
    again.note_good_response(HOST)
    assert polite(clock, states=states).retry_at(HOST) is None


def test_hosts_that_are_one_server_have_one_pace_and_one_back_off(clock: Clock) -> None:
    pacing = HostPacing(
        2.0,
        LocalPaces(clock.now, monotonic=clock.monotonic),
        clock=clock.now,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        together=[["a.example", "b.example:443", "c.example:8080"]],
    )
    turns = [(host, None, 0.1) for host in ("a.example:443", "b.example:80", "c.example:8080", "d.example:80")]
    assert starts(pacing, clock, *turns) == pytest.approx([0, 2.1, 4.2, 4.3])
    pacing.back_off("b.example:443")
    assert pacing.retry_at("a.example:80") == pacing.retry_at("c.example:8080") is not None
    assert pacing.retry_at("d.example:80") is None


def test_a_turn_ends_unless_it_is_renewed(clock: Clock) -> None:
    pacing = polite(clock)
    with pacing.turn(HOST) as turn:
        clock.seconds += TURN_SECONDS - 1
        pacing.renew()
        clock.seconds += TURN_SECONDS - 1
        turn.check()
        clock.seconds += 1
        with pytest.raises(LeaseLostError, match=r"turn:news\.example"):
            turn.check()


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


def test_two_workers_have_one_pace_over_a_store(shared: Store) -> None:
    workers = [HostPacing(0.2, shared.paces, clock=now, owner=name) for name in ("one", "two")]
    started: list[float] = []

    def work(pacing: HostPacing) -> None:
        for _ in range(4):
            with pacing.turn(HOST) as turn:
                time.sleep(0.01)
                turn.sent = time.monotonic()
                turn.answered = turn.sent
                started.append(turn.sent)

    threads = [threading.Thread(target=work, args=(pacing,)) for pacing in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(after - before for before, after in pairwise(started)) >= 0.2
    assert len(started) == 8


def test_two_workers_leave_a_host_alone_together(shared: Store) -> None:
    one, two = (HostPacing(0.0, shared.paces, clock=now, owner=name) for name in ("one", "two"))
    one.note_bad_response(HOST)
    two.note_bad_response(HOST)
    assert one.retry_at(HOST) is None
    one.note_bad_response(HOST)
    again = HostPacing(0.0, shared.paces, clock=now, owner="three")
    until = again.retry_at(HOST)
    assert until is not None
    assert timedelta(seconds=50) < until - now() < timedelta(seconds=80)
    again.note_good_response(HOST)
    assert HostPacing(0.0, shared.paces, clock=now, owner="four").retry_at(HOST) is None


def test_without_a_delay_nothing_is_kept(shared: Store) -> None:
    pacing = HostPacing(0.0, shared.paces, clock=now, owner="one")
    with pacing.turn(HOST):
        pacing.note_good_response(HOST)
    turn = shared.paces.take("news.example", "two", 100.0, 10.0)
    assert isinstance(turn, HostTurn)
    assert turn.number == 1
