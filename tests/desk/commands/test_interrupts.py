"""Ctrl-C and SIGTERM: every command ends soon, without a traceback, and nothing that it stored is lost to searches.

A seeded sample runs always; the whole is marked long. Figures: `python -m benchmarks.interrupts`.
"""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from demo.wire import DemoWire
from desk.container import Desk
from desk.roles.heartbeat import Heartbeat
from tests.desk.commands.interrupting import (
    LINES,
    STAGES,
    Ended,
    Moment,
    Preparations,
    hears_signals,
    ids,
    interrupt,
    slow_host,
    succeed,
)
from tests.desk.desk_process import ROOT, DeskProcess, eventually

BOUND_SECONDS = 15.0
"""Commands end within five seconds; machines that are shared are given three times that."""
_SEED = 20260301
Sources = list[Mapping[str, Any]]


@pytest.fixture(scope="module")
def sources() -> Iterator[Sources]:
    with DemoWire(pace_seconds=0, slow_seconds=0.5) as wire, slow_host() as slow:
        yield [*wire.sources()[:2], *slow]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Preparations:
    return Preparations(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Preparations:
    return Preparations(tmp_path_factory.mktemp("more"), 3)


@pytest.fixture
def desk(tmp_path: Path, sources: Sources) -> DeskProcess:
    return DeskProcess(tmp_path, sources)


_OF_FILES = pytest.mark.sqlite_files("a backup or a restore of the two files")
_STAGES = [pytest.param(stage, marks=_OF_FILES if stage in ("backup", "restore") else ()) for stage in STAGES]


def ended_well(desk: DeskProcess, ended: Ended, moment: Moment) -> None:
    """What holds of every interrupted command, after at most one more."""
    print(f"{moment}: ended after {ended.seconds} s with status {ended.status}")
    assert ended.status in (0, 128 + moment.number), ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Aborted" not in ended.stderr
    if ended.seconds is not None:
        assert ended.seconds < BOUND_SECONDS
    if ended.status:
        assert ended.stderr.count("interrupted: ") == 1, ended.stderr
        assert ended.stderr.endswith("\n")
    desk.run("search", "report")
    if desk.data.exists() and (desk.data / "index" / "current").exists():
        kept, found = ids(desk)
        assert kept == found


@pytest.mark.parametrize("stage", _STAGES)
def test_an_interrupted_command_ends_well(desk: DeskProcess, made: Preparations, stage: str) -> None:
    work, longest = STAGES[stage]
    moment = Moment.seeded(f"{_SEED} {stage}", longest)
    ended_well(desk, work(desk, made, moment), moment)


@pytest.mark.long
@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("stage", _STAGES)
def test_commands_interrupted_at_many_moments(desk: DeskProcess, more: Preparations, stage: str, number: int) -> None:
    work, longest = STAGES[stage]
    moment = Moment.seeded(f"{_SEED} {stage} {number}", longest * 3)
    ended_well(desk, work(desk, more, moment), moment)


def test_a_command_that_still_loads_ends_at_once(desk: DeskProcess) -> None:
    for command in ("search", "parse", "check", "start"):
        ended = interrupt(desk, Moment(0.0, signal.SIGINT, to_group=True), command, *["x"] * (command == "parse"))
        assert (ended.status, ended.stderr) == (130, "interrupted: run the same command again\n")


def test_what_was_imported_is_searchable_and_the_rest_comes(desk: DeskProcess, made: Preparations) -> None:
    begun = (desk.data / "index" / "current").exists
    ended = interrupt(desk, Moment(0.0), "import", str(made.lines), ready=begun)
    kept, found = ids(desk)
    assert 0 < len(kept) < LINES
    assert f"interrupted: {len(kept):,} pages or stories are in and searchable; run the same command" in ended.stderr
    assert kept == found
    assert f"{LINES - len(kept)} new, 0 changed, {len(kept)} unchanged" in succeed(desk, "import", str(made.lines))


def test_a_second_signal_ends_at_once(desk: DeskProcess) -> None:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), "--config", str(desk.config), "crawl", "slow"],
        stderr=subprocess.PIPE,
        text=True,
    )
    eventually(lambda: (desk.data / "index" / "current").exists(), 30, "a first page in the index")
    process.send_signal(signal.SIGINT)
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" not in stderr
    assert "Traceback" not in stderr


def test_what_hangs_is_given_up_and_a_standard_error_that_nobody_reads_holds_nothing_up() -> None:
    script = """
import sys, threading, time
from desk.interrupts import Interrupts
interrupts = Interrupts()
interrupts.listen()
with interrupts.ending(lambda seconds: time.sleep(600), stop=lambda: None):
    print("begun", flush=True)
    if sys.argv[1] == "full":
        sys.stderr.write("x" * 1_000_000)
    threading.Event().wait()
"""
    for kind in ("hanging", "full"):
        command = [sys.executable, "-c", script, kind]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(BOUND_SECONDS) == 130
            assert process.stderr is not None
            if kind == "hanging":
                assert (
                    process.stderr.read() == "interrupted: what was under way is given up; run the same command again\n"
                )


