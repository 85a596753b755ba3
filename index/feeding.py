"""Feeding of store changes to one index: from the change feed into a writer, each commit with its checkpoint."""

from collections.abc import Iterable

from index.base import IndexWriter, Removal
from model.story import StoredStory
from store.base import ChangeFeed, Changes

BULK_BACKLOG = 4096
"""Changes that are fed in one commit of two seconds; eight such make a segment of the next tier."""
_LATEST_CONSUMER = 100_000
"""No consumer of the change feed is further behind than so many changes: older tombstones are forgotten."""


def feed_next(feed: ChangeFeed, writer: IndexWriter, *, limit: int = BULK_BACKLOG) -> tuple[int, bool]:
    """Feed at most about `limit` changes in one commit: (number fed, whether that was all)."""
    reached = writer.checkpoint()
    if feed.position() == reached:
        return 0, True
    changes = feed.changes(reached, limit)
    write(writer, changes.stories, removals_of(changes), changes.position)
    fed = len(changes.stories) + len(changes.removed)
    return fed, fed < limit


def write(writer: IndexWriter, stories: Iterable[StoredStory], removals: Iterable[Removal], checkpoint: int) -> None:
    """Make changes in one commit, or none of them."""
    try:
        writer.add(stories)
        writer.remove(removals)
        commit(writer, checkpoint)
    except BaseException:
        writer.cancel()
        raise


def commit(writer: IndexWriter, checkpoint: int) -> None:
    """Commit up to a position, without the tombstones that nobody can need any more."""
    writer.drop_tombstones(checkpoint - _LATEST_CONSUMER)
    writer.commit(checkpoint)


def removals_of(changes: Changes) -> list[Removal]:
    """The removals among some changes.

    Each is known to have happened up to the last of the changes, and no later change of its story is among them.
    """
    return [Removal(story_id, changes.position) for story_id in changes.removed]
