"""The contract of store.coordination.RobotsFiles."""

from datetime import UTC, datetime, timedelta

from store.coordination import RobotsFileState
from store.opening import Store
from tests.store.contract.conftest import Open

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
ORIGIN = "https://example.org:443"


def test_what_was_read_by_one_is_known_to_all(opened: Open, store: Store) -> None:
    other = opened()
    assert other.robots.find(ORIGIN) is None
    read = RobotsFileState(ORIGIN, NOW, 200, b"User-agent: *\nDisallow: /\xff\x00")
    store.robots.save(read)
    assert other.robots.find(ORIGIN) == read
    assert other.robots.find("http://example.org:80") is None
    other.close()


def test_a_newer_file_takes_the_place_of_an_older_one_and_no_other(store: Store) -> None:
    newer, older = RobotsFileState(ORIGIN, NOW, 404, b""), RobotsFileState(ORIGIN, NOW - DAY, 200, b"x")
    for read in (older, newer, older):
        store.robots.save(read)
    assert store.robots.find(ORIGIN) == newer


def test_an_outage_lasts_until_the_file_is_read(store: Store) -> None:
    assert store.robots.failing_since(ORIGIN) is None
    store.robots.save_outage(ORIGIN, NOW)
    store.robots.save_outage(ORIGIN, NOW - DAY)
    store.robots.save_outage("https://other.example:443", NOW)
    assert store.robots.failing_since(ORIGIN) == NOW - DAY
    store.robots.save(RobotsFileState(ORIGIN, NOW, 200, b""))
    assert store.robots.failing_since(ORIGIN) is None
    assert store.robots.failing_since("https://other.example:443") == NOW


def test_old_files_go_unless_they_can_not_be_had_again(store: Store) -> None:
    for number in range(3):
        store.robots.save(RobotsFileState(f"https://{number}.example:443", NOW - number * DAY, 200, b"x"))
    store.robots.save(RobotsFileState(ORIGIN, NOW - 9 * DAY, 200, b"x"))
    store.robots.save_outage(ORIGIN, NOW)
    assert store.robots.drop_before(NOW - DAY) == 1
    assert store.robots.find("https://2.example:443") is None
    assert store.robots.find("https://1.example:443") is not None
    assert store.robots.find(ORIGIN) is not None
