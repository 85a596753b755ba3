"""A command that stores faster than the index follows waits for it, and for nothing else."""

import threading
import time
from typing import cast

import pytest

from desk.roles.index_sync import IndexSync
from index.sync import Indexer
from store.base import ChangeFeed


class CountingFeed:
    """A feed at a position, which counts how often it is asked."""

    def __init__(self, position: int) -> None:
        self.reached = position
        self.asked = 0

    def position(self) -> int:
        self.asked += 1
        return self.reached


class HeldIndexer:
    """An indexer that catches up when it is let go on, or fails."""

    def __init__(self, *, fails: bool = False) -> None:
        self.go_on = threading.Event()
        self.fails = fails

    def needs_rebuild(self, *, thorough: bool = False) -> str | None:
        return None

    def catch_up(self, go_on: object = None) -> int:
        if self.fails:
            raise OSError("no room")
        self.go_on.wait()
        return 0


class StoppedError(Exception):
    """What ends the work that waits."""


def sync_of(feed: CountingFeed, indexer: HeldIndexer) -> IndexSync:
    return IndexSync(cast("ChangeFeed", feed), cast("Indexer", indexer))


def test_who_waits_is_woken_by_the_index_and_asks_the_store_no_more() -> None:
    feed, indexer = CountingFeed(10_000), HeldIndexer()
    with sync_of(feed, indexer) as sync:
        advance = sync.paced(lambda what, done, total: None, lambda: None)
        waiting = threading.Thread(target=advance, args=("stories", 10_000, 0))
        waiting.start()
        time.sleep(1.0)
        assert waiting.is_alive()
        assert feed.asked <= 4
        indexer.go_on.set()
        waiting.join(5)
        assert not waiting.is_alive()


def test_a_signal_ends_the_waiting() -> None:
    feed, indexer = CountingFeed(10_000), HeldIndexer()
    looks = iter((False, False))

    def check() -> None:
        if next(looks, True):
            raise StoppedError

    sync = sync_of(feed, indexer)
    with sync:
        advance = sync.paced(lambda what, done, total: None, check)
        with pytest.raises(StoppedError):
            advance("stories", 10_000, 0)
        indexer.go_on.set()


def test_an_index_that_can_not_be_fed_holds_nobody_up() -> None:
    with sync_of(CountingFeed(10_000), HeldIndexer(fails=True)) as sync:
        sync.paced(lambda what, done, total: None, lambda: None)("stories", 10_000, 0)


def test_nobody_waits_for_a_thread_that_has_ended() -> None:
    feed, indexer = CountingFeed(0), HeldIndexer()
    indexer.go_on.set()
    sync = sync_of(feed, indexer)
    with sync:
        pass
    feed.reached = 10_000
    sync.paced(lambda what, done, total: None, lambda: None)("stories", 10_000, 0)
