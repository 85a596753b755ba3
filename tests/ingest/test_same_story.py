"""Identity: one story is stored once, whatever way and whatever address brings it again."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from model.outcomes import Outcome
from model.story import StoredStory
from tests.ingest.abilities import pairs, spread, ways
from tests.ingest.things import HOST, Thing, at_home, later, retold, says, tell
from tests.ingest.times import EARLIER, HOUR, NOW
from tests.ingest.ways import IngestBench

Address = Callable[[str], str]


def moved(thing: Thing, change: Address) -> Thing:
    """The same thing at another address."""
    return replace(thing, url=change(str(thing.url)))


def story_once(bench: IngestBench) -> StoredStory:
    """The only story, in its only version."""
    [story] = bench.stories()
    assert story.version == 1
    return story


@pytest.mark.parametrize("way", ways())
def test_all_ways_tell_the_same(bench: IngestBench, way: str) -> None:
    thing = at_home(tell(1, EARLIER), identifier="n-1", dateline="BAMAKO, Mali", agencies=("AP", "Reuters"))
    assert bench.bring(way, thing, NOW) is Outcome.NEW
    story = story_once(bench)
    assert says(story) == thing.said()
    assert (story.url, story.source, story.publisher_id) == (thing.url, "daily", "n-1")
    assert (story.first_seen_at, story.seen_at) == (NOW, NOW)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_the_same_again_is_unchanged(bench: IngestBench, first: str, second: str) -> None:
    thing = at_home(tell(1, EARLIER), identifier="n-1")
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    assert bench.bring(second, thing, NOW + HOUR) is Outcome.UNCHANGED
    assert says(story_once(bench)) == thing.said()


@pytest.mark.parametrize(("first", "second"), pairs(("be led elsewhere",)))
def test_the_address_that_was_asked_is_the_storys_too(bench: IngestBench, first: str, second: str) -> None:
    thing = replace(at_home(tell(1, EARLIER)), asked=f"http://{HOST}/short/4711")
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    direct = replace(thing, url=thing.asked, asked=None)
    assert bench.bring(second, direct, NOW + HOUR) is Outcome.UNCHANGED
    assert bench.story_at(thing.asked).id == story_once(bench).id


# Disguises ------------------------------------------------------------------------------------------------------

DISGUISES: Mapping[str, Address] = {
    "mobile host": lambda url: url.replace(HOST, "m.news.example"),
    "bare host": lambda url: url.replace(HOST, "news.example"),
    "amp host": lambda url: url.replace(HOST, "amp.news.example"),
    "amp path": lambda url: f"{url}/amp/",
    "amp first": lambda url: url.replace("/world/", "/amp/world/"),
    "amp parameter": lambda url: f"{url}?outputType=amp",
    "last slash": lambda url: f"{url}/",
    "doubled slashes": lambda url: url.replace("/world/", "//world//"),
    "campaign": lambda url: f"{url}?utm_source=rss&utm_medium=feed",
}
TWINS = {name: DISGUISES[name] for name in ("mobile host", "amp host", "amp path", "amp first", "amp parameter")}


@pytest.mark.parametrize("twin_first", [False, True], ids=["page-first", "twin-first"])
@pytest.mark.parametrize(("first", "second"), pairs())
def test_disguises_of_an_address_are_one_story(bench: IngestBench, first: str, second: str, twin_first: bool) -> None:
    wrong = {}
    for number, (name, change) in enumerate(DISGUISES.items()):
        thing = at_home(tell(number, EARLIER))
        brought = [thing, moved(thing, change)]
        one, other = reversed(brought) if twin_first else brought
        at = NOW + 2 * number * HOUR
        outcomes = bench.bring(first, one, at), bench.bring(second, other, at + HOUR)
        stories = [story for story in bench.stories() if story.headline == thing.told.headline]
        if (outcomes, [story.version for story in stories]) != ((Outcome.NEW, Outcome.UNCHANGED), [1]):
            wrong[name] = (outcomes, [story.url for story in stories])
    assert wrong == {}


@pytest.mark.parametrize(("first", "second"), pairs((), ("ask over TLS",)))
def test_the_secure_twin_is_the_same_story(bench: IngestBench, first: str, second: str) -> None:
    thing = at_home(tell(1, EARLIER))
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    secure = moved(thing, lambda url: url.replace("http:", "https:"))
    assert bench.bring(second, secure, NOW + HOUR) is Outcome.UNCHANGED
    assert bench.story_at(secure.url).id == story_once(bench).id


@pytest.mark.parametrize(("name", "first", "second"), spread(TWINS, (), ("claim another address",)))
def test_a_twin_that_says_less_makes_no_version(bench: IngestBench, first: str, second: str, name: str) -> None:
    thing = at_home(tell(1, EARLIER))
    twin = retold(moved(thing, TWINS[name]), paragraphs=thing.told.paragraphs[:-1])
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    assert bench.bring(second, replace(twin, canonical=thing.url), NOW + HOUR) is Outcome.UNCHANGED
    assert says(story_once(bench)) == thing.said()
    assert bench.story_at(twin.url).url == thing.url


@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_twin_that_names_no_page_makes_no_version_either(bench: IngestBench, first: str, second: str) -> None:
    thing = at_home(tell(1, EARLIER))
    twin = retold(moved(thing, TWINS["mobile host"]), paragraphs=thing.told.paragraphs[:-1])
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    assert bench.bring(second, twin, NOW + HOUR) is Outcome.UNCHANGED
    assert says(story_once(bench)) == thing.said()


@pytest.mark.parametrize(("name", "first", "second"), spread(TWINS, ("claim another address",)))
def test_the_page_itself_is_the_better_witness(bench: IngestBench, first: str, second: str, name: str) -> None:
    thing = at_home(tell(1, EARLIER))
    twin = retold(moved(thing, TWINS[name]), paragraphs=thing.told.paragraphs[:-1])
    assert bench.bring(first, replace(twin, canonical=thing.url), NOW) is Outcome.NEW
    bench.bring(second, thing, NOW + HOUR)
    assert says(story_once(bench)) == thing.said()
    assert bench.story_at(thing.url).url == thing.url


@pytest.mark.parametrize(("first", "second"), pairs())
def test_another_story_in_the_disguise_is_another_story(bench: IngestBench, first: str, second: str) -> None:
    thing = at_home(tell(1, EARLIER))
    other = replace(at_home(tell(2, EARLIER)), url=TWINS["mobile host"](str(thing.url)))
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    assert bench.bring(second, other, NOW + HOUR) is Outcome.NEW
    assert bench.headlines() == sorted((thing.told.headline, other.told.headline))
    assert bench.story_at(other.url).headline == other.told.headline


# Parameters -----------------------------------------------------------------------------------------------------


def without_last_sentence(thing: Thing) -> Thing:
    """Nearly the same text: one sentence of eighteen is missing."""
    *others, last = thing.told.paragraphs
    return retold(thing, paragraphs=(*others, f"{last.rsplit('. ', 1)[0]}."))


PARAMETERS: Mapping[str, tuple[str, Callable[[Thing], Thing], bool]] = {
    "the same story": ("?print=1", lambda thing: thing, True),
    "nearly the same text": ("?print=1", without_last_sentence, True),
    "another story": ("?id=2", lambda thing: replace(at_home(tell(2, EARLIER)), url=thing.url), False),
    "one headline, other texts": (
        "?id=2",
        lambda thing: retold(replace(at_home(tell(2, EARLIER)), url=thing.url), headline=thing.told.headline),
        False,
    ),
    "one text, other headlines": ("?id=2", lambda thing: retold(thing, headline=tell(2, EARLIER).headline), False),
    "a year between them": ("?id=2", lambda thing: later(thing, -365), False),
}


@pytest.mark.parametrize(("case", "first", "second"), spread(PARAMETERS))
def test_parameters_tell_stories_apart_unless_all_agree(bench: IngestBench, first: str, second: str, case: str) -> None:
    query, change, same = PARAMETERS[case]
    thing = at_home(tell(1, EARLIER))
    thing = replace(thing, url=f"{thing.url}?id=1") if query.startswith("?id") else thing
    other = change(thing)
    other = replace(other, url=f"{str(thing.url).partition('?')[0]}{query}")
    assert bench.bring(first, thing, NOW) is Outcome.NEW
    outcome = bench.bring(second, other, NOW + HOUR)
    assert len(bench.stories()) == (1 if same else 2)
    assert (outcome is Outcome.NEW) is not same
    assert bench.story_at(thing.url).body == thing.told.paragraphs
