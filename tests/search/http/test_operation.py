"""Probes, metrics and request guards."""

from typing import Any

import httpx
import pytest

from model.errors import DamagedIndexError
from model.query import EngineResult, SearchRequest
from search.app import create_app
from search.http.middleware.auth import AccessPolicy
from search.service import Searcher


class BrokenIndex:
    """An index whose files can't be read."""

    def search(self, request: SearchRequest) -> EngineResult:
        raise DamagedIndexError("segment 3 ends early")

    def checkpoint(self) -> int:
        raise DamagedIndexError("segment 3 ends early")

    def count(self) -> int:
        raise DamagedIndexError("segment 3 ends early")


@pytest.fixture
def broken(desk: Any, serve: Any) -> Any:
    """A client of a desk whose index can't be read."""
    searcher = Searcher(BrokenIndex(), desk.reader, clock=desk.searcher.now)
    app = create_app(searcher, desk.reader, readiness=lambda: {"degraded": []})
    with serve(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def hurried(desk: Any, serve: Any) -> Any:
    """A client of a desk that has no time for any search."""
    searcher = Searcher(desk.index, desk.reader, clock=desk.searcher.now, time_limit=0)
    with (
        serve(create_app(searcher, desk.reader, readiness=dict)) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def test_a_search_that_takes_too_long_is_cut_off_and_says_so(hurried: httpx.Client, client: httpx.Client) -> None:
    answer = hurried.get("/api/search?q=rivet")
    assert answer.status_code == 200
    assert (answer.json()["partial"], answer.json()["total"]) == (True, 0)
    assert any("cut off" in note for note in answer.json()["notes"])
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert "cut off" in hurried.get("/search?q=rivet").text
    assert client.get("/api/search?q=rivet").json()["partial"] is False


def test_a_part_is_never_exported_as_all(hurried: httpx.Client) -> None:
    refused = hurried.get("/api/export?q=rivet")
    assert refused.status_code == 400
    assert refused.json()["error"]["parameter"] == "q"


def test_alive(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready(client: httpx.Client, desk: Any) -> None:
    revision = desk.store.feed.position()
    assert client.get("/readyz").json() == {
        "status": "ready",
        "degraded": [],
        "index_revision": revision,
        "store_revision": revision,
    }


def test_degraded_is_still_ready(desk: Any, serve: Any) -> None:
    app = create_app(desk.searcher, desk.reader, readiness=lambda: {"degraded": ["the crawler is silent"]})
    with serve(app) as address:
        response = httpx.get(f"{address}/readyz", timeout=60)
    assert response.status_code == 200
    assert response.json()["degraded"] == ["the crawler is silent"]


def test_a_broken_index_is_503_and_the_first_page_stands(broken: httpx.Client) -> None:
    ready = broken.get("/readyz")
    assert ready.status_code == 503
    assert "segment 3 ends early" in ready.json()["degraded"][0]
    answer = broken.get("/api/search?q=mali")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "unavailable"
    assert broken.get("/healthz").status_code == 200
    assert broken.get("/").status_code == 200
    assert broken.get("/metrics").status_code == 200


def test_metrics(client: httpx.Client) -> None:
    client.get("/api/search?q=rivet")
    client.get("/nothing/at/all")
    lines = client.get("/metrics").text.splitlines()
    assert "wiredesk_stories 34" in lines
    assert any(line.startswith('wiredesk_requests_total{route="/api/search",status="200"}') for line in lines)
    assert all(line.startswith("#") or len(line.rsplit(" ", 1)) == 2 for line in lines)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "127.0.0.1", "127.0.0.9:1", "[::1]:8080", "LOCALHOST."]
)
def test_loopback_names_are_welcome(client: httpx.Client, host: str) -> None:
    assert client.get("/api/search", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "localhost.evil.example", "", "1.2.3.4", "[::2]"]
)
def test_other_names_on_loopback_are_turned_away(client: httpx.Client, host: str) -> None:
    response = client.get("/api/search", headers={"Host": host})
    assert response.status_code == 421
    assert response.json()["error"]["code"] == "wrong_host"


def test_a_name_of_a_proxy_is_welcome(desk: Any, serve: Any) -> None:
    app = create_app(desk.searcher, desk.reader, readiness=dict, access=AccessPolicy(hosts=("desk.example",)))
    with serve(app) as address:
        assert httpx.get(f"{address}/healthz", headers={"Host": "Desk.example"}, timeout=60).status_code == 200
        assert httpx.get(f"{address}/healthz", headers={"Host": "other.example"}, timeout=60).status_code == 421
