"""`reindex --reparse` over a data directory of an older version: no new version, and a report of what changed."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from desk.container import Desk
from store.directory.locks import Locks
from tests.desk.desk_process import DeskProcess
from tests.desk.make_read_data import FIRST, SECOND

pytestmark = pytest.mark.sqlite_files("a stored directory of an earlier version, which kept files")

PACKED = Path(__file__).parent / "fixtures" / "read-2.tar.gz"
VOTE = "Board votes on the night ferries"
PLANT = "Carmaker opens a plant at the port"
LAMP = "A ferry lamp of the harbour"


@pytest.fixture
def old(tmp_path: Path) -> DeskProcess:
    """The data directory of an older version, with a page of which a second version was read."""
    desk = DeskProcess(tmp_path, [])
    with tarfile.open(PACKED) as archive:
        archive.extractall(tmp_path, filter="data")
    return desk


def stories(desk: DeskProcess) -> dict[str, dict[str, Any]]:
    exported = desk.run("export")
    assert exported.returncode == 0, exported.stderr
    return {story["headline"]: story for story in map(json.loads, exported.stdout.splitlines())}


def versions(desk: DeskProcess) -> dict[str, list[tuple[int, tuple[str, ...], str, str]]]:
    """What of each story's versions a reparse must not touch."""
    opened = Desk(desk.config)
    try:
        ids = [story.id for story in opened.store.stories.walk()]
        return {
            story_id: [
                (one.version, one.changed, one.status, one.seen_at.isoformat())
                for one in opened.store.stories.versions(story_id)
            ]
            for story_id in ids
        }
    finally:
        opened.store.close()


def reparse(desk: DeskProcess) -> dict[str, Any]:
    done = desk.run("reindex", "--reparse", "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)["reparse"]
    return report


def test_no_version_is_added_and_the_report_says_what_changed(old: DeskProcess) -> None:
    before, kept = stories(old), versions(old)
    assert {story["parser_version"] for story in before.values()} == {2}
    report = reparse(old)
    assert versions(old) == kept
    after = stories(old)
    assert before.keys() == after.keys()
    assert (report["pages"], report["replaced"]) == (4, 4)
    assert report["changed"]["body"] == {"count": 1, "examples": [before[PLANT]["id"]]}
    ((reason, refused),) = report["refused_and_kept"].items()
    assert refused == {"count": 1, "examples": [before[LAMP]["id"]]}
    assert "story" in reason or "stories" in reason
    assert report["became_uncertain"][""] == refused
    assert [headline for headline, story in after.items() if story["uncertain"]] == [LAMP]
    assert after[LAMP]["body"] == before[LAMP]["body"]
    assert "<VOWG.F>" in " ".join(after[PLANT]["body"])
    found = json.loads(old.run("search", "is:uncertain", "--json").stdout)
    assert [hit["headline"] for hit in found["hits"]] == [LAMP]
    assert old.run("check", "--deep").returncode == 0


def test_in_the_terminal_the_report_is_told_beside_the_result(old: DeskProcess) -> None:
    done = old.run("reindex", "--reparse")
    assert "4 pages read again, 4 readings replaced, no version added" in done.stderr
    assert "  body: 1 read otherwise (" in done.stderr
    assert "  would be refused now, and kept: 1, " in done.stderr
    assert done.stdout.startswith("3 stories indexed; ")
    assert not (old.data / "reparse.json").exists()
    again = old.run("reindex", "--reparse")
    assert "4 pages read again, 0 readings replaced" in again.stderr


@pytest.mark.parametrize("first", ["reparsed", "as they were"])
def test_the_same_pages_brought_again_are_no_versions(old: DeskProcess, tmp_path: Path, first: str) -> None:
    """Whether their stories were read again before or not: another parser is no publisher."""
    if first == "reparsed":
        reparse(old)
    kept = versions(old)
    for name, make in (FIRST | SECOND).items():
        path = tmp_path / f"{name}.html"
        path.write_text(make(name), encoding="utf-8")
        (old.data / "imports.db").unlink(missing_ok=True)
        done = old.run("import", str(path))
        assert "0 new, 0 changed" in done.stdout, done.stdout
    assert versions(old) == kept


def test_what_was_read_again_goes_out_and_comes_in_as_it_is(old: DeskProcess, tmp_path: Path) -> None:
    reparse(old)
    lines = tmp_path / "lines.ndjson"
    exported = old.run("export").stdout
    lines.write_text(exported, encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = DeskProcess(elsewhere, [])
    assert "3 new" in other.run("import", str(lines)).stdout
    assert sorted(other.run("export").stdout.splitlines()) == sorted(exported.splitlines())
    assert json.loads(other.run("search", "is:uncertain", "--json").stdout)["total"] == 1
    assert "0 new, 0 changed, 3 unchanged" in other.run("import", str(lines)).stdout


def test_an_older_export_does_not_bring_the_flag_back(old: DeskProcess, tmp_path: Path) -> None:
    """What another desk once thought of a page is no news of a story that is held."""
    reparse(old)
    story = stories(old)[VOTE]
    lines = tmp_path / "lines.ndjson"
    lines.write_text(json.dumps(story | {"confidence": {"story": 0.1}}), encoding="utf-8")
    assert "1 unchanged" in old.run("import", str(lines)).stdout
    assert stories(old)[VOTE]["confidence"] == story["confidence"]


def test_pages_that_are_gone_are_told(old: DeskProcess) -> None:
    opened = Desk(old.config)
    plant = next(story.id for story in opened.store.stories.walk() if story.headline == PLANT)
    page_id = opened.store.stories.page_of(plant, 1)
    assert page_id is not None
    opened.store.pages.drop(page_id)
    opened.store.close()
    before = stories(old)[PLANT]
    report = reparse(old)
    assert report["without_page"] == {"the page is not kept any more": {"count": 1, "examples": [plant]}}
    assert stories(old)[PLANT] == before


def test_a_journal_that_can_not_be_written_costs_nothing_but_the_place(old: DeskProcess) -> None:
    (old.data / "reparse.new").mkdir()
    done = old.run("reindex", "--reparse")
    assert (done.returncode, "how far the reparse has come is not kept" in done.stderr) == (0, True)
    assert "4 pages read again, 4 readings replaced" in done.stderr


def test_two_reparses_at_once_are_one(old: DeskProcess) -> None:
    """The second is refused before it begins, so that all that was changed stands in one report."""
    with Locks(old.data).reparse():
        refused = old.run("reindex", "--reparse")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "reparse" in refused.stderr
        assert not (old.data / "reparse.json").exists()
        assert old.run("reindex").returncode == 0
    assert "4 pages read again, 4 readings replaced" in old.run("reindex", "--reparse").stderr
