"""A story that was forgotten comes in by no way and under no disguise; others that resemble it do."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from ingest.outcomes import Outcome
from tests.ingest.things import HOST, Thing, at_home, corrected, retold, tell
from tests.ingest.times import EARLIER, HOUR, NOW
from tests.ingest.ways import Newsroom, pairs, ways

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


def forget(room: Newsroom, way: str) -> str:
    """Bring the story, and forget it; the id that it had."""
    assert room.bring(way, SECRET, NOW) is Outcome.NEW
    story_id = room.story_at(URL).id
    assert room.forget(URL).removed == (story_id,)
    assert room.stories() == []
    return story_id


@pytest.mark.parametrize("disguise", DISGUISED)
@pytest.mark.parametrize(("first", "second"), pairs())
def test_it_stays_out(room: Newsroom, first: str, second: str, disguise: str) -> None:
    forget(room, first)
    assert room.bring(second, DISGUISED[disguise](SECRET), NOW + HOUR) is Outcome.REFUSED
    assert room.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs((), ("ask over TLS",)))
def test_its_secure_twin_stays_out(room: Newsroom, first: str, second: str) -> None:
    forget(room, first)
    secure = replace(SECRET, url=URL.replace("http:", "https:"))
    assert room.bring(second, secure, NOW + HOUR) is Outcome.REFUSED
    assert room.stories() == []


@pytest.mark.parametrize("parameters", ["?print=1", "?id=7&lang=en"])
@pytest.mark.parametrize(("first", "second"), pairs())
def test_it_stays_out_without_the_parameters_that_it_had(
    room: Newsroom, first: str, second: str, parameters: str
) -> None:
    room.bring(first, replace(SECRET, url=f"{URL}{parameters}"), NOW)
    room.forget(f"{URL}{parameters}")
    assert room.bring(second, SECRET, NOW + HOUR) is Outcome.REFUSED
    assert room.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs((), ("tell more than a page",)))
def test_its_id_stays_out(room: Newsroom, first: str, second: str) -> None:
    story_id = forget(room, first)
    elsewhere = replace(OTHER, line={"id": story_id})
    assert room.bring(second, elsewhere, NOW + HOUR) is Outcome.REFUSED
    assert room.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs())
def test_what_is_forgotten_by_its_id_stays_out(room: Newsroom, first: str, second: str) -> None:
    room.bring(first, SECRET, NOW)
    room.forget(room.story_at(URL).id)
    assert room.bring(second, SECRET, NOW + HOUR) is Outcome.REFUSED
    assert room.stories() == []


@pytest.mark.parametrize("way", ways())
def test_what_was_never_known_stays_out_too(room: Newsroom, way: str) -> None:
    room.forget(URL)
    for hours, name in enumerate(("as it was", "mobile host", "amp path", "last slash")):
        assert room.bring(way, DISGUISED[name](SECRET), NOW + hours * HOUR) is Outcome.REFUSED
    assert room.stories() == []


@pytest.mark.parametrize("way", ways())
def test_all_addresses_that_it_had_stay_out(room: Newsroom, way: str) -> None:
    room.bring(way, SECRET, NOW)
    moved = DISGUISED["a new address"](SECRET)
    room.bring(way, moved, NOW + HOUR)
    room.forget(URL)
    stranger = replace(OTHER, url=moved.url)
    assert room.bring(way, stranger, NOW + 2 * HOUR) is Outcome.REFUSED
    assert room.stories() == []


INNOCENT: Mapping[str, Thing] = {
    "the publisher's id": replace(OTHER, identifier="n-1"),
    "the headline": retold(OTHER, headline=SECRET.told.headline),
    "the path, with a parameter": replace(OTHER, url=f"{URL}?id=2"),
}


@pytest.mark.parametrize("shared", INNOCENT)
@pytest.mark.parametrize(("first", "second"), pairs())
def test_another_story_that_shares_something_comes_in(room: Newsroom, first: str, second: str, shared: str) -> None:
    forget(room, first)
    assert room.bring(second, INNOCENT[shared], NOW + HOUR) is Outcome.NEW
    assert room.headlines() == [INNOCENT[shared].told.headline]


@pytest.mark.parametrize(("first", "second"), pairs((), ("claim another address",)))
def test_another_story_that_claims_its_address_comes_in(room: Newsroom, first: str, second: str) -> None:
    forget(room, first)
    claimant = replace(OTHER, canonical=URL)
    assert room.bring(second, claimant, NOW + HOUR) is Outcome.NEW
    assert room.story_at(OTHER.url).url == OTHER.url


@pytest.mark.parametrize(("first", "second"), pairs(("claim another address",), ("claim another address",)))
def test_who_claimed_the_address_is_not_forgotten_with_the_story(room: Newsroom, first: str, second: str) -> None:
    claimant = replace(OTHER, canonical=URL)
    room.bring(first, claimant, NOW)
    room.bring(second, SECRET, NOW + HOUR)
    secret_id = next(story.id for story in room.stories() if story.headline == SECRET.told.headline)
    assert room.forget(URL).removed == (secret_id,)
    assert room.headlines() == [OTHER.told.headline]
    assert room.bring(second, claimant, NOW + 2 * HOUR) is Outcome.UNCHANGED


@pytest.mark.parametrize("way", ways())
def test_stories_of_a_reused_address_are_forgotten_one_by_one(room: Newsroom, way: str) -> None:
    new = replace(at_home(tell(2, EARLIER + 24 * HOUR)), url=URL)
    room.bring(way, SECRET, NOW)
    old_id = room.story_at(URL).id
    room.bring(way, new, NOW + 48 * HOUR)
    assert room.forget(old_id).removed == (old_id,)
    assert room.headlines() == [new.told.headline]
