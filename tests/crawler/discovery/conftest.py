"""A publisher's server and a fetcher for it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from config import CrawlerConfig
from crawler.http.fetcher import Fetcher
from crawler.http.host_pacing import HostPacing
from crawler.http.local_paces import LocalPaces
from crawler.http.robots import Robots
from tests.crawler.fault_server import FaultServer
from tests.crawler.http.fetchers import fetcher_of


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A server on loopback whose routes the test writes."""
    with FaultServer() as running:
        yield running


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """A fetcher that may ask loopback, without pacing."""

    def clock() -> datetime:
        return datetime.now(UTC)

    config = CrawlerConfig(timeout="2s", allow_private_networks=["127.0.0.0/8"], max_page_bytes=100_000)
    made = fetcher_of(
        config, Robots("Wiredesk", clock=clock), HostPacing(0, LocalPaces(clock), clock=clock), clock=clock
    )
    yield made
    made.close()
