"""What stands in the place of a story is held back; a story that was cut is believed when it stays so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.outcomes import Outcome
from tests.ingest.things import HOST, Thing, at_home, corrected, cut, empty, says, tell, walled
from tests.ingest.times import DAY, EARLIER, HOUR, NOW
from tests.ingest.ways import CANNOT, WAYS, Newsroom, pairs, ways

IMPORTS = [way for way in WAYS if way not in CANNOT["be a file"]]
STORY = at_home(tell(1, EARLIER, paragraphs=8), tags=("Rain",), guid="guid-17")
WALLS = walled(STORY)
NOTHING = empty(STORY)
PAGES = ("have a page",)


NOT_BELIEVED = (Outcome.UNCHANGED, Outcome.NOT_A_STORY)
"""How a wall ends where a story is held: as a reading that is not believed, or as a page that reads as no story."""


def untouched(room: Newsroom) -> bool:
    """Whether the story is as it came, and the only one."""
    [story] = room.stories()
    return (says(story), story.version, story.status) == (STORY.said(), 1, "live")


@pytest.mark.parametrize("name", WALLS)
@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_wall_is_never_believed(room: Newsroom, first: str, second: str, name: str) -> None:
    room.bring(first, STORY, NOW)
    revision = room.store.stories.revision()
    for hours in (1, 3, 30):
        assert room.bring(second, WALLS[name], NOW + hours * HOUR) in NOT_BELIEVED
    assert untouched(room)
    assert room.store.stories.revision() == revision


@pytest.mark.parametrize("name", WALLS)
@pytest.mark.parametrize("way", IMPORTS)
def test_an_import_names_what_it_holds_back(room: Newsroom, way: str, name: str) -> None:
    innocent = at_home(tell(2, EARLIER))
    room.bring(way, STORY, NOW)
    told = room.bring_all(way, [(innocent, NOW + HOUR), (WALLS[name], NOW + HOUR)])
    assert told.counts.total() == 2
    assert told.counts[Outcome.NEW] == sum(told.counts[outcome] for outcome in NOT_BELIEVED) == 1
    [remark] = told.remarks
    names = {"warc": "0002.warc", "html": "page-0001.html", "line": "0002.ndjson:2"}
    assert names[way] in remark or str(STORY.url) in remark


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize(("first", "second"), pairs((), PAGES))
def test_an_empty_page_takes_nothing_away(room: Newsroom, first: str, second: str, name: str) -> None:
    room.bring(first, STORY, NOW)
    assert room.bring(second, NOTHING[name], NOW + HOUR) not in (Outcome.NEW, Outcome.CHANGED)
    assert untouched(room)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_after_a_wall_a_correction_is_seen(room: Newsroom, first: str, second: str) -> None:
    room.bring(first, STORY, NOW)
    for hours, wall in enumerate(WALLS.values(), 1):
        room.bring(second, wall, NOW + hours * HOUR)
    assert room.bring(second, corrected(STORY), NOW + 2 * DAY) is Outcome.CHANGED
    assert [version.changed for version in room.versions(STORY.url)] == [(), ("body",)]


@pytest.mark.parametrize("name", [name for name in WALLS if name != "paywall"])
@pytest.mark.parametrize("way", ways(*PAGES))
def test_a_wall_as_the_first_thing_is_no_story(room: Newsroom, way: str, name: str) -> None:
    assert room.bring(way, WALLS[name], NOW) is Outcome.NOT_A_STORY
    assert room.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs(PAGES))
def test_the_story_behind_a_wall_comes_in_when_it_is_seen(room: Newsroom, first: str, second: str) -> None:
    room.bring(first, WALLS["consent 0"], NOW)
    assert room.bring(second, STORY, NOW + DAY) is Outcome.NEW
    assert untouched(room)


@pytest.mark.parametrize("way", ways(*PAGES))
def test_one_wall_before_many_stories_makes_none(room: Newsroom, way: str) -> None:
    things = [at_home(tell(number, EARLIER)) for number in range(4)]
    room.bring_all(way, [(thing, NOW) for thing in things])
    walls = [(replace(WALLS["consent 0"], url=thing.url, told=thing.told), NOW + HOUR) for thing in things]
    counts = room.bring_all(way, walls).counts
    assert sum(counts[outcome] for outcome in NOT_BELIEVED) == counts.total() == 4
    assert [(says(story), story.version) for story in room.stories()] == [
        (thing.said(), 1) for thing in sorted(things, key=lambda thing: thing.told.headline)
    ]


# Cut pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), pairs((), PAGES))
def test_a_cut_page_is_not_believed_at_once(room: Newsroom, first: str, second: str) -> None:
    room.bring(first, STORY, NOW)
    for wait in (HOUR, HOUR + timedelta(minutes=40)):
        assert room.bring(second, cut(STORY), NOW + wait) is Outcome.UNCHANGED
    assert untouched(room)


@pytest.mark.parametrize(("first", "second"), pairs(PAGES, PAGES))
def test_a_cut_page_is_believed_when_it_stays_so(room: Newsroom, first: str, second: str) -> None:
    room.bring(first, STORY, NOW)
    assert room.bring(first, cut(STORY), NOW + HOUR) is Outcome.UNCHANGED
    assert room.bring(second, cut(STORY), NOW + 2 * HOUR) is Outcome.CHANGED
    assert [says(version) for version in room.versions(STORY.url)] == [STORY.said(), cut(STORY).said()]


@pytest.mark.parametrize("way", [way for way in IMPORTS if way not in CANNOT["have a page"]])
def test_what_counts_is_when_a_cut_page_was_fetched(room: Newsroom, way: str) -> None:
    room.bring(way, STORY, NOW)
    room.clock.now = NOW + 9 * DAY
    assert room.bring(way, cut(STORY), NOW + HOUR) is Outcome.UNCHANGED
    room.clock.now = NOW + 10 * DAY
    assert room.bring(way, cut(STORY), NOW + HOUR) is Outcome.UNCHANGED
    assert untouched(room)
    assert room.bring(way, cut(STORY), NOW + 2 * HOUR) is Outcome.CHANGED


@pytest.mark.parametrize("way", [way for way in IMPORTS if way not in CANNOT["have a page"]])
def test_both_looks_may_come_in_one_file(room: Newsroom, way: str) -> None:
    seen = [(STORY, NOW), (cut(STORY), NOW + HOUR), (cut(STORY), NOW + 2 * HOUR)]
    told = room.bring_all(way, seen)
    assert told.counts == {Outcome.NEW: 1, Outcome.UNCHANGED: 1, Outcome.CHANGED: 1}
    assert [says(version) for version in room.versions(STORY.url)] == [STORY.said(), cut(STORY).said()]


@pytest.mark.parametrize(("first", "second"), pairs(PAGES, PAGES))
def test_a_cut_page_that_is_whole_again_was_an_accident(room: Newsroom, first: str, second: str) -> None:
    room.bring(first, STORY, NOW)
    room.bring(second, cut(STORY), NOW + HOUR)
    assert room.bring(first, STORY, NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert room.bring(second, cut(STORY), NOW + DAY) is Outcome.UNCHANGED
    assert untouched(room)


@pytest.mark.parametrize("wait", [timedelta(minutes=30), 2 * HOUR], ids=["soon", "late"])
@pytest.mark.parametrize(("first", "second"), pairs(PAGES, PAGES))
def test_another_cut_confirms_nothing(room: Newsroom, first: str, second: str, wait: timedelta) -> None:
    room.bring(first, STORY, NOW)
    room.bring(second, cut(STORY), NOW + HOUR)
    paragraphs = STORY.told.paragraphs[-1:]
    other = replace(STORY, told=replace(STORY.told, paragraphs=paragraphs))
    assert room.bring(second, other, NOW + HOUR + wait) is Outcome.UNCHANGED
    assert untouched(room)


@pytest.mark.parametrize(("first", "second"), pairs((), ("tell more than a page",)))
def test_a_line_that_says_less_is_taken_as_it_is(room: Newsroom, first: str, second: str) -> None:
    room.bring(first, STORY, NOW)
    assert room.bring(second, cut(STORY), NOW + HOUR) is Outcome.CHANGED
    assert room.story_at(STORY.url).body == cut(STORY).told.paragraphs


NEWS_OF_CONSENT = tuple(
    f"The court said that sites must let readers accept all or reject all cookies, in ruling {number} of the year."
    for number in range(20)
)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_news_about_walls_is_news(room: Newsroom, first: str, second: str) -> None:
    about: Thing = replace(STORY, url=f"http://{HOST}/world/court-rules-on-consent-to-cookies")
    about = replace(about, told=replace(about.told, paragraphs=(*STORY.told.paragraphs, *NEWS_OF_CONSENT)))
    assert room.bring(first, about, NOW) is Outcome.NEW
    assert room.bring(second, corrected(about), NOW + HOUR) is Outcome.CHANGED
