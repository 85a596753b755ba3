"""A crawler over real parts whose clock is moved by hand."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config import CrawlerConfig, SourceConfig
from crawler.crawl import Crawler
from crawler.frontier.recheck import RecheckSchedule
from crawler.http.host_pacing import HostPacing
from crawler.http.local_paces import LocalPaces
from crawler.http.robots import Robots
from crawler.joint_ingest import JointIngest
from crawler.results import CrawlRunSummary
from crawler.visit import Visitor
from desk.container import ingest_into
from model.page import Page
from model.story import Story
from store.opening import Store, open_store
from tests.crawler.http.fetchers import fetcher_of

LOOPBACK = ("127.0.0.0/8",)


class HandClock:
    """Stands still until it is moved; counts its own seconds for pacing."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC).replace(microsecond=0)
        self._began = self.now

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - self._began).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(microseconds=math.ceil(seconds * 1e6))


class CrawlBench:
    """A store and a crawler; `crawl` crawls a source once."""

    def __init__(self, store: Store, crawler: Crawler, clock: HandClock) -> None:
        self.store = store
        self.crawler = crawler
        self.clock = clock

    def crawl(self, source: SourceConfig) -> CrawlRunSummary:
        return self.crawler.crawl(source)


@contextmanager
def crawl_bench(
    data: Path,
    parse: Callable[[Page], Story],
    clock: HandClock,
    *,
    paced: bool = False,
    forbids: Callable[[Page], bool] = lambda page: False,
    **settings: Any,
) -> Iterator[CrawlBench]:
    """Everything that a crawl run needs on one data directory; `paced` lets waiting for a host move the clock."""
    store = open_store(data)
    delay = settings.pop("per_host_delay", timedelta(seconds=2) if paced else timedelta(0))
    config = CrawlerConfig(per_host_delay=delay, allow_private_networks=LOOPBACK, **settings)
    monotonic = clock.monotonic if paced else time.monotonic
    paces = LocalPaces(clock, monotonic=monotonic, states=store.crawl)
    sleep = clock.sleep if paced else time.sleep
    pacing = HostPacing(delay.total_seconds(), paces, clock=clock, monotonic=monotonic, sleep=sleep)
    robots = Robots(config.user_agent, clock=clock, obey=config.obey_robots)
    fetcher = fetcher_of(config, robots, pacing, clock=clock, monotonic=monotonic)
    schedule = RecheckSchedule(config.look_again, spread=lambda: 0.5)
    keep = JointIngest(ingest_into(store, parse), fetcher.concurrency_limit).apply
    visitor = Visitor(store.stories, keep, fetcher.get, parse, schedule, clock, forbids=forbids)
    crawler = Crawler(
        store,
        fetcher,
        visitor,
        clock,
        concurrency=config.concurrency,
        backfill=config.backfill,
        side_by_side=not delay,
        spread=lambda: 0.0,
    )
    try:
        yield CrawlBench(store, crawler, clock)
    finally:
        fetcher.close()
        store.close()
