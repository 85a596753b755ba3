"""Is nobody served by mistake: other machines, requests without a key, forged addresses?"""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ConfigError, SearchConfig
from desk.exposure import access_policy, is_loopback
from tests.desk.desk_process import DeskProcess

KEY = "correct-horse-battery"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    process = DeskProcess(tmp_path, ())
    yield process
    process.kill()


def status(address: str, **headers: str) -> int:
    request = urllib.request.Request(address, headers={name.replace("_", "-"): text for name, text in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.parametrize("command", ["start", "serve", "check"])
def test_other_machines_are_not_served_without_a_key(
    desk: DeskProcess, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("WIREDESK_SEARCH__HOST", "0.0.0.0")
    refused = desk.run(command)
    assert refused.returncode == 2
    assert "WIREDESK_SEARCH__API_KEYS" in refused.stderr
    assert "search.require_api_key" in refused.stderr


def test_a_desk_with_a_key(desk: DeskProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREDESK_SEARCH__API_KEYS", KEY)
    monkeypatch.setenv("WIREDESK_SEARCH__RATE_LIMIT", "3/day")
    desk.start()
    assert status(f"{desk.address}healthz") == 200
    assert status(f"{desk.address}api/sources") == 401
    assert status(f"{desk.address}api/sources", X_API_Key=KEY) == 200
    # A client can't get another address, and so another three requests, by saying so.
    forged = [status(f"{desk.address}api/sources", X_Forwarded_For=f"192.0.2.{n}") for n in range(4)]
    assert forged == [401, 401, 429, 429]
    desk.stop()
    assert KEY not in desk.output.read_text()


def test_a_trusted_proxy_tells_its_clients_apart(desk: DeskProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREDESK_SEARCH__TRUSTED_PROXIES", "[127.0.0.0/8]")
    monkeypatch.setenv("WIREDESK_SEARCH__RATE_LIMIT", "1/day")
    desk.start("serve")
    assert [status(f"{desk.address}api/sources", X_Forwarded_For=f"192.0.2.{n}") for n in (1, 2, 2)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("values", "keys", "limited"),
    [
        ({}, 0, False),
        ({"host": "::1"}, 0, False),
        ({"host": "localhost"}, 0, False),
        ({"api_keys": [KEY]}, 1, False),
        ({"api_keys": [KEY], "require_api_key": False}, 0, False),
        ({"rate_limit": "5/second"}, 0, True),
        ({"host": "0.0.0.0", "require_api_key": False}, 0, True),
        ({"host": "0.0.0.0", "require_api_key": False, "rate_limit": "off"}, 0, False),
        ({"host": "192.0.2.1", "api_keys": [KEY, KEY + "2"]}, 2, True),
    ],
    ids=str,
)
def test_whom_a_desk_answers(values: dict[str, object], keys: int, limited: bool) -> None:
    admission = access_policy(SearchConfig.model_validate(values))
    assert (len(admission.keys), admission.limit is not None) == (keys, limited)


@pytest.mark.parametrize("values", [{"host": "0.0.0.0"}, {"host": "::"}, {"host": "desk"}, {"require_api_key": True}])
def test_configurations_that_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"search\.api_keys is empty"):
        access_policy(SearchConfig.model_validate(values))


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.9", True), ("::1", True), ("localhost", True), ("", False), ("::", False)]
)
def test_what_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
