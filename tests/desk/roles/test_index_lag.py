"""An index that stays behind its store is reported, in /readyz and once in the log; one that keeps up is not."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from desk.container import Desk
from desk.health import readiness
from desk.roles.index import bring_up_to_date, keep_in_sync
from desk.roles.index_lag import LagAlarm
from index.engines.whoosh import WhooshEngine
from model.story import Story
from tests.desk.desk_process import eventually
from tests.saving import store_reading

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "config.yaml").write_text("data_dir: data")
    opened = Desk(tmp_path / "config.yaml")
    save(opened, 0)
    bring_up_to_date(opened.indexer)
    yield opened
    assert isinstance(opened.engine, WhooshEngine)
    opened.engine.finish_merges()
    opened.live.close()
    opened.store.close()


def save(desk: Desk, *numbers: int) -> None:
    for number in numbers:
        url = f"https://wire.example/{number}"
        story = Story(source="wire", headline=f"Story {number}", url=url, body=("Text.",))
        store_reading(desk.store, story, urls=[url], seen_at=NOW)


def let_pass(desk: Desk, seconds: int) -> None:
    """As if all that the store holds had come so much earlier."""
    with desk.store.databases[0].write() as connection:
        connection.execute(text("UPDATE ticks SET at = at - :seconds"), {"seconds": seconds})


def degraded(desk: Desk) -> list[str]:
    return list(readiness(desk.store, desk.index_watch, desk.disk, None)()["degraded"])


def test_changes_of_a_moment_ago_are_no_trouble(desk: Desk) -> None:
    let_pass(desk, 3600)
    save(desk, 1, 2, 3)
    assert desk.store.feed.seconds_behind(desk.live.checkpoint()) <= 10
    assert degraded(desk) == []


def test_a_change_that_waits_for_minutes_is_told_until_it_can_be_found(desk: Desk) -> None:
    save(desk, 1, 2)
    let_pass(desk, 310)  # what is told is right within ten seconds
    save(desk, 3)
    assert degraded(desk) == ["the index is 3 changes behind the store, the oldest of them 5 minutes old"]
    bring_up_to_date(desk.indexer)
    desk.live.close()  # it would notice within half a second
    assert degraded(desk) == []


def test_ticks_do_not_pile_up(desk: Desk) -> None:
    for number in range(1, 6):
        let_pass(desk, 24 * 60 * 60)
        save(desk, number)
    with desk.store.databases[0].read() as connection:
        ages = [time.time() - at for at in connection.execute(text("SELECT at FROM ticks")).scalars()]
    assert len(ages) == 3
    assert max(ages) <= 2 * 24 * 60 * 60 + 10
    assert desk.store.feed.seconds_behind(0) >= 2 * 24 * 60 * 60 - 1  # whole seconds


def test_a_clock_that_jumps_back_raises_no_alarm(desk: Desk) -> None:
    let_pass(desk, -3600)
    save(desk, 1)
    assert desk.store.feed.seconds_behind(desk.live.checkpoint()) <= 10


def test_the_log_says_it_once_and_when_it_is_over(desk: Desk) -> None:
    alarm = LagAlarm(desk.store.feed, desk.indexer.reached)
    save(desk, 1)
    with structlog.testing.capture_logs() as lines:
        alarm.check()
        let_pass(desk, 120)
        alarm.check()
        alarm.check()
        assert [line["event"] for line in lines] == ["the index lags behind the store"]
        assert (lines[0]["changes"], lines[0]["log_level"]) == (1, "warning")
        desk.indexer.catch_up()
        alarm.check()
        alarm.check()
    assert [line["event"] for line in lines][1:] == ["the index has come up with the store"]


def test_the_index_is_settled_at_the_start(desk: Desk) -> None:
    for number in range(1, 6):
        save(desk, number)
        desk.indexer.catch_up()
    before = desk.live.segments()
    stopping = threading.Event()
    index_sync = threading.Thread(target=keep_in_sync, args=(desk.store.feed, desk.indexer, stopping))
    index_sync.start()
    try:
        eventually(lambda: desk.live.segments() == 1, 20, "one segment")
    finally:
        stopping.set()
        index_sync.join()
    assert before == 6


def test_the_index_sync_tells_of_what_waited_for_it(desk: Desk) -> None:
    save(desk, 1)
    let_pass(desk, 120)
    stopping = threading.Event()
    with structlog.testing.capture_logs() as lines:
        index_sync = threading.Thread(target=keep_in_sync, args=(desk.store.feed, desk.indexer, stopping))
        index_sync.start()
        while desk.indexer.reached() != desk.store.feed.position():
            stopping.wait(0.05)
        stopping.set()
        index_sync.join()
    assert [line["event"] for line in lines if "lags" in line["event"]] == ["the index lags behind the store"]
