"""Groups of near-identical stories: the same in whatever order they come, and kept as stories change and go."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import text

from model.story import Story
from store.opening import Store, open_store
from tests.saving import forget, group_copies, store_reading

NOW = datetime(2024, 5, 20, 12, tzinfo=UTC)
TEXT = (
    "The council of the island voted on Monday to rebuild the pier that a storm took in the winter of 2019. Stone "
    "will come from the quarry at Ardbeg, which opens again after 11 years, and forty men will find work there. The "
    "ferry is to land at the new pier from next spring. Until then boats go on using the beach, where two passengers "
    "were hurt in March as they waded ashore with their bags. The pier will cost 6.2 million, half of it paid by the "
    "mainland. Fishing crews had asked for a longer one so that the larger boats could lie there in winter, but "
    "engineers said that the ground falls away too steeply beyond eighty metres. Work begins in June and will stop "
    "while the seals have young."
)
OTHER = ("In the capital a court of 3 judges freed the painter of false banknotes who had worked by lamplight. " * 3,)


def carried(source: str, begin: float = 0.0, end: float = 1.0) -> Story:
    """A part of the text, as one source carries it."""
    part = TEXT[int(begin * len(TEXT)) : int(end * len(TEXT))]
    return Story(source=source, headline=f"The pier, by {source}", body=(part,), published_at=NOW)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "data")


def save(store: Store, story: Story, *, name: str | None = None, minutes: int = 0) -> str:
    url = f"https://{name or story.source}.example/pier"
    story = story.model_copy(update={"url": url})
    return store_reading(store, story, urls=[url], seen_at=NOW + timedelta(minutes=minutes)).id


def sources(store: Store, ids: Sequence[str]) -> set[frozenset[str]]:
    """The groups, by the sources of their stories; a story without copies is a group of its own."""
    found = store.stories.get_many(ids).values()
    groups = {story.copy_group or story.id for story in found}
    return {frozenset(s.source for s in found if (s.copy_group or s.id) == group) for group in groups}


# The whole text, two thirds of it and two fifths: the longest and the shortest are no copies, but for the one between.
PARTS = {"whole": (0.0, 1.0), "most": (0.0, 0.66), "some": (0.0, 0.42), "stranger": None}


@pytest.mark.parametrize("order", list(permutations(PARTS)), ids="-".join)
def test_the_groups_are_the_same_in_whatever_order_stories_come(store: Store, order: Sequence[str]) -> None:
    ids = []
    for minutes, source in enumerate(order):
        part = PARTS[source]
        story = carried(source, *part) if part else carried(source).model_copy(update={"body": OTHER})
        ids.append(save(store, story, minutes=minutes))
        group_copies(store)
    assert sources(store, ids) == {frozenset({"whole", "most", "some"}), frozenset({"stranger"})}
    first = next(story_id for story_id, source in zip(ids, order, strict=True) if source != "stranger")
    grouped = [story.copy_group for story in store.stories.get_many(ids).values() if story.source != "stranger"]
    assert grouped == [first] * 3


def test_all_at_once_gives_the_same_groups(store: Store) -> None:
    ids = [save(store, carried(source, *part)) for source, part in PARTS.items() if part]
    group_copies(store)
    assert sources(store, ids) == {frozenset({"whole", "most", "some"})}


def test_a_story_whose_group_changes_has_changed(store: Store) -> None:
    first = save(store, carried("voa"))
    group_copies(store)
    revision = store.feed.position()
    second = save(store, carried("bbc"))
    group_copies(store)
    changes = store.feed.changes(revision, 10)
    assert {(story.id, story.copy_group) for story in changes.stories} == {(first, first), (second, first)}
    settled = store.feed.position()
    group_copies(store)
    assert store.feed.position() == settled


def test_a_corrected_story_leaves_its_group_and_its_bridge_falls(store: Store) -> None:
    whole, most, some = (save(store, carried(source, *PARTS[source])) for source in ("whole", "most", "some"))
    group_copies(store)
    save(store, carried("most").model_copy(update={"body": OTHER}), minutes=5)
    group_copies(store)
    assert {story.copy_group for story in store.stories.get_many([whole, most, some]).values()} == {None}


def test_a_withdrawn_story_stays_in_its_group_and_is_not_named(store: Store) -> None:
    first, second, third = (save(store, carried(source)) for source in ("voa", "bbc", "dw"))
    group_copies(store)
    store.stories.set_status(second, "withdrawn", NOW)
    group_copies(store)
    group = store.stories.get_many([second])[second].copy_group
    assert group is not None
    assert {copy.id for copy in store.stories.live_copies([group])[group]} == {first, third}
    store.stories.set_status(second, "live", NOW)
    named = [(copy.source, copy.headline, copy.url) for copy in store.stories.live_copies([group])[group]]
    assert ("bbc", "The pier, by bbc", "https://bbc.example/pier") in named


def test_a_forgotten_story_leaves_nothing_in_its_group(store: Store) -> None:
    ids = [save(store, carried(source), minutes=minutes) for minutes, source in enumerate(("voa", "bbc", "dw"))]
    group_copies(store)
    forget(store, ids[0], NOW)
    group_copies(store)
    assert {story.copy_group for story in store.stories.get_many(ids).values()} == {ids[1]}
    forget(store, ids[1], NOW)
    group_copies(store)
    assert [story.copy_group for story in store.stories.get_many(ids).values()] == [None]


def test_groups_are_decided_anew_when_the_rules_have_changed(store: Store) -> None:
    ids = [save(store, carried(source)) for source in ("voa", "bbc")]
    group_copies(store)
    with store.databases[0].write() as connection:  # as an earlier version, with other rules, would have left it
        connection.execute(text("DELETE FROM copy_groups"))
        connection.execute(text("UPDATE counters SET value = 0 WHERE name = 'copies'"))
    group_copies(store)
    assert sources(store, ids) == {frozenset({"voa", "bbc"})}


def test_hundreds_of_one_text_are_one_group(store: Store) -> None:
    ids = [save(store, carried(f"paper{number}"), minutes=number) for number in range(120)]
    group_copies(store)
    late = save(store, carried("late"), minutes=500)
    group_copies(store)
    assert {story.copy_group for story in store.stories.get_many([*ids, late]).values()} == {ids[0]}


def test_a_change_of_a_group_leaves_the_story_as_it_was(store: Store) -> None:
    first = save(store, carried("voa"))
    group_copies(store)
    save(store, carried("bbc"))
    with store.databases[0].read() as connection:
        row = text("SELECT * FROM stories WHERE id = :id")
        before = connection.execute(row, {"id": first}).one()
    group_copies(store)
    with store.databases[0].read() as connection:
        assert connection.execute(row, {"id": first}).one() == before


def test_several_consumers_at_a_time_decide_each_group_once(store: Store) -> None:
    ids = [save(store, carried(f"paper{number}"), minutes=number) for number in range(40)]
    stored = store.feed.position()
    threads = [threading.Thread(target=group_copies, args=(store,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {story.copy_group for story in store.stories.get_many(ids).values()} == {ids[0]}
    assert store.feed.position() == stored + 40


def test_a_story_that_is_gone_is_a_member_no_more_though_its_removal_is_not_read_yet(store: Store) -> None:
    first, second = (save(store, carried(source), minutes=minutes) for minutes, source in enumerate(("voa", "bbc")))
    group_copies(store)
    forget(store, first, NOW)
    third = save(store, carried("dw"), minutes=5)
    group_copies(store)
    assert sources(store, [second, third]) == {frozenset({"bbc", "dw"})}
    with store.databases[0].read() as connection:
        assert set(connection.execute(text("SELECT story_id FROM copy_groups")).scalars()) == {second, third}
