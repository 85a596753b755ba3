"""Stories put into a store by the one way in, without a crawl or an import around it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from index.duplicates.consumer import DuplicatesConsumer
from ingest.apply import Applied, Ingest
from ingest.candidate import Candidate, line_candidate
from model.outcomes import Outcome
from model.page import Page
from model.story import StoredStory, Story
from store.opening import Store


class Saved(NamedTuple):
    """What became of a reading; `version` is the story's version after it."""

    id: str
    version: int
    change: str
    changed: tuple[str, ...]


def store_reading(
    store: Store,
    story: Story,
    *,
    urls: Sequence[str],
    seen_at: datetime,
    page: Page | None = None,
    comes_again: bool = False,
    feed: str = "",
) -> Saved:
    """Keep a reading that was made at these canonical addresses (the final one, the requested one)."""
    candidate = Candidate(story, seen_at, tuple(urls), page, comes_again=comes_again, feed=feed)
    return _saved(store, _ingest(store).apply(candidate))


def adopt(store: Store, *lines: dict[str, object]) -> list[Applied]:
    """Keep stories as another desk knew them."""
    lined = [line_candidate(StoredStory.model_validate(line), frozenset(line)) for line in lines]
    return _ingest(store).apply_all(lined)


def forget(store: Store, story_id: str, now: datetime) -> None:
    """Remove a story for good."""
    doomed = store.forgotten.find(story_id, canonical=str)
    assert doomed is not None
    store.forgotten.remove(doomed, now=now)


def group_copies(store: Store, most: int | None = None) -> bool:
    """Decide the groups of near-identical stories, those of about `most` stories; whether all are decided then."""
    return DuplicatesConsumer(store.duplicates).catch_up(most)


def _ingest(store: Store) -> Ingest:
    return Ingest(store, lambda page: None, 0)


def _saved(store: Store, applied: Applied) -> Saved:
    assert applied.story_id is not None, applied
    kept = store.stories.get(applied.story_id)
    assert kept is not None
    change = {Outcome.NEW: "new", Outcome.CHANGED: "changed"}.get(applied.outcome, "unchanged")
    return Saved(applied.story_id, kept.version, change, applied.changed)
