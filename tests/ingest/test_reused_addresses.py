"""Reused addresses: another story stands there than the one that was read before."""

from dataclasses import replace

import pytest

from model.outcomes import Outcome
from tests.ingest.abilities import pairs, ways
from tests.ingest.things import HOST, Thing, at_home, corrected, retold, says, tell
from tests.ingest.times import DAY, HOUR, NOW
from tests.ingest.ways import IngestBench

LATEST = f"http://{HOST}/world/the-latest-of-the-day"


def standing_there(number: int, days_ago: int) -> Thing:
    """A story at the address that is used again and again."""
    return replace(at_home(tell(number, NOW - days_ago * DAY)), url=LATEST)


def undated(thing: Thing) -> Thing:
    return replace(thing, dated=False)


def two_stories(bench: IngestBench, old: Thing, new: Thing, old_id: str) -> None:
    """Both are held whole, and the address leads to the new one."""
    kept = bench.store.stories.get(old_id)
    assert kept is not None
    assert (says(kept), kept.id, kept.version) == (old.said(), old_id, 1)
    found = bench.story_at(LATEST)
    assert (says(found), found.version) == (new.said(), 1)
    assert len(bench.stories()) == 2


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
@pytest.mark.parametrize(("first", "second"), pairs())
def test_another_story_at_the_address_is_a_story_of_its_own(
    bench: IngestBench, first: str, second: str, dated: bool
) -> None:
    old, new = standing_there(1, 9), standing_there(2, 1)
    if not dated:
        old, new = undated(old), undated(new)
    bench.bring(first, old, NOW)
    old_id = bench.story_at(LATEST).id
    assert bench.bring(second, new, NOW + DAY) is Outcome.NEW
    two_stories(bench, old, new, old_id)
    assert bench.bring(second, corrected(new), NOW + 2 * DAY) is Outcome.CHANGED
    assert [story.version for story in (bench.story_at(LATEST), bench.store.stories.get(old_id)) if story] == [2, 1]


@pytest.mark.parametrize("first", ways())
def test_a_crawl_waits_where_the_feed_says_nothing_of_the_new_story(bench: IngestBench, first: str) -> None:
    old, new = standing_there(1, 9), replace(standing_there(2, 1), title="Latest")
    bench.bring(first, replace(old, title="Latest"), NOW)
    old_id = bench.story_at(LATEST).id
    assert bench.bring("crawl", new, NOW + DAY) is Outcome.UNCHANGED
    assert says(bench.story_at(LATEST)) == old.said()
    assert bench.bring("crawl", new, NOW + DAY + HOUR / 2) is Outcome.UNCHANGED
    assert len(bench.stories()) == 1
    assert bench.bring("crawl", new, NOW + DAY + 2 * HOUR) is Outcome.NEW
    two_stories(bench, old, new, old_id)


@pytest.mark.parametrize("first", ways())
def test_what_was_there_by_mistake_leaves_no_trace(bench: IngestBench, first: str) -> None:
    old, mistake = standing_there(1, 9), replace(standing_there(2, 1), title="Latest")
    bench.bring(first, old, NOW)
    bench.bring("crawl", mistake, NOW + DAY)
    assert bench.bring("crawl", old, NOW + DAY + 2 * HOUR) is Outcome.UNCHANGED
    [story] = bench.stories()
    assert (says(story), story.version) == (old.said(), 1)


@pytest.mark.parametrize("headline", ["the first words of it", "other words"])
@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_flash_that_grew_is_the_same_story(bench: IngestBench, first: str, second: str, headline: str) -> None:
    grown = undated(standing_there(1, 1))
    words = "Alert" if headline == "other words" else " ".join(grown.told.headline.split()[:5])
    flash = retold(grown, headline=f"{words} of the hour", paragraphs=("More of this follows soon here.",))
    assert bench.bring(first, flash, NOW) is Outcome.NEW
    assert bench.bring(second, grown, NOW + HOUR) is Outcome.CHANGED
    [story] = bench.stories()
    assert (says(story), story.version) == (grown.said(), 2)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_story_written_anew_on_its_day_stays_the_story(bench: IngestBench, first: str, second: str) -> None:
    one, other = standing_there(1, 1), standing_there(2, 1)
    bench.bring(first, one, NOW)
    for wait in (2, 4):
        bench.bring(second, other, NOW + wait * HOUR)
    [story] = bench.stories()
    assert (says(story), story.version) == (other.said(), 2)


@pytest.mark.parametrize("third", ways("be a file"))
@pytest.mark.parametrize("second", ways())
def test_an_old_capture_of_the_story_before_changes_nothing(bench: IngestBench, second: str, third: str) -> None:
    old, new = standing_there(1, 9), standing_there(2, 1)
    bench.bring("warc", old, NOW)
    old_id = bench.story_at(LATEST).id
    bench.bring(second, new, NOW + DAY)
    assert bench.bring(third, old, NOW + HOUR) in (Outcome.UNCHANGED, Outcome.KNOWN)
    two_stories(bench, old, new, old_id)


@pytest.mark.parametrize("way", ways("be a file"))
def test_many_stories_of_one_address_in_one_file(bench: IngestBench, way: str) -> None:
    things = [standing_there(number, 9 - number) for number in range(5)]
    told = bench.bring_all(way, [(thing, NOW + number * DAY) for number, thing in enumerate(things)])
    assert told.counts == {Outcome.NEW: 5}
    assert bench.headlines() == sorted(thing.told.headline for thing in things)
    assert bench.story_at(LATEST).headline == things[-1].told.headline
