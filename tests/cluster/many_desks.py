"""Workers, web servers and commands of one desk on one PostgreSQL database, each with a data directory of its own."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.desk.desk_process import ROOT, eventually

_ANSWERED_WITHIN_SECONDS = 60.0
_COMMAND_SECONDS = 600.0


class Answered(NamedTuple):
    """What a web server said; `found` is None where that is no answer to the query, and `status` 0 where it is gone."""

    status: int
    said: str
    found: dict[str, Any] | None = None


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
                self._command(self.command),
                stdout=log,
                stderr=log,
                env=self._environment(),
                start_new_session=True,
            )
        if self.command == "serve":
            self.address = eventually(lambda: self._told_address(before), 60, f"the address of {self.name}")

    @property
    def process_id(self) -> int:
        """Of what was started last."""
        return self._process.pid if self._process is not None else 0

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
        return self.ask(q).found

    def ask(self, q: str) -> Answered:
        """Ask a query once."""
        url = f"{self.address}api/search?q={quote(q)}"
        try:
            with urllib.request.urlopen(url, timeout=_ANSWERED_WITHIN_SECONDS) as answer:
                return Answered(answer.status, "", json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                return Answered(error.code, error.read().decode(errors="replace"))
        except (OSError, HTTPException) as error:
            return Answered(0, f"{type(error).__name__}: {error}")

    def run(self, *arguments: str) -> int:
        """Run a command to its end, with what it prints in the log; returns its exit status."""
        with self.log.open("ab") as log:
            return subprocess.run(
                self._command(*arguments), stdout=log, stderr=log, env=self._environment(), timeout=_COMMAND_SECONDS
            ).returncode

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "run.py"), "--config", str(self._config), *arguments]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONUNBUFFERED": "1", "WIREDESK_STORE__URL": self._url}

    def _told_address(self, start: int) -> str | None:
        rest = self.log.read_bytes()[start:].decode(errors="replace").partition("answers at ")[2]
        return rest.split()[0] if rest.split() else None


def make_processes(
    folder: Path,
    url: str,
    sources: Sequence[Mapping[str, Any]],
    *,
    workers: int,
    servers: int,
    index: Mapping[str, Any] | None = None,
    **crawler: Any,
) -> tuple[list[Process], list[Process]]:
    """Workers and web servers, not started yet."""
    values = desk_values(sources, index, **crawler)
    crawling = [Process(folder / f"worker-{number}", "schedule", values, url) for number in range(workers)]
    serving = [Process(folder / f"web-{number}", "serve", values, url) for number in range(servers)]
    return crawling, serving


def desk_values(
    sources: Sequence[Mapping[str, Any]], index: Mapping[str, Any] | None = None, **crawler: Any
) -> dict[str, Any]:
    """The configuration that all processes of a desk have in common."""
    return {
        "sources": list(sources),
        "crawler": {"allow_private_networks": ["127.0.0.0/8"], "look_again": ["10s", "30s", "1h"], **crawler},
        "search": {"port": 0},
        "index": dict(index or {}),
    }
