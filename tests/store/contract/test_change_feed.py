"""The contract of store.base.ChangeFeed."""

import threading
from collections.abc import Sequence
from multiprocessing.context import SpawnContext
from typing import Any

import pytest

from model.story import StoredStory
from store.base import ChangeFeed, Changes
from store.opening import Store
from store.sql.duplicates import Member
from tests.saving import forget, group_copies
from tests.store.contract.conftest import Open
from tests.store.contract.made_stories import NOW, save, save_many

WRITERS, EACH = 4, 25


def read_all(feed: ChangeFeed, after: int = 0, limit: int = 7) -> list[Changes]:
    read = []
    while (changes := feed.changes(after, limit)).position > after:
        assert len(changes.stories) <= limit
        assert len(changes.removed) <= 2 * limit
        read.append(changes)
        after = changes.position
    return read


def stories_of(read: list[Changes]) -> list[StoredStory]:
    return [story for changes in read for story in changes.stories]


def test_an_empty_feed_stands_at_nothing(store: Store) -> None:
    assert store.feed.position() == 0
    assert store.feed.changes(0, 10) == Changes((), (), 0)
    assert store.feed.seconds_behind(0) == 0


def test_each_story_comes_once_at_its_latest_change_and_in_its_newest_state(store: Store) -> None:
    ids = [save(store, f"story{number}") for number in range(20)]
    save(store, "story3", "Another headline")
    store.stories.set_status(ids[5], "withdrawn", NOW)
    found = stories_of(read_all(store.feed))
    assert [story.id for story in found] == [*(i for n, i in enumerate(ids) if n not in (3, 5)), ids[3], ids[5]]
    assert (found[-2].version, found[-1].status) == (2, "withdrawn")
    positions = [story.revision for story in found]
    assert positions == sorted(set(positions))
    assert positions[-1] == store.feed.position()


def test_nothing_more_leaves_the_position_where_it_is(store: Store) -> None:
    save(store, "story")
    reached = store.feed.position()
    assert store.feed.changes(reached, 10) == Changes((), (), reached)


def test_what_changes_nothing_has_no_position(store: Store) -> None:
    story_id = save(store, "story")
    reached = store.feed.position()
    save(store, "story")
    assert not store.stories.set_status(story_id, "live", NOW)
    assert store.feed.position() == reached


def test_forgotten_stories_are_removed_for_ever(store: Store) -> None:
    ids = [save(store, f"story{number}") for number in range(5)]
    for story_id in ids[:3]:
        forget(store, story_id, NOW)
    for _ in range(2):
        read = read_all(store.feed, limit=2)
        assert [story.id for story in stories_of(read)] == ids[3:]
        assert [story_id for changes in read for story_id in changes.removed] == ids[:3]


def test_what_was_forgotten_since_a_position_is_told_in_order(store: Store) -> None:
    ids = [save(store, f"story{number}") for number in range(4)]
    assert store.forgotten.removed_after(0) == []
    forget(store, ids[2], NOW)
    first = store.feed.position()
    forget(store, ids[0], NOW)
    save(store, "another")
    assert [story_id for story_id, _ in store.forgotten.removed_after(0)] == [ids[2], ids[0]]
    ((story_id, position),) = store.forgotten.removed_after(first)
    assert story_id == ids[0]
    assert store.forgotten.removed_after(position) == []


def test_a_change_of_a_group_brings_its_story_at_a_position_of_its_own(store: Store) -> None:
    first = save(store, "story")
    save(store, "other")
    reached = store.feed.position()
    with store.duplicates.writing() as step:
        (found,) = step.texts([first])
        step.set_group(Member(found.id, found.first_seen_at, found.group), "group")
    changes = store.feed.changes(reached, 10)
    assert [(story.id, story.copy_group, story.revision) for story in changes.stories] == [
        (first, "group", store.feed.position())
    ]
    assert changes.position > reached
    assert len(stories_of(read_all(store.feed))) == 2


def test_who_derives_groups_ignores_its_own_changes(store: Store) -> None:
    save(store, "story")
    assert group_copies(store)
    reached = store.feed.checkpoint("duplicates")
    assert reached == store.feed.position()


def test_a_change_that_is_not_kept_is_none(store: Store) -> None:
    story_id = save(store, "story")
    reached = store.feed.position()
    with pytest.raises(ZeroDivisionError), store.stories.writing() as writing:
        writing.set_status(story_id, "withdrawn", NOW)
        raise ZeroDivisionError
    assert store.feed.position() == reached
    save(store, "another")
    assert [story.revision for story in stories_of(read_all(store.feed, reached))] == [store.feed.position()]


def test_checkpoints_are_kept_by_name_and_never_go_back(opened: Open, store: Store) -> None:
    for number in range(3):
        save(store, f"story{number}")
    assert store.feed.checkpoint("watches") == 0
    store.feed.advance("watches", 2)
    store.feed.advance("watches", 2)
    store.feed.advance("watches", 1)
    store.feed.advance("engine", 3)
    again = opened()
    assert (again.feed.checkpoint("watches"), again.feed.checkpoint("engine")) == (2, 3)
    again.close()


def test_nobody_has_read_further_than_the_feed(store: Store) -> None:
    save(store, "story")
    with pytest.raises(ValueError, match="has not come so far"):
        store.feed.advance("watches", 2)
    assert store.feed.checkpoint("watches") == 0


def test_how_old_a_change_is_by_the_clock_of_the_database(store: Store) -> None:
    save(store, "story")
    assert 0 <= store.feed.seconds_behind(0) <= 20
    assert store.feed.seconds_behind(store.feed.position()) == 0


def assert_nothing_appears_late(store: Store, writing: threading.Event) -> None:
    """Read while others write: no position below a returned one appears afterwards, and nothing is left out."""
    after, seen = 0, {}
    while True:
        ended = writing.is_set()
        changes = store.feed.changes(after, 3)
        for story in changes.stories:
            assert after < story.revision <= changes.position
            seen[story.id] = story.revision
        if changes.position == after and ended:
            break
        after = changes.position
    everything = {story.id: story.revision for story in stories_of(read_all(store.feed, limit=50))}
    assert seen == everything
    assert len(everything) == WRITERS * EACH
    assert sorted(everything.values()) == [*range(1, WRITERS * EACH + 1)]


def wait_for(writers: Sequence[Any], ended: threading.Event) -> None:
    for writer in writers:
        writer.join()
    ended.set()


def test_no_position_appears_below_one_that_was_read_with_threads_that_write(opened: Open, store: Store) -> None:
    ended = threading.Event()
    writers = [threading.Thread(target=save_many, args=(opened, n, EACH)) for n in range(WRITERS)]
    waiting = threading.Thread(target=wait_for, args=(writers, ended))
    for thread in (*writers, waiting):
        thread.start()
    assert_nothing_appears_late(store, ended)
    waiting.join()


def test_no_position_appears_below_one_that_was_read_with_processes_that_write(
    opened: Open, store: Store, processes: SpawnContext
) -> None:
    ended = threading.Event()
    writers = [processes.Process(target=save_many, args=(opened, n, EACH)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    waiting = threading.Thread(target=wait_for, args=(writers, ended))
    waiting.start()
    assert_nothing_appears_late(store, ended)
    waiting.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
