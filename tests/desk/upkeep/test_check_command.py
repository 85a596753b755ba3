"""What does `check` say to somebody who runs it, and what does it leave as it was?"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.extraction import parse
from desk.container import ingest_into
from desk.importing.lines import import_files
from run import main
from store.opening import open_store
from tests.desk.desk_process import DeskProcess
from tests.desk.upkeep.test_lost_files import archive, run, tree
from tests.desk.upkeep.test_reindex import NOW
from tests.store.behind import change_pages


@pytest.fixture
def desk(tmp_path: Path) -> DeskProcess:
    made = DeskProcess(tmp_path, [])
    (tmp_path / "one.ndjson").write_text(json.dumps({"id": "1", "headline": "A ferry", "body": ["Text."]}))
    assert made.run("import", str(tmp_path / "one.ndjson")).returncode == 0
    return made


def test_a_fresh_install_hears_how_to_begin(tmp_path: Path) -> None:
    fresh = DeskProcess(tmp_path, [{"name": "a", "feeds": ["http://127.0.0.1:9/feed.xml"]}])
    before = tree(tmp_path)
    found = run(fresh, "check")
    assert found.exit_code == 0
    assert f"{fresh.config} is right: 1 source(s)" in found.output
    assert "There is nothing in " in found.output
    assert "run.py crawl" in found.output
    assert tree(tmp_path) == before


@pytest.mark.parametrize("deep", [[], ["--deep"]])
def test_nothing_is_made_or_changed(desk: DeskProcess, deep: list[str]) -> None:
    for path in (*(desk.data / "locks").iterdir(), *(desk.data / "index").glob("gen-*/in-use.lock")):
        path.unlink()
    (desk.data / "locks").rmdir()
    before = tree(desk.data)
    found = run(desk, "check", *deep)
    assert (found.exit_code, "are well: 1 stories" in found.output) == (0, True)
    assert tree(desk.data) == before


@pytest.mark.sqlite_files("a file without tables")
def test_a_file_without_tables_and_nothing_beside_it_is_a_new_desk(tmp_path: Path) -> None:
    """What a first start leaves that was killed before its first migration."""
    fresh = DeskProcess(tmp_path, [])
    fresh.data.mkdir()
    with closing(sqlite3.connect(fresh.data / "stories.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    assert (fresh.data / "stories.db").stat().st_size > 0
    found = run(fresh, "check")
    assert (found.exit_code, "There is nothing in" in found.output) == (0, True)


def set_layout(desk: DeskProcess, layout: str) -> None:
    with closing(sqlite3.connect(desk.data / "stories.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (layout,))


@pytest.mark.sqlite_files("a layout of files")
def test_an_older_layout_is_named_and_not_migrated(desk: DeskProcess) -> None:
    set_layout(desk, "0002")
    before = tree(desk.data)
    found = run(desk, "check")
    assert found.exit_code == 0
    assert found.output.startswith(f"stories.db in {desk.data}: of an older version of Wiredesk, migrated at the next")
    assert tree(desk.data) == before


@pytest.mark.sqlite_files("a layout of files")
def test_a_newer_layout_is_named(desk: DeskProcess) -> None:
    set_layout(desk, "9999")
    found = run(desk, "check")
    assert (found.exit_code, "upgrade Wiredesk" in found.output) == (1, True)


@pytest.mark.sqlite_files("the log beside a file")
def test_what_a_killed_desk_left_is_read_with_its_log(desk: DeskProcess, tmp_path: Path) -> None:
    """Stories that were committed, but neither folded back into the file nor fed to the index."""
    lines = tmp_path / "more.ndjson"
    lines.write_text(
        "".join(json.dumps({"id": f"m{n}", "headline": "A", "body": ["Text."]}) + "\n" for n in range(120))
    )
    store = open_store(desk.data)
    import_files([lines], ingest_into(store, parse), now=NOW)
    files = {path: path.read_bytes() for path in desk.data.glob("*.db*")}
    store.close()
    for path, content in files.items():
        path.write_bytes(content)
    assert (desk.data / "stories.db-wal").stat().st_size > 0
    for deep in ([], ["--deep"]):
        found = run(desk, "check", *deep)
        assert found.exit_code == 1
        assert found.output == "index: 120 changes behind the store; the next `start` or `crawl` feeds them to it\n"
    assert all(path.read_bytes() == files[path] for path in files if path.suffix != ".db-shm")
    assert run(desk, "reindex").exit_code == 0
    assert run(desk, "check", "--deep").exit_code == 0


def test_a_damaged_page_that_anybody_met_is_told_of_by_the_web_server(desk: DeskProcess, tmp_path: Path) -> None:
    assert desk.run("import", str(archive(tmp_path / "news.warc", range(3)))).returncode == 0
    of_2 = "WHERE digest = (SELECT digest FROM pages WHERE id = 2)"
    change_pages(desk.data, f"UPDATE bodies SET content = :bytes {of_2}", bytes=b"\x00\xff")
    desk.start("serve")
    try:
        assert desk.get("readyz")["degraded"] == []
        read = desk.run("reindex", "--reparse")
        assert (read.returncode, "a page as fetched is damaged" in read.stderr) == (0, True)
        (line,) = desk.get("readyz")["degraded"]
        assert ": 1 page(s) as fetched can't be read (numbers 2: " in line
    finally:
        desk.stop()
    found = run(desk, "check")
    assert (found.exit_code, found.output) == (1, f"{line}\n")


def test_a_desk_may_run_beside(desk: DeskProcess) -> None:
    desk.start("serve")
    try:
        assert CliRunner().invoke(main, ["--config", str(desk.config), "check", "--deep"]).exit_code == 0
    finally:
        desk.stop()
