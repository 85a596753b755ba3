"""What `check` finds wrong with a data directory, and what it says is to be done."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.container import Desk
from desk.roles.index import bring_up_to_date, keep_in_sync
from desk.upkeep.consistency import find_problems
from desk.upkeep.forgetting import find_named, forget_named
from index.base import Removal
from model.page import Link, Page
from model.story import StoredStory, Story
from store.opening import open_store
from tests.desk.desk_process import eventually
from tests.saving import store_reading
from tests.store.behind import change_rows

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def save(desk: Desk, number: int, body: str = "A paragraph of the story.") -> str:
    url = f"https://example.org/{number}.html"
    page = Page(
        link=Link(url=url, source="wire"), url=url, final_url=url, fetched_at=NOW, content=f"{number} {body}".encode()
    )
    story = Story(source="wire", headline=f"Headline {number}", url=url, body=(body,))
    return store_reading(desk.store, story, urls=[url], seen_at=NOW, page=page).id


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "config.yaml"
    path.write_text("data_dir: data")
    made = Desk(path)
    for number in range(5):
        save(made, number)
    bring_up_to_date(made.indexer)
    yield made
    made.live.close()
    made.store.close()


def problems(desk: Desk, *, deep: bool = True) -> list[str]:
    slept: list[float] = []
    return list(find_problems(desk.store, desk.live, deep=deep, sleep=slept.append))


def change(desk: Desk, file: str, statement: str) -> None:
    """Change a row behind the store's back."""
    database = desk.store.databases[0 if file == "stories.db" else -1]
    change_rows(database, statement, **({"bytes": b"\x00\xff"} if ":bytes" in statement else {}))


def test_nothing_is_wrong(desk: Desk) -> None:
    assert problems(desk) == []


_FIRST_BODY = "WHERE digest = (SELECT digest FROM bodies ORDER BY digest LIMIT 1)"
DAMAGES = {
    "no current version": ("stories.db", "DELETE FROM versions WHERE page_id = 1", "1 stories have no current version"),
    "orphaned version": (
        "stories.db",
        "DELETE FROM stories WHERE id = (SELECT min(id) FROM stories)",
        "rows of versions point to rows",
    ),
    "counter behind": ("stories.db", "UPDATE counters SET value = 2", "the counter of changes stands at 2"),
    "page missing": ("pages.db", "DELETE FROM pages WHERE id = 3", "the pages of 1 versions are missing"),
    "bytes missing": ("pages.db", f"DELETE FROM bodies {_FIRST_BODY}", "1 rows of pages point to rows"),
    "bytes altered": (
        "pages.db",
        f"UPDATE bodies SET content = (SELECT content FROM bodies ORDER BY digest DESC LIMIT 1) {_FIRST_BODY}",
        "the bytes of 1 pages are not those that were fetched",
    ),
    "bytes unreadable": ("pages.db", f"UPDATE bodies SET content = :bytes {_FIRST_BODY}", "the bytes of 1 pages"),
    "unreadable story": ("stories.db", "UPDATE versions SET reading = '{' WHERE page_id = 1", "can't be read"),
}


