"""A data directory in which nothing can be kept is one sentence, whichever command is run."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from model.errors import DataDirectoryError
from run import main
from store.directory.data_directory import obstacle
from store.opening import open_store
from tests.desk.desk_process import DeskProcess

COMMANDS = {
    "crawl": ["crawl"],
    "start": ["start"],
    "schedule": ["schedule"],
    "serve": ["serve"],
    "search": ["search", "ferry"],
    "import": ["import", "stories.ndjson"],
    "reindex": ["reindex"],
    "forget": ["forget", "--yes", "1"],
    "check": ["check"],
    "backup": ["backup", "made"],
    "restore": ["restore", "backup"],
    "export": ["export"],
    "sources": ["sources"],
}
_OF_FILES = pytest.mark.sqlite_files("a backup or a restore of the two files")
_COMMANDS = [
    pytest.param(words, marks=_OF_FILES if name in ("backup", "restore") else (), id=name)
    for name, words in COMMANDS.items()
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration, lines to import, and a folder to restore from."""
    directory = tmp_path_factory.mktemp("place")
    source = {"name": "a", "feeds": ["http://127.0.0.1:9/feed.xml"]}
    desk = DeskProcess(directory, [source])
    (directory / "stories.ndjson").write_text(json.dumps({"id": "1", "headline": "A ferry", "body": ["Text."]}))
    assert desk.run("import", str(directory / "stories.ndjson")).returncode == 0
    (directory / "backup").mkdir()
    return directory


def refused(place: Path, data_dir: Path, command: list[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The one line that a command says of the directory."""
    monkeypatch.setenv("WIREDESK_DATA_DIR", str(data_dir))
    monkeypatch.chdir(place)
    result = CliRunner().invoke(main, ["--config", "config.yaml", *command])
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    (line,) = result.output.splitlines()
    return line.removeprefix("Error: ")


def a_file(directory: Path) -> Path:
    (directory / "data").touch()
    return directory / "data"


def below_a_file(directory: Path) -> Path:
    return a_file(directory) / "deep" / "data"


def where_nothing_can_be_made(directory: Path) -> Path:
    return Path("/proc/wiredesk/data")


def with_a_file_for_its_locks(directory: Path) -> Path:
    (directory / "locks").touch()
    return directory


PLACES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a file": (a_file, "data is a file; move it away, or set another data_dir"),
    "below a file": (below_a_file, "data is a file; move it away, or set another data_dir"),
    "a parent that can't be made": (where_nothing_can_be_made, "can't be"),
    "a file for its locks": (with_a_file_for_its_locks, "locks is a file where a folder belongs; move it away"),
}


@pytest.mark.parametrize("command", _COMMANDS)
@pytest.mark.parametrize(("make", "reason"), PLACES.values(), ids=PLACES.keys())
def test_it_is_named_with_the_reason(
    place: Path,
    tmp_path: Path,
    make: Callable[[Path], Path],
    reason: str,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data_dir = make(tmp_path)
    if command == ["check"] and str(data_dir).startswith("/proc"):
        pytest.skip("whether a folder can be made there shows when it is made, and that is not for `check` to try")
    line = refused(place, data_dir, command, monkeypatch)
    assert str(data_dir) in line
    assert reason in line


@pytest.fixture(params=["empty", "full"])
def read_only(place: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A data directory on a disk that is read-only, new or with a desk."""
    data_dir = tmp_path / "data"
    shutil.copytree(place / "data", data_dir) if request.param == "full" else data_dir.mkdir()
    bind = ["mount", "--bind", str(data_dir), str(data_dir)]
    remount = ["mount", "-o", "remount,ro,bind", str(data_dir)]
    if any(subprocess.run(each, capture_output=True, check=False).returncode for each in (bind, remount)):
        pytest.skip("NOT TESTED: a read-only disk; nothing can be mounted here")
    yield data_dir
    subprocess.run(["umount", "--lazy", str(data_dir)], check=True)


@pytest.mark.parametrize("command", _COMMANDS)
def test_a_disk_that_is_read_only(
    place: Path, read_only: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = refused(place, read_only, command, monkeypatch)
    assert line == f"the data directory {read_only} can't be used: the disk is read-only"


@pytest.fixture
def owned() -> Iterator[Path]:
    """A place that everyone can reach; root's folders of temporary files are not."""
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: a directory of another user; only root can be another user")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def as_nobody() -> Iterator[None]:
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


_FILE = pytest.param("data/stories.db", marks=pytest.mark.sqlite_files("the rights to a file"))


@pytest.mark.parametrize("what", ["data", "data/locks", _FILE, "parent"])
def test_a_directory_of_somebody_else(owned: Path, place: Path, what: str) -> None:
    data_dir = owned / "data"
    if what != "parent":
        shutil.copytree(place / "data", data_dir)
        for path in (data_dir, *data_dir.rglob("*")):
            os.chown(path, 65534, 65534)
        os.chown(owned / what, 0, 0)
    with as_nobody():
        reason = obstacle(data_dir)
        with pytest.raises(DataDirectoryError, match="has no right to write to"):
            open_store(data_dir)
    assert reason is not None
    assert reason.startswith(f"the data directory {data_dir} can't be used: user ")
    assert f"has no right to write to {owned if what == 'parent' else owned / what}; " in reason


def test_where_a_desk_runs_nothing_is_in_the_way(place: Path) -> None:
    assert obstacle(place / "data") is None
    assert obstacle(place / "deep" / "new") is None
    assert not (place / "deep").exists()
