"""Outcomes: each page and line ends in exactly one, and the counts add up to what was brought."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import pytest

from model.outcomes import Outcome
from net.urls import LONGEST_KEPT_URL
from tests.ingest.abilities import can, ways
from tests.ingest.renderings import Seen, write_lines, write_pages, write_warc
from tests.ingest.things import WALLS, Thing, at_home, blocked, corrected, cut, killed, tell
from tests.ingest.times import DAY, EARLIER, HOUR, NOW
from tests.ingest.ways import IngestBench

LATER = NOW + DAY


class Brought(NamedTuple):
    """A thing, how it ends, and what a way must be able to do for that."""

    thing: Thing
    outcome: Outcome
    at: datetime = LATER
    need: str | None = None


def story(number: int) -> Thing:
    return at_home(tell(number, EARLIER))


def at_endless_address(thing: Thing) -> Thing:
    """Longer than what is kept, and not too long to be one."""
    return replace(thing, url=f"{thing.url}-{'x' * LONGEST_KEPT_URL}")


HELD = tuple(story(number) for number in range(8))
FORGOTTEN = story(8)
WALL = WALLS["consent 0"]
BAG: Mapping[str, Brought] = {
    "new": Brought(story(10), Outcome.NEW),
    "another new": Brought(story(11), Outcome.NEW),
    "the same": Brought(HELD[0], Outcome.UNCHANGED),
    "a correction": Brought(corrected(HELD[1]), Outcome.CHANGED),
    "a wall": Brought(blocked(HELD[2], WALL), Outcome.NOT_A_STORY, need="have a page"),
    "a kill": Brought(killed(HELD[3]), Outcome.CHANGED),
    "forgotten": Brought(FORGOTTEN, Outcome.REFUSED),
    "an endless address": Brought(at_endless_address(story(14)), Outcome.REFUSED),
    "cut": Brought(cut(HELD[4]), Outcome.UNCHANGED, need="have a page"),
    "a wall first": Brought(blocked(story(12), WALL), Outcome.NOT_A_STORY, need="have a page"),
    "a kill of nothing": Brought(killed(story(13)), Outcome.NOT_A_STORY, need="have a page"),
    "older": Brought(corrected(HELD[5]), Outcome.KNOWN, NOW - DAY, "bring what is older"),
    "older, the same": Brought(HELD[6], Outcome.UNCHANGED, NOW - HOUR, "bring what is older"),
    "new, again": Brought(story(10), Outcome.UNCHANGED, LATER + HOUR, "be a file"),
    "new, corrected": Brought(corrected(story(11)), Outcome.CHANGED, LATER + HOUR, "be a file"),
}


def bag_of(way: str) -> list[Brought]:
    return [brought for brought in BAG.values() if brought.need is None or can(way, brought.need)]


def prepare(bench: IngestBench, way: str) -> None:
    """All that is held, and a story that was forgotten."""
    told = bench.bring_all(way, [(thing, NOW) for thing in (*HELD, FORGOTTEN)])
    assert told.counts == {Outcome.NEW: len(HELD) + 1}
    bench.forget(str(FORGOTTEN.url))


@pytest.mark.parametrize("way", ways())
def test_each_ends_as_it_should(bench: IngestBench, way: str) -> None:
    prepare(bench, way)
    found = {}
    for name, brought in BAG.items():
        if brought in bag_of(way):
            found[name] = bench.bring(way, brought.thing, brought.at)
    assert found == {name: brought.outcome for name, brought in BAG.items() if brought in bag_of(way)}


@pytest.mark.parametrize("way", ways())
def test_the_counts_of_one_go_add_up(bench: IngestBench, way: str) -> None:
    prepare(bench, way)
    bag = bag_of(way)
    told = bench.bring_all(way, [(brought.thing, brought.at) for brought in bag])
    assert told.counts == Counter(brought.outcome for brought in bag)


@pytest.mark.parametrize("way", ways("be a file"))
def test_the_counts_add_up_over_several_batches(bench: IngestBench, way: str) -> None:
    things = [story(number) for number in range(240)]
    assert bench.bring_all(way, [(thing, NOW) for thing in things]).counts == {Outcome.NEW: 240}
    again = [(corrected(thing) if number % 3 == 0 else thing, LATER) for number, thing in enumerate(things)]
    assert bench.bring_all(way, again).counts == {Outcome.CHANGED: 80, Outcome.UNCHANGED: 160}


def test_lines_that_can_not_be_read_are_refused_by_name(bench: IngestBench) -> None:
    broken = ("{no json", "[]", '{"headline": "Nothing below it"}', '{"body": ["Nothing above it."]}')
    bench.files.mkdir()
    path = bench.files / "lines.ndjson"
    path.write_text("\n".join((*broken, "", json.dumps(story(1).fields(NOW)))), encoding="utf-8")
    told = bench.take_in(path)
    assert told.counts == {Outcome.REFUSED: len(broken), Outcome.NEW: 1}
    assert [f"lines.ndjson:{number}" in remark for number, remark in enumerate(told.remarks, 1)] == [True] * len(broken)


def test_a_folder_of_everything(bench: IngestBench) -> None:
    folder = bench.files / "folder"
    things = [Seen(story(number), NOW) for number in range(9)]
    write_warc(things[:3], folder / "a")
    write_pages(things[2:6], folder / "b")
    write_lines(things[5:], folder / "c")
    told = bench.take_in(folder)
    assert told.counts == {Outcome.NEW: 9, Outcome.UNCHANGED: 2}
    assert bench.headlines() == sorted(thing.told.headline for thing, _ in things)
