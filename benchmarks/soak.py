"""Soak test: half an hour of news and kills, in which a desk may lose, double or refuse nothing.

    .venv/bin/python -m benchmarks.soak [--minutes 30] [--pace .25] [--workers 2] [--kill-every 60] [--seed 1]

A demo wire publishes four stories a second; the desk crawls it every two seconds. Every minute one child of the
supervisor (a web worker, the crawler or one of its page readers) gets kill -9, chosen by the seed. Clients ask
throughout. At the end every story of the wire's own list has to be in the desk once; a query may have failed only if it
was under way when a web worker was killed: the others take all that comes after. Memory is the proportional set size
(Linux, /proc/PID/smaps_rollup: pages that processes share are divided among them), of all processes together and of
each role; after a warm-up of a third of the time it has to be flat to 10 %. Prints one table; exit status 1 if anything
was lost, doubled or refused, or memory grew.
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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.serving.processes import children_of, memory_of
from demo.wire import DemoWire
from tests.desk.desk_process import DeskProcess, eventually

_QUERY_EVERY_SECONDS = 0.2
_SAMPLE_EVERY_SECONDS = 5.0
_KILLING_SECONDS = 0.05
_CLIENTS = 4
_QUERIES = ("the", "market", "caption:harbour", '"prime minister"', "storm OR flood", "bahn")
_PATIENCE_SECONDS = 180.0
_FLAT = 1.10
_ROLES = ("web", "crawler", "reader", "supervisor")


class AskingClient(threading.Thread):
    """Asks and notes what no answer came to: from when till when it waited."""

    def __init__(self, desk: DeskProcess) -> None:
        super().__init__(name="queries", daemon=True)
        self._desk = desk
        self._stopping = threading.Event()
        self.asked = 0
        self.failed: list[tuple[float, float]] = []
        self.seconds: list[float] = []

    def run(self) -> None:
        """Ask until stopped."""
        while not self._stopping.wait(_QUERY_EVERY_SECONDS):
            began = time.monotonic()
            answer = self._desk.get("api/search", q=_QUERIES[self.asked % len(_QUERIES)])
            ended = time.monotonic()
            self.asked += 1
            if answer is None:
                self.failed.append((began, ended))
            else:
                self.seconds.append(ended - began)

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()
        self.join()


def processes(desk: DeskProcess) -> dict[str, list[int]]:
    """Process ids by role; page readers (and merges) are the crawler's children."""
    web, crawlers = desk.children("serve"), desk.children("schedule")
    return {
        "web": web,
        "crawler": crawlers,
        "reader": [child for crawler in crawlers for child in children_of(crawler)],
        "supervisor": [desk.process_id],
    }


class MemorySample(NamedTuple):
    """Bytes of each role's processes at one moment, `at` seconds after the beginning."""

    at: float
    sizes: dict[str, list[int]]

    @property
    def total(self) -> int:
        """Bytes of all processes."""
        return sum(map(sum, self.sizes.values()))


class Soak:
    """One run: kills by the seed, memory by role."""

    def __init__(self, desk: DeskProcess, seed: int) -> None:
        self._desk = desk
        self._random = random.Random(seed)
        self.kills: list[tuple[float, str]] = []
        self.memory: list[MemorySample] = []

    def run(self, seconds: float, kill_every_seconds: float) -> None:
        """Kill and measure until the time is over."""
        began = time.monotonic()
        next_kill = began + kill_every_seconds
        while time.monotonic() - began < seconds:
            time.sleep(_SAMPLE_EVERY_SECONDS)
            running = processes(self._desk)
            sizes = {role: [size for number in ids if (size := memory_of(number))] for role, ids in running.items()}
            self.memory.append(MemorySample(time.monotonic() - began, sizes))
            if time.monotonic() >= next_kill:
                self._kill(running)
                next_kill += kill_every_seconds

    def _kill(self, running: dict[str, list[int]]) -> None:
        role = self._random.choice([role for role, ids in running.items() if ids and role != "supervisor"])
        self.kills.append((time.monotonic(), role))
        os.kill(self._random.choice(running[role]), signal.SIGKILL)

    def unexcused(self, failed: list[tuple[float, float]]) -> int:
        """Queries that failed though no web worker was killed while they waited."""
        downs = [at for at, role in self.kills if role == "web"]
        return sum(not any(began - _KILLING_SECONDS < down < ended for down in downs) for began, ended in failed)

    def growth(self, role: str | None = None) -> tuple[float, float]:
        """Median MB of the second and of the last third of the time: of a process of a role, or of all together."""
        third = self.memory[-1].at / 3
        parts: tuple[list[int], list[int]] = ([], [])
        for sample in self.memory:
            if sample.at >= third:
                parts[sample.at >= 2 * third].extend([sample.total] if role is None else sample.sizes[role])
        middle, last = (statistics.median(part or [0]) / 1e6 for part in parts)
        return middle, last


