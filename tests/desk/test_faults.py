"""Kills, broken files, jumping clocks: each has its documented outcome (docs/operations.md).

A seeded sample of the kills runs always; the whole is marked long.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import ConfigError, load_config
from demo.wire import DemoWire
from desk.roles.heartbeat import Heartbeat
from desk.roles.supervisor import SILENT_SECONDS, Child
from tests.desk.desk_process import ROOT, DeskProcess
from tests.desk.importing.archive_files import Warc, article

LINES = 400
PAGES = 150
_SEED = 20260301


def lines_file(directory: Path) -> Path:
    path = directory / "stories.ndjson"
    story = {"headline": "Imported story", "source": "other"}
    rows = ({**story, "id": f"import-{n}", "body": [f"Paragraph {n} about sorghum."]} for n in range(LINES))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def kill_at(desk: DeskProcess, seconds: float, *arguments: str) -> None:
    """Begin a command and end it and its children with kill -9 after some seconds."""
    command = [sys.executable, str(ROOT / "run.py"), "--config", str(desk.config), *arguments]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def wire() -> Iterator[DemoWire]:
    with DemoWire(pace_seconds=0, slow_seconds=0) as started:
        yield started


@pytest.fixture
def desk(tmp_path: Path, wire: DemoWire) -> DeskProcess:
    return DeskProcess(tmp_path, wire.sources()[:2])


def well(desk: DeskProcess) -> None:
    checked = desk.run("check", "--deep")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def survive_crawl(desk: DeskProcess, seconds: float) -> None:
    kill_at(desk, seconds, "crawl")
    assert desk.run("crawl").returncode == 0
    stories = [json.loads(line) for line in desk.run("export").stdout.splitlines()]
    urls = [story["url"] for story in stories]
    assert len(urls) == len(set(urls)) > 20


def survive_import(desk: DeskProcess, seconds: float) -> None:
    path = lines_file(desk.config.parent)
    kill_at(desk, seconds, "import", str(path))
    assert desk.run("import", str(path)).returncode == 0
    assert json.loads(desk.run("search", "sorghum", "--json").stdout)["total"] == LINES


def survive_archive(desk: DeskProcess, seconds: float) -> None:
    warc = Warc(desk.config.parent / "news.warc.gz")
    for number in range(PAGES):
        warc.add(f"https://news.example.org/report-{number}.html", article(number))
    path = warc.close()
    kill_at(desk, seconds, "import", str(path))
    assert desk.run("import", str(path)).returncode == 0
    again = desk.run("import", str(path))
    assert f"0 new, 0 changed, {PAGES} unchanged" in again.stdout
    assert json.loads(desk.run("search", "harbour", "--json").stdout)["total"] == PAGES


def survive_reparse(desk: DeskProcess, seconds: float) -> None:
    assert desk.run("crawl").returncode == 0
    before = desk.run("export").stdout
    kill_at(desk, seconds, "reindex", "--reparse")
    assert desk.run("reindex", "--reparse").returncode == 0
    assert desk.run("export").stdout == before


def survive_reindex(desk: DeskProcess, seconds: float) -> None:
    desk.run("import", str(lines_file(desk.config.parent)))
    kill_at(desk, seconds, "reindex")
    assert json.loads(desk.run("search", "sorghum", "--json").stdout)["total"] == LINES
    assert desk.run("reindex").returncode == 0
    generations = [path.name for path in (desk.data / "index").glob("gen-*")]
    assert len(generations) == 1


def survive_backup(desk: DeskProcess, seconds: float) -> None:
    desk.run("import", str(lines_file(desk.config.parent)))
    target = desk.config.parent / "backup"
    kill_at(desk, seconds, "backup", str(target))
    if not (target / "manifest.json").exists():
        other = DeskProcess(_made(desk.config.parent / "other"), [])
        target.mkdir(exist_ok=True)
        refused = other.run("restore", str(target))
        assert (refused.returncode, "holds no finished backup" in refused.stderr) == (1, True)


def survive_restore(desk: DeskProcess, seconds: float) -> None:
    desk.run("import", str(lines_file(desk.config.parent)))
    target = desk.config.parent / "backup"
    assert desk.run("backup", str(target)).returncode == 0
    other = DeskProcess(_made(desk.config.parent / "other"), [])
    kill_at(other, seconds, "restore", str(target))
    again = other.run("restore", str(target))
    # Killed before both files stood there: restored anew; after: they are there, and the index is made from them.
    assert again.returncode == 0 or "is not empty" in again.stderr
    if (other.data / "stories.db").exists():
        other.run("reindex")
        well(other)


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


STAGES: dict[str, tuple[Callable[[DeskProcess, float], None], float, float]] = {
    # what to survive, and between how many seconds after the start the kill falls
    "crawl": (survive_crawl, 1.0, 8.0),
    "import": (survive_import, 0.6, 3.0),
    "archive": (survive_archive, 0.6, 6.0),
    "reindex": (survive_reindex, 0.4, 3.0),
    "reparse": (survive_reparse, 0.6, 5.0),
    "backup": (survive_backup, 0.4, 2.0),
    "restore": (survive_restore, 0.4, 2.5),
}


@pytest.mark.parametrize("stage", ["crawl", "import", "archive", "reindex"])
def test_a_kill_in_the_middle_loses_nothing(desk: DeskProcess, stage: str) -> None:
    survive, earliest, latest = STAGES[stage]
    survive(desk, random.Random(f"{_SEED} {stage}").uniform(earliest, latest))
    well(desk)


@pytest.mark.long
@pytest.mark.parametrize("number", range(20))
@pytest.mark.parametrize("stage", STAGES)
def test_kills_at_many_points(desk: DeskProcess, stage: str, number: int) -> None:
    survive, earliest, latest = STAGES[stage]
    survive(desk, random.Random(f"{_SEED} {stage} {number}").uniform(earliest, latest))
    well(desk)


def test_a_damaged_index_is_made_anew(desk: DeskProcess) -> None:
    desk.run("import", str(lines_file(desk.config.parent)))
    for path in (desk.data / "index").rglob("*"):
        if path.is_file() and path.stat().st_size > 500:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "reindex" in desk.run("check", "--deep").stdout
    rebuilt = desk.run("reindex")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert json.loads(desk.run("search", "sorghum", "--json").stdout)["total"] == LINES
    well(desk)


@pytest.mark.long
def test_a_lost_index_directory_is_made_anew(desk: DeskProcess) -> None:
    desk.run("import", str(lines_file(desk.config.parent)))
    (desk.data / "index" / "current").write_text("gen-")
    assert desk.run("search", "sorghum").returncode == 1
    assert desk.run("reindex").returncode == 0
    well(desk)


@pytest.mark.sqlite_files("bytes of a file that were altered")
def test_a_damaged_database_is_named_and_not_made_worse(desk: DeskProcess) -> None:
    desk.run("import", str(lines_file(desk.config.parent)))
    path = desk.data / "stories.db"
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = random.Random(_SEED).randbytes(4096)
    path.write_bytes(content)
    checked = desk.run("check")
    assert checked.returncode == 1
    assert "restore a backup" in checked.stdout + checked.stderr
    assert "Traceback" not in checked.stderr
    exported = desk.run("export")
    assert exported.returncode == 0 or "a database is damaged" in exported.stderr
    assert "Traceback" not in exported.stderr


@pytest.mark.sqlite_files("a file that is no database")
def test_no_database_at_all_is_named(desk: DeskProcess) -> None:
    desk.data.mkdir()
    (desk.data / "stories.db").write_bytes(b"something else" * 1000)
    refused = desk.run("check")
    assert refused.returncode == 1
    assert "can't be used: file is not a database" in refused.stdout
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("share", [0.1, 0.37, 0.5, 0.83])
def test_a_half_written_configuration_is_explained(tmp_path: Path, share: float) -> None:
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    path = tmp_path / "config.yaml"
    path.write_text(text[: int(len(text) * share)] + "\n  - name: x\n   feeds: [", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        load_config(path, {})


def test_a_desk_without_right_to_write_says_so(desk: DeskProcess) -> None:
    desk.run("import", str(lines_file(desk.config.parent)))
    # Root may write everywhere but where the file system itself is read-only.
    mounted = subprocess.run(["mount", "--bind", str(desk.data), str(desk.data)], capture_output=True, check=False)
    if mounted.returncode or subprocess.run(["mount", "-o", "remount,ro,bind", str(desk.data)], check=False).returncode:
        pytest.skip("NOT TESTED: a read-only disk; nothing can be mounted here")
    try:
        refused = desk.run("crawl")
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert "read-only" in refused.stderr.lower()
    finally:
        subprocess.run(["umount", "--lazy", str(desk.data)], check=True)
    well(desk)


def test_stopping_gives_up_what_hangs(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
        feed = f"http://127.0.0.1:{silent.getsockname()[1]}/feed.xml"
        desk = DeskProcess(tmp_path, [{"name": "silent", "feeds": [feed]}], timeout="120s")
        desk.start()
        connection, _ = silent.accept()
        began = time.monotonic()
        assert desk.stop() == 0
        assert time.monotonic() - began < 60
        assert not desk.children("schedule")
        connection.close()


def test_a_clock_that_jumps_kills_no_child(tmp_path: Path) -> None:
    beat = Heartbeat(tmp_path / "web.heartbeat")
    child = Child("web", [sys.executable, "-c", "import time; time.sleep(60)"], beat)
    child.start()
    for offset in (0.0, SILENT_SECONDS * 100, -SILENT_SECONDS * 100):
        beat.clear()
        (tmp_path / "web.heartbeat").touch()
        os.utime(tmp_path / "web.heartbeat", (time.time() + offset,) * 2)
        child.tend()
    assert child.is_running
    child.stop()
    child.wait(time.monotonic() + 5)
    assert not child.is_running
