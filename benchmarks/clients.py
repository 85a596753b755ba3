"""Benchmark of searches under load: clients search while a desk crawls at full rate.

    python -m benchmarks.clients CORPUS [--minutes 5] [--clients 8] [--pause 0]

CORPUS is a file of JSON lines that `run.py import` takes. A desk with its stories is asked by so many clients side by
side, each as soon as it has its answer (and `--pause` seconds later): by `serve` alone, then while `start` crawls a
loopback site of twenty publishers without politeness. One line each; exit status 1 if a search failed, or if the 99th
percentile while crawling is more than three times the one before.
"""

import argparse
import http.client
import itertools
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import quote_plus, urlsplit

from benchmarks import corpus
from benchmarks.crawl import site
from benchmarks.site import PORT, host
from tests.desk.desk_process import ROOT, DeskProcess

HOSTS = 20
PAGES_A_HOST = 5000
QUERIES = 5000
MOST_TIMES_SLOWER = 3.0
_TIMEOUT_SECONDS = 30


class Phase(NamedTuple):
    """What the clients have seen: the seconds of each answer, and what went wrong."""

    seconds: list[float]
    errors: list[str]

    @property
    def high(self) -> float:
        """The 99th percentile, in seconds."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]


def main() -> int:
    """Import, ask, crawl and ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--pause", type=float, default=0.0)
    asked = parser.parse_args()
    questions = [" ".join(words) for words in corpus.headline_queries(corpus.read_lines(asked.corpus), QUERIES)]
    sources = [
        {"name": f"host{number}", "sitemaps": [f"http://{host(number)}:{PORT}/sitemap.xml"]} for number in range(HOSTS)
    ]
    phases = []
    with TemporaryDirectory() as directory, site(None, HOSTS, PAGES_A_HOST):
        desk = DeskProcess(Path(directory), sources, backfill=PAGES_A_HOST)
        take_in(desk, asked.corpus)
        for command in ("serve", "start"):
            desk.start(command)
            before = stories_of(desk)
            phase = ask(desk.address, questions, asked.clients, asked.minutes * 60, asked.pause)
            phases.append(phase)
            report(command, phase, asked.minutes * 60, stories_of(desk) - before)
            desk.stop()
    quiet, busy = phases
    print(f"99th percentile while crawling: {busy.high / quiet.high:.2f} times the one before")
    return 1 if quiet.errors or busy.errors or busy.high > MOST_TIMES_SLOWER * quiet.high else 0


def take_in(desk: DeskProcess, stories: Path) -> None:
    """Import the corpus, however long it takes."""
    command = [sys.executable, str(ROOT / "run.py"), "--config", str(desk.config), "import", str(stories.absolute())]
    subprocess.run(command, check=True, capture_output=True)


def stories_of(desk: DeskProcess) -> int:
    """How many stories can be found."""
    answer = desk.get("api/search", q="", size=1)
    return int(answer["total"]) if answer else 0


def ask(address: str, questions: list[str], clients: int, seconds: float, pause: float) -> Phase:
    """Ask for so long, with so many clients side by side."""
    phase = Phase([], [])
    following = itertools.cycle(questions)
    ends = time.monotonic() + seconds
    threads = [threading.Thread(target=_ask, args=(address, following, ends, pause, phase)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return phase


def _ask(address: str, questions: Iterator[str], ends: float, pause: float, phase: Phase) -> None:
    """One client, on one connection as long as that lasts."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_TIMEOUT_SECONDS)
    while time.monotonic() < ends:
        began = time.monotonic()
        try:
            connection.request("GET", f"/api/search?q={quote_plus(next(questions))}")
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            phase.errors.append(repr(error))
            connection.close()
            continue
        if answer.status != http.client.OK:
            phase.errors.append(f"status {answer.status}")
        phase.seconds.append(time.monotonic() - began)
        time.sleep(pause)
    connection.close()


def report(command: str, phase: Phase, seconds: float, stories: int) -> None:
    """One line."""
    median = statistics.median(phase.seconds) * 1000
    print(
        f"{command:6} {len(phase.seconds) / seconds:7.1f} answers/s  median {median:7.1f} ms  "
        f"p99 {phase.high * 1000:7.1f} ms  {len(phase.errors)} errors {sorted(set(phase.errors))[:3]}  "
        f"{stories / seconds:.1f} stories/s crawled",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
