"""Dates of imported lines: read in any spelling, kept as they were stated through store, export and import."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from run import main
from tests.desk.desk_process import DeskProcess

LINES: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "UTC": ({"published_at": "2021-06-18T00:45:56Z"}, "2021-06-18T00:45:56Z", None),
    "a zone": ({"published_at": "2021-06-17T20:45:56-04:00"}, "2021-06-18T00:45:56Z", "2021-06-17T20:45:56-04:00"),
    "RFC 822": (
        {"published_at": "Thu, 17 Jun 2021 20:45:56 EDT"},
        "2021-06-18T00:45:56Z",
        "2021-06-17T20:45:56-04:00",
    ),
    "no zone": ({"published_at": "2021-06-17 20:45"}, "2021-06-17T20:45:00Z", "2021-06-17T20:45"),
    "a day": ({"published_at": "17.6.2021"}, "2021-06-17T00:00:00Z", "2021-06-17"),
    "before 1970": ({"published_at": "1865-04-15"}, "1865-04-15T00:00:00Z", "1865-04-15"),
    "both": (
        {"published_at": "2021-06-18T00:45:56Z", "published_local": "2021-06-17"},
        "2021-06-18T00:45:56Z",
        "2021-06-17",
    ),
    "none": ({}, "", None),
}


@pytest.fixture
def desk(tmp_path: Path) -> DeskProcess:
    return DeskProcess(tmp_path, [])


def take(desk: DeskProcess, path: Path, *lines: dict[str, Any]) -> str:
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return CliRunner().invoke(main, ["--config", str(desk.config), "import", str(path)]).output


def exported(desk: DeskProcess) -> dict[str, dict[str, Any]]:
    stories = map(json.loads, desk.run("export", "--format", "ndjson").stdout.splitlines())
    return {story["headline"]: story for story in stories}


def test_dates_survive_store_export_and_import(desk: DeskProcess, tmp_path: Path) -> None:
    lines = [{"headline": name, "body": [f"Text of {name}."], **fields} for name, (fields, _, _) in LINES.items()]
    take(desk, tmp_path / "lines.ndjson", *lines)
    stories = exported(desk)
    found = {name: (story["published_at"] or "", story["published_local"]) for name, story in stories.items()}
    assert found == {name: (at, local) for name, (_, at, local) in LINES.items()}
    (tmp_path / "other").mkdir()
    other = DeskProcess(tmp_path / "other", [])
    take(other, tmp_path / "export.ndjson", *stories.values())
    again = exported(other)
    assert {name: story["published_local"] for name, story in again.items()} == {
        name: local for name, (_, _, local) in LINES.items()
    }
    assert "CHANGED" not in take(desk, tmp_path / "export.ndjson", *stories.values())


def test_another_instant_takes_the_form_of_the_one_before_away(desk: DeskProcess, tmp_path: Path) -> None:
    line = {"id": "1", "headline": "Ferry", "body": ["Text."], "published_at": "2021-06-17T20:45:56-04:00"}
    take(desk, tmp_path / "first.ndjson", line)
    later = line | {"published_at": "2021-06-20T10:00:00Z", "seen_at": "2100-01-01T00:00:00Z"}
    take(desk, tmp_path / "later.ndjson", later)
    story = exported(desk)["Ferry"]
    assert (story["published_at"], story["published_local"]) == ("2021-06-20T10:00:00Z", None)


def test_a_date_that_can_not_be_told_is_refused_by_name(desk: DeskProcess, tmp_path: Path) -> None:
    told = take(desk, tmp_path / "lines.ndjson", {"headline": "A", "body": ["B."], "published_at": "3/4/2021"})
    assert "published_at: '3/4/2021' is no date that can be told" in told
