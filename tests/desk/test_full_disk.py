"""A disk that fills up under a running desk: crawling pauses, searches go on, and it recovers by itself.

Needs the right to mount a small file system; skipped with one loud line where that is not given.
"""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.extraction import parse
from demo.wire import DemoWire
from desk.container import ingest_into
from desk.importing.lines import import_files
from model.outcomes import Outcome
from store.opening import open_store
from tests.desk.desk_process import DeskProcess, eventually

_SIZE = "12m"
_SEED = 20260301


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB where the desk's data directory will be."""
    place = tmp_path / "data"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
        reason = mounted.stderr.strip() if mounted.returncode else None
    except FileNotFoundError as error:
        reason = str(error)
    if reason is not None:
        pytest.skip(f"NOT TESTED: a full disk; no small file system can be mounted here: {reason}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def wire() -> Iterator[DemoWire]:
    with DemoWire(pace_seconds=0, slow_seconds=0.02) as started:
        yield started


@pytest.fixture
def desk(tmp_path: Path, small_disk: Path, wire: DemoWire, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskProcess]:
    monkeypatch.setenv("WIREDESK_MIN_FREE_BYTES", "0")
    made = DeskProcess(tmp_path, wire.sources(every="1s")[:2])
    yield made
    made.kill()


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(b"\0" * size) == size:
                    continue
            except OSError:
                continue
    return ballast


def degraded(desk: DeskProcess) -> str:
    answer = desk.get("readyz")
    return " ".join(answer["degraded"]) if answer else ""


def waited_for(wire: DemoWire) -> set[str]:
    """What the desk's two sources have out."""
    names = {source["name"] for source in wire.sources()[:2]}
    return {story.url for story in wire.published() if story.source in names and story.status == "live"}


def exported(desk: DeskProcess) -> set[str]:
    return {json.loads(line)["url"] for line in desk.run("export").stdout.splitlines()}


@pytest.mark.long
def test_crawling_pauses_while_room_is_short(
    desk: DeskProcess, small_disk: Path, wire: DemoWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.run("crawl").returncode == 0
    monkeypatch.setenv("WIREDESK_MIN_FREE_BYTES", "4000000")
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 2_000_000))
    refused = desk.run("crawl")
    assert (refused.returncode, "nearly full" in refused.stderr) == (1, True)
    desk.start()
    assert "crawling pauses: the disk is nearly full" in eventually(lambda: degraded(desk), 20, "the alarm")
    wire.publish()
    eventually(lambda: "alarm" in desk.output.read_text(), 20, "an alarm in the log")
    assert desk.hits("the")
    assert "nearly full" in desk.run("sources").stdout
    ballast.unlink()
    eventually(lambda: waited_for(wire) <= exported(desk), 60, "the stories that waited")
    eventually(lambda: "pauses" not in degraded(desk), 20, "the end of the alarm")
    assert desk.stop() == 0
    assert desk.run("check", "--deep").returncode == 0


def test_a_commit_without_room_leaves_the_index_as_it_was(desk: DeskProcess, small_disk: Path, tmp_path: Path) -> None:
    lines = tmp_path / "stories.ndjson"
    words = random.Random(_SEED)
    texts = (" ".join(f"w{words.randrange(20_000)}" for _ in range(120)) for _ in range(1000))
    rows = ({"id": f"s-{n}", "headline": "A story", "source": "other", "body": [text]} for n, text in enumerate(texts))
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    little = tmp_path / "little.ndjson"
    little.write_text(json.dumps({"id": "little", "headline": "A brief", "body": ["Little."]}), encoding="utf-8")
    assert desk.run("import", str(little)).returncode == 0
    store = open_store(desk.data)
    tally = import_files([lines], ingest_into(store, parse), now=datetime(2026, 3, 1, tzinfo=UTC))
    assert tally.counts[Outcome.NEW] == 1000
    store.checkpoint()
    store.close()
    ballast = fill(small_disk)
    os.truncate(ballast, ballast.stat().st_size - 300_000)  # enough to open the store, not to commit its stories
    refused = desk.run("import", str(little))
    assert (refused.returncode, refused.stderr.count("Error: the disk is full")) == (1, 1), refused.stderr
    os.truncate(ballast, ballast.stat().st_size - 300_000)  # SQLite's shared memory takes room for reading too
    assert json.loads(desk.run("search", "story", "--json").stdout)["total"] == 0
    ballast.unlink()
    assert desk.run("import", str(little)).returncode == 0
    assert json.loads(desk.run("search", "story", "--json").stdout)["total"] == 1000
    assert desk.run("check", "--deep").returncode == 0


def test_a_disk_that_is_full_corrupts_nothing_and_all_goes_on_when_there_is_room(
    desk: DeskProcess, small_disk: Path, wire: DemoWire
) -> None:
    desk.start()
    eventually(lambda: desk.hits("the"), 60, "the first stories")
    ballast = small_disk / "ballast"

    def without_room() -> bool:
        """Takes whatever room a merge or a checkpoint gave back, and gives the desk one more story to store."""
        fill(small_disk)
        wire.publish()
        return "alarm" in desk.output.read_text()

    eventually(without_room, 60, "an alarm in the log")
    assert desk.hits("the")
    rebuilt = desk.run("reindex")
    assert rebuilt.returncode == 1
    assert "the disk is full" in rebuilt.stderr
    assert "Traceback" not in rebuilt.stderr
    assert desk.hits("the")
    ballast.unlink()
    eventually(lambda: waited_for(wire) <= exported(desk), 90, "every story")
    assert desk.stop() == 0
    checked = desk.run("check", "--deep")
    assert checked.returncode == 0, checked.stdout
    assert desk.run("reindex").returncode == 0
