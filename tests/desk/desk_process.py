"""A desk run as its users run it: a configuration file and `run.py` in processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).parent.parent.parent
Found = TypeVar("Found")
PATIENCE = 4.0
"""How much slower a busy machine may be than one that has nothing else to do."""


def eventually(look: Callable[[], Found | None], seconds: float, what: str) -> Found:
    """What `look` finds, looked for several times a second; fails after PATIENCE times `seconds`."""
    deadline = time.monotonic() + PATIENCE * seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {PATIENCE * seconds} s: {what}")


class DeskProcess:
    """One data directory with a configuration, and the commands that run on it."""

    def __init__(
        self,
        directory: Path,
        sources: Sequence[Mapping[str, Any]],
        *,
        program: Sequence[str] = (sys.executable, str(ROOT / "run.py")),
        **crawler: Any,
    ) -> None:
        self.program = program
        self.config = directory / "config.yaml"
        self.data = directory / "data"
        self.output = directory / "start.log"
        values = {
            "data_dir": "data",
            "sources": list(sources),
            "crawler": {
                "per_host_delay": "0s",
                "allow_private_networks": ["127.0.0.0/8"],
                "look_again": ["2s", "5s", "1h"],
                **crawler,
            },
            "search": {"port": 0},
        }
        self.config.write_text(json.dumps(values), encoding="utf-8")
        self._started: subprocess.Popen[bytes] | None = None
        self.address = ""

    @property
    def process_id(self) -> int:
        """Of what was started; 0 where nothing runs."""
        return self._started.pid if self._started else 0

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        command = [*self.program, "--config", str(self.config), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    def start(self, command: str = "start") -> None:
        """Start a command that goes on, and wait for the address that it prints."""
        with self.output.open("ab") as output:
            before = output.tell()
            self._started = subprocess.Popen(
                [*self.program, "--config", str(self.config), command],
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        self.address = eventually(lambda: self._printed_address(before), 30, "the address to open")

    def stop(self) -> int:
        """Stop what was started, as Ctrl-C does; returns its exit status."""
        if self._started is None:
            return 0
        self._started.send_signal(signal.SIGTERM)
        status = self._started.wait(30)
        self._started = None
        return status

    def kill(self) -> None:
        """kill -9 of what was started."""
        if self._started is not None:
            self._started.kill()
            self._started.wait()
            self._started = None

    def children(self, command: str) -> list[int]:
        """Process ids of the supervisor's children that run `command`."""
        found = []
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = line.read_bytes().split(b"\0")
            except OSError:
                continue
            if str(self.config).encode() in words and command.encode() in words and b"--supervised" in words:
                found.append(int(line.parent.name))
        return found

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of a route; None while nobody answers."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.address}{path}?{query}", timeout=60) as answer:
                return json.load(answer)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None

    def hits(self, q: str, **parameters: Any) -> list[dict[str, Any]]:
        """The hits of a search; none while nobody answers."""
        answer = self.get("api/search", q=q, **parameters)
        return answer["hits"] if answer else []

    def _printed_address(self, start: int) -> str | None:
        text = self.output.read_bytes()[start:].decode()
        _, found, rest = text.partition("answers at ")
        return rest.split()[0] if found and rest.split() else None
