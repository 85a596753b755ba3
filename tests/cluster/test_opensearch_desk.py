"""A desk whose index is on OpenSearch: the same commands, and the way there and back by configuration and `reindex`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store.index_locks import LeasedIndexLocks
from store.opening import open_store
from tests.desk.desk_process import ROOT

if TYPE_CHECKING:
    from tests.cluster.postgresql_server import PostgresqlServer

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")
pytestmark = pytest.mark.cluster

QUERIES = [
    "harbour",
    '"harbour council"',
    "harb*",
    "coucil~",
    "storm OR pier",
    "source:bbc -storm",
    "has:deck",
    "Häfen",
]
WORDS = ("harbour", "council", "storm", "ferry", "lamp", "pier", "stone", "seal", "Häfen")

Run = Callable[..., str]


@pytest.fixture
def desk(opensearch_server: str, tmp_path: Path) -> Run:
    """Runs a command on one data directory, with either engine; returns what it prints."""
    index = {"engine": "opensearch", "hosts": [opensearch_server], "name": f"desk-{abs(hash(tmp_path))}"}
    for engine, section in (("opensearch", index), ("whoosh", {"engine": "whoosh"})):
        text = json.dumps({"data_dir": str(tmp_path / "data"), "index": section})
        (tmp_path / f"{engine}.yaml").write_text(text)

    def run(engine: str, *arguments: str, status: int = 0) -> str:
        command = [sys.executable, str(ROOT / "run.py"), "--config", str(tmp_path / f"{engine}.yaml"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=dict(os.environ))
        assert done.returncode == status, done.stderr
        return done.stdout + (done.stderr if status else "")

    return run


def stories(path: Path) -> Path:
    lines = [
        {
            "id": f"s{number:03}",
            "source": ("bbc", "voa")[number % 2],
            "headline": " ".join(WORDS[number % 5 : number % 5 + 3]),
            "body": [" ".join(WORDS[(number + place) % 9] for place in range(4))],
            "deck": "A deck" if number % 3 == 0 else None,
            "published_at": (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number)).isoformat(),
        }
        for number in range(120)
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def totals(run: Run, engine: str) -> list[tuple[int, object]]:
    answers = [json.loads(run(engine, "search", query, "--json", "-n", "1")) for query in QUERIES]
    return [(answer["total"], answer["facets"]) for answer in answers]


def test_a_desk_moves_to_opensearch_and_back(desk: Run, tmp_path: Path) -> None:
    desk("opensearch", "import", str(stories(tmp_path / "stories.ndjson")))
    on_servers = totals(desk, "opensearch")
    assert any(total for total, _ in on_servers)
    desk("whoosh", "reindex")
    assert totals(desk, "whoosh") == on_servers
    desk("opensearch", "reindex")
    assert totals(desk, "opensearch") == on_servers
    desk("opensearch", "check", "--deep")
    assert json.loads(desk("opensearch", "search", "harbour", "--json"))["hits"]


def test_servers_that_are_away_are_told_in_one_sentence_and_nothing_is_lost(tmp_path: Path) -> None:
    sections = {
        "away": {"engine": "opensearch", "hosts": ["http://127.0.0.1:9"]},
        "here": {"engine": "whoosh"},
    }
    for name, section in sections.items():
        (tmp_path / f"{name}.yaml").write_text(json.dumps({"data_dir": "data", "index": section}))

    def run(config: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(ROOT / "run.py"), "--config", str(tmp_path / f"{config}.yaml"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    for arguments in (("search", "harbour"), ("import", str(stories(tmp_path / "stories.ndjson")))):
        done = run("away", *arguments)
        assert done.returncode != 0
        assert "OpenSearch at http://127.0.0.1:9 can't be reached" in done.stderr
        assert "Traceback" not in done.stderr
    assert "indexing pauses: OpenSearch" in done.stderr
    # What was stored is searchable as soon as there is an index that it can be fed to.
    answer = json.loads(run("here", "search", "harbour OR seal OR lamp OR storm OR ferry", "--json").stdout)
    assert answer["total"] == 120


def test_of_two_rebuilds_on_two_machines_one_is_refused(
    opensearch_server: str, postgresql_server: "PostgresqlServer", database: str, tmp_path: Path
) -> None:
    url = postgresql_server.address(database)
    name = f"desk-{abs(hash(tmp_path))}"
    index = {"engine": "opensearch", "hosts": [opensearch_server], "name": name}
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"data_dir": str(tmp_path / "data"), "store": {"url": url}, "index": index}))
    store = open_store(tmp_path / "another machine", url)

    def reindex() -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(ROOT / "run.py"), "--config", str(config), "reindex"]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    with LeasedIndexLocks(store.leases, f"opensearch:{name}", "another:4711").build():
        refused = reindex()
    assert refused.returncode != 0
    assert "the build lock is held by another:4711" in refused.stderr
    assert reindex().returncode == 0
    store.close()


def test_a_story_that_is_forgotten_while_the_servers_are_away_is_told_to_be_left_there(tmp_path: Path) -> None:
    away = {"engine": "opensearch", "hosts": ["http://127.0.0.1:9"]}
    for name, section in (("away", away), ("here", {"engine": "whoosh"})):
        (tmp_path / f"{name}.yaml").write_text(json.dumps({"data_dir": "data", "index": section}))

    def run(config: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(ROOT / "run.py"), "--config", str(tmp_path / f"{config}.yaml"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert run("here", "import", str(stories(tmp_path / "stories.ndjson"))).returncode == 0
    done = run("away", "forget", "s001", "--yes")
    assert done.returncode == 1
    assert (
        "the stories are removed, but not yet from the index files; run the same command again: OpenSearch"
        in done.stderr
    )
    assert "s001: forgotten already" in run("here", "forget", "s001", "--yes").stdout
