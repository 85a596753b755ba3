"""Addresses lead to the same story when the rules change by which they are made canonical."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from model.page import Link
from model.story import Story
from net.urls import CANONICALISER_VERSION, canonical_url
from store.maintenance.alias_renewal import renew_aliases
from store.opening import open_store
from store.sql.aliases import url_alias
from store.sql.crawl_state import UrlState
from tests.saving import store_reading

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD = "https://news.example/world/rain?from=rss"


def without_query(url: str) -> str:
    """Rules of a later day: this publisher's parameters mean nothing."""
    return url.partition("?")[0]


def test_new_forms_are_added_and_old_ones_stay(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    story = Story(source="daily", headline="Rain in the north", url=OLD, body=("It rained.",))
    saved = store_reading(store, story, urls=[OLD], seen_at=NOW)
    database = store.databases[0]
    later = CANONICALISER_VERSION + 1
    assert renew_aliases(database, version=later, canonical=without_query, likeness=without_query) == 1
    assert store.stories.find(OLD) == store.stories.find(without_query(OLD)) == saved.id
    assert renew_aliases(database, version=later, canonical=without_query, likeness=without_query) == 0
    store.close()


def test_a_form_that_another_story_has_is_left_to_it(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for url, headline, told in (
        (OLD, "Rain in the north", "It rained on the moors and in the valleys from Monday to Thursday."),
        (without_query(OLD), "Snow in the south", "Snow fell on the vineyards, and the growers lit their small fires."),
    ):
        store_reading(store, Story(source="daily", headline=headline, url=url, body=(told,)), urls=[url], seen_at=NOW)
    before = {url: store.stories.find(url) for url in (OLD, without_query(OLD))}
    renew_aliases(store.databases[0], version=9, canonical=without_query, likeness=without_query)
    assert {url: store.stories.find(url) for url in before} == before
    store.close()


def test_what_is_stored_bears_the_version_of_the_rules(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    story = Story(source="daily", headline="Rain", url=OLD, body=("It rained.",))
    store_reading(store, story, urls=[canonical_url(OLD)], seen_at=NOW)
    with store.databases[0].read() as connection:
        query = "SELECT canonicaliser FROM aliases WHERE alias = :alias"
        found = connection.execute(text(query), {"alias": url_alias(canonical_url(OLD))}).scalar()
    assert found == CANONICALISER_VERSION
    store.close()


@pytest.mark.parametrize("is_known", [False, True], ids=["new-form-unknown", "new-form-known"])
def test_the_state_of_a_url_goes_on_under_the_form_of_its_link(tmp_path: Path, is_known: bool) -> None:
    store = open_store(tmp_path)
    old, new = "https://news.example/world/rain", "https://news.example/world/rain?feature=7"
    story = Story(source="daily", headline="Rain", url=old, body=("It rained.",))
    saved = store_reading(store, story, urls=[old], seen_at=NOW)
    link = Link(url=f"{new}&utm_source=rss", source="daily").model_dump_json()
    store.crawl.save_urls([UrlState(old, "daily", "NEW", NOW, story_id=saved.id, link=link, visits=3)])
    if is_known:
        store.crawl.save_urls([UrlState(new, "daily", "GONE", NOW, visits=9)])
    renew_aliases(store.databases[0], version=CANONICALISER_VERSION + 1)
    states = store.crawl.urls([old, new])
    assert {url: state.visits for url, state in states.items()} == ({old: 3, new: 9} if is_known else {new: 3})
    assert store.stories.find(new) == (None if is_known else saved.id)
    store.close()
