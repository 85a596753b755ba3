"""Kills of all processes, page readers included, and of readers alone, while a wire is crawled.

Whatever dies and when: at the end every story is there, once. A seeded sample runs always; the whole is marked long.
"""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.opening import open_store
from tests.crawler.fault_server import NOT_FOUND, Behaviour, FaultServer, Talk, answer
from tests.crawler.recheck_pages import Told, feed, page
from tests.desk.desk_process import DeskProcess, eventually
from tests.ingest.things import tell
from tests.store.behind import change_stories

SEED = 20260302
HOUSES = 4
_SECONDS_AT_WORK = (0.0, 4.0)
_READER_SHOTS = 12


class Wire:
    """So many stories in equal parts of several houses, which publish them bit by bit."""

    def __init__(self, stack: ExitStack, stories: int) -> None:
        self.published = 0
        now = datetime.now(UTC).replace(microsecond=0)
        self._servers = [stack.enter_context(FaultServer(address=f"127.0.6.{n}")) for n in range(1, HOUSES + 1)]
        self.urls: set[str] = set()
        for house, server in enumerate(self._servers):
            server.routes["/robots.txt"] = NOT_FOUND
            pairs = []
            for number in range(house, stories, HOUSES):
                told = tell(number, now - timedelta(seconds=number))
                server.routes[f"/news/{told.slug}"] = answer(page(told))
                pairs.append((server.url(f"/news/{told.slug}"), told))
            self.urls.update(url for url, _ in pairs)
            server.routes["/feed.xml"] = self._feed_of(pairs)

    def sources(self) -> list[dict[str, object]]:
        return [
            {"name": f"house-{number}", "feeds": [server.url("/feed.xml")], "every": "1s"}
            for number, server in enumerate(self._servers)
        ]

    def _feed_of(self, pairs: list[tuple[str, Told]]) -> Behaviour:
        def respond(talk: Talk) -> None:
            shown = pairs[: self.published // HOUSES]
            talk.send(answer(feed(shown), content_type="application/rss+xml"))

        return respond


def descendants(parent: int) -> dict[int, bytes]:
    """The command lines of all processes below one, by process id."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found: dict[int, bytes] = {}
    fresh = [parent]
    while fresh:
        fresh = [child for child, of in parents.items() if of in fresh]
        for child in fresh:
            with suppress(OSError):
                found[child] = Path(f"/proc/{child}/cmdline").read_bytes()
    return found


def readers(desk: DeskProcess) -> list[int]:
    """The readers of pages, and the process that they are forked from."""
    return [number for number, line in descendants(desk.process_id).items() if b"crawler.reader_parent" in line]


def kill(number: int) -> bool:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def kill_all(desk: DeskProcess) -> int:
    """Everything at once; returns how many processes that were."""
    below = list(descendants(desk.process_id))
    killed = sum(map(kill, [desk.process_id, *below]))
    desk.kill()
    for number in below:
        while Path(f"/proc/{number}").exists() and b"Z" not in Path(f"/proc/{number}/stat").read_bytes()[:64]:
            time.sleep(0.02)
    return killed


def kill_readers(desk: DeskProcess, dice: random.Random) -> int:
    """The readers alone, again and again within seconds, as a machine out of memory does; returns how many."""
    killed = 0
    for _ in range(_READER_SHOTS):
        killed += sum(map(kill, readers(desk)))
        time.sleep(dice.uniform(0.05, 0.4))
    return killed


def stored(desk: DeskProcess) -> int:
    store = open_store(desk.data)
    try:
        return store.stories.count()
    finally:
        store.close()


def make_all_due(desk: DeskProcess) -> int:
    """Move the due times of all that failed to now; how many that were."""
    return change_stories(desk.data, "UPDATE urls SET recheck_at = 0 WHERE story_id IS NULL")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.mark.sqlite_files("leases of a killed process end at once")
@pytest.mark.parametrize(
    ("stories", "kills"),
    [pytest.param(120, 3, id="sample"), pytest.param(2000, 30, id="all", marks=pytest.mark.long)],
)
def test_no_story_is_lost_or_doubled_by_kills(tmp_path: Path, stack: ExitStack, stories: int, kills: int) -> None:
    dice = random.Random(SEED)
    wire = Wire(stack, stories)
    desk = DeskProcess(tmp_path, wire.sources(), look_again=["1d"])
    killed = readers_killed = 0
    for number in range(kills):
        wire.published = stories * (number + 1) // kills
        desk.start()
        eventually(lambda: readers(desk), 30, "readers of pages at work")
        time.sleep(dice.uniform(*_SECONDS_AT_WORK))
        if number % 3 == 1:
            readers_killed += kill_readers(desk, dice)
        killed += kill_all(desk)
    before = stored(desk)
    last = desk.run("crawl")
    assert last.returncode == 0, last.stderr
    found = [json.loads(line) for line in desk.run("export").stdout.splitlines()]
    poisoned = last.stdout.count("POISON")
    print(f"{kills} kills of all ({killed} processes), {readers_killed} readers alone")
    print(f"{before} stories when the last life ended, {len(found)} after one crawl")
    assert readers_killed
    if len(found) < stories:  # pages whose readers were killed ten times over are due a minute later
        print(f"{make_all_due(desk)} pages failed and were due a minute later")
        assert desk.run("crawl").returncode == 0
        found = [json.loads(line) for line in desk.run("export").stdout.splitlines()]
    assert poisoned == 0
    assert sorted(story["url"] for story in found) == sorted(wire.urls)
    assert {story["version"] for story in found} == {1}
    total = json.loads(desk.run("search", "", "--json").stdout)["total"]
    assert total == stories
    checked = desk.run("check", "--deep")
    assert checked.returncode == 0, checked.stdout + checked.stderr
