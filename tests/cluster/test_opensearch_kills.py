"""The whole cluster is hurt: nodes of the index, workers, web servers and the database, while a wire publishes.

Three nodes with a replica, PostgreSQL, three workers, two web servers. Stories are published, corrected and forgotten,
and questions asked, all the time. At the end every story is there once, every correction is a version, store and index
agree story by story, no forgotten story is found, not even where it is written late; and no question failed that the
other web server did not answer.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from deploy.cluster.opensearch_nodes import NodesError, OpenSearchNodes
from store.opening import Store, open_store
from tests.cluster.asking import Failure, Questions
from tests.cluster.harms import DatabaseHarms, NodeHarms, ProcessHarms, hurt
from tests.cluster.index_contents import contents, differences
from tests.cluster.late_writes import LateWorker, forget_while_frozen
from tests.cluster.many_desks import Process, desk_values, make_processes
from tests.cluster.postgresql_server import PostgresqlServer, free_port
from tests.cluster.subjects import EVERYTHING, ForgettingCommands, Subjects, headline_query
from tests.cluster.wire_changes import PACE_SECONDS, Changes, assert_paces_kept, settled
from tests.cluster.wire_of_hosts import WireProcess, headline_of
from tests.desk.desk_process import eventually

pytestmark = pytest.mark.cluster

NAME = "desk"
PAST_GC_DELETES_SECONDS = 70.0
RECONNECTS_WITHIN_SECONDS = 2.0
_ERROR = re.compile(r"\[error\s*\]\s*(.*)")
_VARYING = re.compile(r"\d+|0x[0-9a-f]+")


@pytest.fixture
def database_server() -> Iterator[PostgresqlServer]:
    server = PostgresqlServer()
    server.make_database("desk")
    yield server
    server.remove()


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[OpenSearchNodes]:
    nodes = OpenSearchNodes(tmp_path / "nodes", 3, "256m")
    try:
        nodes.start()
    except NodesError as error:
        nodes.stop()
        pytest.skip(f"NO OPENSEARCH: {error}")
    yield nodes
    nodes.stop()


@pytest.mark.parametrize(
    ("hosts", "stories", "seconds"),
    [
        pytest.param(6, 60, 90, id="a minute and a half"),
        pytest.param(40, 5000, 600, id="ten minutes", marks=pytest.mark.long),
    ],
)
def test_nothing_is_lost_doubled_or_brought_back(
    database_server: PostgresqlServer, nodes: OpenSearchNodes, tmp_path: Path, hosts: int, stories: int, seconds: int
) -> None:
    url = database_server.address("desk")
    index = {"engine": "opensearch", "hosts": nodes.addresses, "name": NAME}
    wire = WireProcess(tmp_path / "wire.log", free_port(), hosts=hosts, stories=stories)
    store = open_store(tmp_path / "watching", url)
    pace = f"{int(PACE_SECONDS * 1000)}ms"
    workers, servers = make_processes(
        tmp_path, url, wire.sources("10s"), workers=3, servers=2, index=index, per_host_delay=pace
    )
    commands = Process(tmp_path / "commands", "", desk_values(wire.sources("10s"), index), url)
    late = LateWorker(tmp_path / "late", url, wire, store, index)
    changes = Changes(wire, store, stories, seed=1)
    subjects = Subjects(changes, seed=2)
    questions = Questions(servers, subjects.choose, every_seconds=0.2)
    forgetting = ForgettingCommands(commands, wire, subjects, seed=3)
    dice = random.Random(4)
    processes, database, cluster = ProcessHarms(dice), DatabaseHarms(database_server, dice), NodeHarms(nodes, dice)
    harms = {
        "the manager of the nodes is killed": cluster.kill_manager,
        "what feeds the index is killed": lambda: processes.kill(feeding(store, workers + servers)),
        "the database is restarted": database.restart,
        "a web server is killed": lambda: processes.kill_one(servers),
        "a node hangs": cluster.freeze,
        "the worker that feeds the index is frozen": lambda: processes.freeze(feeding(store, workers)),
        "a worker is killed": lambda: processes.kill_one(workers),
        "another node is killed": cluster.kill_data_node,
    }
    try:
        for process in (*workers, *servers):
            process.start()
        eventually(lambda: all(server.search(EVERYTHING) for server in servers), 120, "the first answers")
        for thread in (changes, questions, forgetting):
            thread.start()
        done = hurt(harms, seconds)
        changes.stop()
        forgetting.stop()
        wanted = changes.wanted()
        settled(store, wanted, seconds)
        eventually(lambda: all(total_of(server) == len(wanted) for server in servers), 120, "the index to be complete")
        questions.stop()
        print(f"{len(wanted)} stories, {sum(wanted.values())} versions, {dict(done)}; {questions.summary()}")
        print(f"{len(forgetting.seconds)} forgotten in {seconds_told(forgetting.seconds)}, {forgetting.failed} failed")
        assert commands.run("check", "--deep") == 0, said_by(commands)[-2000:]
        assert differences(store, contents(nodes.addresses[0], NAME)) == []
        assert_paces_kept(wire)
        assert right_totals(servers, store, subjects) == []
        assert questions.faults == []
        assert unexplained(questions.failures, database) == []

        for process in (*workers, *servers):
            process.kill()  # any of them would feed the index
        number, _ = forget_while_frozen(
            late,
            [*workers, *servers],
            wire,
            store,
            index,
            moment="after",
            asleep_seconds=PAST_GC_DELETES_SECONDS,
        )
        assert differences(store, contents(nodes.addresses[0], NAME)) == []
        subjects_left = [one for one in (*subjects.given_up(), number) if any(map(finds(one), servers))]
        assert subjects_left == []
        assert tracebacks([*workers, *servers, commands, late.process]) == []
    finally:
        late.close()
        for process in (*workers, *servers):
            process.kill()
        store.close()
        wire.stop()
        print(told_in([*workers, *servers, commands, late.process]))


def feeding(store: Store, processes: Sequence[Process]) -> Process | None:
    """Which of several processes feeds the index."""
    lease = store.leases.current(f"index:opensearch:{NAME}")
    if lease is None:
        return None
    try:
        group = os.getpgid(int(lease.owner.split(":")[1]))  # a web server has a process beside it that does so
    except ProcessLookupError:
        return None
    return next((process for process in processes if process.process_id == group), None)


def total_of(server: Process, q: str = EVERYTHING) -> int:
    """The total of a query once it is worked out to its end; -1 where there is no answer."""
    answer = eventually(lambda: _whole(server, q), 60, f"a whole answer to {q}")
    return int(answer["total"])


def _whole(server: Process, q: str) -> dict[str, object] | None:
    answer = server.search(q)
    return answer if answer is not None and not answer["partial"] else None


def finds(number: int) -> Callable[[Process], bool]:
    """Whether a web server finds a story of the wire."""
    return lambda server: total_of(server, headline_query(number)) > 0


def right_totals(servers: Sequence[Process], store: Store, subjects: Subjects) -> list[str]:
    """Queries that are not answered as the store says, by either server."""
    kept = list(store.stories.walk())
    of = Counter(story.source for story in kept)
    corrected = Counter(story.source for story in kept if story.version > 1)
    one, other = subjects.found()[0], subjects.found()[-1]
    first = headline_of(one).split()[0]
    expected = {
        EVERYTHING: len(kept),
        "correction": corrected.total(),
        "-correction": len(kept) - corrected.total(),
        "correction source:host-0": corrected["host-0"],
        "source:host-1": of["host-1"],
        "source:host-1 OR source:host-2": of["host-1"] + of["host-2"],
        "-source:host-3": len(kept) - of["host-3"],
        headline_query(one): 1,
        f"headline:{headline_query(other)}": 1,
        f"{headline_query(one)} OR {headline_query(other)}": 2,
        f"{headline_query(one)} {headline_query(other)}": 0,
        f"body:{headline_query(one)}": 0,
        f"headline:{first[:-1]}* {headline_query(one)}": 1,
        "has:headline": len(kept),
        "has:caption": 0,
    }
    return [
        f"{q}: {found} on {server.name}, {wanted} in the store"
        for q, wanted in expected.items()
        for server in servers
        if (found := total_of(server, q)) != wanted
    ]


def unexplained(failures: Sequence[Failure], database: DatabaseHarms) -> list[Failure]:
    """Questions that no web server answered at once, although the database was there."""
    return [
        failure
        for failure in failures
        if not any(
            begun_at < failure.given_up_at and failure.asked_at < ended_at + RECONNECTS_WITHIN_SECONDS
            for begun_at, ended_at in database.restarts
        )
    ]


def said_by(process: Process) -> str:
    """The log of a process, if it was started at all."""
    return process.log.read_text(errors="replace") if process.log.exists() else ""


def tracebacks(processes: Sequence[Process]) -> list[str]:
    """What was not foreseen, with what stands before and behind it."""
    found = []
    for process in processes:
        text = said_by(process)
        found += [
            f"{process.name}: …{text[max(0, m.start() - 300) : m.start() + 3000]}"
            for m in re.finditer("Traceback", text)
        ]
    return found


def told_in(processes: Sequence[Process]) -> str:
    """The different lines of errors in the logs, each with how often it stands there."""
    lines = Counter[str]()
    for process in processes:
        lines.update(_VARYING.sub("#", line) for line in _ERROR.findall(said_by(process)))
    return "\n".join(f"{count:5} {line}" for line, count in lines.most_common())


def seconds_told(seconds: Sequence[float]) -> str:
    return ", ".join(f"{one:.0f} s" for one in seconds)
