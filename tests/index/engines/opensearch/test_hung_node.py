"""A node of three that hangs: no search fails, nothing is lost, and what it sends on late is taken out."""

import json
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
import requests

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from deploy.cluster.opensearch_nodes import NodesError, OpenSearchNodes
from index.base import Removal
from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
from index.engines.opensearch.documents import document_of
from model.errors import EngineTroubleError
from model.query import SearchRequest, Word
from model.story import StoredStory

pytestmark = [pytest.mark.cluster, pytest.mark.long]

SEEN_AT = datetime(2024, 5, 1, tzinfo=UTC)
HUNG_SECONDS = 25.0
STORIES = 200


def story(number: int) -> StoredStory:
    return StoredStory(
        id=f"s{number:05}",
        source="voa",
        headline=f"zebra {number}",
        version=1,
        first_seen_at=SEEN_AT.replace(month=1 + number % 6),
        seen_at=SEEN_AT,
        revision=number,
    )


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[OpenSearchNodes]:
    nodes = OpenSearchNodes(tmp_path / "nodes", 3, "256m")
    try:
        nodes.start()
        yield nodes
    except NodesError as error:
        pytest.skip(f"NO OPENSEARCH: {error}")
    finally:
        nodes.stop()


def is_green(nodes: OpenSearchNodes) -> bool:
    return bool(requests.get(f"{nodes.addresses[0]}/_cluster/health", timeout=10).json()["status"] == "green")


@pytest.mark.parametrize("victim", ["manager", "another"])
def test_searches_and_writes_go_on_while_a_node_hangs(nodes: OpenSearchNodes, victim: str) -> None:
    settings = OpenSearchSettings(tuple(nodes.addresses))
    engine = OpenSearchEngine(settings)
    engine.create("one")
    engine.promote("one")
    written = 0

    def write() -> None:
        nonlocal written
        writer = engine.writer("one")
        writer.add(story(number) for number in range(written + 1, written + 21))
        writer.commit(written + 20)
        written += 20

    write()
    while not is_green(nodes):
        sleep(0.5)
    manager = requests.get(f"{nodes.addresses[0]}/_cat/cluster_manager?h=node", timeout=10).text.strip()
    is_manager = {number: f"node-{number}" == manager for number in range(3)}
    hung = next(number for number in range(3) if is_manager[number] == (victim == "manager"))
    ended, failures, answers = threading.Event(), list[str](), list[int]()

    def search() -> None:
        reader = OpenSearchEngine(settings).reader()
        while not ended.is_set():
            try:
                answers.append(reader.search(SearchRequest(Word("zebra"), limit=5)).total)
            except Exception as error:
                failures.append(str(error))
            ended.wait(0.2)

    searching = threading.Thread(target=search)
    searching.start()
    nodes.send(hung, signal.SIGSTOP)
    end = monotonic() + HUNG_SECONDS
    while monotonic() < end or written < STORIES:
        try:
            write()
        except EngineTroubleError:
            sleep(0.5)  # as the indexer does: it is fed again from the checkpoint
    nodes.send(hung, signal.SIGCONT)
    sleep(5.0)
    ended.set()
    searching.join()
    assert failures == []
    assert answers[-1] > answers[0]
    assert sorted(engine.reader("one").ids()) == [(f"s{number:05}", 1) for number in range(1, written + 1)]


def test_what_a_hung_node_sends_on_late_is_taken_out(nodes: OpenSearchNodes) -> None:
    """It took the request in before another process took over and the story was forgotten, and knows of neither."""
    first = OpenSearchEngine(OpenSearchSettings(tuple(nodes.addresses)))
    first.create("one")
    first.promote("one")
    writer = first.writer("one")
    writer.add([story(6)])
    writer.commit(6)
    manager = requests.get(f"{nodes.addresses[0]}/_cat/cluster_manager?h=node", timeout=10).text.strip()
    hung = next(number for number in range(3) if f"node-{number}" != manager)
    alias = f"wiredesk.one.2024-01.w{first._fence.kept('one').token}"
    action = {"_index": alias, "_id": "s00012", "version": 13, "version_type": "external_gte"}
    lines = f"{json.dumps({'index': action})}\n{json.dumps(document_of(story(12)))}\n"
    answers: list[int] = []

    def send() -> None:
        url, kind = f"{nodes.addresses[hung]}/_bulk?require_alias=true", {"Content-Type": "application/x-ndjson"}
        answers.append(requests.post(url, data=lines, headers=kind, timeout=180).status_code)

    nodes.send(hung, signal.SIGSTOP)
    sending = threading.Thread(target=send)
    sending.start()
    others = tuple(address for number, address in enumerate(nodes.addresses) if number != hung)
    second = OpenSearchEngine(OpenSearchSettings(others))
    reached = 0
    while reached < 20:
        try:
            writer = second.writer("one")
            writer.remove([Removal("s00012", 20)])
            writer.commit(20)
            reached = writer.checkpoint()
        except EngineTroubleError:
            sleep(0.5)
    nodes.send(hung, signal.SIGCONT)
    sending.join()
    assert answers == [200]  # whether it was refused or taken in hangs on what it had heard of by then
    writer = second.writer("one")
    writer.add([story(24)])
    writer.commit(24)
    assert second.reader("one").ids() == [("s00006", 1), ("s00024", 1)]
