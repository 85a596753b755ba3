"""Workers, web servers and the database are killed, frozen and restarted while a wire publishes and corrects.

At the end every story is there once, every correction is a version, each index agrees with the store, and by the wire's
own log no host was asked faster than its pace.
"""

import random
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.errors import StoreError
from store.lease_keeper import LEASE_SECONDS
from store.opening import Store, open_store
from tests.cluster.many_desks import Process, make_processes
from tests.cluster.postgresql_server import PostgresqlServer, free_port
from tests.cluster.wire_of_hosts import WireProcess
from tests.desk.desk_process import PATIENCE, eventually

pytestmark = pytest.mark.cluster

PACE_SECONDS = 0.5
TOLERANCE_SECONDS = 0.02
"""So much later may a request be received after it was sent than another."""
CHANGE_EVERY_SECONDS = 0.5
ANSWERED_WITHIN_SECONDS = 20.0


class Changes(threading.Thread):
    """Publishes stories, and corrects some that are stored in the version that is on the wire."""

    def __init__(self, wire: WireProcess, store: Store, stories: int, seed: int) -> None:
        super().__init__(name="changes", daemon=True)
        self._wire, self._store, self._dice = wire, store, random.Random(seed)
        self.versions = dict.fromkeys(range(stories), 1)
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(CHANGE_EVERY_SECONDS):
            number = self._wire.publish(self._dice.randrange(self._wire.hosts))
            self.versions[number] = 1
            candidate = self._dice.choice(sorted(self.versions))
            if self._stored_version(candidate) == self.versions[candidate]:
                self._wire.correct(candidate)
                self.versions[candidate] += 1

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def _stored_version(self, number: int) -> int | None:
        url = self._wire.address_of(number)
        try:
            story_id = self._store.stories.find(url)
            story = self._store.stories.get(story_id) if story_id else None
        except StoreError:  # the database is being restarted
            return None
        return story.version if story else None


class Queries(threading.Thread):
    """Asks all web servers in turn, again and again; a query that none of them answers for long has failed."""

    def __init__(self, servers: list[Process]) -> None:
        super().__init__(name="queries", daemon=True)
        self._servers = servers
        self._stopping = threading.Event()
        self.asked = self.failed = 0

    def run(self) -> None:
        while not self._stopping.wait(0.5):
            self.asked += 1
            ends_at = time.monotonic() + ANSWERED_WITHIN_SECONDS
            while all(server.search("story OR correction") is None for server in self._servers):
                if time.monotonic() > ends_at:  # longer than a restart of the database takes
                    self.failed += 1
                    break

    def stop(self) -> None:
        self._stopping.set()
        self.join()


@pytest.fixture
def server() -> Iterator[PostgresqlServer]:
    server = PostgresqlServer()
    server.make_database("desk")
    yield server
    server.remove()


@pytest.mark.parametrize(
    ("hosts", "stories", "seconds"),
    [pytest.param(6, 60, 60, id="a minute"), pytest.param(40, 5000, 600, id="ten minutes", marks=pytest.mark.long)],
)
def test_nothing_is_lost_or_doubled_and_no_host_is_hurried(
    server: PostgresqlServer, tmp_path: Path, hosts: int, stories: int, seconds: int
) -> None:
    url = server.address("desk")
    wire = WireProcess(tmp_path / "wire.log", free_port(), hosts=hosts, stories=stories)
    store = open_store(tmp_path / "watching", url)
    workers, servers = make_processes(
        tmp_path, url, wire.sources("10s"), workers=3, servers=2, per_host_delay=f"{int(PACE_SECONDS * 1000)}ms"
    )
    changes, queries = Changes(wire, store, stories, seed=1), Queries(servers)
    try:
        for process in (*workers, *servers):
            process.start()
        changes.start()
        queries.start()
        done = hurt(server, workers, servers, seconds)
        changes.stop()
        wanted = {wire.address_of(number): version for number, version in changes.versions.items()}
        settled(store, wanted, seconds)
        eventually(lambda: all(total_of(one) == len(wanted) for one in servers), 120, "the indexes to be complete")
        queries.stop()
        print(f"{len(wanted)} stories, {sum(wanted.values())} versions, {dict(done)}; {queries.asked} queries")
        assert queries.failed == 0
        assert_paces_kept(wire)
    finally:
        for process in (*workers, *servers):
            process.kill()
        store.close()
        wire.stop()


def hurt(server: PostgresqlServer, workers: list[Process], servers: list[Process], seconds: float) -> dict[str, int]:
    """Every twenty seconds one of four harms, until the time is over; all is mended at the end."""
    dice, done = random.Random(2), defaultdict[str, int](int)
    frozen: list[threading.Timer] = []
    ends_at = time.monotonic() + seconds
    harms = ["worker", "web", "database", "freeze"]
    while time.monotonic() < ends_at:
        time.sleep(20)
        harm = harms[sum(done.values()) % len(harms)]
        done[harm] += 1
        if harm == "database":
            server.restart(abruptly=dice.random() < 0.5)
        elif harm == "freeze":
            worker = dice.choice(workers)
            worker.signal(signal.SIGSTOP)
            frozen.append(threading.Timer(LEASE_SECONDS + 5, worker.signal, [signal.SIGCONT]))
            frozen[-1].start()
        else:
            process = dice.choice(workers if harm == "worker" else servers)
            process.kill()
            process.start()
    for timer in frozen:
        timer.join()
    for process in (*workers, *servers):
        if not process.is_alive():
            process.start()
    return done


def settled(store: Store, wanted: dict[str, int], seconds: float) -> None:
    """Wait until the store holds what was published, and say exactly what is missing where it does not."""
    ends_at = time.monotonic() + PATIENCE * (120 + seconds / 2)
    while True:
        held = [(story.url, story.version) for story in store.stories.walk()]
        if sorted(held) == sorted(wanted.items()) or time.monotonic() > ends_at:
            break
        time.sleep(5)
    assert len(held) == len({url for url, _ in held}), "a story is there twice"
    assert dict(held) == wanted


def total_of(server: Process) -> int:
    answer = server.search("-nothingatall")
    return -1 if answer is None else int(answer["total"])


def assert_paces_kept(wire: WireProcess) -> None:
    """By the wire's own log, requests to one host began no less than the pace apart."""
    last: dict[int, float] = {}
    hurried = []
    for request in wire.requests():
        gap = request.at - last.get(request.host, 0.0)
        if gap < PACE_SECONDS - TOLERANCE_SECONDS:
            hurried.append((request, gap))
        last[request.host] = request.at
    assert hurried == []
