"""Languages of lines that an older version took in without: told by their text, by a reparse or another import."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from desk.container import Desk
from tests.desk.desk_process import DeskProcess
from tests.desk.make_line_data import FIRST, LATER, SEEN

pytestmark = pytest.mark.sqlite_files("a stored directory of an earlier version, which kept files")
PACKED = Path(__file__).parent / "fixtures" / "lines-4.tar.gz"
BEFORE = {"english": None, "finnish": None, "figures": None, "stated": "sv", "withdrawn": None}
TOLD = {**BEFORE, "english": "en", "finnish": "fi", "withdrawn": "en"}


@pytest.fixture
def old(tmp_path: Path) -> DeskProcess:
    desk = DeskProcess(tmp_path, [])
    with tarfile.open(PACKED) as archive:
        archive.extractall(tmp_path, filter="data")
    return desk


def versions(desk: DeskProcess) -> dict[str, list[dict[str, Any]]]:
    """All versions of all stories, by id."""
    opened = Desk(desk.config)
    try:
        stories = opened.store.stories
        ids = sorted(story.id for story in stories.walk())
        return {name: [one.model_dump(mode="json") for one in stories.versions(name)] for name in ids}
    finally:
        opened.store.close()


def languages(desk: DeskProcess) -> dict[str, str | None]:
    return {name: told[-1]["language"] for name, told in versions(desk).items()}


def besides(story: dict[str, Any]) -> dict[str, Any]:
    """A version without what is said of its language."""
    kept = {name: value for name, value in story.items() if name != "language"}
    for record in ("provenance", "confidence"):
        kept[record] = {name: value for name, value in story[record].items() if name != "language"}
    return kept


def found(desk: DeskProcess, query: str) -> int:
    total: int = json.loads(desk.run("search", query, "--json").stdout)["total"]
    return total


def test_a_reparse_gives_each_version_the_language_of_its_text(old: DeskProcess) -> None:
    assert old.run("reindex").returncode == 0
    before = versions(old)
    assert languages(old) == BEFORE
    assert (found(old, "neuvottelu"), found(old, "lang:en")) == (0, 0)
    done = old.run("reindex", "--reparse", "--json")
    report = json.loads(done.stdout)["reparse"]
    after = versions(old)
    assert languages(old) == TOLD
    assert [one["language"] for one in after["english"]] == ["en", "en"]
    assert {name: list(map(besides, told)) for name, told in after.items()} == {
        name: list(map(besides, told)) for name, told in before.items()
    }
    assert after["finnish"][0]["provenance"] == {"language": "text:language"}
    assert (report["pages"], report["replaced"]) == (0, 4)
    assert {name: one["count"] for name, one in report["newly_read"].items()} == {"language": 4}
    assert report["without_page"]["taken as delivered"]["count"] == 6
    assert (found(old, "neuvottelu"), found(old, "lang:en")) == (1, 1)
    assert old.run("check", "--deep").returncode == 0


def test_a_second_reparse_finds_nothing_to_do(old: DeskProcess) -> None:
    assert "newly read" in old.run("reindex", "--reparse").stderr
    again = old.run("reindex", "--reparse")
    assert "0 pages read again, 0 readings replaced, no version added" in again.stderr
    assert "newly read" not in again.stderr


@pytest.mark.parametrize("first", ["reparsed", "as they were"])
def test_the_same_lines_taken_in_again_are_no_versions(old: DeskProcess, tmp_path: Path, first: str) -> None:
    if first == "reparsed":
        old.run("reindex", "--reparse")
    numbers = {name: len(told) for name, told in versions(old).items()}
    lines = [{**line, "seen_at": SEEN[1]} for line in (*FIRST[1:], LATER)]
    path = tmp_path / "again.ndjson"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert "0 new, 0 changed, 5 unchanged" in old.run("import", str(path)).stdout
    assert {name: len(told) for name, told in versions(old).items()} == numbers
    assert languages(old) == TOLD
