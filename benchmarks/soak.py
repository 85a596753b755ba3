"""Does a desk lose, double or refuse anything in half an hour of news and kills?

    .venv/bin/python -m benchmarks.soak [--minutes 30] [--kill-every 60] [--seed 1]

A demo wire publishes a story a second; the desk crawls it every two seconds. Every minute one child of the supervisor
(the web server, the crawler or one of its page readers) gets kill -9, chosen by the seed. Queries go on throughout.
At the end every story of the wire's own list has to be in the desk once; queries may have failed only while the web
server itself was down. Prints one table; exit status 1 if anything was lost, doubled or refused.
"""

import argparse
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from demo.wire import DemoWire
from tests.desk.desk_process import DeskProcess, eventually

_QUERY_EVERY_SECONDS = 0.2
_SAMPLE_EVERY_SECONDS = 5.0
_RESTART_SECONDS = 20.0
_QUERIES = ("the", "market", "caption:harbour", '"prime minister"', "storm OR flood", "bahn")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Queries(threading.Thread):
    """Asks and notes when no answer came."""

    def __init__(self, desk: DeskProcess) -> None:
        super().__init__(name="queries", daemon=True)
        self._desk = desk
        self._stopping = threading.Event()
        self.asked = 0
        self.failed_at: list[float] = []
        self.seconds: list[float] = []

    def run(self) -> None:
        """Ask until stopped."""
        while not self._stopping.wait(_QUERY_EVERY_SECONDS):
            began = time.monotonic()
            answer = self._desk.get("api/search", q=_QUERIES[self.asked % len(_QUERIES)])
            self.asked += 1
            if answer is None:
                self.failed_at.append(began)
            else:
                self.seconds.append(time.monotonic() - began)

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()
        self.join()


def processes(desk: DeskProcess) -> dict[str, list[int]]:
    """Process ids by role; page readers are the crawler's children."""
    crawlers = desk.children("schedule")
    return {
        "web": desk.children("serve"),
        "crawler": crawlers,
        "reader": [child for crawler in crawlers for child in _children(crawler)],
    }


def _children(parent: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            yield int(path.parent.name)


def resident_bytes(process: int) -> int:
    """Memory of a process; 0 where it is gone."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):
        return 0


class Soak:
    """One run: kills by the seed, memory by role."""

    def __init__(self, desk: DeskProcess, seed: int) -> None:
        self._desk = desk
        self._random = random.Random(seed)
        self.kills: list[tuple[float, str]] = []
        self.memory: list[tuple[float, str, int]] = []

    def run(self, seconds: float, kill_every_seconds: float) -> None:
        """Kill and measure until the time is over."""
        began = time.monotonic()
        next_kill = began + kill_every_seconds
        while time.monotonic() - began < seconds:
            time.sleep(_SAMPLE_EVERY_SECONDS)
            running = processes(self._desk)
            for role, ids in running.items():
                self.memory += [(time.monotonic() - began, role, resident_bytes(number)) for number in ids]
            if time.monotonic() >= next_kill:
                self._kill(running)
                next_kill += kill_every_seconds

    def _kill(self, running: dict[str, list[int]]) -> None:
        role = self._random.choice([role for role, ids in running.items() if ids])
        self.kills.append((time.monotonic(), role))
        os.kill(self._random.choice(running[role]), signal.SIGKILL)

    def unexcused(self, failed_at: list[float]) -> int:
        """Queries that failed although the web server had not been killed just before."""
        downs = [at for at, role in self.kills if role == "web"]
        return sum(not any(-1.0 < at - down < _RESTART_SECONDS for down in downs) for at in failed_at)

    def growth(self, role: str) -> tuple[float, float]:
        """Median memory in MB of the second and of the last third of the time."""
        found = [(at, size) for at, name, size in self.memory if name == role and size]
        if not found:
            return 0.0, 0.0
        third = found[-1][0] / 3
        middle = [size for at, size in found if third <= at < 2 * third] or [0]
        last = [size for at, size in found if at >= 2 * third] or [0]
        return statistics.median(middle) / 1e6, statistics.median(last) / 1e6


def main() -> int:
    """Run, compare with the wire's own list, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--kill-every", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, DemoWire(pace_seconds=1.0, slow_seconds=0.05) as wire:
        desk = DeskProcess(Path(directory), wire.sources(every="2s"))
        desk.start()
        eventually(lambda: desk.hits("the"), 120, "the first stories")
        queries, soak = Queries(desk), Soak(desk, asked.seed)
        queries.start()
        soak.run(asked.minutes * 60, asked.kill_every)
        queries.stop()
        expected = Counter(story.url for story in wire.published() if story.status == "live")
        deadline = time.monotonic() + 180
        found = exported(desk)
        while expected.keys() - found.keys() and time.monotonic() < deadline:
            time.sleep(5)
            found = exported(desk)
        status = desk.stop()
        checked = desk.run("check", "--deep")
    lost = len(expected.keys() - found.keys())
    doubled = sum(count - 1 for count in found.values())
    refused = soak.unexcused(queries.failed_at)
    rows = {
        "stories of the wire": len(expected),
        "lost": lost,
        "doubled": doubled,
        "kills": ", ".join(f"{count} {role}" for role, count in Counter(role for _, role in soak.kills).items()),
        "queries": queries.asked,
        "failed while the web server was up": refused,
        "failed while it was down": len(queries.failed_at) - refused,
        "query, median and 99th percentile": _milliseconds(queries.seconds),
        "exit status, check --deep": f"{status}, {checked.stdout.strip() or checked.returncode}",
    }
    for role in ("web", "crawler", "reader"):
        middle, last = soak.growth(role)
        rows[f"memory of a {role}, second and last third"] = f"{middle:.0f} MB, {last:.0f} MB"
    table = Table(show_header=False, box=None)
    for name, value in rows.items():
        table.add_row(name, str(value))
    Console(width=140).print(table)
    return 1 if lost or doubled or refused or checked.returncode else 0


def exported(desk: DeskProcess) -> Counter[str]:
    """How often each address is in the desk."""
    return Counter(json.loads(line)["url"] for line in desk.run("export").stdout.splitlines())


def _milliseconds(seconds: list[float]) -> str:
    ordered = sorted(seconds) or [0.0]
    return f"{statistics.median(ordered) * 1000:.0f} ms, {ordered[int(len(ordered) * 0.99)] * 1000:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
