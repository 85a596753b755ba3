"""Forgotten stories: they come in by no way and under no disguise; others that resemble them do."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from model.outcomes import Outcome
from tests.ingest.abilities import pairs, spread, ways
from tests.ingest.things import HOST, Thing, at_home, corrected, retold, tell
from tests.ingest.times import EARLIER, HOUR, NOW
from tests.ingest.ways import IngestBench

SECRET = at_home(tell(1, EARLIER), identifier="n-1")
OTHER = at_home(tell(2, EARLIER))


def at(url: str) -> Callable[[Thing], Thing]:
    return lambda thing: replace(thing, url=url)


URL = str(SECRET.url)
DISGUISED: Mapping[str, Callable[[Thing], Thing]] = {
    "as it was": lambda thing: thing,
    "corrected": corrected,
    "at its address, as another": lambda thing: replace(OTHER, url=thing.url),
    "mobile host": at(URL.replace(HOST, "m.news.example")),
    "amp host": at(URL.replace(HOST, "amp.news.example")),
    "amp path": at(f"{URL}/amp"),
    "last slash": at(f"{URL}/"),
    "a parameter": at(f"{URL}?print=1"),
    "a new address": at(f"http://{HOST}/report/{SECRET.told.slug}-again"),
}


def forget(bench: IngestBench, way: str) -> str:
    """Bring the story, and forget it; the id that it had."""
    assert bench.bring(way, SECRET, NOW) is Outcome.NEW
    story_id = bench.story_at(URL).id
    assert bench.forget(URL).removed == (story_id,)
    assert bench.stories() == []
    return story_id


@pytest.mark.parametrize(("disguise", "first", "second"), spread(DISGUISED))
def test_it_stays_out(bench: IngestBench, first: str, second: str, disguise: str) -> None:
    forget(bench, first)
    assert bench.bring(second, DISGUISED[disguise](SECRET), NOW + HOUR) is Outcome.REFUSED
    assert bench.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs((), ("ask over TLS",)))
def test_its_secure_twin_stays_out(bench: IngestBench, first: str, second: str) -> None:
    forget(bench, first)
    secure = replace(SECRET, url=URL.replace("http:", "https:"))
    assert bench.bring(second, secure, NOW + HOUR) is Outcome.REFUSED
    assert bench.stories() == []


@pytest.mark.parametrize("parameters", ["?print=1", "?id=7&lang=en"])
@pytest.mark.parametrize(("first", "second"), pairs())
def test_it_stays_out_without_the_parameters_that_it_had(
    bench: IngestBench, first: str, second: str, parameters: str
) -> None:
    bench.bring(first, replace(SECRET, url=f"{URL}{parameters}"), NOW)
    bench.forget(f"{URL}{parameters}")
    assert bench.bring(second, SECRET, NOW + HOUR) is Outcome.REFUSED
    assert bench.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs((), ("tell more than a page",)))
def test_its_id_stays_out(bench: IngestBench, first: str, second: str) -> None:
    story_id = forget(bench, first)
    elsewhere = replace(OTHER, line={"id": story_id})
    assert bench.bring(second, elsewhere, NOW + HOUR) is Outcome.REFUSED
    assert bench.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs())
def test_what_is_forgotten_by_its_id_stays_out(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, SECRET, NOW)
    bench.forget(bench.story_at(URL).id)
    assert bench.bring(second, SECRET, NOW + HOUR) is Outcome.REFUSED
    assert bench.stories() == []


@pytest.mark.parametrize("way", ways())
def test_what_was_never_known_stays_out_too(bench: IngestBench, way: str) -> None:
    bench.forget(URL)
    for hours, name in enumerate(("as it was", "mobile host", "amp path", "last slash")):
        assert bench.bring(way, DISGUISED[name](SECRET), NOW + hours * HOUR) is Outcome.REFUSED
    assert bench.stories() == []


@pytest.mark.parametrize("way", ways())
def test_all_addresses_that_it_had_stay_out(bench: IngestBench, way: str) -> None:
    bench.bring(way, SECRET, NOW)
    moved = DISGUISED["a new address"](SECRET)
    bench.bring(way, moved, NOW + HOUR)
    bench.forget(URL)
    stranger = replace(OTHER, url=moved.url)
    assert bench.bring(way, stranger, NOW + 2 * HOUR) is Outcome.REFUSED
    assert bench.stories() == []


INNOCENT: Mapping[str, Thing] = {
    "the publisher's id": replace(OTHER, identifier="n-1"),
    "the headline": retold(OTHER, headline=SECRET.told.headline),
    "the path, with a parameter": replace(OTHER, url=f"{URL}?id=2"),
}


@pytest.mark.parametrize(("shared", "first", "second"), spread(INNOCENT))
def test_another_story_that_shares_something_comes_in(bench: IngestBench, first: str, second: str, shared: str) -> None:
    forget(bench, first)
    assert bench.bring(second, INNOCENT[shared], NOW + HOUR) is Outcome.NEW
    assert bench.headlines() == [INNOCENT[shared].told.headline]


@pytest.mark.parametrize(("first", "second"), pairs((), ("claim another address",)))
def test_another_story_that_claims_its_address_comes_in(bench: IngestBench, first: str, second: str) -> None:
    forget(bench, first)
    claimant = replace(OTHER, canonical=URL)
    assert bench.bring(second, claimant, NOW + HOUR) is Outcome.NEW
    assert bench.headlines() == [OTHER.told.headline]


@pytest.mark.parametrize("way", ways("claim another address"))
def test_no_story_bears_the_address_of_one_that_was_forgotten(bench: IngestBench, way: str) -> None:
    forget(bench, way)
    bench.bring(way, replace(OTHER, canonical=URL), NOW + HOUR)
    assert [story.url for story in bench.stories()] == [OTHER.url]


@pytest.mark.parametrize(("first", "second"), pairs(("claim another address",), ("claim another address",)))
def test_who_claimed_the_address_is_not_forgotten_with_the_story(bench: IngestBench, first: str, second: str) -> None:
    claimant = replace(OTHER, canonical=URL)
    bench.bring(first, claimant, NOW)
    bench.bring(second, SECRET, NOW + HOUR)
    secret_id = next(story.id for story in bench.stories() if story.headline == SECRET.told.headline)
    assert bench.forget(URL).removed == (secret_id,)
    assert bench.headlines() == [OTHER.told.headline]
    assert bench.bring(second, claimant, NOW + 2 * HOUR) is Outcome.UNCHANGED


@pytest.mark.parametrize("way", ways())
def test_stories_of_a_reused_address_are_forgotten_one_by_one(bench: IngestBench, way: str) -> None:
    new = replace(at_home(tell(2, EARLIER + 24 * HOUR)), url=URL)
    bench.bring(way, SECRET, NOW)
    old_id = bench.story_at(URL).id
    bench.bring(way, new, NOW + 48 * HOUR)
    assert bench.forget(old_id).removed == (old_id,)
    assert bench.headlines() == [new.told.headline]
