"""The contracts of store.base.Stories, StoryChanges and StoryUpkeep; tests/ingest says what ingest makes of them."""

import threading
from datetime import timedelta

import pytest

from store.base import Extent
from store.opening import Store
from tests.saving import forget
from tests.store.contract.conftest import Open
from tests.store.contract.made_stories import NOW, save


def test_unknown_stories_are_none(store: Store) -> None:
    assert store.stories.get("nothing") is None
    assert store.stories.get_many(["nothing"]) == {}
    assert list(store.stories.versions("nothing")) == []
    assert store.stories.find("https://example.org/nothing") is None
    assert store.stories.live_copies(["nothing"]) == {}
    assert store.stories.page_of("nothing", 1) is None
    assert not store.stories.set_status("nothing", "withdrawn", NOW)
    assert store.stories.extent() == Extent(0, 0)


def test_all_versions_are_kept_and_the_newest_answers(store: Store) -> None:
    story_id = save(store, "story")
    assert save(store, "story", "A corrected headline") == story_id
    first, second = store.stories.versions(story_id)
    assert (first.version, second.version, second.changed) == (1, 2, ("headline",))
    assert store.stories.get(story_id) == second
    assert store.stories.get_many([story_id, "nothing"]) == {story_id: second}


def test_the_old_id_of_a_merged_story_answers_for_the_one_that_was_kept(store: Store) -> None:
    kept, twin = save(store, "kept"), save(store, "twin")
    with store.stories.writing() as writing:
        writing.merge(twin, kept)
    answered = store.stories.get(twin)
    assert answered is not None
    assert answered.id == kept
    assert store.stories.get_many([twin]) == {}
    assert [story.id for story in store.stories.walk()] == [kept]
    assert store.stories.extent() == Extent(3, 1)
    assert store.stories.find("https://example.org/twin") == kept


def test_more_ids_are_asked_for_than_a_statement_has_room_for(store: Store) -> None:
    story_id = save(store, "story")
    assert set(store.stories.get_many([*(f"no{number}" for number in range(40_000)), story_id])) == {story_id}


def test_stories_are_counted_by_source(store: Store) -> None:
    for number in range(3):
        save(store, f"story{number}", source="one" if number else "two")
    assert store.stories.count() == 3
    assert store.stories.counts_by_source() == {"one": 2, "two": 1}


def test_the_newest_stories_of_a_source_come_first(store: Store) -> None:
    ids = [save(store, f"story{number}", seen_at=NOW + timedelta(hours=number)) for number in range(5)]
    save(store, "other", source="other", seen_at=NOW + timedelta(days=1))
    with store.stories.writing() as writing:
        writing.merge(ids[3], ids[0])
    assert [story.id for story in store.stories.newest("wire", 3)] == [ids[4], ids[2], ids[1]]
    assert [story.id for story in store.stories.newest("wire", 100)] == [ids[4], ids[2], ids[1], ids[0]]
    assert store.stories.newest("nothing", 3) == []


def test_walking_gives_each_story_once_whoever_writes_meanwhile(opened: Open, store: Store) -> None:
    ids = {save(store, f"story{number}") for number in range(450)}
    walked = []
    for story in store.stories.walk():
        if len(walked) == 250:
            save(store, "story0", "Another headline")
        walked.append(story.id)
    assert walked == sorted(ids)
    assert list(store.stories.walk(since=NOW + timedelta(days=1))) == []
    assert list(store.stories.walk("another source")) == []


def test_a_transaction_is_kept_as_a_whole_or_not_at_all(opened: Open, store: Store) -> None:
    one, two = save(store, "one"), save(store, "two")
    with pytest.raises(ZeroDivisionError), store.stories.writing() as writing:
        writing.set_status(one, "withdrawn", NOW)
        writing.merge(two, one)
        raise ZeroDivisionError
    again = opened()
    assert {story.id: story.status for story in again.stories.walk()} == {one: "live", two: "live"}
    again.close()


def test_a_state_that_is_read_stays_as_it_is_while_others_write(store: Store) -> None:
    story_id = save(store, "story")
    with store.stories.reading() as reading:
        before = reading.held(story_id)
        thread = threading.Thread(target=store.stories.set_status, args=(story_id, "withdrawn", NOW))
        thread.start()
        thread.join()
        assert reading.held(story_id) == before
    changed = store.stories.get(story_id)
    assert changed is not None
    assert (changed.status, changed.status_at) == ("withdrawn", NOW)


def test_many_writers_read_what_the_others_have_written(opened: Open, store: Store) -> None:
    """Each withdraws or restores what it finds: none of the changes is lost, and none is made on an older state."""
    story_id = save(store, "story")
    began = store.feed.position()

    def turn_over() -> None:
        own = opened()
        for _ in range(20):
            with own.stories.writing() as writing:
                held = writing.held(story_id)
                assert held is not None
                writing.set_status(story_id, "live" if held.story.status == "withdrawn" else "withdrawn", NOW)
        own.close()

    threads = [threading.Thread(target=turn_over) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.feed.position() == began + 80
    kept = store.stories.get(story_id)
    assert kept is not None
    assert kept.status == "live"


def test_a_forgotten_story_is_unknown(store: Store) -> None:
    story_id = save(store, "story")
    forget(store, story_id, NOW)
    assert store.stories.get(story_id) is None
    assert list(store.stories.versions(story_id)) == []
    assert store.stories.count() == 0


def test_another_reading_is_a_change_and_no_version(store: Store) -> None:
    story_id = save(store, "story")
    kept = store.stories.get(story_id)
    assert kept is not None
    began = store.feed.position()
    store.stories.replace_reading(story_id, 1, kept.model_copy(update={"byline": ("Awa Diarra",)}))
    read = store.stories.get(story_id)
    assert read is not None
    assert (read.version, read.byline) == (1, ("Awa Diarra",))
    assert store.feed.position() == began + 1
