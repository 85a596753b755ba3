"""Publishers' own ids: they join what agrees, and nothing else; what a line is known by."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from config import SourceConfig
from model.outcomes import Outcome
from tests.ingest.abilities import pairs, spread, ways
from tests.ingest.conftest import OpenBench
from tests.ingest.things import HOST, Thing, at_home, retold, says, tell
from tests.ingest.times import EARLIER, HOUR, NOW
from tests.ingest.ways import DAILY, FEED, IngestBench

SECOND_FEED = f"http://{HOST}/feeds/sport.xml"


def renamed(thing: Thing) -> Thing:
    """The same thing at an address that has nothing in common with the first."""
    return replace(thing, url=f"http://{HOST}/report/{thing.told.slug[::-1]}")


def with_id(number: int, identifier: str = "n-1") -> Thing:
    return at_home(tell(number, EARLIER), identifier=identifier)


JOINED: Mapping[str, Callable[[Thing], Thing]] = {
    "headline and text": lambda thing: thing,
    "text": lambda thing: retold(thing, headline=tell(7, EARLIER).headline),
    "headline and half of the text": lambda thing: retold(
        thing, paragraphs=(*thing.told.paragraphs[:4], *tell(7, EARLIER).paragraphs[:2])
    ),
}


@pytest.mark.parametrize(("agrees", "first", "second"), spread(JOINED))
def test_one_id_and_texts_that_agree_are_one_story(bench: IngestBench, first: str, second: str, agrees: str) -> None:
    thing = with_id(1)
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    other = JOINED[agrees](renamed(thing))
    assert bench.bring(second, other, NOW + HOUR) is not Outcome.NEW
    [story] = bench.stories()
    assert bench.story_at(other.url).id == bench.story_at(thing.url).id == story.id


APART: Mapping[str, Callable[[Thing], Thing]] = {
    "nothing in common": lambda thing: with_id(2),
    "a common headline": lambda thing: retold(with_id(2), headline=thing.told.headline),
}


@pytest.mark.parametrize(("case", "first", "second"), spread(APART))
def test_one_id_on_two_stories_joins_nothing(bench: IngestBench, first: str, second: str, case: str) -> None:
    thing = retold(with_id(1), headline="Morning briefing of the day")
    other = APART[case](thing)
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    assert bench.bring(second, other, NOW + HOUR) is Outcome.NEW
    assert [says(bench.story_at(one.url)) for one in (thing, other)] == [thing.said(), other.said()]
    assert len(bench.stories()) == 2


@pytest.mark.parametrize("way", ways())
def test_one_id_on_all_stories(bench: IngestBench, way: str) -> None:
    things = [with_id(number) for number in range(6)]
    assert bench.bring_all(way, [(thing, NOW) for thing in things]).counts == {Outcome.NEW: 6}
    assert bench.headlines() == sorted(thing.told.headline for thing in things)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_an_id_that_was_seen_on_two_texts_joins_nothing_any_more(bench: IngestBench, first: str, second: str) -> None:
    thing, other = with_id(1), with_id(2)
    bench.bring(first, thing, NOW)
    bench.bring(second, other, NOW + HOUR)
    again = JOINED["headline and half of the text"](renamed(thing))
    assert bench.bring(second, again, NOW + 2 * HOUR) is Outcome.NEW
    assert says(bench.story_at(thing.url)) == thing.said()


@pytest.mark.parametrize("way", ways())
def test_numbers_that_start_anew_in_each_feed(open_bench: OpenBench, way: str) -> None:
    bench = open_bench(SourceConfig(name="daily", feeds=(FEED, SECOND_FEED)))
    news = [with_id(number, f"{number}") for number in range(3)]
    sport = [replace(with_id(10 + number, f"{number}"), feed=SECOND_FEED) for number in range(3)]
    told = bench.bring_all(way, [(thing, NOW) for thing in (*news, *sport)])
    assert told.counts == {Outcome.NEW: 6}
    assert [says(bench.story_at(thing.url)) for thing in (*news, *sport)] == [one.said() for one in (*news, *sport)]


FEEDS: Mapping[str, tuple[Callable[[Thing], Thing], bool]] = {
    "the same text": (lambda thing: thing, True),
    "a headline alone": (JOINED["headline and half of the text"], False),
}


@pytest.mark.parametrize("case", FEEDS)
@pytest.mark.parametrize("way", ways("have a feed"))
def test_an_id_in_two_feeds_joins_nearly_the_same_texts_only(open_bench: OpenBench, way: str, case: str) -> None:
    bench = open_bench(SourceConfig(name="daily", feeds=(FEED, SECOND_FEED)))
    change, one_story = FEEDS[case]
    thing = with_id(1)
    bench.bring(way, thing, NOW)
    bench.bring(way, replace(change(renamed(thing)), feed=SECOND_FEED), NOW + HOUR)
    assert len(bench.stories()) == (1 if one_story else 2)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_an_id_counts_within_its_source_only(open_bench: OpenBench, first: str, second: str) -> None:
    other = SourceConfig(name="weekly", feeds=("http://www.weekly.test/feed.xml",))
    bench = open_bench(DAILY, other)
    thing = with_id(1)
    copy = replace(thing, url=f"http://www.weekly.test/copy/{thing.told.slug}", source="weekly")
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    assert bench.bring(second, copy, NOW + HOUR) is Outcome.NEW
    assert sorted(story.source for story in bench.stories()) == ["daily", "weekly"]


# Lines ----------------------------------------------------------------------------------------------------------

LINES = ("tell more than a page",)


@pytest.mark.parametrize("way", ways(*LINES))
@pytest.mark.parametrize("first", ways())
def test_a_line_whose_id_is_known_is_that_story(bench: IngestBench, first: str, way: str) -> None:
    thing = at_home(tell(1, EARLIER))
    bench.bring(first, thing, NOW)
    story_id = bench.story_at(thing.url).id
    elsewhere = replace(renamed(thing), line={"id": story_id})
    assert bench.bring(way, elsewhere, NOW + HOUR) is Outcome.UNCHANGED
    anew = retold(elsewhere, headline=tell(2, EARLIER).headline)
    assert bench.bring(way, anew, NOW + 2 * HOUR) is Outcome.CHANGED
    [story] = bench.stories()
    assert (story.id, story.headline, story.version) == (story_id, anew.told.headline, 2)


@pytest.mark.parametrize("way", ways(*LINES))
@pytest.mark.parametrize("first", ways())
def test_a_line_without_id_goes_by_its_address(bench: IngestBench, first: str, way: str) -> None:
    thing = at_home(tell(1, EARLIER))
    bench.bring(first, thing, NOW)
    assert bench.bring(way, replace(thing, line={"id": None}), NOW + HOUR) is Outcome.UNCHANGED
    assert bench.bring(way, replace(thing, line={"id": "of-another-desk"}), NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert len(bench.stories()) == 1


@pytest.mark.parametrize("way", ways(*LINES, "be without an address"))
def test_a_line_with_neither_goes_by_its_content(bench: IngestBench, way: str) -> None:
    thing, other = (replace(at_home(tell(number, EARLIER)), url=None) for number in (1, 2))
    outcomes = [bench.bring(way, one, NOW + hours * HOUR) for hours, one in enumerate((thing, other, thing))]
    assert outcomes == [Outcome.NEW, Outcome.NEW, Outcome.UNCHANGED]
    assert len(bench.stories()) == 2


@pytest.mark.parametrize("way", ways("be without an address"))
def test_what_names_no_address_is_taken_in_once(bench: IngestBench, way: str) -> None:
    things = [replace(at_home(tell(number, EARLIER)), url=None) for number in range(3)]
    for hours, outcome in enumerate((Outcome.NEW, Outcome.UNCHANGED)):
        assert bench.bring_all(way, [(thing, NOW + hours * HOUR) for thing in things]).counts == {outcome: 3}
    assert bench.headlines() == sorted(thing.told.headline for thing in things)


@pytest.mark.parametrize("way", ways(*LINES))
def test_two_lines_with_one_id_of_the_publisher_and_other_texts(bench: IngestBench, way: str) -> None:
    things = [with_id(number) for number in range(2)]
    told = bench.bring_all(way, [(replace(one, line={"id": f"line-{n}"}), NOW) for n, one in enumerate(things)])
    assert told.counts == {Outcome.NEW: 2}
    assert sorted(story.id for story in bench.stories()) == ["line-0", "line-1"]
