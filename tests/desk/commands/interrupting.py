"""Commands that are interrupted at some moment, and what has to hold of them then.

The tests and `python -m benchmarks.interrupts` share it.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from desk.container import Desk
from tests.crawler.fault_server import FaultServer, Route, Talk, answer
from tests.desk.desk_process import ROOT, DeskProcess, eventually
from tests.desk.importing.archive_files import Warc, article

LINES = 6000
PAGES = 120
DRIPPING = 4
"""Every so many pages of the slow host takes twenty seconds."""
_PAGES_AT_ONCE = 40


class Ended(NamedTuple):
    """How a command ended, and how many seconds after the signal; None where it had ended before."""

    status: int
    stderr: str
    seconds: float | None


class Moment(NamedTuple):
    """When the signal comes, in seconds after the process hears signals, which one, and to whom."""

    seconds: float
    number: signal.Signals = signal.SIGINT
    to_group: bool = False

    @classmethod
    def seeded(cls, seed: str, longest: float) -> "Moment":
        """One of all the moments in so many seconds."""
        chance = random.Random(seed)
        number = chance.choice((signal.SIGINT, signal.SIGINT, signal.SIGTERM))
        return cls(chance.uniform(0, longest), number, chance.random() < 0.5)


def interrupt(desk: DeskProcess, moment: Moment, *arguments: str, ready: Callable[[], bool] = lambda: True) -> Ended:
    """Begin a command, in a process group of its own as a shell does it, and interrupt it.

    The moment is counted from when the process hears signals and is `ready`.
    """
    errors = desk.config.parent / "stderr"
    with errors.open("wb") as stderr, (desk.config.parent / "stdout").open("wb") as stdout:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "run.py"), "--config", str(desk.config), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        eventually(
            lambda: process.poll() is not None or (hears_signals(process.pid) and ready()),
            30,
            "a process that is ready",
        )
        seconds = None
        try:
            process.wait(moment.seconds)
        except subprocess.TimeoutExpired:
            send = os.killpg if moment.to_group else os.kill
            began = time.monotonic()
            send(process.pid, moment.number)
            process.wait(60)
            seconds = time.monotonic() - began
    return Ended(process.returncode, errors.read_text(encoding="utf-8"), seconds)


def hears_signals(process_id: int) -> bool:
    """Whether it has a handler for SIGTERM, which no Python has by itself (SigCgt of proc(5))."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught & 1 << signal.SIGTERM - 1)


def ids(desk: DeskProcess) -> tuple[set[str], set[str]]:
    """The ids of all stories in the store, and of those in the index."""
    opened = Desk(desk.config)
    try:
        return {story.id for story in opened.store.stories.walk()}, {found for found, _ in opened.live.ids()}
    finally:
        opened.live.close()
        opened.store.close()


class Preparations:
    """What commands are interrupted on, made once for many: `times` as much as the least of it."""

    def __init__(self, directory: Path, times: int = 1) -> None:
        self._directory = directory
        self._times = times

    @cached_property
    def lines(self) -> Path:
        """Lines for `import`."""
        path = self._directory / "stories.ndjson"
        chance = random.Random(self._times)
        words = ["".join(chance.choices("bcdfglmnprstaeiou", k=chance.randint(3, 9))) for _ in range(3000)]
        with path.open("w", encoding="utf-8") as file:
            for number in range(LINES * self._times):
                body = [" ".join(chance.choices(words, k=40)) for _ in range(3)]
                story = {"id": f"line-{number}", "headline": f"Report {number}", "source": "other", "body": body}
                file.write(json.dumps(story) + "\n")
        return path

    @cached_property
    def archive(self) -> Path:
        """An archive for `import`."""
        warc = Warc(self._directory / "news.warc.gz")
        for number in range(PAGES * self._times):
            warc.add(f"https://news.example.org/report-{number}.html", article(number))
        return warc.close()

    @cached_property
    def stories(self) -> Path:
        """A data directory with the lines."""
        return self._imported("stories", self.lines)

    @cached_property
    def pages(self) -> Path:
        """A data directory with the pages of the archive."""
        return self._imported("pages", self.archive)

    @cached_property
    def backup(self) -> Path:
        """A backup of the lines."""
        desk = DeskProcess(_made(self._directory / "backed-up"), [])
        shutil.copytree(self.stories, desk.data)
        succeed(desk, "backup", str(self._directory / "backup"))
        return self._directory / "backup"

    def _imported(self, name: str, path: Path) -> Path:
        desk = DeskProcess(_made(self._directory / name), [])
        succeed(desk, "import", str(path))
        return desk.data


