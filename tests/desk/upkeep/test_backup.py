"""Copies of a store that is being written to, and data directories made from them."""

import json
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.wire import DemoWire
from model.errors import NewerDataError, StoreError
from model.page import Link, Page
from model.story import Story
from store.maintenance.backup import back_up, read_manifest, restore
from store.opening import Store, open_store
from tests.desk.desk_process import DeskProcess, eventually
from tests.saving import store_reading

pytestmark = pytest.mark.sqlite_files("a backup of the two files")

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def quiet(what: str, done: int, total: int) -> None:
    """No progress is shown."""


def save(store: Store, number: int) -> None:
    url = f"https://example.org/{number}.html"
    link = Link(url=url, source="wire")
    page = Page(link=link, url=url, final_url=url, fetched_at=NOW, content=f"page {number} ".encode() * 500)
    story = Story(source="wire", headline=f"Headline {number}", url=url, body=("Text. " * 200,))
    store_reading(store, story, urls=[url], seen_at=NOW, page=page)


def filled(directory: Path, count: int) -> Store:
    store = open_store(directory)
    for number in range(count):
        save(store, number)
    return store


def test_a_restored_store_is_the_one_that_was_backed_up(tmp_path: Path) -> None:
    store = filled(tmp_path / "data", 20)
    made = back_up(tmp_path / "data", tmp_path / "backup", NOW, quiet)
    assert (made.stories, made.pages, made.revision) == (20, 20, store.feed.position())
    assert sorted(path.name for path in (tmp_path / "backup").iterdir()) == ["manifest.json", "pages.db", "stories.db"]
    assert restore(tmp_path / "backup", tmp_path / "other", quiet) == made
    other = open_store(tmp_path / "other")
    assert list(other.stories.walk()) == list(store.stories.walk())
    assert other.problems() == []
    other.close()
    store.close()


def test_a_copy_of_a_store_that_is_written_to_is_consistent(tmp_path: Path) -> None:
    store = filled(tmp_path / "data", 100)
    stopping = threading.Event()

    def write() -> None:
        number = 1000
        while not stopping.is_set():
            save(store, number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    made = back_up(tmp_path / "data", tmp_path / "backup", NOW, quiet)
    stopping.set()
    writer.join()
    restore(tmp_path / "backup", tmp_path / "other", quiet)
    other = open_store(tmp_path / "other")
    assert other.problems() == []
    assert other.stories.count() == made.stories >= 100
    for story in other.stories.walk():
        page_id = other.stories.page_of(story.id, 1)
        assert page_id is not None
        assert other.pages.load(page_id) is not None
    other.close()
    store.close()


def test_pages_pruned_between_the_snapshots_are_named_no_more(tmp_path: Path) -> None:
    store = filled(tmp_path / "data", 3)
    store.pages.drop(1)
    store.checkpoint()
    back_up(tmp_path / "data", tmp_path / "backup", NOW, quiet)
    restore(tmp_path / "backup", tmp_path / "other", quiet)
    other = open_store(tmp_path / "other")
    pages = [other.stories.page_of(story.id, 1) for story in other.stories.walk()]
    assert sorted(pages, key=str) == [2, 3, None]
    other.close()
    store.close()


def damage_bytes(backup: Path) -> None:
    with (backup / "stories.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff" * 16)


def cut_short(backup: Path) -> None:
    content = (backup / "pages.db").read_bytes()
    (backup / "pages.db").write_bytes(content[:-4096])


def take_away(backup: Path) -> None:
    (backup / "pages.db").unlink()


def unfinished(backup: Path) -> None:
    (backup / "manifest.json").unlink()


def half_a_manifest(backup: Path) -> None:
    text = (backup / "manifest.json").read_text()
    (backup / "manifest.json").write_text(text[: len(text) // 2])


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "other bytes": (damage_bytes, "is not what was backed up"),
    "cut short": (cut_short, "is not what was backed up"),
    "a file missing": (take_away, "can't be read: No such file"),
    "no manifest": (unfinished, "holds no finished backup"),
    "half a manifest": (half_a_manifest, "can't be read"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_backups_are_refused_and_leave_nothing(
    tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    filled(tmp_path / "data", 3).close()
    back_up(tmp_path / "data", tmp_path / "backup", NOW, quiet)
    damage(tmp_path / "backup")
    with pytest.raises(StoreError, match=message):
        restore(tmp_path / "backup", tmp_path / "other", quiet)
    assert not (tmp_path / "other" / "stories.db").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    filled(tmp_path / "data", 3).close()
    back_up(tmp_path / "data", tmp_path / "backup", NOW, quiet)
    with pytest.raises(StoreError, match="is not empty"):
        back_up(tmp_path / "data", tmp_path / "backup", NOW, quiet)
    with pytest.raises(StoreError, match=r"is not empty \(pages.db, stories.db\)"):
        restore(tmp_path / "backup", tmp_path / "data", quiet)


def test_a_data_directory_that_only_ran_counts_as_empty(tmp_path: Path) -> None:
    filled(tmp_path / "data", 3).close()
    back_up(tmp_path / "data", tmp_path / "backup", NOW, quiet)
    for name in ("locks", "run"):
        (tmp_path / "other" / name).mkdir(parents=True)
    (tmp_path / "other" / "stories.db.restoring").write_bytes(b"left by a restore that was killed")
    (tmp_path / "other" / "pages.db").write_bytes(b"and so was this")
    restore(tmp_path / "backup", tmp_path / "other", quiet)
    with sqlite3.connect(tmp_path / "other" / "stories.db") as connection:
        assert connection.execute("SELECT count(*) FROM stories").fetchone() == (3,)
    connection.close()


def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    filled(tmp_path / "data", 1).close()
    back_up(tmp_path / "data", tmp_path / "backup", NOW, quiet)
    path = tmp_path / "backup" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(NewerDataError, match="upgrade"):
        read_manifest(tmp_path / "backup")


def test_a_running_desk_is_backed_up_and_restored_elsewhere(tmp_path: Path) -> None:
    with DemoWire(pace_seconds=0.3, slow_seconds=0) as wire:
        desk = DeskProcess(tmp_path, wire.sources(every="1s")[:3])
        desk.start()
        eventually(lambda: desk.hits("the"), 60, "the first stories")
        made = desk.run("backup", str(tmp_path / "backup"))
        assert made.returncode == 0, made.stderr
        assert desk.stop() == 0
    (tmp_path / "elsewhere").mkdir()
    other = DeskProcess(tmp_path / "elsewhere", [])
    restored = other.run("restore", str(tmp_path / "backup"))
    assert restored.returncode == 0, restored.stderr
    checked = other.run("check", "--deep")
    assert checked.returncode == 0, checked.stdout
    assert json.loads(other.run("search", "the", "--json").stdout)["total"] > 0


def test_a_missing_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not be finished"):
        back_up(tmp_path / "nowhere", tmp_path / "backup", NOW, quiet)
