"""Fetcher as a configuration asks for it: HTTP client, robots.txt, and the pace of hosts."""

from collections.abc import Callable
from datetime import datetime

from config import CrawlerConfig
from crawler.http.fetcher import Fetcher
from crawler.http.host_pacing import HostPacing
from crawler.http.robots import Robots
from net.client import HttpClient
from store.coordination import HostPaces, RobotsFiles


def make_fetcher(
    settings: CrawlerConfig,
    clock: Callable[[], datetime],
    paces: HostPaces,
    files: RobotsFiles | None,
    *,
    owner: str,
    fresh: bool,
) -> tuple[Fetcher, HostPacing]:
    """A fetcher, and its pacing, whose turns are taken in the name of `owner`.

    With `fresh` it relies on no robots.txt that another process has read.
    """
    client = HttpClient(
        user_agent=settings.user_agent,
        allow_private_networks=settings.allow_private_networks,
        proxy=settings.proxy,
        connections=max(10, settings.concurrency * 2),
        clock=clock,
    )
    robots = Robots(
        settings.user_agent,
        clock=clock,
        obey=settings.obey_robots,
        max_crawl_delay_seconds=settings.max_crawl_delay.total_seconds(),
        files=files,
        fresh=fresh,
    )
    pacing = HostPacing(
        settings.per_host_delay.total_seconds(),
        paces,
        clock=clock,
        owner=owner,
        turn_seconds=settings.lease.total_seconds(),
        together=settings.shared_pace,
    )
    fetcher = Fetcher(
        client,
        robots,
        pacing,
        timeout_seconds=settings.timeout.total_seconds(),
        max_page_bytes=settings.max_page_bytes,
        concurrency=settings.concurrency,
        clock=clock,
    )
    return fetcher, pacing
