"""Does the wire publish, correct and withdraw as its programme and its callers say?"""

import html

import pytest
import requests

from demo.houses import HOUSES
from demo.story import Correction, Draft, TextBlock
from demo.wire import DemoWire
from tests.demo.conftest import START, SteppingClock

PACE = 10.0


def run_until(clock: SteppingClock, wire: DemoWire, steps: int) -> None:
    clock.now = START
    clock.advance(steps * PACE)
    wire.published()


def test_a_story_appears_with_every_pace(clock: SteppingClock) -> None:
    with DemoWire(clock=clock, pace_seconds=PACE, slow_seconds=0) as wire:
        before = wire.published()
        clock.advance(PACE - 1)
        assert wire.published() == before
        clock.advance(1)
        assert len(wire.published()) > len(before)
        newest = wire.published()[-1]
        assert newest.released_at == clock.now
        assert newest.published_at == clock.now.replace(second=0)


def test_the_same_start_gives_the_same_stories(clock: SteppingClock) -> None:
    told = []
    for jumps in (1, 60):
        clock.now = START
        with DemoWire(clock=clock, pace_seconds=PACE, slow_seconds=0) as wire:
            for _ in range(jumps):
                clock.advance(60 * PACE / jumps)
                wire.published()
            port = str(wire.port)
            told.append([repr(story).replace(port, "PORT") for story in wire.published()])
    assert told[0] == told[1]


def test_sixty_steps_bring_copies_corrections_and_both_kinds_of_kill(clock: SteppingClock) -> None:
    with DemoWire(clock=clock, pace_seconds=PACE, slow_seconds=0) as wire:
        run_until(clock, wire, 60)
        stories = wire.published()
        corrected = [story for story in stories if story.version > 1]
        killed = [story for story in stories if story.status == "withdrawn"]
        answers = {requests.get(story.url, timeout=60).status_code for story in killed}
    new = [story for story in stories if story.released_at > START and story.version == 1]
    assert len(new) >= 40
    assert {story.source for story in stories if story.released_at > START} == {house.name for house in HOUSES}
    assert len(corrected) >= 10
    assert len({story.url for story in corrected if story.copy_of}) >= 3
    assert answers == {200, 410}
    assert len({story.url for story in stories}) == len(stories)


def test_a_prepared_correction_changes_the_words_and_adds_its_note(wire: DemoWire, clock: SteppingClock) -> None:
    story = next(story for story in wire.published() if "night buses" in story.headline)
    clock.advance(3600)
    corrected = wire.correct(story.url)
    assert "1.2 million pounds a year" in " ".join(corrected.body)
    assert corrected.body[-1].startswith("This article was amended")
    assert corrected.modified_at == clock.now
    assert (corrected.version, corrected.published_at) == (2, story.published_at)
    assert wire.history(story.url) == [story, corrected]
    assert "1.2 million pounds a year" in requests.get(story.url, timeout=60).text


@pytest.mark.parametrize("source", ["continental", "elbkurier"])
def test_every_further_correction_is_a_new_text(wire: DemoWire, source: str) -> None:
    url = next(story.url for story in wire.published() if story.source == source)
    bodies = [wire.correct(url).body for _ in range(6)]
    assert len(set(bodies)) == 6
    assert [story.version for story in wire.history(url)] == list(range(1, 8))


def test_a_kill_notice_stands_in_the_place_of_its_story(wire: DemoWire) -> None:
    story = next(story for story in wire.published() if story.source == "northwire")
    killed = wire.kill(story.url)
    response = requests.get(story.url, timeout=60)
    assert killed.status == "withdrawn"
    assert response.status_code == 200
    assert f"KILL: {story.headline}" in html.unescape(response.text)
    assert "MANDATORY KILL" in response.text
    assert story.body[0] not in response.text


@pytest.mark.parametrize("source", ["continental", "meridian", "harbour", "elbkurier"])
def test_elsewhere_a_withdrawn_page_is_410_and_announced_no_more(wire: DemoWire, source: str) -> None:
    story = next(story for story in wire.published() if story.source == source)
    wire.kill(story.url)
    assert requests.get(story.url, timeout=60).status_code == 410
    front = requests.get("/".join(story.url.split("/")[:3]), timeout=60)
    assert story.headline not in front.text
    with pytest.raises(ValueError, match="withdrawn"):
        wire.correct(story.url)


@pytest.mark.parametrize("source", [house.name for house in HOUSES])
def test_every_source_can_kill_by_notice(wire: DemoWire, source: str) -> None:
    story = next(story for story in wire.published() if story.source == source)
    wire.kill(story.url, "notice")
    response = requests.get(story.url, timeout=60)
    assert response.status_code == 200
    assert story.body[0] not in response.text


def test_a_draft_of_ones_own_goes_out_at_once(wire: DemoWire) -> None:
    draft = Draft(
        slug="quick-brown-fox",
        sources=("meridian", "northwire"),
        headline="Fox crosses {day}'s front page",
        blocks=(TextBlock("paragraph", "A fox was seen on {date}."),),
        correction=Correction("A fox", "A badger", "Correction: It was a badger."),
    )
    stories = wire.publish(draft)
    assert [story.headline for story in stories] == ["Fox crosses Tuesday's front page"] * 2
    assert stories[0].body == ("A fox was seen on March 10, 2026.",)
    assert [wire.correct(story.url).body[0] for story in stories] == ["A badger was seen on March 10, 2026."] * 2
    with pytest.raises(ValueError, match="taken"):
        wire.publish(draft)


def test_thousands_of_steps_in_one_jump(clock: SteppingClock) -> None:
    with DemoWire(clock=clock, pace_seconds=PACE, slow_seconds=0) as wire:
        run_until(clock, wire, 3000)
        stories = wire.published()
        newest = stories[-1]
        assert requests.get(newest.url, timeout=60).status_code == 200
    assert len({story.url for story in stories}) == len(stories) > 2000
