"""What `check` finds wrong with an index on servers, what probes say of these, and an index of a snapshot."""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from opensearchpy import OpenSearch

from deploy.cluster.opensearch_jars import NodesError
from deploy.cluster.opensearch_nodes import OpenSearchNodes, free_ports
from desk.container import Desk, now
from desk.health import readiness
from desk.index_watch import IndexWatch
from desk.metrics import DeskFigures
from desk.roles.index import bring_up_to_date
from desk.upkeep.consistency import find_problems
from desk.upkeep.diagnosis import diagnose
from desk.upkeep.forgetting import find_named, forget_named
from index.base import IndexWriter
from index.engines.opensearch.health import CLAUSES, REWRITE
from model.errors import EngineTroubleError
from model.story import StoredStory, Story
from tests.desk.desk_process import eventually
from tests.saving import store_reading

pytestmark = pytest.mark.cluster

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSearchNodes]:
    """A node with a folder for snapshots."""
    folder = tmp_path_factory.mktemp("nodes")
    nodes = OpenSearchNodes(folder, heap="384m", settings=[f"path.repo: {json.dumps(str(folder / 'snapshots'))}"])
    try:
        nodes.start()
    except NodesError as error:
        nodes.stop()
        pytest.skip(f"NO OPENSEARCH: {error}")
    yield nodes
    nodes.stop()


@pytest.fixture
def client(nodes: OpenSearchNodes) -> Iterator[OpenSearch]:
    client = OpenSearch(nodes.addresses[0], timeout=60)
    yield client
    client.close()


@pytest.fixture
def desk(nodes: OpenSearchNodes, tmp_path: Path) -> Iterator[Desk]:
    index = {"engine": "opensearch", "hosts": nodes.addresses, "name": f"check-{abs(hash(tmp_path))}"}
    (tmp_path / "config.yaml").write_text(json.dumps({"data_dir": "data", "index": index}))
    made = Desk(tmp_path / "config.yaml")
    save(made, *range(6))
    bring_up_to_date(made.indexer)
    yield made
    made.live.close()
    made.store.close()


def save(desk: Desk, *numbers: int, body: str = "A paragraph.") -> None:
    for number in numbers:
        url = f"https://example.org/{number}.html"
        story = Story(source="wire", headline=f"Headline {number}", url=url, body=(body,))
        store_reading(desk.store, story, urls=[url], seen_at=NOW)


def stored(desk: Desk) -> list[StoredStory]:
    return list(desk.store.stories.walk())


def problems(desk: Desk) -> list[str]:
    return list(find_problems(desk.store, desk.live, deep=True, sleep=lambda _: None))


def writer(desk: Desk) -> IndexWriter:
    return desk.engine.writer(desk.engine.live().name)


def test_an_index_that_differs_is_told_by_kind(desk: Desk, client: OpenSearch) -> None:
    assert problems(desk) == []
    one, two, three, four, *_ = stored(desk)
    reached, base = desk.live.checkpoint(), desk.config.index.name
    strange = one.model_copy(update={"id": "strange", "revision": reached})
    behind = [
        strange,
        two.model_copy(update={"version": 7, "revision": reached}),
        three.model_copy(update={"status": "withdrawn", "revision": reached}),
    ]
    hand = writer(desk)
    hand.add(behind)
    hand.commit(reached)
    remove(client, base, four.id)
    client.indices.refresh(index=f"{base}.*")
    assert problems(desk) == [
        f"index: missing: {four.id}; run `reindex`",
        "index: not in the store: strange; run `reindex`",
        f"index: another version than in the store: {two.id}; run `reindex`",
        f"index: withdrawn in one of index and store alone: {three.id}; run `reindex`",
    ]
    desk.indexer.rebuild()
    assert problems(desk) == []


def remove(client: OpenSearch, base: str, story_id: str) -> None:
    """Delete a document behind the engine's back."""
    found = client.search(index=f"{base}.*", body={"query": {"term": {"id": story_id}}})["hits"]["hits"]
    for hit in found:
        client.delete(index=hit["_index"], id=hit["_id"])


def test_a_story_in_two_indexes_is_told(desk: Desk, client: OpenSearch) -> None:
    first = stored(desk)[0]
    name = desk.config.index.name
    (hit,) = client.search(index=f"{name}.*", body={"query": {"term": {"id": first.id}}})["hits"]["hits"]
    document = {"id": first.id, "state": "live", "version": 1, "position": 1}
    client.index(index=hit["_index"], id="another", body=document, refresh=True)
    assert problems(desk) == [f"index: there more than once: {first.id}; run `reindex`"]


def degraded(desk: Desk) -> list[str]:
    """What is told by a process that has just begun to watch."""
    watch = IndexWatch(lambda: desk.engine, desk.live)
    return list(readiness(desk.store, watch, desk.disk, None)()["degraded"])


def test_a_full_disk_is_told_while_searches_go_on(desk: Desk, client: OpenSearch) -> None:
    indexes = f"{desk.config.index.name}.*"
    client.indices.put_settings(index=indexes, body={"index.blocks.read_only_allow_delete": True})
    (told,) = degraded(desk)
    assert told.endswith("has a disk that is full: it takes nothing in until there is room")
    found = diagnose(desk.path, desk.config, desk.engine, deep=True)
    assert [line for line in found.problems if line.startswith("index: OpenSearch at")] == [told]
    client.indices.put_settings(index=indexes, body={"index.blocks.read_only_allow_delete": None})
    assert degraded(desk) == []
    assert diagnose(desk.path, desk.config, desk.engine, deep=True).problems == ()


