"""Two writers at once: the same thing at the same moment, from two stores on one data directory."""

import random
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from itertools import combinations_with_replacement
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from model.outcomes import Outcome
from model.story import StoredStory
from tests.ingest.abilities import WAYS
from tests.ingest.things import Thing, at_home, corrected, says, tell
from tests.ingest.times import EARLIER, HOUR, NOW
from tests.ingest.ways import IngestBench, ingest_bench

NOTHING_NEW = (Outcome.UNCHANGED, Outcome.KNOWN)
SPREAD_SECONDS = 0.008
SAMPLE, ALL = 3, 50


def cases(*often: tuple[str, str]) -> list[Any]:
    """All pairs of ways, with how often they meet: those that are named as often as in the long suite."""
    found = []
    for pair in combinations_with_replacement(WAYS, 2):
        name = "-".join(pair)
        found.append(pytest.param(*pair, ALL if pair in often else SAMPLE, id=name))
        if pair not in often:
            found.append(pytest.param(*pair, ALL, id=f"{name}-all", marks=pytest.mark.long))
    return found


class Meeting:
    """Two benches that share their data, and a thread for each."""

    def __init__(self, benches: tuple[IngestBench, IngestBench], ways: tuple[str, str]) -> None:
        self.benches = benches
        self.ways = ways
        self.wrong: list[str] = []
        self._threads = ThreadPoolExecutor(2)
        self._start = Barrier(2)

    def together(
        self, dice: random.Random, one: tuple[Thing, datetime], other: tuple[Thing, datetime]
    ) -> list[Outcome]:
        """Both bring their thing within milliseconds; the seed says who is a little late."""
        waits = [dice.uniform(0, SPREAD_SECONDS) for _ in self.benches]

        def bring(number: int, thing: Thing, at: datetime) -> Outcome:
            self._start.wait(timeout=30)
            time.sleep(waits[number])
            return self.benches[number].bring(self.ways[number], thing, at)

        tasks = [self._threads.submit(bring, number, *seen) for number, seen in enumerate((one, other))]
        return [task.result(timeout=60) for task in tasks]

    def expect(self, what: str, outcomes: list[Outcome], telling: Outcome) -> None:
        """One of the two tells something, the other finds that it is known."""
        told = sorted(outcomes, key=lambda outcome: outcome is not telling)
        if told[0] is not telling or told[1] not in NOTHING_NEW:
            self.wrong.append(f"{what}: {', '.join(outcomes)}")

    def stored(self, what: str, thing: Thing, expected: list[Thing]) -> None:
        """The only story of that thing has these versions."""
        bench = self.benches[0]
        found: list[StoredStory] = bench.versions(thing.url)
        if [says(version) for version in found] != [version.said() for version in expected]:
            self.wrong.append(f"{what}: versions end in {[version.body[-1][:14] for version in found]}")

    def close(self) -> None:
        self._threads.shutdown()


@pytest.fixture
def data(tmp_path: Path, empty_data: Path) -> Path:
    return Path(shutil.copytree(empty_data, tmp_path / "data"))


@pytest.fixture
def benches(tmp_path: Path, data: Path) -> Iterator[tuple[IngestBench, IngestBench]]:
    with ExitStack() as stack:
        one, other = (stack.enter_context(ingest_bench(data, tmp_path / f"files-{number}")) for number in range(2))
        yield one, other
        one.check()


@pytest.fixture
def meeting(benches: tuple[IngestBench, IngestBench], one: str, other: str) -> Iterator[Meeting]:
    found = Meeting(benches, (one, other))
    yield found
    found.close()


@pytest.mark.parametrize(("one", "other", "times"), cases(("crawl", "crawl"), ("crawl", "warc")))
def test_the_same_story_and_the_same_correction(meeting: Meeting, times: int) -> None:
    for seed in range(times):
        dice, at = random.Random(seed), NOW + seed * 3 * HOUR
        thing = at_home(tell(seed, EARLIER), identifier=f"n-{seed}")
        outcomes = meeting.together(dice, (thing, at), (thing, at))
        meeting.expect(f"new, seed {seed}", outcomes, Outcome.NEW)
        changed = corrected(thing)
        outcomes = meeting.together(dice, (changed, at + HOUR), (changed, at + HOUR))
        meeting.expect(f"correction, seed {seed}", outcomes, Outcome.CHANGED)
        meeting.stored(f"seed {seed}", thing, [thing, changed])
    assert meeting.wrong == []
    assert len(meeting.benches[1].stories()) == times


@pytest.mark.parametrize(("one", "other", "times"), cases())
def test_two_corrections_of_which_one_is_later(meeting: Meeting, times: int) -> None:
    for seed in range(times):
        dice, at = random.Random(seed), NOW + seed * 3 * HOUR
        thing = at_home(tell(seed, EARLIER))
        assert meeting.benches[seed % 2].bring(meeting.ways[seed % 2], thing, at) is Outcome.NEW
        early, late = corrected(thing, 1), corrected(thing, 2)
        outcomes = meeting.together(dice, (early, at + HOUR), (late, at + 2 * HOUR))
        if outcomes[0] is Outcome.CHANGED:
            meeting.stored(f"seed {seed}", thing, [thing, early, late])
        else:
            meeting.stored(f"seed {seed}", thing, [thing, late])
        if outcomes[1] is not Outcome.CHANGED or outcomes[0] not in (Outcome.CHANGED, Outcome.KNOWN):
            meeting.wrong.append(f"seed {seed}: {', '.join(outcomes)}")
    assert meeting.wrong == []


@pytest.mark.parametrize(("one", "other", "times"), cases())
def test_a_page_and_its_mobile_twin(meeting: Meeting, times: int) -> None:
    for seed in range(times):
        dice, at = random.Random(seed), NOW + seed * 3 * HOUR
        thing = at_home(tell(seed, EARLIER))
        twin = replace(thing, url=str(thing.url).replace("//www.", "//m."))
        outcomes = meeting.together(dice, (thing, at), (twin, at))
        meeting.expect(f"seed {seed}", outcomes, Outcome.NEW)
    assert meeting.wrong == []
    assert len(meeting.benches[1].stories()) == times
