"""Does the wire speak HTTP as a crawler may expect it?"""

import http.client
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
import requests

from demo.wire import DemoWire
from tests.demo.conftest import START, SteppingClock


def url_of(wire: DemoWire, source: str) -> str:
    return next(story.url for story in wire.published() if story.source == source)


@pytest.mark.parametrize(
    ("source", "has_etag", "has_date"),
    [
        pytest.param("continental", False, True, id="Last-Modified alone"),
        pytest.param("meridian", True, True, id="both"),
        pytest.param("northwire", True, False, id="ETag alone"),
    ],
)
def test_a_page_that_did_not_change_is_304_until_it_does(
    wire: DemoWire, clock: SteppingClock, session: requests.Session, source: str, has_etag: bool, has_date: bool
) -> None:
    url = url_of(wire, source)
    first = session.get(url, timeout=60)
    assert ("ETag" in first.headers, "Last-Modified" in first.headers) == (has_etag, has_date)
    known = {}
    if has_etag:
        known["If-None-Match"] = first.headers["ETag"]
    if has_date:
        known["If-Modified-Since"] = first.headers["Last-Modified"]
    clock.advance(60)
    second = session.get(url, headers=known, timeout=60)
    assert (second.status_code, second.content) == (304, b"")
    wire.publish()
    assert session.get(url, headers=known, timeout=60).status_code == 304
    wire.correct(url)
    assert session.get(url, headers=known, timeout=60).status_code == 200


def test_two_changes_within_one_second_are_both_seen(
    wire: DemoWire, clock: SteppingClock, session: requests.Session
) -> None:
    url = url_of(wire, "continental")
    wire.correct(url)
    first = session.get(url, timeout=60)
    clock.advance(0.2)
    wire.correct(url)
    known = {"If-Modified-Since": first.headers.get("Last-Modified", first.headers["Date"])}
    assert session.get(url, headers=known, timeout=60).status_code == 200


def test_head_answers_the_headers_of_get(wire: DemoWire, session: requests.Session) -> None:
    url = url_of(wire, "meridian")
    head, get = session.head(url, timeout=60), session.get(url, timeout=60)
    assert head.content == b""
    assert {k: v for k, v in head.headers.items() if k != "Date"} == {
        k: v for k, v in get.headers.items() if k != "Date"
    }


def test_a_connection_is_kept(wire: DemoWire) -> None:
    parts = urlsplit(url_of(wire, "meridian"))
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
    connection.connect()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", parts.path)
        connection.getresponse().read()
    assert connection.sock is first
    connection.close()


def test_every_request_is_logged(wire: DemoWire, session: requests.Session) -> None:
    url = url_of(wire, "meridian")
    parts = urlsplit(url)
    session.get(f"{url}?utm_source=feed", headers={"User-Agent": "Tester/1"}, timeout=60)
    session.get(f"http://{parts.netloc}/nothing", timeout=60)
    first, second = wire.requests()
    assert first == (START, parts.netloc, "GET", f"{parts.path}?utm_source=feed", 200, "Tester/1")
    assert (second.path, second.status) == ("/nothing", 404)


def test_one_host_is_slow() -> None:
    with DemoWire(pace_seconds=0, slow_seconds=0.3) as wire:

        def fastest(source: str, tries: int) -> float:
            seconds = []
            for _ in range(tries):
                begun = time.monotonic()
                requests.get(url_of(wire, source), timeout=60)
                seconds.append(time.monotonic() - begun)
            return min(seconds)

        assert fastest("harbour", 1) >= 0.3 > fastest("meridian", 10)  # one of ten is not held up by others' work


def test_stop_frees_the_port_and_ends_slow_answers() -> None:
    wire = DemoWire(pace_seconds=0, slow_seconds=120)
    wire.start()
    port, url = wire.port, url_of(wire, "meridian")
    with requests.Session() as session:
        session.get(url, timeout=60)  # leaves a kept connection behind
        begun = time.monotonic()
        wire.stop()
        assert time.monotonic() - begun < 60
        with pytest.raises(requests.ConnectionError):
            session.get(url, timeout=60)
    with DemoWire(port=port, pace_seconds=0) as again:
        assert again.port == port


def test_all_hosts_share_one_port(wire: DemoWire) -> None:
    places = {urlsplit(story.url).netloc for story in wire.published()}
    assert places == {f"127.0.0.{number}:{wire.port}" for number in range(2, 7)}


def test_where_only_127_0_0_1_exists_hosts_become_ports() -> None:
    # 192.0.2.0/24 is for documentation (RFC 5737), so that no machine can bind it.
    with DemoWire(pace_seconds=0, slow_seconds=0, first_address="192.0.2.1") as wire:
        places = {urlsplit(story.url).netloc for story in wire.published()}
        assert len(places) == 5
        assert {place.partition(":")[0] for place in places} == {"127.0.0.1"}
        assert requests.get(url_of(wire, "northwire"), timeout=60).status_code == 200


def test_a_port_that_is_taken_is_an_error(wire: DemoWire) -> None:
    with pytest.raises(OSError, match="in use"), DemoWire(port=wire.port):
        pass


def test_it_runs_alone_and_prints_its_addresses() -> None:
    command = [sys.executable, "-m", "demo", "--port", "0", "--pace", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(6)]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert urlsplit(lines[0].split()[-1]).hostname == "127.0.0.2"
    assert "stories are out" in lines[5]


def test_a_wire_that_has_not_started_says_so() -> None:
    with pytest.raises(RuntimeError, match="not been started"):
        DemoWire().published()