def test_an_index_of_a_snapshot_catches_up_by_itself(desk: Desk, client: OpenSearch) -> None:
    name = desk.config.index.name
    client.snapshot.create_repository(repository="backups", body={"type": "fs", "settings": {"location": "wiredesk"}})
    kept = {"indices": f"{name}.*", "include_global_state": False}
    client.snapshot.create(repository="backups", snapshot=name, body=kept, wait_for_completion=True)
    reached = desk.live.checkpoint()
    gone = stored(desk)[2]
    forget_named(find_named([gone.id], desk.store).named, desk.store, NOW)
    save(desk, 1, body="It was corrected.")
    save(desk, 100, 101)
    bring_up_to_date(desk.indexer)
    desk.live.close()  # a reader looks for a newer checkpoint five times a second
    assert desk.live.checkpoint() > reached
    for index in client.indices.get(index=f"{name}.*"):
        client.indices.delete(index=index)
    client.snapshot.restore(repository="backups", snapshot=name, body=kept, wait_for_completion=True)
    desk.live.close()
    assert desk.live.checkpoint() == reached
    assert gone.id in {story_id for story_id, _ in desk.live.ids()}
    assert desk.indexer.needs_rebuild() is None
    bring_up_to_date(desk.indexer)
    desk.live.close()
    assert problems(desk) == []
    assert gone.id not in {story_id for story_id, _ in desk.live.ids()}


def test_a_part_of_the_index_that_no_node_has_is_told(desk: Desk, client: OpenSearch) -> None:
    nowhere = {"settings": {"index.number_of_replicas": 0, "index.routing.allocation.require._name": "nobody"}}
    index = f"{desk.config.index.name}.{desk.engine.live().name}.2020-01"
    client.indices.create(index=index, body=nowhere, params={"wait_for_active_shards": "0"})
    (told,) = degraded(desk)
    assert told.endswith("is red: 1 shard of the index no node has, searches are not answered")
    with pytest.raises(EngineTroubleError, match="a part of the index can't be had"):
        desk.live.count()
    found = diagnose(desk.path, desk.config, desk.engine, deep=False)
    assert told in found.problems
    assert not any("reindex" in line for line in found.problems if line.startswith("index: "))
    client.indices.delete(index=index)
    assert degraded(desk) == []


def test_a_node_that_is_away_is_told(desk: Desk, nodes: OpenSearchNodes, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    index = {"engine": "opensearch", "hosts": [*nodes.addresses, f"http://127.0.0.1:{port}"]}
    index["name"] = desk.config.index.name
    (tmp_path / "two.yaml").write_text(json.dumps({"data_dir": "data", "index": index}))
    other = Desk(tmp_path / "two.yaml")
    try:
        (told,) = degraded(other)
        assert told.endswith("has 1 of the 2 nodes that index.hosts names")
    finally:
        other.live.close()
        other.store.close()


def test_figures_of_the_servers_are_in_metrics(desk: Desk) -> None:
    text = DeskFigures(desk.store, desk.index_watch, desk.disk, now).text()
    found = dict(re.findall(r"^wiredesk_index_(\w+) (\S+)$", text, re.MULTILINE))
    assert (found["status"], found["nodes"], found["unassigned_shards"]) == ("0.0", "1.0", "0.0")
    assert (found["lag"], found["documents"]) == ("0.0", "7.0")  # six stories and the checkpoint
    assert 0 < float(found["disk_used_ratio"]) < 1
    assert float(found["bytes"]) > 0
    assert found["writes_refused"] == "0.0"


def test_settings_that_should_be_otherwise_are_advice(desk: Desk, client: OpenSearch) -> None:
    assert diagnose(desk.path, desk.config, desk.engine, deep=False).problems == ()
    given = {CLAUSES: 1024, REWRITE: 100}
    client.cluster.put_settings(body={"transient": given})
    found = diagnose(desk.path, desk.config, desk.engine, deep=False)
    client.cluster.put_settings(body={"transient": dict.fromkeys(given)})
    assert found.problems == ()
    assert [name for name in (CLAUSES, REWRITE) if any(name in line for line in found.notes)] == [CLAUSES, REWRITE]
    assert not any("should be" in line for line in desk.engine.health(thorough=True).advice)


@contextmanager
def hung(nodes: OpenSearchNodes) -> Iterator[None]:
    nodes.send(0, signal.SIGSTOP)
    try:
        yield
    finally:
        nodes.send(0, signal.SIGCONT)


def test_a_server_that_hangs_is_no_reason_to_wait(desk: Desk, nodes: OpenSearchNodes) -> None:
    watch = IndexWatch(lambda: desk.engine, desk.live)
    figures = DeskFigures(desk.store, watch, desk.disk, now)
    assert "wiredesk_index_lag" in figures.text()
    with hung(nodes):
        with pytest.raises(EngineTroubleError, match="do not answer in time"):
            watch.check()
        text = figures.text()
        assert "wiredesk_disk_free_bytes" in text
        assert "wiredesk_index_lag" not in text
    eventually(lambda: "wiredesk_index_lag" in figures.text(), 30, "figures of the index")
