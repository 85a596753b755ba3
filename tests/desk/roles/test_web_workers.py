"""Web workers: several processes answer on one socket, and clients can't tell."""

import http.client
import json
import os
import re
import signal
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from desk.roles.web_workers import number_of_workers
from tests.desk.desk_process import DeskProcess, eventually
from tests.desk.roles.web_processes import accepting_workers, shared_folders

CLIENTS = 8
ASKED = 60


def configured(desk: DeskProcess, **search: Any) -> None:
    values = json.loads(desk.config.read_text(encoding="utf-8"))
    values["search"].update(search)
    desk.config.write_text(json.dumps(values), encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    made = DeskProcess(tmp_path, [])
    configured(made, workers=2)
    lines = (f'{{"id": "s{n}", "headline": "Rivet {n}", "body": ["Rivets hold."]}}\n' for n in range(50))
    (tmp_path / "stories.ndjson").write_text("".join(lines), encoding="utf-8")
    done = made.run("import", str(tmp_path / "stories.ndjson"))
    assert done.returncode == 0, done.stderr
    yield made
    made.kill()


def started(desk: DeskProcess) -> list[int]:
    """The workers, each of which accepts connections."""
    desk.start("serve")
    eventually(lambda: accepting_workers(desk) == 2, 30, "two workers")
    return desk.children("serve")


def text_of(desk: DeskProcess) -> str:
    with urllib.request.urlopen(f"{desk.address}metrics", timeout=30) as answer:
        return str(answer.read().decode())


def figure(desk: DeskProcess, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text_of(desk), re.MULTILINE)
    return float(found.group(1)) if found else 0.0


class Client(threading.Thread):
    """A client with one connection at a time, which it opens anew where it is lost."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self._host = urlsplit(address).netloc
        self.done = threading.Event()
        self.statuses: Counter[int] = Counter()
        self.lost = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=60)
        while not self.done.is_set():
            try:
                connection.request("GET", "/api/search?q=rivet")
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.lost += 1
                connection.close()
            else:
                self.statuses[answer.status] += 1
        connection.close()


def test_a_killed_worker_costs_its_own_connections_alone(desk: DeskProcess) -> None:
    victim = started(desk)[0]
    before_clients = open_sockets(victim)
    clients = [Client(desk.address) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    eventually(lambda: all(sum(client.statuses.values()) > 5 for client in clients), 30, "answers")
    its_own = open_sockets(victim) - before_clients
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: len(now := desk.children("serve")) == 2 and victim not in now, 30, "another worker")
    before = [sum(client.statuses.values()) for client in clients]
    eventually(
        lambda: all(sum(c.statuses.values()) > n + 5 for c, n in zip(clients, before, strict=True)), 30, "more answers"
    )
    for client in clients:
        client.done.set()
        client.join()
    assert {status for client in clients for status in client.statuses} == {200}
    assert all(client.lost <= 1 for client in clients)
    assert sum(client.lost for client in clients) <= its_own
    assert desk.stop() == 0


def test_connections_are_shared_out(desk: DeskProcess) -> None:
    workers = started(desk)
    # One that a busy machine keeps waiting may get none of a few.
    eventually(lambda: min(shares(desk, workers)) >= CLIENTS / 4, 10, "connections to each worker")


def shares(desk: DeskProcess, workers: list[int]) -> list[int]:
    """How many of some new connections each worker has."""
    before = {worker: open_sockets(worker) for worker in workers}
    with ExitStack() as held:
        for _ in range(CLIENTS):
            connection = held.enter_context(closing(http.client.HTTPConnection(urlsplit(desk.address).netloc)))
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        found = [open_sockets(worker) - before[worker] for worker in workers]
        assert sum(found) == CLIENTS
        assert figure(desk, "wiredesk_connections") == CLIENTS + 1
    eventually(lambda: all(open_sockets(worker) <= before[worker] for worker in workers), 10, "the end of them")
    return found


def open_sockets(process: int) -> int:
    return sum(map(is_socket, Path(f"/proc/{process}/fd").iterdir()))


def is_socket(file: Path) -> bool:
    try:
        return str(file.readlink()).startswith("socket:")
    except OSError:  # closed meanwhile
        return False


def test_a_rate_holds_over_all_workers_and_their_deaths(desk: DeskProcess) -> None:
    configured(desk, rate_limit=f"{ASKED}/hour")
    desk.start("serve")
    # Nothing but the liveness probe is free.
    eventually(lambda: desk.get("healthz") and len(desk.children("serve")) == 2, 30, "two workers")
    statuses = [status_of(desk) for _ in range(ASKED // 2)]
    victim = desk.children("serve")[0]
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: len(now := desk.children("serve")) == 2 and victim not in now, 30, "another worker")
    statuses += [status_of(desk) for _ in range(ASKED)]
    assert Counter(statuses) == {200: ASKED, 429: ASKED // 2}
    assert statuses == sorted(statuses)


def status_of(desk: DeskProcess) -> int:
    """The answer to a request on a connection of its own."""
    try:
        with urllib.request.urlopen(f"{desk.address}api/search?q=rivet", timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_metrics_are_those_of_all_workers_and_outlive_them(desk: DeskProcess) -> None:
    name = 'wiredesk_requests_total{route="/api/search",status="200"}'
    workers = started(desk)
    for _ in range(ASKED):
        assert status_of(desk) == 200
    assert [figure(desk, name) for _ in range(4)] == [ASKED] * 4
    assert figure(desk, 'wiredesk_request_seconds_count{route="/api/search"}') == ASKED
    assert figure(desk, "wiredesk_web_process_resident_memory_bytes") > 1.5 * resident_bytes(workers[0])
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    eventually(lambda: not {*workers} & {*desk.children("serve")}, 30, "their end")
    eventually(lambda: accepting_workers(desk) == 2, 30, "other workers")
    assert status_of(desk) == 200
    assert figure(desk, name) == ASKED + 1
    assert desk.stop() == 0


def resident_bytes(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_what_workers_share_goes_with_the_supervisor(desk: DeskProcess) -> None:
    started(desk)
    folders = shared_folders(desk)
    assert len(folders) == 1
    assert desk.stop() == 0
    assert not folders[0].exists()


def test_workers_end_with_a_supervisor_that_is_killed(desk: DeskProcess) -> None:
    started(desk)
    left = shared_folders(desk)[0]
    desk.kill()
    eventually(lambda: not desk.children("serve"), 15, "the end of the workers")
    os.utime(left, (0, 0))
    started(desk)
    assert not left.exists()


@pytest.mark.parametrize(("wanted", "kept_free", "expected"), [(3, 0, 3), (3, 1, 3), ("auto", 0, 4), ("auto", 1, 3)])
def test_a_worker_a_core(monkeypatch: pytest.MonkeyPatch, wanted: Any, kept_free: int, expected: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1, 2, 3}, raising=False)
    assert number_of_workers(wanted, kept_free=kept_free) == expected


def test_there_is_always_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    assert number_of_workers("auto", kept_free=1) == 1
