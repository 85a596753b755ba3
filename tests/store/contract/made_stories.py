"""Stories that are made for the contract suites, and writers of them."""

from collections.abc import Callable
from datetime import UTC, datetime

from model.story import Story
from store.opening import Store
from tests.saving import store_reading

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def save(
    store: Store, name: str, headline: str = "A headline", *, source: str = "wire", seen_at: datetime = NOW
) -> str:
    """Keep a story under a name, or another version of it; returns its id."""
    url = f"https://example.org/{name}"
    body = (" ".join(f"{name}word{number}" for number in range(30)),)
    story = Story(source=source, headline=f"{headline} of {name}", url=url, body=body)
    return store_reading(store, story, urls=[url], seen_at=seen_at).id


def save_many(opened: Callable[[], Store], writer: int, count: int) -> None:
    """Keep so many stories, one by one, as a process of its own does."""
    store = opened()
    for number in range(count):
        save(store, f"w{writer}n{number}")
    store.close()
