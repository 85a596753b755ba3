"""A forgotten story of a desk whose index is on OpenSearch: its words stand in no file of any node afterwards."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from deploy.cluster.opensearch_jars import NodesError
from deploy.cluster.opensearch_nodes import OpenSearchNodes
from index.base import Removal
from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
from model.story import StoredStory
from tests.desk.desk_process import ROOT, eventually

pytestmark = pytest.mark.cluster

SECRET = "zwylkonnequarx"
OTHER = "vumbrithosska"
STORIES = 60
SEEN_AT = datetime(2024, 5, 1, tzinfo=UTC)


@contextmanager
def running(directory: Path, count: int) -> Iterator[OpenSearchNodes]:
    nodes = OpenSearchNodes(directory, count, "256m")
    try:
        nodes.start()
        yield nodes
    except NodesError as error:
        pytest.skip(f"NO OPENSEARCH: {error}")
    finally:
        nodes.stop()


def is_green(nodes: OpenSearchNodes, count: int) -> bool:
    """Whether so many nodes are one cluster, and each shard has its copy."""
    told = health(nodes)
    return told.get("status") == "green" and told["number_of_nodes"] == count


def health(nodes: OpenSearchNodes) -> dict[str, Any]:
    """The health of the cluster by the first node that answers."""
    for address in nodes.addresses:
        with suppress(requests.RequestException):
            told: dict[str, Any] = requests.get(f"{address}/_cluster/health?timeout=1s", timeout=10).json()
            return told
    return {}


def nodes_that_hold(nodes: OpenSearchNodes, word: str) -> set[str]:
    """The nodes in whose files a word stands: indexes, logs of writes, and their own logs."""
    found = subprocess.run(["grep", "-rlaiF", word, str(nodes.directory)], capture_output=True, text=True, timeout=60)
    return {Path(line).relative_to(nodes.directory).parts[0] for line in found.stdout.splitlines()}


class Desk:
    """Commands of a desk whose index is on some nodes."""

    def __init__(self, directory: Path, nodes: OpenSearchNodes) -> None:
        index = {"engine": "opensearch", "hosts": nodes.addresses, "name": "forgetting"}
        self._config = directory / "config.yaml"
        self._config.write_text(json.dumps({"data_dir": "data", "index": index}))

    def run(self, *arguments: str, status: int = 0) -> str:
        command = [sys.executable, str(ROOT / "run.py"), "--config", str(self._config), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=400, env=dict(os.environ))
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def take_in(self, path: Path, *rows: dict[str, str]) -> None:
        lines = [
            {"id": f"s{number:03}", "headline": f"Harbour {number}", "body": [f"Text {number}."]}
            for number in range(STORIES)
        ]
        path.write_text("\n".join(map(json.dumps, [*lines, *rows])))
        self.run("import", str(path))
        path.unlink()


def secret_rows() -> list[dict[str, str]]:
    return [
        {
            "id": f"case{number}",
            "headline": f"The {word} case",
            "body": f"About {word}.",
            "url": f"https://wire.example/{number}",
        }
        for number, word in enumerate((SECRET, OTHER))
    ]


@pytest.mark.parametrize("count", [1, 2])
def test_nothing_of_it_is_left_in_the_files_of_any_node(tmp_path: Path, count: int) -> None:
    with running(tmp_path / "nodes", count) as nodes:
        desk = Desk(tmp_path, nodes)
        desk.take_in(tmp_path / "stories.ndjson", *secret_rows())
        eventually(lambda: is_green(nodes, count), 60, "each shard has its copy")
        everywhere = {f"node-{number}" for number in range(count)}
        for word in (SECRET, OTHER):
            assert nodes_that_hold(nodes, word) == everywhere
        indexes = set(requests.get(f"{nodes.addresses[0]}/forgetting.*", timeout=10).json())
        desk.run("forget", "https://wire.example/0", "--yes")
        assert nodes_that_hold(nodes, SECRET) == set()
        assert nodes_that_hold(nodes, OTHER) == everywhere
        assert set(requests.get(f"{nodes.addresses[0]}/forgetting.*", timeout=10).json()) == indexes
        assert json.loads(desk.run("search", "harbour OR case", "--json"))["total"] == STORIES + 1
        desk.run("check", "--deep")
        assert "https://wire.example/0: forgotten already" in desk.run("forget", "https://wire.example/0", "--yes")


def test_where_a_node_is_away_the_same_command_goes_on_when_it_is_back(tmp_path: Path) -> None:
    with running(tmp_path / "nodes", 3) as nodes:
        desk = Desk(tmp_path, nodes)
        desk.take_in(tmp_path / "stories.ndjson", *secret_rows())
        eventually(lambda: is_green(nodes, 3), 60, "each shard has its copy")
        away = int(min(nodes_that_hold(nodes, SECRET)).removeprefix("node-"))
        nodes.send(away, signal.SIGKILL)
        eventually(lambda: health(nodes).get("number_of_nodes") == 2, 60, "the others notice")
        told = desk.run("forget", "https://wire.example/0", "--yes", status=1)
        assert "removed, but not yet from the index files; run the same command again: OpenSearch at" in told
        assert "may hold removed stories" in told
        assert SECRET not in desk.run("search", SECRET, "--json").replace(f'"{SECRET}"', "")
        nodes.launch(away)
        eventually(lambda: is_green(nodes, 3), 60, "each shard has its copy again")
        assert nodes_that_hold(nodes, SECRET)
        desk.run("forget", "https://wire.example/0", "--yes")
        assert nodes_that_hold(nodes, SECRET) == set()
        desk.run("check", "--deep")


def test_writes_go_on_meanwhile(tmp_path: Path) -> None:
    with running(tmp_path / "nodes", 1) as nodes:
        engine = OpenSearchEngine(OpenSearchSettings(tuple(nodes.addresses), name="writes"))
        engine.create("one")
        writer = engine.writer("one")
        writer.add(
            [story("secret", 1, f"{SECRET} case"), *(story(f"s{n}", 2 + n, f"pier {n}") for n in range(STORIES))]
        )
        writer.commit(100)
        engine.promote("one")
        stopping, written = threading.Event(), []

        def correct() -> None:
            position = 200
            while not stopping.wait(0.05):
                position += 1
                writer.add([story("s1", position, f"pier of {position}")])
                writer.commit(position)
                written.append(position)

        writer.remove([Removal("secret", 101)])
        writer.commit(101)
        assert nodes_that_hold(nodes, SECRET)
        thread = threading.Thread(target=correct)
        thread.start()
        try:
            assert engine.expunge("one", ["secret"])
            before = len(written)
            assert nodes_that_hold(nodes, SECRET) == set()
            eventually(lambda: len(written) > before, 10, "writes go on")
        finally:
            stopping.set()
            thread.join()
        reader = engine.reader("one")
        assert (reader.count(), reader.checkpoint()) == (STORIES, written[-1])
        reader.close()


def story(story_id: str, position: int, headline: str) -> StoredStory:
    return StoredStory(
        id=story_id,
        source="voa",
        headline=headline,
        version=1,
        first_seen_at=SEEN_AT,
        seen_at=SEEN_AT,
        revision=position,
    )
