"""Store changes reach the index; rebuilds switch beneath running searches."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from index.base import IndexReader
from index.duplicates.consumer import DuplicatesConsumer
from index.engines.whoosh import WhooshEngine
from index.engines.whoosh.index_folders import IndexFolders
from index.sync import Indexer
from model.errors import EngineError, LockHeldError, NoIndexError
from model.query import SearchRequest, Word
from model.story import Story
from store.directory.locks import Locks
from store.opening import Store, open_store
from tests.saving import store_reading

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOTICED_SECONDS = 0.5
"""A reader looks for newer commits a few times a second."""
MALI = SearchRequest(Word("mali"), limit=0)


class Bench(NamedTuple):
    store: Store
    indexer: Indexer
    live: IndexReader
    locks: Locks
    folders: IndexFolders


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    store, locks, engine = open_store(tmp_path), Locks(tmp_path), WhooshEngine(tmp_path / "index")
    live = engine.reader()
    yield Bench(
        store,
        Indexer(store.stories, store.feed, DuplicatesConsumer(store.duplicates), engine, locks),
        live,
        locks,
        IndexFolders(tmp_path / "index"),
    )
    live.close()
    store.close()


def add(store: Store, *numbers: int, headline: str = "Mali story") -> None:
    for number in numbers:
        url = f"https://example.org/{number}"
        story = Story(source="wire", headline=f"{headline} {number}", url=url, body=("Text.",))
        store_reading(store, story, urls=(url,), seen_at=NOW)


def total(live: IndexReader) -> int:
    return live.search(MALI).total


def test_before_the_first_index_everything_says_so(bench: Bench) -> None:
    assert bench.indexer.needs_rebuild() == "there is no index yet"
    with pytest.raises(NoIndexError):
        bench.live.search(MALI)
    with pytest.raises(NoIndexError):
        bench.indexer.catch_up()


def test_rebuild_then_catch_up_follow_the_store(bench: Bench) -> None:
    add(bench.store, 1, 2, 3)
    assert bench.indexer.rebuild().stories == 3
    assert total(bench.live) == 3
    add(bench.store, 4)
    assert bench.indexer.catch_up() == 1
    time.sleep(NOTICED_SECONDS)
    assert total(bench.live) == 4
    assert bench.live.checkpoint() == bench.store.feed.position()
    assert bench.indexer.catch_up() == 0


def test_changed_story_is_found_by_its_new_words_alone(bench: Bench) -> None:
    add(bench.store, 1)
    bench.indexer.rebuild()
    add(bench.store, 1, headline="Niger story")
    bench.indexer.catch_up()
    time.sleep(NOTICED_SECONDS)
    assert total(bench.live) == 0
    assert bench.live.search(SearchRequest(Word("niger"), limit=0)).total == 1
    assert bench.live.count() == 1


def test_merged_story_leaves_the_index(bench: Bench) -> None:
    add(bench.store, 1, 2)
    bench.indexer.rebuild()
    story = Story(source="wire", headline="Mali story 1", body=("Text.",))
    urls = ("https://example.org/1", "https://example.org/2")
    store_reading(bench.store, story.model_copy(update={"headline": "Mali story 2"}), urls=urls[1:], seen_at=NOW)
    store_reading(bench.store, story, urls=urls[:1], seen_at=NOW)
    bench.indexer.catch_up()
    time.sleep(NOTICED_SECONDS)
    assert total(bench.live) == 2


def test_searches_go_on_through_a_rebuild_and_never_find_less(bench: Bench) -> None:
    add(bench.store, *range(60))
    bench.indexer.rebuild()
    old = bench.folders.live().path
    totals: list[int] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            totals.append(total(bench.live))

    searching = threading.Thread(target=search)
    searching.start()
    for _ in range(3):
        bench.indexer.rebuild()
    done.set()
    searching.join()
    assert set(totals) == {60}
    assert bench.folders.live().path != old


def test_old_generations_go_when_nobody_reads_them(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, 1)
    bench.indexer.rebuild()
    first = bench.folders.live().path
    assert total(bench.live) == 1
    bench.indexer.rebuild()
    assert first.exists()
    bench.live.close()
    bench.indexer.rebuild()
    assert not first.exists()
    assert len(list((tmp_path / "index").glob("gen-*"))) == 1


def test_index_of_another_version_is_not_written_to_and_can_be_rebuilt(bench: Bench) -> None:
    add(bench.store, 1)
    bench.indexer.rebuild()
    stamp = bench.folders.live().path / "generation.json"
    stamp.write_text('{"fingerprint": "older"}', encoding="utf-8")
    with pytest.raises(EngineError, match="another version"):
        bench.indexer.catch_up()
    assert bench.live.is_outdated()
    assert bench.indexer.needs_rebuild() == "it was made by another version of Wiredesk"
    bench.indexer.rebuild()
    assert bench.indexer.needs_rebuild() is None


def test_only_one_rebuild_at_a_time(bench: Bench) -> None:
    with bench.locks.build(), pytest.raises(LockHeldError, match="build lock"):
        bench.indexer.rebuild()


def test_damaged_index_is_noticed(bench: Bench) -> None:
    add(bench.store, 1)
    bench.indexer.rebuild()
    for file in bench.folders.live().path.glob("*.toc"):
        file.write_bytes(b"no table of contents")
    reason = bench.indexer.needs_rebuild()
    assert reason is not None
    assert reason.startswith("it is damaged")
    bench.indexer.rebuild()
    assert total(bench.live) == 1


def test_selection_is_indexed_again_in_place(bench: Bench) -> None:
    add(bench.store, 1, 2)
    bench.indexer.rebuild()
    generation = bench.folders.live().path
    assert bench.indexer.add_selection(bench.store.stories.walk("wire")) == 2
    assert bench.folders.live().path == generation
    assert bench.live.count() == 2


def test_a_selection_that_was_read_before_a_story_was_merged_does_not_bring_it_back(bench: Bench) -> None:
    add(bench.store, 1, 2)
    bench.indexer.rebuild()
    read_before = list(bench.store.stories.walk("wire"))
    merged = Story(source="wire", headline="Mali story 1", body=("Text.",))
    urls = ("https://example.org/1", "https://example.org/2")
    store_reading(bench.store, merged, urls=urls, seen_at=NOW)
    assert bench.store.stories.count() == 1
    bench.indexer.catch_up()
    assert bench.indexer.add_selection(read_before) == 2
    time.sleep(NOTICED_SECONDS)
    assert [story_id for story_id, _ in bench.live.ids()] == [story.id for story in bench.store.stories.walk("wire")]
