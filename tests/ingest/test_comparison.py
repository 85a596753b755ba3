"""Comparison and versions: what makes a version, and what is no change by the publisher."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from model.outcomes import Outcome
from tests.crawler.recheck_pages import page
from tests.ingest.abilities import pairs, spread, ways
from tests.ingest.things import MISSING, Thing, at_home, corrected, retold, says, tell
from tests.ingest.times import DAY, EARLIER, HOUR, NOW
from tests.ingest.ways import IngestBench

STORY = at_home(tell(1, EARLIER), identifier="n-1", dateline="BAMAKO, Mali", agencies=("AP", "Reuters"))

CHANGES: Mapping[str, Callable[[Thing], Thing]] = {
    "headline": lambda thing: retold(thing, headline=f"{thing.told.headline}, at last"),
    "deck": lambda thing: retold(thing, deck=tell(5, EARLIER).deck),
    "body": corrected,
    "captions": lambda thing: retold(thing, caption=tell(5, EARLIER).caption),
    "byline": lambda thing: retold(thing, byline="Petra Herrera"),
    "dateline": lambda thing: replace(thing, dateline="KAMPALA, Uganda"),
    "agencies": lambda thing: replace(thing, agencies=("AP", "AFP")),
    "published_at": lambda thing: retold(thing, published_at=EARLIER - HOUR),
}


@pytest.mark.parametrize(("name", "first", "second"), spread(CHANGES))
def test_what_the_publisher_changes_is_a_version(bench: IngestBench, first: str, second: str, name: str) -> None:
    changed = CHANGES[name](STORY)
    assert bench.bring(first, STORY, NOW) is Outcome.NEW
    assert bench.bring(second, changed, NOW + HOUR) is Outcome.CHANGED
    old, new = bench.versions(STORY.url)
    assert (says(old), says(new)) == (STORY.said(), changed.said())
    assert (new.changed, old.seen_at, new.seen_at) == ((name,), NOW, NOW + HOUR)
    assert new.source == "daily"


@pytest.mark.parametrize(("first", "second"), pairs())
def test_each_of_several_corrections_is_a_version(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    for number, way in enumerate((second, first, second), 1):
        assert bench.bring(way, corrected(STORY, number), NOW + number * HOUR) is Outcome.CHANGED
    assert [version.body[-1][:12] for version in bench.versions(STORY.url)[1:]] == [
        f"Correction {n}" for n in (1, 2, 3)
    ]


def spaced(thing: Thing) -> Thing:
    """The same with other white space in everything."""
    told = thing.told
    loose: dict[str, Any] = {name: f"  {getattr(told, name)}\n".replace(" ", "  ") for name in ("headline", "deck")}
    return retold(
        thing, **loose, paragraphs=tuple(f"\n {text} ".replace(" in ", "\n  in ") for text in told.paragraphs)
    )


NO_CHANGES: Mapping[str, Callable[[Thing], Thing]] = {
    "white space": spaced,
    "image address": lambda thing: replace(thing, picture="/images/resized/lead-1200.jpg"),
    "modified_at": lambda thing: replace(thing, modified_at=NOW),
    "order of agencies": lambda thing: replace(thing, agencies=("Reuters", "AP")),
    "what stands around it": lambda thing: retold(thing, around=("Chess", "Bridge", "Rowing")),
}


@pytest.mark.parametrize(("name", "first", "second"), spread(NO_CHANGES))
def test_what_is_no_change(bench: IngestBench, first: str, second: str, name: str) -> None:
    assert bench.bring(first, STORY, NOW) is Outcome.NEW
    assert bench.bring(second, NO_CHANGES[name](STORY), NOW + HOUR) is Outcome.UNCHANGED
    [version] = bench.versions(STORY.url)
    assert (version.headline, version.body) == (STORY.told.headline, STORY.told.paragraphs)


# Older ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), pairs((), ("bring what is older",)))
def test_an_older_look_that_differs_is_known(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, corrected(STORY), NOW)
    revision = bench.store.feed.position()
    assert bench.bring(second, STORY, NOW - DAY) is Outcome.KNOWN
    [version] = bench.versions(STORY.url)
    assert says(version) == corrected(STORY).said()
    assert bench.store.feed.position() == revision


@pytest.mark.parametrize(("first", "second"), pairs((), ("bring what is older",)))
def test_an_older_look_that_says_the_same_is_unchanged(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    revision = bench.store.feed.position()
    assert bench.bring(second, STORY, NOW - HOUR) is Outcome.UNCHANGED
    assert len(bench.versions(STORY.url)) == 1
    assert bench.store.feed.position() == revision


@pytest.mark.parametrize(("first", "second"), pairs((), ("bring what is older",)))
def test_a_version_that_was_replaced_does_not_come_back(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    bench.bring(first, corrected(STORY), NOW + DAY)
    assert bench.bring(second, STORY, NOW) in (Outcome.KNOWN, Outcome.UNCHANGED)
    assert says(bench.versions(STORY.url)[-1]) == corrected(STORY).said()
    assert len(bench.versions(STORY.url)) == 2


# The same file again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ways("be a file"))
@pytest.mark.parametrize("remembers", [True, False], ids=["with-journal", "without-journal"])
def test_importing_the_same_again_changes_nothing(bench: IngestBench, way: str, remembers: bool) -> None:
    things = [at_home(tell(number, EARLIER), tags=("Rain",)) for number in range(4)]
    seen = [(thing, NOW) for thing in (*things, corrected(things[0]), *map(spaced, things[1:]))]
    seen[4] = (seen[4][0], NOW + HOUR)
    first = bench.bring_all(way, seen).counts
    assert first == {Outcome.NEW: 4, Outcome.CHANGED: 1, Outcome.UNCHANGED: 3}
    revision, stories = bench.store.feed.position(), bench.stories()
    if not remembers:
        for file in bench.data.glob("imports.db*"):
            file.unlink()
    again = bench.bring_all(way, seen).counts
    assert (sum(again.values()), again[Outcome.NEW], again[Outcome.CHANGED]) == (8, 0, 0)
    assert (bench.store.feed.position(), bench.stories()) == (revision, stories)


# What one way knows and another doesn't -----------------------------------------------------------------------------

BY_FEED = at_home(tell(1, EARLIER), guid="guid-17", tags=("Rain", "North"))


def by_page(thing: Thing, way: str) -> Thing:
    """What that way shows of a thing: without what only the feed tells, but where there is one."""
    return thing if way == "crawl" else replace(thing, tags=(), guid=None, feed_caption=None)


@pytest.mark.parametrize(("first", "second"), pairs(("have a feed",), ("have a page",)))
def test_what_the_feed_told_stays(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, BY_FEED, NOW)
    before = bench.story_at(BY_FEED.url)
    assert (before.tags, before.publisher_id) == (("Rain", "North"), "guid-17")
    for hours, shown, outcome in ((1, BY_FEED, Outcome.UNCHANGED), (2, corrected(BY_FEED), Outcome.CHANGED)):
        assert bench.bring(second, by_page(shown, second), NOW + hours * HOUR) is outcome
        after = bench.story_at(BY_FEED.url)
        assert (after.tags, after.publisher_id, after.source) == (before.tags, "guid-17", "daily")


@pytest.mark.parametrize(("first", "second"), pairs(("have a feed",), ("have a page",)))
def test_captions_and_dates_that_the_feed_told_stay(bench: IngestBench, first: str, second: str) -> None:
    told = tell(1, EARLIER)
    bare = at_home(told, content=page(told, "bare"), feed_caption="Ferries wait at the quay of the town on Monday.")
    bench.bring(first, bare, NOW)
    before = bench.story_at(bare.url)
    assert ([caption.text for caption in before.captions], before.published_at) == ([bare.feed_caption], EARLIER)
    assert bench.bring(second, by_page(bare, second), NOW + HOUR) is Outcome.UNCHANGED
    after = bench.story_at(bare.url)
    assert (after.captions, after.published_at, after.version) == (before.captions, EARLIER, 1)


@pytest.mark.parametrize(("first", "second"), pairs(("have a page",), ("have a page",)))
def test_another_template_is_no_change(bench: IngestBench, first: str, second: str) -> None:
    plain = at_home(tell(1, EARLIER))
    bench.bring(first, plain, NOW)
    for hours, template in enumerate(("modern", "bare"), 1):
        dressed = replace(plain, content=page(plain.told, template))
        assert bench.bring(second, dressed, NOW + hours * HOUR) is Outcome.UNCHANGED
        assert says(bench.story_at(plain.url)) == plain.said()


NEED_NOT_BE_TOLD = (
    *("deck", "byline", "captions", "agencies", "tags", "dateline", "published_at", "language", "publisher_id"),
    *("modified_at", "source"),
)
UNKNOWN: Mapping[str, Any] = {"null": None, "missing": MISSING}


@pytest.mark.parametrize("kind", UNKNOWN)
@pytest.mark.parametrize(("first", "second"), pairs((), ("tell more than a page",)))
def test_a_field_that_a_line_does_not_tell_takes_nothing_away(
    bench: IngestBench, first: str, second: str, kind: str
) -> None:
    thing = replace(STORY, tags=("Rain", "North"))
    bench.bring(first, thing, NOW)
    before = bench.story_at(thing.url)
    sparse = replace(thing, line=dict.fromkeys(NEED_NOT_BE_TOLD, UNKNOWN[kind]))
    assert bench.bring(second, sparse, NOW + HOUR) is Outcome.UNCHANGED
    assert bench.bring(second, corrected(sparse), NOW + 2 * HOUR) is Outcome.CHANGED
    after = bench.versions(thing.url)[-1]
    assert says(after) == corrected(thing).said()
    assert after.changed == ("body",)
    told = ("tags", "language", "publisher_id", "source", "url")
    assert [getattr(after, name) for name in told] == [getattr(before, name) for name in told]


@pytest.mark.parametrize(("first", "second"), pairs((), ("tell more than a page",)))
def test_a_line_without_times_is_of_now(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    timeless = replace(corrected(STORY), line={"seen_at": None, "first_seen_at": None})
    assert bench.bring(second, timeless, NOW + HOUR) is Outcome.CHANGED
    assert bench.versions(STORY.url)[-1].seen_at == NOW + HOUR


CLASSES = {
    "in double quotes": '<aside class="share box">',
    "in single quotes": "<aside class='share box'>",
    "without quotes": "<aside class=share>",
    "empty": '<aside class="">',
    "empty in single quotes": "<aside class=''>",
    "of white space": '<aside class=" ">',
    "without a value": "<aside class>",
    "with nothing behind the sign": "<aside class= >",
    "none": "<aside>",
}


@pytest.mark.parametrize("tag", CLASSES.values(), ids=CLASSES)
@pytest.mark.parametrize(("first", "second"), pairs(("have a page",), ("have a page",)))
def test_a_correction_is_seen_however_classes_are_written(
    bench: IngestBench, first: str, second: str, tag: str
) -> None:
    def written(thing: Thing) -> Thing:
        content = page(thing.told, "modern").replace(b"</body>", tag.encode() + b"Share</aside></body>")
        assert tag.encode() in content
        return replace(thing, content=content)

    assert bench.bring(first, written(STORY), NOW) is Outcome.NEW
    assert bench.bring(second, written(corrected(STORY)), NOW + HOUR) is Outcome.CHANGED
