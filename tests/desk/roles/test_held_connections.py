"""A desk whose clients hold more connections than it may have files: others are answered, and the log stays small."""

import json
import resource
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.desk.desk_process import ROOT, DeskProcess, eventually
from tests.desk.roles.web_processes import accepting_workers

HELD = 1500
HEAD = b"GET /api/search?q=rivet HTTP/1.1\r\nHost: localhost\r\n"
KINDS = (
    b"",
    b"GET /api/sea",
    HEAD,
    HEAD + b"Accept: */*\r\nUser-Agent: test\r\n",
    b"POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
    b"GET /api/export HTTP/1.1\r\nHost: localhost\r\n\r\n",
)
DRIPPED = 2
"""The kind to which a header is added again and again."""
BOUND_SECONDS = 10
"""What an answer may take on a machine that does much else; without an answer there would be none in a minute."""
SMALL_LOG = 1_000_000


@pytest.fixture(autouse=True)
def _files() -> Iterator[None]:
    """Files for the clients, which are all in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < HELD + 500:
        pytest.skip(f"needs {HELD + 500} open files, and the hard limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, HELD + 500), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def limited(directory: Path, files: int, workers: int) -> DeskProcess:
    """A desk with so many open files a process, so many web workers, and a hundred stories."""
    limit = ("/bin/sh", "-c", f'ulimit -n {files}; exec "$@"', "sh")
    desk = DeskProcess(directory, [], program=(*limit, sys.executable, str(ROOT / "run.py")))
    values = json.loads(desk.config.read_text(encoding="utf-8"))
    values["search"]["workers"] = workers
    desk.config.write_text(json.dumps(values), encoding="utf-8")
    lines = (f'{{"headline": "Story {n}", "body": ["{"Rivets and spans. " * 400}"]}}\n' for n in range(100))
    (directory / "stories.ndjson").write_text("".join(lines), encoding="utf-8")
    done = desk.run("import", str(directory / "stories.ndjson"))
    assert done.returncode == 0, done.stderr
    return desk


class Holders:
    """Clients that hold connections of all kinds."""

    def __init__(self, port: int, stack: ExitStack) -> None:
        self._port = port
        self._stack = stack
        self._held: list[tuple[int, socket.socket]] = []

    def connect(self, number: int) -> None:
        """Open a connection of the kind that is next."""
        client = self._stack.enter_context(socket.socket())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(BOUND_SECONDS)
        kind = number % len(KINDS)
        client.connect(("127.0.0.1", self._port))
        client.sendall(KINDS[kind])
        self._held.append((kind, client))

    def drip(self) -> None:
        """Send a header more on those whose head never ends, whether they are still there or not."""
        for kind, client in self._held:
            if kind == DRIPPED:
                try:
                    client.send(b"X-Drop: 1\r\n")
                except OSError:
                    continue


def is_answered(desk: DeskProcess) -> bool:
    """Whether another client's search and the health check are answered."""
    with urlopen(f"{desk.address}api/search?q=rivets", timeout=BOUND_SECONDS) as answer:
        total = json.load(answer)["total"]
    with urlopen(f"{desk.address}healthz", timeout=BOUND_SECONDS) as answer:
        return bool(answer.status == 200 and total == 100)


def open_files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
@pytest.mark.parametrize(("command", "files", "workers"), [("serve", 1024, 1), ("serve", 256, 2), ("start", 1024, 1)])
def test_others_are_answered_while_connections_are_held(tmp_path: Path, command: str, files: int, workers: int) -> None:
    desk = limited(tmp_path, files, workers)
    desk.start(command)
    try:
        web = eventually(lambda: len(found := desk.children("serve")) == workers and found, 30, "the web role")
        eventually(lambda: accepting_workers(desk) == workers, 30, "all workers")
        for _ in range(10 * workers):  # each opens its files when it is first asked
            assert is_answered(desk)
        before = sum(map(open_files, web))
        with ExitStack() as stack:
            holders = Holders(int(desk.address.rstrip("/").rpartition(":")[2]), stack)
            for number in range(HELD):
                holders.connect(number)
                if number % 100 == 0:
                    assert is_answered(desk)
            for _ in range(5):
                holders.drip()
                assert is_answered(desk)
                assert max(map(open_files, web)) < files
                time.sleep(0.5)
        eventually(lambda: sum(map(open_files, web)) <= before + 10 * workers, 30, "files closed")
        assert is_answered(desk)
        assert desk.stop() == 0
    finally:
        desk.kill()
    assert desk.output.stat().st_size < SMALL_LOG
    assert "no room for another connection" in desk.output.read_text(encoding="utf-8")


def test_a_desk_ends_though_connections_are_held(tmp_path: Path) -> None:
    desk = limited(tmp_path, 1024, 1)
    desk.start("start")
    try:
        eventually(lambda: desk.hits("rivets"), 30, "the first answer")
        with ExitStack() as stack:
            holders = Holders(int(desk.address.rstrip("/").rpartition(":")[2]), stack)
            for number in range(500):
                holders.connect(number)
            assert desk.stop() == 0
    finally:
        desk.kill()
    assert "Traceback" not in desk.output.read_text(encoding="utf-8")