def main() -> int:
    """Run, compare with the wire's own list, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--pace", type=float, default=0.25, metavar="SECONDS", help="between two stories of the wire")
    parser.add_argument("--workers", type=int, default=2, help="web workers")
    parser.add_argument("--kill-every", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, DemoWire(pace_seconds=asked.pace, slow_seconds=0.05) as wire:
        desk = DeskProcess(Path(directory), wire.sources(every="2s"))
        set_workers(desk, asked.workers)
        desk.start()
        eventually(lambda: desk.hits("the"), 120, "the first stories")
        clients, soak = [AskingClient(desk) for _ in range(_CLIENTS)], Soak(desk, asked.seed)
        for client in clients:
            client.start()
        soak.run(asked.minutes * 60, asked.kill_every)
        for client in clients:
            client.stop()
        expected = Counter(story.url for story in wire.published() if story.status == "live")
        found = all_exported(desk, expected)
        status = desk.stop()
        checked = desk.run("check", "--deep")
    lost, doubled = len(expected.keys() - found.keys()), sum(count - 1 for count in found.values())
    refused = report_queries(clients, soak)
    print_table(
        {
            "stories of the wire": len(expected),
            "lost": lost,
            "doubled": doubled,
            "exit status, check --deep": f"{status}, {checked.stdout.strip() or checked.returncode}",
        }
    )
    middle, last = soak.growth()
    return 1 if lost or doubled or refused or checked.returncode or last > middle * _FLAT else 0


def report_queries(clients: Sequence[AskingClient], soak: Soak) -> int:
    """Print what became of all queries and of memory; returns how many failed that should not have."""
    failed = [times for client in clients for times in client.failed]
    refused = soak.unexcused(failed)
    print_table(
        {
            "kills": ", ".join(f"{count} {role}" for role, count in Counter(role for _, role in soak.kills).items()),
            "queries": sum(client.asked for client in clients),
            "failed on connections of a killed worker": len(failed) - refused,
            "failed otherwise": refused,
            "query, median and 99th percentile": _milliseconds([second for c in clients for second in c.seconds]),
            **{f"memory of a {role}, second and last third": _megabytes(*soak.growth(role)) for role in _ROLES},
            "memory of all, second and last third": _megabytes(*soak.growth()),
        }
    )
    return refused


def all_exported(desk: DeskProcess, expected: Mapping[str, int]) -> Counter[str]:
    """How often each address is in the desk, once all that are expected are, or there was time enough for it."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    found = exported(desk)
    while expected.keys() - found.keys() and time.monotonic() < deadline:
        time.sleep(_SAMPLE_EVERY_SECONDS)
        found = exported(desk)
    return found


def print_table(rows: Mapping[str, object]) -> None:
    """Print names and values in two columns."""
    table = Table(show_header=False, box=None)
    table.add_column(width=48)
    for name, value in rows.items():
        table.add_row(name, str(value))
    Console(width=140).print(table)


def set_workers(desk: DeskProcess, workers: int) -> None:
    """So many web workers, before the desk is started."""
    values = json.loads(desk.config.read_text(encoding="utf-8"))
    values["search"]["workers"] = workers
    desk.config.write_text(json.dumps(values), encoding="utf-8")


def exported(desk: DeskProcess) -> Counter[str]:
    """How often each address is in the desk."""
    return Counter(json.loads(line)["url"] for line in desk.run("export").stdout.splitlines())


def _megabytes(middle: float, last: float) -> str:
    return f"{middle:.0f} MB, {last:.0f} MB ({(last / middle - 1) * 100 if middle else 0:+.0f} %)"


def _milliseconds(seconds: list[float]) -> str:
    ordered = sorted(seconds) or [0.0]
    return f"{statistics.median(ordered) * 1000:.0f} ms, {ordered[int(len(ordered) * 0.99)] * 1000:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
