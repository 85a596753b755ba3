"""The change feed while many processes write long and short transactions to the same stories."""

import random
import threading
from datetime import timedelta
from multiprocessing.context import SpawnContext

import pytest

from model.story import Story
from store.base import ChangeFeed
from store.opening import Store
from store.sql.rows import Sighting
from tests.store.contract.conftest import Open
from tests.store.contract.made_stories import NOW

WRITERS, READERS = 8, 2
MOST_CHANGES = 50
"""So many changes a transaction makes at most."""
OLD_STORIES = 200
"""Stories that all writers change."""


def story_of(name: str, headline: str = "A headline") -> Story:
    return Story(source="wire", headline=headline, url=f"https://example.org/{name}", body=(f"The text of {name}.",))


def write(opened: Open, writer: int, changes: int) -> None:
    """Make so many changes, in transactions of one to fifty: stories of its own, and changes of everybody's."""
    store, chance = opened(), random.Random(writer)
    made = 0
    while made < changes:
        with store.stories.writing() as writing:
            for _ in range(min(chance.randint(1, MOST_CHANGES), changes - made)):
                at = NOW + timedelta(seconds=made)
                if chance.random() < 0.5:
                    new = f"w{writer:02}n{made:06}"
                    writing.insert(story_of(new), Sighting(at), story_id=new)
                else:
                    held = writing.held(f"old{chance.randrange(OLD_STORIES)}")
                    assert held is not None
                    status = "live" if held.story.status == "withdrawn" else "withdrawn"
                    writing.set_status(held.story.id, status, at)
                made += 1
    store.close()


def follow(feed: ChangeFeed, ended: threading.Event, limit: int) -> dict[str, int]:
    """Read until nobody writes any more; returns the position of each story's last change that was read."""
    after, seen = 0, dict[str, int]()
    while True:
        has_ended = ended.is_set()
        changes = feed.changes(after, limit)
        positions = [story.revision for story in changes.stories]
        assert positions == sorted(set(positions))
        assert all(after < position <= changes.position for position in positions)
        for story in changes.stories:
            assert story.revision > seen.get(story.id, 0)
            seen[story.id] = story.revision
        if has_ended and changes.position == after:
            return seen
        after = changes.position


@pytest.mark.parametrize("changes", [1_600, pytest.param(100_000, marks=pytest.mark.long)])
def test_nothing_is_skipped_and_no_story_goes_back(
    opened: Open, store: Store, processes: SpawnContext, changes: int
) -> None:
    with store.stories.writing() as writing:
        for number in range(OLD_STORIES):
            writing.insert(story_of(f"old{number}"), Sighting(NOW), story_id=f"old{number}")
    begun, ended = store.feed.position(), threading.Event()
    writers = [processes.Process(target=write, args=(opened, n, changes // WRITERS)) for n in range(WRITERS)]
    read: dict[int, dict[str, int]] = {}

    def keep(reader: int) -> None:
        read[reader] = follow(store.feed, ended, limit=(7, 500)[reader % 2])

    readers = [threading.Thread(target=keep, args=(reader,)) for reader in range(READERS)]
    for one in (*writers, *readers):
        one.start()
    for writer in writers:
        writer.join()
    ended.set()
    for thread in readers:
        thread.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert store.feed.position() == begun + changes
    newest = {story.id: story.revision for story in store.stories.walk()}
    assert read == dict.fromkeys(range(READERS), newest)
