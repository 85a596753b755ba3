"""What another extractor reads on a held page is no version, and takes away nothing that the page doesn't tell."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.apply import Applied, Ingest
from ingest.candidate import page_candidate
from ingest.rereading import reread
from model.errors import NotAStoryError
from model.outcomes import Outcome
from model.page import Link, Page
from model.story import StoredStory, Story
from store.opening import Store, open_store
from tests.ingest.times import NOW

URL = "https://paper.example/2026/03/01/vote.html"
BODY = [f"Sentence {number} says what the board decided, and who voted against it." for number in range(5)]
TOLD = {"headline": "Board votes", "body": BODY}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


class Extractor:
    """Reads pages of JSON; `version` 2 finds a deck where an earlier one finds none, and refuses what says so."""

    def __init__(self, version: int) -> None:
        self.version = version

    def parse(self, page: Page) -> Story:
        told = json.loads(page.content)
        if self.version == 2 and told.pop("refused", False) and page.link.kind != "known":
            raise NotAStoryError("a list of stories", url=page.url)
        deck = told.pop("standfirst", None) if self.version == 2 else None
        known = {"source": "paper", "url": URL, "deck": deck, "parser_version": self.version}
        return Story.model_validate({**known, **{name: value for name, value in told.items() if name != "refused"}})

    def read(self, page: Page) -> Story | None:
        try:
            return self.parse(page)
        except NotAStoryError:
            return None


def bring(store: Store, version: int, at: datetime = NOW, **told: Any) -> Applied:
    """The page says so at a time, and an extractor of a version reads it."""
    extractor = Extractor(version)
    content = json.dumps(TOLD | told).encode()
    page = Page(link=Link(url=URL, source="paper"), url=URL, final_url=URL, fetched_at=at, content=content)
    read = extractor.read(page)
    candidate = page_candidate(page, read or "a list of stories", comes_again=True)
    return Ingest(store, extractor.read, version).apply(candidate)


def held(store: Store) -> StoredStory:
    (story,) = store.stories.walk()
    return story


def later(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def test_what_a_better_extractor_finds_is_no_version(store: Store) -> None:
    bring(store, 1, standfirst="It was close")
    applied = bring(store, 2, later(1), standfirst="It was close")
    assert (applied.outcome, held(store).version, held(store).deck) == (Outcome.UNCHANGED, 1, "It was close")


def test_a_held_page_that_is_refused_for_its_score_is_compared_all_the_same(store: Store) -> None:
    bring(store, 1, refused=True, standfirst="It was close")
    applied = bring(store, 2, later(1), standfirst="It was close")
    assert (applied.outcome, held(store).version, held(store).deck) == (Outcome.UNCHANGED, 1, "It was close")


def test_what_a_later_page_told_is_not_lost_with_the_reading_of_the_first(store: Store) -> None:
    bring(store, 1)
    bring(store, 1, later(1), tags=["Harbour"], modified_at=later(1).isoformat())
    bring(store, 2, later(2))
    assert (held(store).version, held(store).tags, held(store).modified_at) == (1, ("Harbour",), later(1))


def test_a_confidence_that_moves_past_the_limit_is_a_change_without_a_version(store: Store) -> None:
    bring(store, 2, confidence={"story": 0.2})
    assert held(store).is_uncertain
    position = store.feed.position()
    assert bring(store, 2, later(1), confidence={"story": 0.9}).outcome is Outcome.UNCHANGED
    assert (held(store).is_uncertain, held(store).version) == (False, 1)
    assert [story.confidence for story in store.feed.changes(position, 10).stories] == [{"story": 0.9}]


def test_a_confidence_that_moves_a_little_is_no_change(store: Store) -> None:
    bring(store, 2, confidence={"story": 0.9})
    position = store.feed.position()
    bring(store, 2, later(1), confidence={"story": 0.93})
    assert store.feed.position() == position


def test_a_new_version_has_the_confidence_of_its_page(store: Store) -> None:
    bring(store, 2, confidence={"story": 0.9})
    applied = bring(store, 2, later(1), confidence={"story": 0.2}, body=[*BODY, "The mayor objected."])
    assert (applied.outcome, held(store).version, held(store).is_uncertain) == (Outcome.CHANGED, 2, True)


KEPT = {"section": "Ports", "provenance": {"section": "json-ld:articleSection"}, "confidence": {"section": 0.9}}


def test_what_is_kept_goes_on_saying_where_it_is_from(store: Store) -> None:
    bring(store, 1)
    bring(store, 1, later(1), **KEPT)
    position = store.feed.position()
    for hours in (2, 3):
        bring(store, 2, later(hours))
    story = held(store)
    assert (story.section, story.confidence) == ("Ports", {"section": 0.9})
    assert story.provenance == {"section": "json-ld:articleSection"}
    assert len(store.feed.changes(position, 10).stories) == 1


ZONES = {
    "the same clock in a zone that is taken": (
        "18:43:01Z",
        "16:43:01Z",
        "json-ld:dateModified; zone taken: +02:00",
        16,
    ),
    "the same clock in a zone that is stated": ("18:43:01Z", "16:43:01Z", "json-ld:dateModified", 18),
    "another clock": ("18:50:07Z", "16:43:01Z", "json-ld:dateModified; zone taken: +02:00", 18),
    "a later instant": ("16:43:01Z", "18:50:07Z", "json-ld:dateModified", 18),
}


@pytest.mark.parametrize(("before", "now", "rule", "hour"), ZONES.values(), ids=ZONES)
def test_a_change_is_not_taken_back_but_for_a_zone_that_was_taken_wrongly(
    before: str, now: str, rule: str, hour: int
) -> None:
    def read(at: str, found: str) -> StoredStory:
        told = {"headline": "Board votes", "source": "paper", "body": BODY, "modified_at": f"2026-03-01T{at}"}
        identity = {"id": "a", "version": 1, "first_seen_at": NOW, "seen_at": NOW}
        return StoredStory.model_validate(told | identity | {"provenance": {"modified_at": found}})

    again = reread(read(before, "json-ld:dateModified; held"), read(now, rule), None)
    assert again.story.modified_at is not None
    assert again.story.modified_at.hour == hour
    is_kept = hour == int(before[:2])
    assert again.kept == (("modified_at",) if is_kept else ())
    assert again.story.provenance == {"modified_at": "json-ld:dateModified; held" if is_kept else rule}
