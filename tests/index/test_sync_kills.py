"""Indexers that are killed anywhere leave an index that is whole and catches up by itself.

The indexer is killed in the middle of a commit (that merges small segments), of a merge beside the commits, of a
rebuild, and of the switch to the new generation; the points are drawn from all steps that the stage takes.
"""

import random
import shutil
from pathlib import Path
from typing import get_args

import pytest

from desk.roles.index import bring_up_to_date
from index.engines.whoosh import WhooshEngine
from index.engines.whoosh.index_folders import IndexFolders
from model.query import Everything, SearchRequest, Word
from store.opening import Store, open_store
from tests.index.dying_sync import STORIES, Stage, Steps, indexer_of, run, save_change

INDEXED = 35
CHANGES = 41
"""The index is at the first of these revisions when a commit begins, the store at the second."""
COMMITS = 7


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Data directories of several segments, with stories replaced; behind the store or not."""
    made = {}
    for behind in (True, False):
        directory = made[behind] = tmp_path_factory.mktemp("base")
        store = open_store(directory)
        indexer = indexer_of(directory, store)
        indexer.rebuild()
        for number in range(1, CHANGES + 1):
            save_change(store, number)
            if number <= INDEXED and number % (INDEXED // COMMITS) == 0:
                indexer.catch_up()
        if not behind:
            indexer.catch_up()
        store.close()
    return made


def state(revision: int) -> dict[str, int]:
    """What the store held at a revision: each story's address and version."""
    versions: dict[str, int] = {}
    for number in range(1, revision + 1):
        url = f"https://example.org/{number % STORIES}"
        versions[url] = versions.get(url, 0) + 1
    return versions


def check_index(directory: Path, store: Store) -> int:
    """The index opens, holds exactly what the store held at its revision, and finds it; returns the revision."""
    engine = WhooshEngine(directory / "index")
    reader = engine.reader(engine.live().name)
    try:
        assert reader.verify() == STORIES
        revision = reader.checkpoint()
        addresses = {story.id: story.url for story in store.stories.walk()}
        pairs = list(reader.ids())
        assert len(pairs) == STORIES
        assert {addresses[story]: version for story, version in pairs} == state(revision)
        for query in (Everything(), Word("zebra")):
            assert {hit.id for hit in reader.search(SearchRequest(query, limit=50)).hits} == addresses.keys()
        assert reader.search(SearchRequest(Word(str(revision)))).total == 1
        return revision
    finally:
        reader.close()


def die_and_recover(base: Path, directory: Path, stage: Stage, steps: Steps, point: int) -> None:
    shutil.copytree(base, directory)
    assert run(directory, stage, steps, point).killed, "the point lies outside the stage"
    store = open_store(directory)
    indexer = indexer_of(directory, store)
    assert check_index(directory, store) in ((INDEXED, CHANGES) if stage == "commit" else (CHANGES,))
    bring_up_to_date(indexer)
    assert check_index(directory, store) == CHANGES
    save_change(store, CHANGES + 1)
    bring_up_to_date(indexer)
    assert check_index(directory, store) == CHANGES + 1
    live = IndexFolders(directory / "index").live().path
    assert not [path.name for path in live.iterdir() if path.suffix == ".new" or ".toc." in path.name]
    indexer.rebuild()
    assert len(list((directory / "index").glob("gen-*"))) == 1
    store.close()
    shutil.rmtree(directory)


def kill_often(bases: dict[bool, Path], scratch: Path, stage: Stage, times: int) -> None:
    chance = random.Random(stage)
    base = bases[stage == "commit"]
    for steps in get_args(Steps):
        shutil.copytree(base, scratch / "whole")
        whole = run(scratch / "whole", stage, steps, 0)
        shutil.rmtree(scratch / "whole")
        assert whole.steps > times
        # One point in each of as many equal parts: drawn by chance, and yet spread over the whole stage. The work
        # may take a few steps less another time: the very last are left out.
        width = (whole.steps - 5) / times
        for part in range(times):
            die_and_recover(base, scratch / "desk", stage, steps, 1 + int((part + chance.random()) * width))


STAGES: tuple[Stage, ...] = get_args(Stage)


@pytest.mark.parametrize("stage", STAGES)
def test_killed_a_few_times(bases: dict[bool, Path], tmp_path: Path, stage: Stage) -> None:
    kill_often(bases, tmp_path, stage, 3)


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_killed_many_times(bases: dict[bool, Path], tmp_path: Path, stage: Stage) -> None:
    kill_often(bases, tmp_path, stage, 50)
