"""Workers, web servers and the database are killed, frozen and restarted while a wire publishes and corrects.

At the end every story is there once, every correction is a version, each index agrees with the store, and by the wire's
own log no host was asked faster than its pace.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.opening import open_store
from tests.cluster.asking import Question, Questions
from tests.cluster.harms import DatabaseHarms, ProcessHarms, hurt
from tests.cluster.many_desks import Process, make_processes
from tests.cluster.postgresql_server import PostgresqlServer, free_port
from tests.cluster.wire_changes import PACE_SECONDS, Changes, assert_paces_kept, settled
from tests.cluster.wire_of_hosts import WireProcess
from tests.desk.desk_process import eventually

pytestmark = pytest.mark.cluster


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
    changes = Changes(wire, store, stories, seed=1)
    questions = Questions(servers, lambda: Question("story OR correction"), every_seconds=0.5)
    dice = random.Random(2)
    processes, database = ProcessHarms(dice), DatabaseHarms(server, dice)
    harms = {
        "a worker is killed": lambda: processes.kill_one(workers),
        "a web server is killed": lambda: processes.kill_one(servers),
        "the database is restarted": database.restart,
        "a worker is frozen": lambda: processes.freeze_one(workers),
    }
    try:
        for process in (*workers, *servers):
            process.start()
        changes.start()
        eventually(lambda: all(one.search("story") is not None for one in servers), 120, "the first answers")
        questions.start()
        done = hurt(harms, seconds)
        changes.stop()
        wanted = changes.wanted()
        settled(store, wanted, seconds)
        eventually(lambda: all(total_of(one) == len(wanted) for one in servers), 120, "the indexes to be complete")
        questions.stop()
        print(f"{len(wanted)} stories, {sum(wanted.values())} versions, {dict(done)}; {questions.summary()}")
        assert questions.unanswered == 0  # a restart of the database takes less
        assert_paces_kept(wire)
    finally:
        for process in (*workers, *servers):
            process.kill()
        store.close()
        wire.stop()


def total_of(server: Process) -> int:
    answer = server.search("-nothingatall")
    return -1 if answer is None else int(answer["total"])