@contextmanager
def slow_host() -> Iterator[list[Mapping[str, Any]]]:
    """Two sources of one host: one whose pages come quickly or dripping, and one whose feed does."""
    with FaultServer() as server:
        links = [server.url(f"/report-{number}.html") for number in range(_PAGES_AT_ONCE)]
        items = "".join(f"<item><title>Report</title><link>{link}</link></item>" for link in links)
        feed = f'<rss version="2.0"><channel><title>Slow</title>{items}</channel></rss>'
        server.routes["/robots.txt"] = answer(b"User-agent: *\nAllow: /\n", content_type="text/plain")
        server.routes["/feed.xml"] = answer(feed.encode(), content_type="application/rss+xml")
        for number in range(_PAGES_AT_ONCE):
            page = answer(article(number))
            server.routes[f"/report-{number}.html"] = _dripping(page) if number % DRIPPING == 1 else page
        server.routes["/endless.xml"] = _dripping(answer(feed.encode(), content_type="application/rss+xml"))
        yield [
            {"name": "slow", "feeds": [server.url("/feed.xml")]},
            {"name": "slower", "feeds": [server.url("/endless.xml")]},
        ]


def _dripping(page: bytes) -> Route:
    def drip(talk: Talk) -> None:
        talk.drip(page[:400], 0.05)
        talk.send(page[400:])

    return drip


# What is interrupted, each on a desk that is new. --------------------------------------------------------------


def interrupt_crawl(desk: DeskProcess, made: Preparations, moment: Moment) -> Ended:
    """A round over quick hosts and a slow one."""
    return interrupt(desk, moment, "crawl")


def interrupt_import(desk: DeskProcess, made: Preparations, moment: Moment) -> Ended:
    """Lines."""
    return interrupt(desk, moment, "import", str(made.lines))


def interrupt_archive(desk: DeskProcess, made: Preparations, moment: Moment) -> Ended:
    """The pages of an archive."""
    return interrupt(desk, moment, "import", str(made.archive))


def interrupt_reindex(desk: DeskProcess, made: Preparations, moment: Moment) -> Ended:
    """A rebuild: what the live index finds, it finds all the time."""
    shutil.copytree(made.stories, desk.data)
    ended = interrupt(desk, moment, "reindex")
    kept, found = ids(desk)
    assert kept == found
    return ended


def interrupt_reparse(desk: DeskProcess, made: Preparations, moment: Moment) -> Ended:
    """Stored pages that are read again."""
    shutil.copytree(made.pages, desk.data)
    return interrupt(desk, moment, "reindex", "--reparse")


def interrupt_backup(desk: DeskProcess, made: Preparations, moment: Moment) -> Ended:
    """A backup: the same command makes it after all."""
    shutil.copytree(made.stories, desk.data)
    target = desk.config.parent / "backup"
    ended = interrupt(desk, moment, "backup", str(target))
    if not (target / "manifest.json").exists():
        succeed(desk, "backup", str(target))
    assert sorted(path.name for path in target.iterdir()) == ["manifest.json", "pages.db", "stories.db"]
    return ended


def interrupt_restore(desk: DeskProcess, made: Preparations, moment: Moment) -> Ended:
    """A restore: the same command makes it after all, or it is whole already, and the next command finds all of it."""
    ended = interrupt(desk, moment, "restore", str(made.backup))
    if (desk.data / "stories.db").exists():
        succeed(desk, "search", "report")
    else:
        succeed(desk, "restore", str(made.backup))
    kept, found = ids(desk)
    assert len(kept) == json.loads((made.backup / "manifest.json").read_text())["stories"]
    assert kept == found
    return ended


def interrupt_export(desk: DeskProcess, made: Preparations, moment: Moment) -> Ended:
    """An export: nothing is stored."""
    shutil.copytree(made.stories, desk.data)
    return interrupt(desk, moment, "export")


def succeed(desk: DeskProcess, *arguments: str) -> str:
    """Run a command that is to succeed; returns what it printed."""
    ended = desk.run(*arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


STAGES: Mapping[str, tuple[Callable[[DeskProcess, Preparations, Moment], Ended], float]] = {
    # what is interrupted, and how long it takes about, alone on two cores
    "crawl": (interrupt_crawl, 8.0),
    "import": (interrupt_import, 3.2),
    "archive": (interrupt_archive, 1.9),
    "reindex": (interrupt_reindex, 1.2),
    "reparse": (interrupt_reparse, 3.2),
    "backup": (interrupt_backup, 0.7),
    "restore": (interrupt_restore, 1.2),
    "export": (interrupt_export, 0.7),
}
