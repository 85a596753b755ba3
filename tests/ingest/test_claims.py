"""Canonical links as claims: believed where the texts agree, and no proof of what stands at an address."""

from dataclasses import replace
from itertools import permutations

import pytest

from model.outcomes import Outcome
from tests.ingest.abilities import pairs, spread, ways
from tests.ingest.things import HOST, Thing, at_home, corrected, retold, says, tell
from tests.ingest.times import EARLIER, HOUR, NOW
from tests.ingest.ways import IngestBench

CLAIMED = f"http://{HOST}/world/where-all-of-them-point-to"
CLAIMS = ("claim another address",)


def claiming(number: int) -> Thing:
    """A story that says that it stands at an address where it was not read."""
    return replace(at_home(tell(number, EARLIER)), canonical=CLAIMED)


def really_there(number: int) -> Thing:
    """The story of the claimed address."""
    return replace(at_home(tell(number, EARLIER)), url=CLAIMED)


def same_elsewhere(thing: Thing) -> Thing:
    """The same story at another address that names the first."""
    return replace(thing, url=f"http://{HOST}/print/{thing.told.slug}", canonical=thing.url)


def two_stories(bench: IngestBench, claimant: Thing, owner: Thing) -> None:
    """Each is a story of its own, at the address where it stands."""
    for thing in (claimant, owner):
        found = bench.story_at(thing.url)
        assert (says(found), found.url, found.version) == (thing.said(), thing.url, 1)
    assert len(bench.stories()) == 2


@pytest.mark.parametrize(("first", "second"), pairs(CLAIMS))
def test_the_page_that_is_really_there_has_the_address(bench: IngestBench, first: str, second: str) -> None:
    claimant, owner = claiming(1), really_there(2)
    assert bench.bring(first, claimant, NOW) is Outcome.NEW
    assert bench.bring(second, owner, NOW + HOUR) is Outcome.NEW
    two_stories(bench, claimant, owner)


@pytest.mark.parametrize(("first", "second"), pairs((), CLAIMS))
def test_a_page_that_claims_the_address_of_another_story(bench: IngestBench, first: str, second: str) -> None:
    claimant, owner = claiming(1), really_there(2)
    assert bench.bring(first, owner, NOW) is Outcome.NEW
    assert bench.bring(second, claimant, NOW + HOUR) is Outcome.NEW
    two_stories(bench, claimant, owner)


