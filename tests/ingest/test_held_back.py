"""Quarantine: what stands in the place of a story is held back; a cut story is believed when it stays so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from model.outcomes import Outcome
from tests.ingest.abilities import pairs, spread, ways
from tests.ingest.things import HOST, Thing, at_home, corrected, cut, empty, says, tell, walled
from tests.ingest.times import DAY, EARLIER, HOUR, NOW
from tests.ingest.ways import NOT_BELIEVED, IngestBench

STORY = at_home(tell(1, EARLIER, paragraphs=8), tags=("Rain",), guid="guid-17")
WALLS = walled(STORY)
NOTHING = empty(STORY)
PAGES = ("have a page",)


def untouched(bench: IngestBench) -> bool:
    """Whether the story is as it came, and the only one."""
    [story] = bench.stories()
    return (says(story), story.version, story.status) == (STORY.said(), 1, "live")


@pytest.mark.parametrize(("name", "first", "second"), spread(WALLS))
def test_a_wall_is_never_believed(bench: IngestBench, first: str, second: str, name: str) -> None:
    bench.bring(first, STORY, NOW)
    revision = bench.store.feed.position()
    for hours in (1, 3, 30):
        assert bench.bring(second, WALLS[name], NOW + hours * HOUR) in NOT_BELIEVED
    assert untouched(bench)
    assert bench.store.feed.position() == revision


@pytest.mark.parametrize("name", WALLS)
@pytest.mark.parametrize("way", ways("be a file"))
def test_an_import_names_what_it_holds_back(bench: IngestBench, way: str, name: str) -> None:
    innocent = at_home(tell(2, EARLIER))
    bench.bring(way, STORY, NOW)
    told = bench.bring_all(way, [(innocent, NOW + HOUR), (WALLS[name], NOW + HOUR)])
    assert told.counts.total() == 2
    assert told.counts[Outcome.NEW] == sum(told.counts[outcome] for outcome in NOT_BELIEVED) == 1
    [remark] = told.remarks
    names = {"warc": "0002.warc", "html": "page-0001.html", "line": "0002.ndjson:2"}
    assert names[way] in remark or str(STORY.url) in remark


@pytest.mark.parametrize(("name", "first", "second"), spread(NOTHING, (), PAGES))
def test_an_empty_page_takes_nothing_away(bench: IngestBench, first: str, second: str, name: str) -> None:
    bench.bring(first, STORY, NOW)
    assert bench.bring(second, NOTHING[name], NOW + HOUR) not in (Outcome.NEW, Outcome.CHANGED)
    assert untouched(bench)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_after_a_wall_a_correction_is_seen(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    for hours, wall in enumerate(WALLS.values(), 1):
        bench.bring(second, wall, NOW + hours * HOUR)
    assert bench.bring(second, corrected(STORY), NOW + 2 * DAY) is Outcome.CHANGED
    assert [version.changed for version in bench.versions(STORY.url)] == [(), ("body",)]


@pytest.mark.parametrize("name", [name for name in WALLS if name != "paywall"])
@pytest.mark.parametrize("way", ways(*PAGES))
def test_a_wall_as_the_first_thing_is_no_story(bench: IngestBench, way: str, name: str) -> None:
    assert bench.bring(way, WALLS[name], NOW) is Outcome.NOT_A_STORY
    assert bench.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs(PAGES))
def test_the_story_behind_a_wall_comes_in_when_it_is_seen(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, WALLS["consent 0"], NOW)
    assert bench.bring(second, STORY, NOW + DAY) is Outcome.NEW
    assert untouched(bench)


@pytest.mark.parametrize("way", ways(*PAGES))
def test_one_wall_before_many_stories_makes_none(bench: IngestBench, way: str) -> None:
    things = [at_home(tell(number, EARLIER)) for number in range(4)]
    bench.bring_all(way, [(thing, NOW) for thing in things])
    walls = [(replace(WALLS["consent 0"], url=thing.url, told=thing.told), NOW + HOUR) for thing in things]
    counts = bench.bring_all(way, walls).counts
    assert sum(counts[outcome] for outcome in NOT_BELIEVED) == counts.total() == 4
    assert [(says(story), story.version) for story in bench.stories()] == [
        (thing.said(), 1) for thing in sorted(things, key=lambda thing: thing.told.headline)
    ]


# Cut pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), pairs((), PAGES))
def test_a_cut_page_is_not_believed_at_once(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    for wait in (HOUR, HOUR + timedelta(minutes=40)):
        assert bench.bring(second, cut(STORY), NOW + wait) is Outcome.UNCHANGED
    assert untouched(bench)


@pytest.mark.parametrize(("first", "second"), pairs(PAGES, PAGES))
def test_a_cut_page_is_believed_when_it_stays_so(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    assert bench.bring(first, cut(STORY), NOW + HOUR) is Outcome.UNCHANGED
    assert bench.bring(second, cut(STORY), NOW + 2 * HOUR) is Outcome.CHANGED
    assert [says(version) for version in bench.versions(STORY.url)] == [STORY.said(), cut(STORY).said()]


@pytest.mark.parametrize("way", ways("be a file", "have a page"))
def test_what_counts_is_when_a_cut_page_was_fetched(bench: IngestBench, way: str) -> None:
    bench.bring(way, STORY, NOW)
    bench.clock.now = NOW + 9 * DAY
    assert bench.bring(way, cut(STORY), NOW + HOUR) is Outcome.UNCHANGED
    bench.clock.now = NOW + 10 * DAY
    assert bench.bring(way, cut(STORY), NOW + HOUR) is Outcome.UNCHANGED
    assert untouched(bench)
    assert bench.bring(way, cut(STORY), NOW + 2 * HOUR) is Outcome.CHANGED


@pytest.mark.parametrize("way", ways("be a file", "have a page"))
def test_both_looks_may_come_in_one_file(bench: IngestBench, way: str) -> None:
    seen = [(STORY, NOW), (cut(STORY), NOW + HOUR), (cut(STORY), NOW + 2 * HOUR)]
    told = bench.bring_all(way, seen)
    assert told.counts == {Outcome.NEW: 1, Outcome.UNCHANGED: 1, Outcome.CHANGED: 1}
    assert [says(version) for version in bench.versions(STORY.url)] == [STORY.said(), cut(STORY).said()]


@pytest.mark.parametrize(("first", "second"), pairs(PAGES, PAGES))
def test_a_cut_page_that_is_whole_again_was_an_accident(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    bench.bring(second, cut(STORY), NOW + HOUR)
    assert bench.bring(first, STORY, NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert bench.bring(second, cut(STORY), NOW + DAY) is Outcome.UNCHANGED
    assert untouched(bench)


@pytest.mark.parametrize("wait", [timedelta(minutes=30), 2 * HOUR], ids=["soon", "late"])
@pytest.mark.parametrize(("first", "second"), pairs(PAGES, PAGES))
def test_another_cut_confirms_nothing(bench: IngestBench, first: str, second: str, wait: timedelta) -> None:
    bench.bring(first, STORY, NOW)
    bench.bring(second, cut(STORY), NOW + HOUR)
    paragraphs = STORY.told.paragraphs[-1:]
    other = replace(STORY, told=replace(STORY.told, paragraphs=paragraphs))
    assert bench.bring(second, other, NOW + HOUR + wait) is Outcome.UNCHANGED
    assert untouched(bench)


@pytest.mark.parametrize(("first", "second"), pairs((), ("tell more than a page",)))
def test_a_line_that_says_less_is_taken_as_it_is(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    assert bench.bring(second, cut(STORY), NOW + HOUR) is Outcome.CHANGED
    assert bench.story_at(STORY.url).body == cut(STORY).told.paragraphs


NEWS_OF_CONSENT = tuple(
    f"The court said that sites must let readers accept all or reject all cookies, in ruling {number} of the year."
    for number in range(20)
)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_news_about_walls_is_news(bench: IngestBench, first: str, second: str) -> None:
    about: Thing = replace(STORY, url=f"http://{HOST}/world/court-rules-on-consent-to-cookies")
    about = replace(about, told=replace(about.told, paragraphs=(*STORY.told.paragraphs, *NEWS_OF_CONSENT)))
    assert bench.bring(first, about, NOW) is Outcome.NEW
    assert bench.bring(second, corrected(about), NOW + HOUR) is Outcome.CHANGED
