"""A data directory that an older version wrote opens, migrates, and loses nothing."""

import hashlib
import json
import tarfile
from pathlib import Path

import pytest

from desk.container import Desk
from desk.roles.index import bring_up_to_date
from desk.upkeep.consistency import find_problems
from store.maintenance.backup import FILES, FORMAT, MANIFEST
from store.migrations.migrate import HEADS
from tests.desk.desk_process import DeskProcess
from tests.desk.make_old_data import NOW, STORIES

pytestmark = pytest.mark.sqlite_files("stored directories of earlier versions, which kept files")

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(params=sorted(FIXTURES.glob("data-*.tar.gz")), ids=lambda path: path.name)
def unpacked(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return unpack(request.param, tmp_path)


def unpack(packed: Path, directory: Path) -> Path:
    with tarfile.open(packed) as archive:
        archive.extractall(directory, filter="data")
    (directory / "config.yaml").write_text("data_dir: data")
    return directory


def test_an_old_data_directory_opens_with_all_that_it_held(unpacked: Path) -> None:
    desk = Desk(unpacked / "config.yaml")
    stories = {story.headline: story for story in desk.store.stories.walk()}
    assert sorted(stories) == [f"Old story number {number}" for number in range(STORIES)]
    corrected = stories["Old story number 0"]
    assert (corrected.version, corrected.changed) == (2, ("body",))
    assert [version.version for version in desk.store.stories.versions(corrected.id)] == [1, 2]
    assert stories[f"Old story number {STORIES - 1}"].status == "withdrawn"
    page_id = desk.store.stories.page_of(corrected.id, 1)
    assert page_id is not None
    page = desk.store.pages.load(page_id)
    assert page is not None
    assert b"Reading 0." in page.content
    desk.store.close()


def test_its_crawl_state_goes_on(unpacked: Path) -> None:
    desk = Desk(unpacked / "config.yaml")
    state = desk.store.crawl.url("https://old.example.org/1.html")
    assert state is not None
    assert (state.outcome, state.recheck_at) == ("NEW", NOW)
    assert desk.store.crawl.source("old").next_due_at == NOW
    place = desk.store.crawl.endpoint("old", "https://old.example.org/rss")
    assert place is not None
    assert place.etag == '"feed"'
    assert desk.store.crawl.hosts()["old.example.org:443"].failures == 2
    desk.store.close()


def test_its_index_serves_or_is_made_anew_and_all_is_well(unpacked: Path) -> None:
    desk = Desk(unpacked / "config.yaml")
    bring_up_to_date(desk.indexer)
    assert list(find_problems(desk.store, desk.live, deep=True)) == []
    assert desk.live.count() == STORIES
    desk.live.close()
    desk.store.close()


def test_from_the_command_line(unpacked: Path) -> None:
    data = DeskProcess(unpacked, [])
    assert data.run("reindex").returncode == 0
    found = json.loads(data.run("search", "sorghum", "--json").stdout)
    assert found["total"] == STORIES - 1  # the withdrawn one is kept, and not found
    assert data.run("check", "--deep").returncode == 0


def test_an_old_backup_is_restored(unpacked: Path, tmp_path: Path) -> None:
    backup, place = tmp_path / "backup", tmp_path / "elsewhere"
    backup.mkdir()
    place.mkdir()
    files = {}
    for name in FILES:  # as they stand: a backup of today's Wiredesk would migrate them first
        content = (unpacked / "data" / name).read_bytes()
        (backup / name).write_bytes(content)
        files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    facts = {"format": FORMAT, "made_at": NOW.isoformat(), "revision": 0, "stories": STORIES, "pages": 0}
    (backup / MANIFEST).write_text(json.dumps({**facts, "files": files}), encoding="utf-8")
    other = DeskProcess(place, [])
    restored = other.run("restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout.startswith(f"{STORIES} stories")
    assert other.run("check", "--deep").returncode == 0


def test_groups_of_copies_stay_as_they_were(tmp_path: Path) -> None:
    """Three papers' copies of one story, and another story, of a version that kept groups with the stories."""
    desk = Desk(unpack(FIXTURES / "copies-0.1.tar.gz", tmp_path) / "config.yaml")
    before = desk.store.feed.position()
    bring_up_to_date(desk.indexer)
    assert desk.store.feed.position() == before  # nothing is decided anew
    groups = {story.source: story.copy_group for story in desk.store.stories.walk() if "bridge" in story.body[0]}
    assert set(groups) == {"courier", "gazette", "herald"}
    (name,) = set(groups.values())
    assert name == "wjejm7fn4c3pn47a"
    assert len(desk.store.stories.live_copies([name])[name]) == 3
    desk.live.close()
    desk.store.close()
    found = json.loads(DeskProcess(tmp_path, []).run("search", "", "--json").stdout)
    assert (found["total"], found["folded_total"]) == (4, 2)


def test_there_is_old_data_of_an_earlier_layout() -> None:
    assert list(FIXTURES.glob("data-*.tar.gz"))
    assert HEADS["stories"] > "0001"
