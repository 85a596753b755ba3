"""Writers that are killed at any moment leave the index whole.

A process of its own commits without pause: commit r adds the story "s<r>", takes "s<r-20>" away and makes version r of
the story "counter". Whatever the moment of its death, the index must open at some revision r and hold just that. A
server may go on with what a killed writer has sent it: some changes of the next commit may show before their checkpoint
does.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.base import Engine
from model.query import Everything, SearchRequest, Word
from tests.index.engines.opening import ADDRESS

ROOT = Path(__file__).parents[3]
KEPT = 20
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path

from index.base import Removal
from model.story import StoredStory
from tests.index.engines.opening import ENGINES

kind, directory = sys.argv[1:]
engine = ENGINES[kind](Path(directory))
seen_at = datetime(2024, 1, 1, tzinfo=UTC)


def story(story_id, version):
    return StoredStory(
        id=story_id, source="voa", headline=f"zebra {story_id}", body=("word " * 50,) * 4, version=version,
        first_seen_at=seen_at, seen_at=seen_at, revision=revision,
    )


revision = before = engine.writer("one").checkpoint()
while True:
    revision += 1
    writer = engine.writer("one")
    writer.add([story("counter", revision), story(f"s{revision}", 1)])
    writer.remove([Removal(f"s{revision - 20}", revision)])
    writer.commit(revision)
    if revision == before + 1:
        print("ready", flush=True)  # the loops of indexing are loaded
"""


def expected(revision: int) -> dict[str, int]:
    kept = {f"s{number}": 1 for number in range(max(1, revision - KEPT + 1), revision + 1)}
    return {**kept, "counter": revision} if revision else {}


def states(engine: Engine, revision: int) -> tuple[dict[str, int], dict[str, int]]:
    """What the index holds at least and at most as far on as that revision."""
    return expected(revision), expected(revision + (engine.kind == "opensearch"))


def assert_whole(engine: Engine, revision: int, held: dict[str, int]) -> None:
    """Each story is as one of the two states has it, and no other is there."""
    low, high = states(engine, revision)
    assert held.keys() <= low.keys() | high.keys()
    assert all(held.get(story_id) in (low.get(story_id), high.get(story_id)) for story_id in low.keys() | high.keys())


def check(engine: Engine) -> int:
    reader = engine.reader("one")
    try:
        revision = reader.checkpoint()
        assert_whole(engine, revision, dict(reader.ids()))
        for query in (Everything(), Word("zebra")):
            result = reader.search(SearchRequest(query, limit=100))
            found = {hit.id for hit in result.hits}
            low, high = states(engine, result.checkpoint)
            assert low.keys() & high.keys() <= found <= low.keys() | high.keys()
            assert result.checkpoint >= revision
        return revision
    finally:
        reader.close()


def kill_again_and_again(engine: Engine, directory: Path, times: int) -> None:
    chance = random.Random(7)
    reached = 0
    environment = {"PYTHONPATH": str(ROOT), ADDRESS: os.environ.get(ADDRESS, "")}
    for _ in range(times):
        arguments = [engine.kind, str(directory)]
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, *arguments], stdout=subprocess.PIPE, cwd=ROOT, env=environment
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.0, 0.6))
            process.kill()
        revision = check(engine)
        assert revision >= reached
        reached = revision
    assert reached > 0


def test_killed_a_few_times(engine: Engine, tmp_path: Path) -> None:
    kill_again_and_again(engine, tmp_path / "index", 5)


@pytest.mark.long
def test_killed_many_times(engine: Engine, tmp_path: Path) -> None:
    kill_again_and_again(engine, tmp_path / "index", 50)
