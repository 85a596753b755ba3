"""The port of a desk that is still ending is waited for; one that somebody else keeps is named."""

import socket
from pathlib import Path

import pytest

from desk.roles.web import PortInUseError, listen
from tests.desk.desk_process import DeskProcess, eventually


def test_a_port_that_becomes_free_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        waited: list[float] = []

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 3:
                other.close()

        with listen("127.0.0.1", port, sleep=sleep) as listener:
            assert listener.getsockname()[1] == port
    assert len(waited) == 3


def test_a_port_that_stays_in_use_is_named() -> None:
    waited: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"127.0.0.1:{port}: Address already in use; set search.port"):
            listen("127.0.0.1", port, sleep=waited.append)
    assert sum(waited) == pytest.approx(5)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_ours_is_not_waited_for(host: str) -> None:
    waited: list[float] = []
    with pytest.raises(PortInUseError, match=r"set search\.host to an address of this machine"):
        listen(host, 0, sleep=waited.append)
    assert waited == []


def test_a_desk_that_was_killed_is_started_again_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its children live on for a moment, with its lock and its port."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("WIREDESK_SEARCH__PORT", str(other.getsockname()[1]))
    desk = DeskProcess(tmp_path, [])
    desk.start()
    eventually(lambda: desk.children("schedule") and desk.children("serve"), 30, "both halves")
    desk.kill()
    assert desk.children("schedule")
    desk.start()
    assert desk.stop() == 0
