"""Several workers, each a process with a data directory of its own, on one store: what does the wire see of them?"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from desk.container import Desk
from desk.interrupts import LONGEST_SECONDS
from model.errors import EngineError
from store.opening import Store, open_store
from tests.crawler.fault_server import FaultServer, Request, Talk, answer
from tests.crawler.recheck_pages import feed, page
from tests.desk.desk_process import ROOT, DeskProcess, eventually
from tests.ingest.things import tell

DELAY = 0.4
LEASE = 10.0
HOSTS, FEEDS, STORIES = 3, 2, 5
# What a server notes is later than what was sent by as much as a busy machine takes to wake it.
LATE = 0.1


class Publisher:
    """A host with several feeds, each a source; it responds after a moment, and notes who asks when."""

    def __init__(self, server: FaultServer, number: int) -> None:
        self.server = server
        self.number = number
        self.most = self._now = 0
        server.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /private")
        self.names = []
        self.stories: list[str] = []
        now = datetime.now(UTC).replace(microsecond=0)
        for position in range(FEEDS):
            told = [tell(1000 * number + 100 * position + n, now - timedelta(seconds=n)) for n in range(STORIES)]
            for one in told:
                server.routes[f"/news/{one.slug}"] = self._serve(answer(page(one), Connection="close"))
                self.stories.append(f"/news/{one.slug}")
            pairs = [(server.url(f"/news/{one.slug}"), one) for one in told]
            server.routes[f"/feed{position}.xml"] = answer(feed(pairs), content_type="application/rss+xml")
            self.names.append((f"s{number}-{position}", server.url(f"/feed{position}.xml")))

    def publish_copy(self) -> None:
        """One more story, with the text of another."""
        now = datetime.now(UTC).replace(microsecond=0)
        told = tell(1000 * self.number, now)
        path = f"/news/again-{told.slug}"
        self.server.routes[path] = answer(page(told), Connection="close")
        content = feed([(self.server.url(path), told)])
        self.server.routes["/feed0.xml"] = answer(content, content_type="application/rss+xml")

    def _serve(self, response: bytes) -> Any:
        def route(talk: Talk) -> None:
            self._now += 1
            self.most = max(self.most, self._now)
            talk.pause(0.05)
            self._now -= 1
            talk.send(response)

        return route


class Desks:
    """Workers on one store."""

    def __init__(self, directory: Path, publishers: list[Publisher], **crawler: Any) -> None:
        self.store_directory = directory / "store"
        self.store: Store = open_store(self.store_directory)
        self._directory = directory
        self._sources = [{"name": n, "feeds": [url], "every": "1h"} for p in publishers for n, url in p.names]
        self._crawler = {"per_host_delay": f"{DELAY}s", "lease": f"{LEASE}s", "concurrency": 1, **crawler}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def desk(self, name: str) -> DeskProcess:
        folder = self._directory / name
        folder.mkdir(exist_ok=True)
        program = (sys.executable, str(ROOT / "tests/desk/shared_desk.py"), str(self.store_directory))
        crawler = {**self._crawler, "user_agent": f"Desk{name}/1.0", "look_again": []}
        return DeskProcess(folder, self._sources, program=program, **crawler)

    def start(self, name: str, what: str = "schedule") -> None:
        desk = self.desk(name)
        command = [*desk.program, "--config", str(desk.config), what]
        with desk.output.open("ab") as output:
            self.running[name] = subprocess.Popen(command, stdout=output, stderr=output)

    def end(self, name: str, number: signal.Signals) -> tuple[int, float]:
        """The status of a worker that is stopped, and how many seconds it took to end."""
        begun = time.monotonic()
        self.signal(name, number)
        return self.running[name].wait(30), time.monotonic() - begun

    def signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self.running[name].pid, number)

    def freeze(self, name: str) -> None:
        """SIGSTOP between two transactions: in the middle of one a process holds SQLite's only lock for good.

        PostgreSQL ends such a transaction.
        """

        def is_frozen() -> bool:
            self.signal(name, signal.SIGSTOP)
            eventually(lambda: self._has_stopped(name), 10, "a worker that has stopped, with all of its threads")
            if all(self._can_be_written_to(file) for file in ("stories.db", "pages.db")):
                return True
            self.signal(name, signal.SIGCONT)
            return False

        eventually(is_frozen, 10, "a worker that is frozen between two transactions")

    def _has_stopped(self, name: str) -> bool:
        threads = Path(f"/proc/{self.running[name].pid}/task").glob("*/stat")
        try:
            return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)
        except OSError:  # one has ended just now
            return False

    def _can_be_written_to(self, file: str) -> bool:
        with closing(sqlite3.connect(self.store_directory / file, timeout=0.2, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError:
                return False
        return True

    def log(self, name: str) -> str:
        return (self._directory / name / "start.log").read_text(errors="replace")

    def searchable(self, name: str) -> int:
        live = Desk(self.desk(name).config).live
        try:
            return live.count()
        except EngineError:
            return 0
        finally:
            live.close()

    def close(self) -> None:
        for name, process in self.running.items():
            process.kill()
            process.wait()
            print(f"{name}:", self.log(name), sep="\n")
        self.store.close()


@pytest.fixture
def publishers() -> Iterator[list[Publisher]]:
    with ExitStack() as stack:
        yield [
            Publisher(stack.enter_context(FaultServer(address=f"127.0.8.{number}")), number)
            for number in range(1, HOSTS + 1)
        ]


@pytest.fixture
def desks(tmp_path: Path, publishers: list[Publisher]) -> Iterator[Desks]:
    made = Desks(tmp_path, publishers)
    yield made
    made.close()


def everything_is_in(desks: Desks) -> bool:
    return desks.store.stories.count() == HOSTS * FEEDS * STORIES


def assert_paced(publisher: Publisher) -> None:
    times = sorted(request.at for request in publisher.server.log)
    gaps = [round(after - before, 3) for before, after in pairwise(times)]
    # On a machine with too much to do a few are noted later still; over all requests nothing is gained by that.
    assert sum(gap < DELAY - LATE for gap in gaps) <= len(gaps) // 10, gaps
    assert times[-1] - times[0] >= DELAY * (len(times) - 1) - LATE
    assert publisher.most == 1


def assert_gone(desks: Desks, seconds: float) -> None:
    """A worker that ended within its time has told so; one that a busy machine cut off is gone when its leases end."""
    if seconds < LONGEST_SECONDS:
        assert list(desks.store.workers.known()) == []
        assert list(desks.store.leases.held()) == []
    eventually(lambda: not desks.store.leases.held(), LEASE, "no lease")


def agents(requests: list[Request]) -> Counter[str]:
    return Counter(request.headers["user-agent"].partition("/")[0] for request in requests)


def test_two_workers_fetch_nothing_twice_and_no_host_faster_than_its_pace(
    desks: Desks, publishers: list[Publisher]
) -> None:
    desks.start("A")
    desks.start("B")
    eventually(lambda: everything_is_in(desks), 40, "all stories")
    eventually(lambda: not any(lease.name.startswith("source:") for lease in desks.store.leases.held()), 10, "the end")
    for publisher in publishers:
        paths = Counter(publisher.server.paths())
        assert paths == Counter(["/robots.txt", "/feed0.xml", "/feed1.xml", *publisher.stories])
        assert_paced(publisher)
    assert set(agents([request for p in publishers for request in p.server.log])) == {"DeskA", "DeskB"}


def test_workers_are_shown_while_they_work_and_leave_when_they_are_stopped(
    desks: Desks, publishers: list[Publisher]
) -> None:
    desks.start("A")
    eventually(lambda: desks.store.leases.held(), 30, "a lease")
    shown = desks.desk("C").run("workers", "--json")
    (worker,) = json.loads(shown.stdout)
    assert worker["role"] == "crawl"
    assert worker["name"].split(":")[1] == str(desks.running["A"].pid)
    assert worker["leases"]
    assert worker["name"] in desks.desk("C").run("workers").stdout
    status, seconds = desks.end("A", signal.SIGTERM)
    assert status == 0
    assert_gone(desks, seconds)


def test_a_crawl_by_hand_that_is_interrupted_leaves_its_sources_to_others(
    desks: Desks, publishers: list[Publisher]
) -> None:
    desks.start("A", "crawl")
    eventually(lambda: desks.store.stories.count(), 30, "a story")
    assert desks.store.leases.held()
    status, seconds = desks.end("A", signal.SIGINT)
    assert status == 128 + signal.SIGINT
    assert "run the same command again" in desks.log("A")
    assert_gone(desks, seconds)


def test_by_hand_what_another_worker_crawls_is_left_to_it_and_named(desks: Desks, publishers: list[Publisher]) -> None:
    lease = desks.store.leases.acquire("source:s1-0", "another:1:abc", 300)
    assert lease is not None
    crawled = desks.desk("A").run("crawl", "s1-0", "s1-1")
    assert crawled.returncode == 0
    assert "s1-0: not crawled now: it is being crawled by another:1:abc" in crawled.stderr
    assert desks.store.stories.count() == STORIES
    assert "/feed0.xml" not in publishers[0].server.paths()


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_what_a_worker_leaves_behind_another_crawls(desks: Desks, publishers: list[Publisher], how: str) -> None:
    """And where it is woken after its leases have ended, it asks nobody any more for what it had in hand."""
    desks.start("A")
    eventually(lambda: desks.store.stories.count() >= 3, 30, "the first stories")
    desks.start("B")
    if how == "killed":
        desks.signal("A", signal.SIGKILL)
    else:
        desks.freeze("A")
    stopped_at = time.monotonic()
    eventually(lambda: everything_is_in(desks), 60, "all stories, by the other")
    asked_by_a = agents([r for p in publishers for r in p.server.log if r.at > stopped_at + 0.2])["DeskA"]
    assert asked_by_a == 0
    if how == "frozen":
        woken_at = time.monotonic()
        desks.signal("A", signal.SIGCONT)
        eventually(lambda: "lease" in desks.log("A"), 15, "the worker that notices")
        time.sleep(2 * LEASE)
        after = agents([r for p in publishers for r in p.server.log if r.at > woken_at])
        assert after["DeskA"] == 0
    for publisher in publishers:
        assert_paced(publisher)
        stories = Counter(path for path in publisher.server.paths() if path.startswith("/news/"))
        assert set(stories) == set(publisher.stories)
        # What was under way when it stopped is asked for once more.
        assert sum(stories.values()) <= len(stories) + FEEDS
    assert desks.store.stories.count() == HOSTS * FEEDS * STORIES


def test_one_worker_feeds_an_index_and_one_groups_for_all(desks: Desks, publishers: list[Publisher]) -> None:
    """Each data directory has an index of its own; when who decides the groups is gone, another does."""

    def feeding() -> dict[str, str]:
        found = {lease.name: lease.owner for lease in desks.store.leases.held()}
        return {name: owner for name, owner in found.items() if not name.startswith("source:")}

    desks.start("A")
    eventually(lambda: "duplicates" in feeding(), 30, "a worker that groups")
    desks.start("B")
    eventually(lambda: len(feeding()) == 3, 60, "an index each, and one that groups")
    eventually(lambda: everything_is_in(desks), 60, "all stories")
    numbers = {str(process.pid): name for name, process in desks.running.items()}
    assert numbers[feeding()["duplicates"].split(":")[1]] == "A"
    for name in "AB":
        eventually(lambda name=name: desks.searchable(name) == HOSTS * FEEDS * STORIES, 20, f"the index of {name}")
    desks.signal("A", signal.SIGKILL)
    eventually(lambda: "duplicates" not in feeding(), 30, "the end of what the dead one held")
    told = desks.store.feed.position()
    publishers[0].publish_copy()
    desks.store.source_leases.free_all()
    desks.store.crawl.change_source("s1-0", lambda state: state._replace(next_due_at=None))
    eventually(lambda: desks.store.feed.position() > told, 60, "a story more")
    eventually(lambda: "duplicates" in feeding(), 60, "another that groups")
