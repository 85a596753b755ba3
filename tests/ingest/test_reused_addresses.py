"""An address at which another story stands than the one that was read there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ingest.outcomes import Outcome
from tests.ingest.things import HOST, Thing, at_home, corrected, retold, says, tell
from tests.ingest.times import DAY, HOUR, NOW
from tests.ingest.ways import CANNOT, WAYS, Newsroom, pairs, ways

LATEST = f"http://{HOST}/world/the-latest-of-the-day"
IMPORTS = [way for way in WAYS if way not in CANNOT["be a file"]]


def standing_there(number: int, days_ago: int) -> Thing:
    """A story at the address that is used again and again."""
    return replace(at_home(tell(number, NOW - days_ago * DAY)), url=LATEST)


def undated(thing: Thing) -> Thing:
    return replace(thing, dated=False)


def date_aside(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a story says but for its date: a feed may know one of a page that has none."""
    return {name: value for name, value in said.items() if name != "published_at"}


def two_stories(room: Newsroom, old: Thing, new: Thing, old_id: str) -> None:
    """Both are held whole, and the address leads to the new one."""
    kept = room.store.stories.get(old_id)
    assert kept is not None
    assert (date_aside(says(kept)), kept.id, kept.version) == (date_aside(old.said()), old_id, 1)
    found = room.story_at(LATEST)
    assert (date_aside(says(found)), found.version) == (date_aside(new.said()), 1)
    assert len(room.stories()) == 2


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
@pytest.mark.parametrize(("first", "second"), pairs())
def test_another_story_at_the_address_is_a_story_of_its_own(
    room: Newsroom, first: str, second: str, dated: bool
) -> None:
    old, new = standing_there(1, 9), standing_there(2, 1)
    if not dated:
        old, new = undated(old), undated(new)
    room.bring(first, old, NOW)
    old_id = room.story_at(LATEST).id
    assert room.bring(second, new, NOW + DAY) is Outcome.NEW
    two_stories(room, old, new, old_id)
    assert room.bring(second, corrected(new), NOW + 2 * DAY) is Outcome.CHANGED
    assert [story.version for story in (room.story_at(LATEST), room.store.stories.get(old_id)) if story] == [2, 1]


@pytest.mark.parametrize("first", ways())
def test_a_crawl_waits_where_the_feed_says_nothing_of_the_new_story(room: Newsroom, first: str) -> None:
    old, new = standing_there(1, 9), replace(standing_there(2, 1), title="Latest")
    room.bring(first, replace(old, title="Latest"), NOW)
    old_id = room.story_at(LATEST).id
    assert room.bring("crawl", new, NOW + DAY) is Outcome.UNCHANGED
    assert says(room.story_at(LATEST)) == old.said()
    assert room.bring("crawl", new, NOW + DAY + HOUR / 2) is Outcome.UNCHANGED
    assert len(room.stories()) == 1
    assert room.bring("crawl", new, NOW + DAY + 2 * HOUR) is Outcome.NEW
    two_stories(room, old, new, old_id)


@pytest.mark.parametrize("first", ways())
def test_what_was_there_by_mistake_leaves_no_trace(room: Newsroom, first: str) -> None:
    old, mistake = standing_there(1, 9), replace(standing_there(2, 1), title="Latest")
    room.bring(first, old, NOW)
    room.bring("crawl", mistake, NOW + DAY)
    assert room.bring("crawl", old, NOW + DAY + 2 * HOUR) is Outcome.UNCHANGED
    [story] = room.stories()
    assert (says(story), story.version) == (old.said(), 1)


@pytest.mark.parametrize("headline", ["the first words of it", "other words"])
@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_flash_that_grew_is_the_same_story(room: Newsroom, first: str, second: str, headline: str) -> None:
    grown = undated(standing_there(1, 1))
    words = "Alert" if headline == "other words" else " ".join(grown.told.headline.split()[:5])
    flash = retold(grown, headline=f"{words} of the hour", paragraphs=("More of this follows soon here.",))
    assert room.bring(first, flash, NOW) is Outcome.NEW
    assert room.bring(second, grown, NOW + HOUR) is Outcome.CHANGED
    [story] = room.stories()
    assert (date_aside(says(story)), story.version) == (date_aside(grown.said()), 2)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_story_written_anew_on_its_day_stays_the_story(room: Newsroom, first: str, second: str) -> None:
    one, other = standing_there(1, 1), standing_there(2, 1)
    room.bring(first, one, NOW)
    for wait in (2, 4):
        room.bring(second, other, NOW + wait * HOUR)
    [story] = room.stories()
    assert (says(story), story.version) == (other.said(), 2)


@pytest.mark.parametrize("third", IMPORTS)
@pytest.mark.parametrize("second", ways())
def test_an_old_capture_of_the_story_before_changes_nothing(room: Newsroom, second: str, third: str) -> None:
    old, new = standing_there(1, 9), standing_there(2, 1)
    room.bring("warc", old, NOW)
    old_id = room.story_at(LATEST).id
    room.bring(second, new, NOW + DAY)
    assert room.bring(third, old, NOW + HOUR) in (Outcome.UNCHANGED, Outcome.KNOWN)
    two_stories(room, old, new, old_id)


@pytest.mark.parametrize("way", IMPORTS)
def test_many_stories_of_one_address_in_one_file(room: Newsroom, way: str) -> None:
    things = [standing_there(number, 9 - number) for number in range(5)]
    told = room.bring_all(way, [(thing, NOW + number * DAY) for number, thing in enumerate(things)])
    assert told.counts == {Outcome.NEW: 5}
    assert room.headlines() == sorted(thing.told.headline for thing in things)
    assert room.story_at(LATEST).headline == things[-1].told.headline
