"""Stored pages are read again: readings are replaced, versions are not added, nothing is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.upkeep.reparse import Reread, reread
from model.errors import NotAStoryError
from model.page import Link, Page
from model.story import Story
from store.opening import Store, open_store
from tests.saving import store_reading

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def parse(page: Page) -> Story:
    """A parser of version 2 that finds the byline, and refuses pages that say so."""
    text = page.content.decode()
    if text == "refused":
        raise NotAStoryError("a section page", url=page.url)
    return Story(source="wire", headline=text, url=page.url, body=(text,), byline=("Awa Diarra",), parser_version=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def keep(store: Store, number: int, headline: str, content: str, parser_version: int = 1) -> str:
    url = f"https://example.org/{number}"
    page = Page(link=Link(url=url, source="wire"), url=url, final_url=url, fetched_at=NOW, content=content.encode())
    story = Story(source="wire", headline=headline, url=url, body=(headline,), parser_version=parser_version)
    return store_reading(store, story, urls=(url,), seen_at=NOW, page=page).id


def read_all(store: Store) -> Reread:
    with ThreadPoolExecutor(2) as threads:
        return reread(store, store.stories.walk_pages(), parse, threads, lambda what, done, total: None)


def test_readings_are_replaced_and_versions_stay(store: Store) -> None:
    story_id = keep(store, 1, "One", "One")
    keep(store, 1, "One, corrected", "One, corrected")
    result = read_all(store)
    assert (result.pages, result.replaced, result.changed, result.lost) == (2, 2, {"byline": 2}, ())
    assert [(v.version, v.headline, v.byline, v.parser_version) for v in store.stories.versions(story_id)] == [
        (1, "One", ("Awa Diarra",), 2),
        (2, "One, corrected", ("Awa Diarra",), 2),
    ]
    assert read_all(store).replaced == 0


def test_what_todays_parser_refuses_is_kept_as_it_was(store: Store) -> None:
    story_id = keep(store, 1, "A brief", "refused")
    result = read_all(store)
    assert result.replaced == 0
    assert result.lost == (f"{story_id} version 1: not a story: a section page",)
    kept = store.stories.get(story_id)
    assert kept is not None
    assert (kept.headline, kept.parser_version) == ("A brief", 1)


def test_stories_without_a_page_are_left_alone(store: Store) -> None:
    story = Story(source="wire", headline="Imported", body=("Text.",))
    store_reading(store, story, urls=(), seen_at=NOW)
    assert read_all(store).pages == 0


def test_many_pages_are_all_read(store: Store) -> None:
    for number in range(230):
        keep(store, number, f"Story {number}", f"Story {number}")
    assert read_all(store).pages == 230
