"""The scheduler around rounds: due times of the store, restarts, sources that hang or fail."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from config import SourceConfig
from crawler.scheduler import CrawlScheduler

SECOND = timedelta(seconds=1)


def now() -> datetime:
    return datetime.now(UTC)


class Rounds:
    """Counts rounds and keeps due times, as the store does."""

    def __init__(self, *names: str, every: timedelta = SECOND, work: Callable[[str], None] = lambda name: None) -> None:
        feeds = ("https://example.org/rss",)
        self.sources = [SourceConfig(name=name, feeds=feeds, every=every) for name in names]
        self.dues: dict[str, datetime] = {}
        self.begun: list[tuple[str, float]] = []
        self._work = work
        self.scheduler = CrawlScheduler(self.sources, self.crawl, self.dues.get, now)

    def crawl(self, source: SourceConfig) -> None:
        self.begun.append((source.name, time.monotonic()))
        self.dues[source.name] = now() + source.every
        self._work(source.name)

    def count(self, name: str) -> int:
        return sum(begun == name for begun, _ in self.begun)

    def run_for(self, seconds: float) -> None:
        self.scheduler.start()
        time.sleep(seconds)
        self.scheduler.stop()


def test_rounds_come_when_they_are_due() -> None:
    rounds = Rounds("a", "b", every=0.4 * SECOND)
    rounds.run_for(1.5)
    assert 3 <= rounds.count("a") <= 5
    assert 2 <= rounds.count("b") <= 5


def test_a_source_that_is_slowed_down_stays_so_after_a_restart() -> None:
    rounds = Rounds("dead", "well", every=0.2 * SECOND)
    rounds.dues["dead"] = now() + timedelta(hours=8)
    rounds.run_for(0.7)
    assert rounds.count("dead") == 0
    assert rounds.count("well") >= 1


def test_overdue_sources_begin_one_after_the_other() -> None:
    rounds = Rounds("a", "b", every=timedelta(minutes=10))
    rounds.dues = dict.fromkeys(("a", "b"), now() - timedelta(days=2))
    rounds.scheduler = CrawlScheduler(rounds.sources, rounds.crawl, rounds.dues.get, now)
    rounds.run_for(1.0)
    assert [name for name, _ in rounds.begun] == ["a", "b"]
    assert rounds.begun[1][1] - rounds.begun[0][1] > 0.3


def test_the_round_itself_says_when_the_next_is_due() -> None:
    rounds = Rounds("a", every=0.2 * SECOND, work=lambda name: rounds.dues.update(a=now() + timedelta(hours=1)))
    rounds.run_for(0.8)
    assert rounds.count("a") == 1


def test_a_round_that_hangs_or_fails_keeps_no_other_source_waiting() -> None:
    release = threading.Event()

    def work(name: str) -> None:
        if name == "hung":
            release.wait(20)
        if name == "broken":
            raise RuntimeError("oh")

    rounds = Rounds("hung", "broken", "well", every=0.3 * SECOND, work=work)
    began = time.monotonic()
    rounds.run_for(2.2)
    assert time.monotonic() - began < 5
    release.set()
    assert rounds.count("hung") == 1
    assert rounds.count("broken") >= 2
    assert rounds.count("well") >= 2