@pytest.mark.parametrize(("first", "second"), pairs(CLAIMS, CLAIMS))
def test_a_claimant_goes_on_being_itself(bench: IngestBench, first: str, second: str) -> None:
    claimant, owner = claiming(1), really_there(2)
    bench.bring(first, claimant, NOW)
    bench.bring(second, owner, NOW + HOUR)
    assert bench.bring(second, claimant, NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert bench.bring(second, corrected(claimant), NOW + 3 * HOUR) is Outcome.CHANGED
    assert bench.bring(first, corrected(owner), NOW + 4 * HOUR) is Outcome.CHANGED
    assert says(bench.story_at(claimant.url)) == corrected(claimant).said()
    assert says(bench.story_at(CLAIMED)) == corrected(owner).said()
    assert len(bench.stories()) == 2


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("way", ways(*CLAIMS))
def test_many_pages_that_claim_one_address(bench: IngestBench, way: str, order: tuple[int, ...]) -> None:
    things = [claiming(number) for number in order]
    for hours, thing in enumerate(things):
        assert bench.bring(way, thing, NOW + hours * HOUR) is Outcome.NEW
    for thing in things[1:]:
        found = bench.story_at(thing.url)
        assert (says(found), found.url) == (thing.said(), thing.url)
    assert says(bench.story_at(things[0].url)) == things[0].said()
    assert len(bench.stories()) == 3


@pytest.mark.parametrize("way", ways(*CLAIMS))
def test_many_pages_that_claim_one_address_at_once(bench: IngestBench, way: str) -> None:
    things = [claiming(number) for number in range(6)]
    assert bench.bring_all(way, [(thing, NOW) for thing in things]).counts == {Outcome.NEW: 6}
    for thing in things:
        assert says(bench.story_at(thing.url)) == thing.said()


@pytest.mark.parametrize(("differs", "first", "second"), spread(("nothing", "headline"), (), CLAIMS))
def test_a_claim_that_agrees_joins(bench: IngestBench, first: str, second: str, differs: str) -> None:
    page = at_home(tell(1, EARLIER))
    other = same_elsewhere(page)
    if differs == "headline":
        other = retold(other, headline=f"{tell(5, EARLIER).headline} of all")
    assert bench.bring(first, page, NOW) is Outcome.NEW
    assert bench.bring(second, other, NOW + HOUR) is Outcome.UNCHANGED
    [story] = bench.stories()
    assert (says(story), story.url, story.version) == (page.said(), page.url, 1)
    assert bench.story_at(other.url).id == story.id


@pytest.mark.parametrize(("first", "second"), pairs((), CLAIMS))
def test_a_common_headline_is_no_agreement_where_the_texts_have_nothing_in_common(
    bench: IngestBench, first: str, second: str
) -> None:
    page = at_home(tell(1, EARLIER))
    assert bench.bring(first, page, NOW) is Outcome.NEW
    other = retold(same_elsewhere(page), paragraphs=tell(5, EARLIER).paragraphs)
    assert bench.bring(second, other, NOW + HOUR) is Outcome.NEW
    assert len(bench.stories()) == 2


@pytest.mark.parametrize(("first", "second"), pairs(CLAIMS))
def test_a_claim_that_turns_out_true_is_the_storys_address(bench: IngestBench, first: str, second: str) -> None:
    page = at_home(tell(1, EARLIER))
    assert bench.bring(first, same_elsewhere(page), NOW) is Outcome.NEW
    assert bench.bring(second, page, NOW + HOUR) is Outcome.UNCHANGED
    [story] = bench.stories()
    assert (says(story), story.url) == (page.said(), page.url)


# Two ids that are found to be one story --------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), pairs((), CLAIMS))
def test_two_ids_of_one_story_are_merged_into_the_earlier(bench: IngestBench, first: str, second: str) -> None:
    page = at_home(tell(1, EARLIER))
    other = replace(page, url=f"http://{HOST}/print/{page.told.slug}")
    assert bench.bring(first, page, NOW) is Outcome.NEW
    assert bench.bring(second, other, NOW + HOUR) is Outcome.NEW
    early, late = bench.story_at(page.url).id, bench.story_at(other.url).id
    assert early != late
    bench.bring(second, replace(other, canonical=page.url), NOW + 2 * HOUR)
    [story] = bench.stories()
    assert (story.id, says(story), story.first_seen_at) == (early, page.said(), NOW)
    answers = bench.store.stories.get(late)
    assert answers is not None
    assert answers.id == early


@pytest.mark.parametrize("way", ways(*CLAIMS))
def test_it_is_the_later_id_that_goes_whichever_page_brings_them_together(bench: IngestBench, way: str) -> None:
    page = at_home(tell(1, EARLIER))
    other = replace(page, url=f"http://{HOST}/print/{page.told.slug}")
    bench.bring(way, other, NOW)
    bench.bring(way, page, NOW + HOUR)
    early, late = bench.story_at(other.url).id, bench.story_at(page.url).id
    bench.bring(way, replace(other, canonical=page.url), NOW + 2 * HOUR)
    [story] = bench.stories()
    answers = bench.store.stories.get(late)
    assert (story.id, answers and answers.id) == (early, early)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_an_id_never_changes(bench: IngestBench, first: str, second: str) -> None:
    thing = at_home(tell(1, EARLIER))
    bench.bring(first, thing, NOW)
    story_id = bench.story_at(thing.url).id
    renamed = retold(thing, headline=f"{thing.told.headline}, settled")
    for hours, (way, shown) in enumerate(((second, renamed), (first, corrected(renamed))), 1):
        assert bench.bring(way, shown, NOW + hours * HOUR) is Outcome.CHANGED
    assert [story.id for story in bench.stories()] == [story_id]
