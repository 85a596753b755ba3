"""Fetchers as a configuration asks for them."""

import ssl
import time
from collections.abc import Callable
from datetime import datetime

from config import CrawlerConfig
from crawler.http.fetcher import Fetcher
from crawler.http.host_pacing import HostPacing
from crawler.http.robots import Robots
from net.client import HttpClient


def fetcher_of(
    config: CrawlerConfig,
    robots: Robots,
    pacing: HostPacing,
    *,
    clock: Callable[[], datetime],
    monotonic: Callable[[], float] = time.monotonic,
    tls: ssl.SSLContext | None = None,
) -> Fetcher:
    """A fetcher with an HTTP client of its own."""
    client = HttpClient(
        user_agent=config.user_agent,
        allow_private_networks=config.allow_private_networks,
        proxy=config.proxy,
        clock=clock,
        monotonic=monotonic,
        tls=tls,
    )
    return Fetcher(
        client,
        robots,
        pacing,
        timeout_seconds=config.timeout.total_seconds(),
        max_page_bytes=config.max_page_bytes,
        concurrency=config.concurrency,
        clock=clock,
    )
