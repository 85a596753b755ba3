"""A database that is missing beside what was made from it is never taken for a new desk."""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from run import main
from store.directory.presence import lost_pages
from tests.desk.desk_process import DeskProcess
from tests.desk.importing.archive_files import Warc, article

pytestmark = pytest.mark.sqlite_files("files that are missing or empty")

STORIES = 3


@pytest.fixture
def desk(tmp_path: Path) -> DeskProcess:
    """A desk with three stories and their pages."""
    made = DeskProcess(tmp_path, [{"name": "a", "feeds": ["http://127.0.0.1:9/feed.xml"]}])
    # In a process of its own: what a command of this process has open would stay open.
    assert made.run("import", str(archive(tmp_path / "news.warc", range(STORIES)))).returncode == 0
    return made


def archive(path: Path, numbers: range) -> Path:
    warc = Warc(path)
    for number in numbers:
        warc.add(f"https://news.example.org/report-{number}.html", article(number))
    return warc.close()


def run(desk: DeskProcess, *arguments: str) -> Result:
    result = CliRunner().invoke(main, ["--config", str(desk.config), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def tree(directory: Path) -> dict[str, str]:
    """Every file and folder, with the bytes of the files."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in directory.rglob("*")
    }


def remove(desk: DeskProcess) -> None:
    (desk.data / "stories.db").unlink()


def empty(desk: DeskProcess) -> None:
    (desk.data / "stories.db").write_bytes(b"")


def leave_no_table(desk: DeskProcess) -> None:
    remove(desk)
    with closing(sqlite3.connect(desk.data / "stories.db")) as connection:
        connection.execute("PRAGMA user_version = 1")


def put_a_new_one(desk: DeskProcess) -> None:
    (desk.data / "index").rename(desk.data.parent / "index")
    (desk.data / "pages.db").rename(desk.data.parent / "pages.db")
    remove(desk)
    assert run(desk, "sources").exit_code == 0
    (desk.data.parent / "index").rename(desk.data / "index")
    (desk.data.parent / "pages.db").replace(desk.data / "pages.db")


def leave_a_half_restore(desk: DeskProcess) -> None:
    (desk.data / "stories.db").rename(desk.data / "stories.db.restoring")


LOSSES: dict[str, tuple[Callable[[DeskProcess], None], str]] = {
    "missing": (remove, "stories.db is missing, but the index and pages.db of its stories stand beside it"),
    "empty": (empty, "stories.db is empty, but the index and pages.db of its stories stand beside it"),
    "without tables": (leave_no_table, "stories.db is empty, but the index"),
    "a new one": (put_a_new_one, "stories.db has never held a story, but the index in"),
    "half a restore": (leave_a_half_restore, "holds a restore that was not finished: wait, or run `restore` again"),
}
COMMANDS = ["crawl", "start", "schedule", "serve", "reindex", "search", "check", "export", "sources"]


@pytest.mark.parametrize(("lose", "reason"), LOSSES.values(), ids=LOSSES.keys())
def test_without_its_stories_no_command_begins_anew(
    desk: DeskProcess, lose: Callable[[DeskProcess], None], reason: str
) -> None:
    lose(desk)
    index = tree(desk.data / "index")
    for command in COMMANDS:
        refused = run(desk, command)
        assert refused.exit_code == 1, command
        (line,) = refused.output.splitlines()
        assert reason in line, command
    assert run(desk, "import", str(archive(desk.data.parent / "more.warc", range(5, 6)))).exit_code == 1
    assert tree(desk.data / "index") == index


@pytest.mark.parametrize("lose", [remove, empty])
def test_a_file_that_is_put_back_is_all_that_it_takes(desk: DeskProcess, lose: Callable[[DeskProcess], None]) -> None:
    content = (desk.data / "stories.db").read_bytes()
    lose(desk)
    assert run(desk, "search").exit_code == 1
    (desk.data / "stories.db").write_bytes(content)
    assert run(desk, "check", "--deep").exit_code == 0


def test_what_a_first_start_left_when_it_was_killed_is_a_new_desk(desk: DeskProcess, tmp_path: Path) -> None:
    new = DeskProcess(tmp_path / "new" if (tmp_path / "new").mkdir() is None else tmp_path, [])
    new.data.mkdir()
    (new.data / "stories.db").touch()
    assert "There is nothing in" in run(new, "check").output
    assert run(new, "import", str(tmp_path / "news.warc")).exit_code == 0


def test_without_its_pages_stories_are_searched_and_nothing_else_is_done(desk: DeskProcess) -> None:
    pages = desk.data / "pages.db"
    pages.rename(desk.data.parent / "pages.db")
    assert f"{STORIES} stories" in run(desk, "search", "harbour").output
    assert len(run(desk, "export").output.splitlines()) == STORIES
    more = str(archive(desk.data.parent / "more.warc", range(5, 6)))
    for command in (["crawl"], ["import", more], ["backup", "made"], ["check"], ["reindex", "--reparse"]):
        refused = run(desk, *command)
        assert refused.exit_code == 1
        assert refused.output.splitlines()[-1].endswith(lost_pages(pages)), command
    assert "crawling pauses" in run(desk, "sources").output
    assert not pages.exists()
    (desk.data.parent / "pages.db").rename(pages)
    assert run(desk, "check", "--deep").exit_code == 0


def test_pages_after_a_loss_are_never_taken_for_the_lost_ones(desk: DeskProcess) -> None:
    pages = desk.data / "pages.db"
    pages.write_bytes(b"")
    assert "pages.db is empty, and the pages as fetched that were in it are lost" in run(desk, "check").output
    more = archive(desk.data.parent / "more.warc", range(5, 7))
    told = run(desk, "import", str(more))
    assert (told.exit_code, "pages as fetched are missing" in told.output) == (0, True)
    with closing(sqlite3.connect(pages)) as connection:
        numbers = [number for (number,) in connection.execute("SELECT id FROM pages ORDER BY id")]
    assert numbers == [STORIES + 1, STORIES + 2]
    found = run(desk, "check", "--deep")
    assert (found.exit_code, found.output) == (
        1,
        f"pages.db: the pages of {STORIES} versions are missing; restore a backup\n",
    )