@pytest.mark.parametrize(("file", "statement", "message"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_store_that_does_not_hold_together(desk: Desk, file: str, statement: str, message: str) -> None:
    change(desk, file, statement)
    found = problems(desk)
    assert any(message in line for line in found), found


def new_story(desk: Desk) -> None:
    save(desk, 99)


def new_version(desk: Desk) -> None:
    save(desk, 1, "The paragraph was corrected.")


def story_gone(desk: Desk) -> None:
    story_id = save(desk, 1)
    forget_named(find_named([story_id], desk.store).named, desk.store, NOW)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("move", [new_story, new_version, story_gone])
def test_an_index_that_stays_behind_is_one_sentence(desk: Desk, move: Callable[[Desk], None], deep: bool) -> None:
    move(desk)
    (found,) = problems(desk, deep=deep)
    assert found == "index: 1 change behind the store; the next `start` or `crawl` feeds them to it"
    bring_up_to_date(desk.indexer)
    desk.live.close()
    assert problems(desk, deep=deep) == []


def write_to_index(desk: Desk, stories: Sequence[StoredStory], removed: Sequence[str]) -> None:
    """Change the index behind the indexer's back: it says that it has seen all changes."""
    revision = desk.live.checkpoint()
    writer = desk.engine.writer(desk.engine.live().name)
    writer.add(stories)
    writer.remove(Removal(story_id, revision) for story_id in removed)
    writer.commit(revision)
    desk.live.close()


def without_one(desk: Desk) -> None:
    write_to_index(desk, (), [save(desk, 1)])


def with_an_old_version(desk: Desk) -> None:
    story = desk.store.stories.get(save(desk, 1))
    assert story is not None
    write_to_index(desk, [story.model_copy(update={"version": 7})], ())


def with_one_too_many(desk: Desk) -> None:
    story = desk.store.stories.get(save(desk, 1))
    assert story is not None
    write_to_index(desk, [story.model_copy(update={"id": "strange"})], ())


DIFFERENCES: dict[str, tuple[Callable[[Desk], None], str]] = {
    "missing": (without_one, "index: missing:"),
    "stale": (with_an_old_version, "index: another version than in the store:"),
    "strange": (with_one_too_many, "index: not in the store: strange"),
}


@pytest.mark.parametrize(("change", "message"), DIFFERENCES.values(), ids=DIFFERENCES.keys())
@pytest.mark.parametrize("behind", [False, True])
def test_an_index_that_differs_from_what_it_has_seen(
    desk: Desk, change: Callable[[Desk], None], message: str, behind: bool
) -> None:
    change(desk)
    if behind:
        save(desk, 99)
    found = problems(desk)
    assert [line.startswith(message) for line in found] == [False] * behind + [True], found
    assert len(problems(desk, deep=False)) == behind


def test_an_index_that_is_ahead_of_its_store_is_named_and_made_anew(desk: Desk) -> None:
    before = desk.path.parent / "before"
    desk.store.checkpoint()
    desk.store.close()
    shutil.copytree(desk.config.data_dir, before)
    open_store(before).close()
    save(desk, 99)
    bring_up_to_date(desk.indexer)
    desk.live.close()
    shutil.rmtree(before / "index")
    (desk.config.data_dir / "index").rename(before / "index")
    path = before.with_suffix(".yaml")
    path.write_text("data_dir: before")
    earlier = Desk(path)
    (found,) = problems(earlier)
    assert found.startswith("index: 1 change ahead of the store")
    bring_up_to_date(earlier.indexer)
    earlier.live.close()
    assert (problems(earlier), earlier.live.count()) == ([], 5)
    earlier.live.close()
    earlier.store.close()


def test_an_index_that_follows_is_well(desk: Desk) -> None:
    save(desk, 99)

    def follow(seconds: float) -> None:
        bring_up_to_date(desk.indexer)
        time.sleep(seconds)  # readers look for commits twice a second

    assert list(find_problems(desk.store, desk.live, deep=True, sleep=follow)) == []


def test_a_missing_index_is_named(desk: Desk) -> None:
    desk.live.close()
    (desk.config.data_dir / "index" / "current").unlink()
    for deep in (False, True):
        (found,) = problems(desk, deep=deep)
        assert found.startswith("index: there is none; the next `start` or `crawl` makes it")


def alter_index(desk: Desk) -> None:
    """Change bytes of arrays: the index can be opened all the same."""
    (path,) = (desk.config.data_dir / "index").glob("gen-*/*.arrays")
    content = bytearray(path.read_bytes())
    content[256:320] = bytes(byte ^ 0x55 for byte in content[256:320])
    path.write_bytes(content)


def test_altered_bytes_of_the_index_are_named(desk: Desk) -> None:
    alter_index(desk)
    assert problems(desk, deep=False) == []
    (found,) = problems(desk)
    assert found.endswith("is damaged; run `reindex`")


def test_altered_bytes_of_the_index_are_mended_while_nothing_is_published(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.roles.index._POLL_SECONDS", 0.01)
    monkeypatch.setattr("desk.roles.index._OPENED_EVERY_POLLS", 2)
    monkeypatch.setattr("desk.roles.index._FIRST_READ_POLL", 4)
    alter_index(desk)
    stopping = threading.Event()
    index_sync = threading.Thread(target=keep_in_sync, args=(desk.store.feed, desk.indexer, stopping))
    index_sync.start()
    current = desk.config.data_dir / "index" / "current"
    try:
        eventually(lambda: current.read_text() == "gen-000002", 20, "another index")
    finally:
        stopping.set()
        index_sync.join()
    desk.live.close()
    assert problems(desk) == []


@pytest.mark.sqlite_files("bytes of a file that were altered")
def test_a_damaged_database_page_is_named(desk: Desk) -> None:
    desk.store.checkpoint()
    desk.store.close()
    path = desk.config.data_dir / "stories.db"
    content = bytearray(path.read_bytes())
    for start in range(4096 * 2, len(content) - 4096, 4096):
        content[start : start + 64] = b"\xa5" * 64
    path.write_bytes(content)
    found = problems(desk)
    assert found
    assert all("restore a backup" in line for line in found)
