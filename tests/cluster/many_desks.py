"""Workers and web servers of one desk on one PostgreSQL database, each with a data directory of its own."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.desk.desk_process import ROOT, eventually


class Process:
    """One `schedule` or `serve`, started again where it was killed."""

    def __init__(self, folder: Path, command: str, values: Mapping[str, Any], url: str) -> None:
        folder.mkdir(parents=True)
        self.name, self.command = folder.name, command
        self.log = folder / "log"
        self.data = folder / "data"
        self._url = url
        self._config = folder / "config.yaml"
        self._config.write_text(json.dumps({"data_dir": "data", **values}))
        self._process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self) -> None:
        """Start it; of a web server wait for its address."""
        with self.log.open("ab") as log:
            before = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "run.py"), "--config", str(self._config), self.command],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "WIREDESK_STORE__URL": self._url},
                start_new_session=True,
            )
        if self.command == "serve":
            self.address = eventually(lambda: self._told_address(before), 60, f"the address of {self.name}")

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9 of it and its children."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def stop(self) -> int:
        """End it as Ctrl-C does; returns its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)

    def signal(self, number: int) -> None:
        """Send a signal to it and its children."""
        if self._process is not None:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return

    def search(self, q: str) -> dict[str, Any] | None:
        """The answer to a query; None where there is none."""
        try:
            with urllib.request.urlopen(f"{self.address}api/search?q={quote(q)}", timeout=20) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
            return None

    def _told_address(self, start: int) -> str | None:
        rest = self.log.read_bytes()[start:].decode(errors="replace").partition("answers at ")[2]
        return rest.split()[0] if rest.split() else None


def make_processes(
    folder: Path, url: str, sources: Sequence[Mapping[str, Any]], *, workers: int, servers: int, **crawler: Any
) -> tuple[list[Process], list[Process]]:
    """Workers and web servers, not started yet."""
    values = {
        "sources": list(sources),
        "crawler": {"allow_private_networks": ["127.0.0.0/8"], "look_again": ["10s", "30s", "1h"], **crawler},
        "search": {"port": 0},
    }
    crawling = [Process(folder / f"worker-{number}", "schedule", values, url) for number in range(workers)]
    serving = [Process(folder / f"web-{number}", "serve", values, url) for number in range(servers)]
    return crawling, serving
