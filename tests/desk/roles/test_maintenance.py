"""Pages and replaced versions go when they are old enough; stories never."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.roles.maintenance import prune
from model.page import Link, Page
from model.story import Story
from store.opening import Store, open_store
from store.sql.aliases import url_alias
from store.sql.crawl_runs import CrawlRun
from tests.saving import store_reading

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
URL = "https://example.org/{}.html"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def save(store: Store, name: str, body: str, seen_at: datetime, content: bytes | None = None) -> str:
    """Keep a page and the story that was read from it, as a visit does."""
    url = URL.format(name)
    page = Page(
        link=Link(url=url, source="wire"),
        url=url,
        final_url=url,
        fetched_at=seen_at,
        content=content or f"{name} {body}".encode(),
    )
    story = Story(source="wire", headline=f"Headline of {name}", url=url, body=(body,))
    return store_reading(store, story, urls=[url], seen_at=seen_at, page=page, comes_again=True).id


def test_versions_go_when_they_were_replaced_long_ago(store: Store) -> None:
    for number, years_ago in enumerate((5, 3, 1)):
        changed = save(store, "changed", f"Text {number}.", NOW - YEAR * years_ago)
    pruned = prune(store, 2 * YEAR, lambda: NOW)
    assert pruned.versions == 1
    # The second was replaced one year ago: it is kept for another year.
    assert [version.version for version in store.stories.versions(changed)] == [2, 3]
    assert prune(store, 2 * YEAR, lambda: NOW + 2 * YEAR).versions == 1
    assert [version.version for version in store.stories.versions(changed)] == [3]


def test_stories_stay_whatever_their_age(store: Store) -> None:
    old = [save(store, f"old-{n}", "Text.", NOW - YEAR * 10) for n in range(3)]
    revision = store.feed.position()
    pruned = prune(store, 2 * YEAR, lambda: NOW)
    assert (pruned.versions, pruned.pages) == (0, 3)
    assert all(store.stories.get(story_id) for story_id in old)
    assert [store.stories.page_of(story_id, 1) for story_id in old] == [None] * 3
    assert store.feed.position() == revision
    assert store.pages.count() == 0


def test_young_pages_stay_and_equal_bytes_go_with_their_last_page(store: Store) -> None:
    save(store, "one", "Text.", NOW - YEAR * 3, b"the same bytes")
    young = save(store, "two", "Other text.", NOW - YEAR, b"the same bytes")
    assert prune(store, 2 * YEAR, lambda: NOW).pages == 1
    page_id = store.stories.page_of(young, 1)
    assert page_id is not None
    page = store.pages.load(page_id)
    assert page is not None
    assert page.content == b"the same bytes"
    assert prune(store, timedelta(days=1), lambda: NOW).pages == 1
    assert prune(store, timedelta(days=1), lambda: NOW).pages == 0


def test_a_page_that_an_address_is_compared_with_is_forgotten_with_it(store: Store) -> None:
    for name, at in (("old", NOW - YEAR * 3), ("young", NOW - YEAR)):
        save(store, name, "Text.", at)
    assert prune(store, 2 * YEAR, lambda: NOW).pages == 1
    with store.stories.reading() as look:
        known = look.aliases(url_alias(URL.format(name)) for name in ("old", "young"))
    assert [known[url_alias(URL.format(name))].page_id is None for name in ("old", "young")] == [True, False]


def test_crawl_runs_go_with_age(store: Store) -> None:
    for years_ago in (3, 1):
        at = NOW - YEAR * years_ago
        store.runs.begin("wire", ["https://wire.example/rss"], at)
        store.runs.end([CrawlRun("wire", "https://wire.example/rss", at, at, 7, {"NEW": 7})])
    assert prune(store, 2 * YEAR, lambda: NOW).runs == 1
    assert [run.counts for run in store.runs.of_source("wire")] == [{"NEW": 7}]


def test_more_than_one_transaction_holds(store: Store) -> None:
    for number in range(650):
        save(store, f"story-{number}", "Text.", NOW - YEAR * 3)
    assert prune(store, YEAR, lambda: NOW).pages == 650
    assert store.stories.count() == 650


def test_a_clock_that_went_backwards_costs_no_current_version(store: Store) -> None:
    story_id = save(store, "jumped", "First.", NOW + YEAR * 5)
    save(store, "jumped", "Second.", NOW - YEAR * 5)
    prune(store, YEAR, lambda: NOW)
    current = store.stories.get(story_id)
    assert current is not None
    assert current.body == ("Second.",)
