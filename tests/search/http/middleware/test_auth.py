"""Auth and rate limit: no answer without a key, and none above a client's rate."""

from typing import Any

import httpx
import pytest

from search.app import create_app
from search.http.client_networks import network_of
from search.http.middleware.auth import AccessPolicy
from search.http.middleware.rate_limit import RateLimit

KEY, OTHER = "correct-horse-battery", "staple-in-the-hay"


@pytest.fixture
def admitted(desk: Any, serve: Any) -> Any:
    """Opens a client of a desk with an admission of the test's own."""
    opened: list[Any] = []

    def open_client(**settings: Any) -> httpx.Client:
        app = create_app(desk.searcher, desk.reader, readiness=dict, access=AccessPolicy(**settings))
        serving = serve(app)
        client = httpx.Client(base_url=serving.__enter__(), timeout=60)
        opened.append((client, serving))
        return client

    yield open_client
    for client, serving in opened:
        client.close()
        serving.__exit__(None, None, None)


@pytest.mark.parametrize(
    "given",
    [
        {"headers": {"Authorization": f"Bearer {KEY}"}},
        {"headers": {"authorization": f"bearer   {KEY}"}},
        {"headers": {"X-API-Key": KEY}},
        {"headers": {"X-API-Key": OTHER}},
        {"headers": {"X-API-Key": KEY, "Authorization": "Bearer wrong-key-of-old"}},
        {"auth": ("anyone", KEY)},
        {"auth": ("", OTHER)},
    ],
    ids=str,
)
def test_a_key_opens(admitted: Any, given: dict[str, Any]) -> None:
    client = admitted(keys=(KEY, OTHER))
    for path in ("/api/search?q=rivet", "/", "/search?q=rivet", "/metrics", "/readyz", "/feed.atom?q="):
        assert client.get(path, **given).status_code == 200, path


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": f"Bearer {KEY[:-1]}"},
        {"Authorization": KEY},
        {"Authorization": f"Digest {KEY}"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic é".encode("latin-1")},
        {"X-API-Key": ""},
        {"X-API-Key": KEY.upper()},
        {"Cookie": f"key={KEY}"},
    ],
    ids=str,
)
def test_nothing_else_opens(admitted: Any, headers: dict[str, Any]) -> None:
    client = admitted(keys=(KEY,))
    for path in ("/api/search", "/api/export", "/", "/story/x", "/openapi.json", "/metrics", "/readyz", "/nothing"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 401, path
        assert answer.json()["error"]["code"] == "unauthorized"
        assert [challenge.partition(" ")[0] for challenge in answer.headers.get_list("www-authenticate")] == [
            "Basic",
            "Bearer",
        ]
        assert KEY not in answer.text
    assert client.get(f"/api/search?api_key={KEY}", headers=headers).status_code == 401


def test_a_browser_is_asked_for_the_key_on_a_page(admitted: Any) -> None:
    client = admitted(keys=(KEY,))
    answer = client.get("/search?q=rivet", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Basic realm="Wiredesk"')
    assert "<h1>" in answer.text
    assert "rivet under" not in answer.text


def test_probes_and_style_are_open(admitted: Any) -> None:
    client = admitted(keys=(KEY,), limit=RateLimit("1/day"))
    for _ in range(3):
        assert client.get("/healthz").status_code == 200
        assert client.get("/static/desk.css").status_code == 200
    assert client.get("/healthz/../api/search").status_code in (401, 404)
    assert client.get("/static/../api/search", headers={"Accept": "*/*"}).status_code in (401, 404, 429)


def test_a_client_is_kept_to_its_rate(admitted: Any) -> None:
    client = admitted(keys=(KEY, OTHER), limit=RateLimit("3/day"))
    mine = {"X-API-Key": KEY}
    assert [client.get("/api/sources", headers=mine).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = client.get("/api/sources", headers=mine)
    assert answer.json()["error"]["code"] == "too_many_requests"
    assert 80_000 < int(answer.headers["retry-after"]) <= 86_400
    assert client.get("/api/sources", headers={"X-API-Key": OTHER}).status_code == 200


def test_guessing_keys_is_kept_to_the_rate_too(admitted: Any) -> None:
    client = admitted(keys=(KEY,), limit=RateLimit("3/day"))
    guesses = [client.get("/api/sources", headers={"X-API-Key": f"guess-{n}"}).status_code for n in range(5)]
    assert guesses == [401, 401, 401, 429, 429]
    assert client.get("/api/sources", headers={"X-API-Key": KEY}).status_code == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_what_stands_for_one_client(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("origin", ["https://desk.example", "https://other.example"])
def test_origins_that_may_read(admitted: Any, origin: str) -> None:
    client = admitted(keys=(KEY,), origins=("https://desk.example",))
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-api-key"}
    preflight = client.options("/api/search?q=rivet", headers=asked)
    answer = client.get("/api/search?q=rivet", headers={"Origin": origin, "X-API-Key": KEY})
    refused = client.get("/api/search?q=rivet", headers={"Origin": origin})
    allowed = origin if origin == "https://desk.example" else None
    assert (preflight.status_code == 200) == (allowed is not None)
    assert (answer.status_code, refused.status_code) == (200, 401)
    for response in (preflight, answer, refused):
        assert response.headers.get("access-control-allow-origin") == allowed
        assert "access-control-allow-credentials" not in response.headers


def test_no_origin_may_read_by_default(client: httpx.Client) -> None:
    answer = client.get("/api/search?q=rivet", headers={"Origin": "https://desk.example"})
    assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("desk.example", 200),
        ("DESK.example.:8080", 200),
        ("a.wire.example", 200),
        ("a.b.wire.example:1", 200),
        ("wire.example", 421),
        ("notwire.example", 421),
        ("desk.example.evil.example", 421),
        ("localhost", 200),
    ],
)
def test_names_that_the_desk_answers_to(admitted: Any, host: str, status: int) -> None:
    client = admitted(hosts=("desk.example", "*.wire.example"))
    assert client.get("/api/sources", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("request_of", "status", "code"),
    [
        ({"headers": {f"X-{n}": "1" for n in range(120)}}, 431, "too_many_headers"),
        ({"content": b"x" * 70_000}, 413, "body_too_large"),
        ({"content": b"x" * 100}, 405, "method_not_allowed"),
    ],
    ids=["headers", "body", "small body"],
)
def test_requests_are_bounded(admitted: Any, request_of: dict[str, Any], status: int, code: str) -> None:
    client = admitted()
    answer = client.request("POST" if "content" in request_of else "GET", "/api/sources", **request_of)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


def test_the_openapi_document_tells_of_keys_and_rates(admitted: Any) -> None:
    client = admitted(keys=(KEY,), limit=RateLimit("1000/day"))
    document = client.get("/openapi.json", headers={"X-API-Key": KEY}).json()
    search, health = document["paths"]["/api/search"]["get"], document["paths"]["/healthz"]["get"]
    assert {"401", "429"} <= set(search["responses"])
    assert {name for way in search["security"] for name in way} == set(document["components"]["securitySchemes"])
    assert "401" not in health["responses"]
    assert "security" not in health