def test_two_signals_of_one_press_are_one(desk: DeskProcess, made: Preparations) -> None:
    """timeout(1) signals its child, and then the group that the child is in."""
    command = [sys.executable, str(ROOT / "run.py"), "--config", str(desk.config), "import", str(made.lines)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    eventually(lambda: hears_signals(process.pid), 30, "a process that hears signals")
    eventually(lambda: (desk.data / "index" / "current").exists(), 30, "a first page in the index")
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode in (130, 143)
    assert "are in and searchable" in stderr


def end_a_service(desk: DeskProcess, command: str, number: signal.Signals) -> None:
    beat, output = desk.data / "run" / "crawler.heartbeat", desk.config.parent / "stdout"
    ready = beat.exists if command == "schedule" else lambda: b"answers at" in output.read_bytes()
    ended = interrupt(desk, Moment(1.0, number, to_group=True), command, ready=ready)
    assert ended.seconds is not None, ended.stderr
    print(f"{command}: ended after {ended.seconds} s")
    assert ended.seconds < BOUND_SECONDS
    assert ended.status == (130 if number == signal.SIGINT else 0), ended.stderr
    assert "Traceback" not in ended.stderr
    assert ("interrupted: " in ended.stderr) == (number == signal.SIGINT)
    eventually(lambda: not desk.children("schedule") and not desk.children("serve"), 5, "no child left")


def test_services_end_when_they_are_told_to(desk: DeskProcess) -> None:
    end_a_service(desk, "start", signal.SIGINT)
    end_a_service(desk, "schedule", signal.SIGTERM)


@pytest.mark.long
@pytest.mark.parametrize("command", ["start", "schedule", "serve", "demo"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_each_service_ends(desk: DeskProcess, command: str, number: signal.Signals) -> None:
    end_a_service(desk, command, number)


def test_a_search_finds_what_a_killed_import_has_stored(desk: DeskProcess, made: Preparations) -> None:
    begun = (desk.data / "index" / "current").exists
    interrupt(desk, Moment(0.5, signal.SIGKILL, to_group=True), "import", str(made.lines), ready=begun)
    succeed(desk, "search", "report")
    kept, found = ids(desk)
    assert len(kept) > 0
    assert kept == found


def test_a_search_feeds_an_index_that_nobody_follows(desk: DeskProcess, made: Preparations) -> None:
    shutil.copytree(made.stories, desk.data)
    heartbeat = Heartbeat(desk.data / "run" / "crawler.heartbeat")
    assert found_withdrawn(desk, "line-1", "search", "report") is True
    heartbeat.beat()  # a desk runs: it feeds the index itself
    assert found_withdrawn(desk, "line-2", "search", "report") is False
    heartbeat.clear()
    assert found_withdrawn(desk, "line-3", "export", "report") is True
    shutil.rmtree(desk.data / "index")
    assert "stories in" in succeed(desk, "search", "report")
    kept, found = ids(desk)
    assert len(kept) == len(found) == LINES


def found_withdrawn(desk: DeskProcess, story: str, *command: str) -> bool:
    """Whether the index is up to date after a story was withdrawn, and a command run."""
    opened = Desk(desk.config)
    assert opened.store.stories.set_status(story, "withdrawn", datetime.now(UTC))
    revision = opened.store.feed.position()
    succeed(desk, *command)
    reached = opened.live.checkpoint()
    opened.live.close()
    opened.store.close()
    return reached == revision


@pytest.mark.sqlite_files("a backup of the two files")
def test_an_unfinished_backup_is_replaced_and_nothing_else_is(desk: DeskProcess) -> None:
    succeed(desk, "sources")
    target = desk.config.parent / "backup"
    target.mkdir()
    (target / "stories.db").write_bytes(b"half of it")
    refused = desk.run("backup", str(target))
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True)
    (target / "backup.unfinished").touch()
    succeed(desk, "backup", str(target))
    assert sorted(path.name for path in target.iterdir()) == ["manifest.json", "pages.db", "stories.db"]
    refused = desk.run("backup", str(target))
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True)


@pytest.mark.sqlite_files("a restore of the two files")
def test_no_other_command_begins_in_a_half_restored_directory(desk: DeskProcess) -> None:
    desk.data.mkdir()
    (desk.data / "stories.db.restoring").write_bytes(b"half of it")
    refused = desk.run("search", "report")
    assert refused.returncode == 1
    assert "run `restore` again" in refused.stderr
    assert not (desk.data / "stories.db").exists()


def test_a_reader_that_has_read_enough_is_no_error(desk: DeskProcess, made: Preparations) -> None:
    shutil.copytree(made.stories, desk.data)
    command = [sys.executable, str(ROOT / "run.py"), "--config", str(desk.config), "export"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("{")
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 128 + signal.SIGPIPE
