"""Values of fields, and the schema's orders."""

from datetime import UTC, datetime

import pytest

from model.fields import (
    ALIASES,
    BY_NAME,
    COLUMNS,
    FACETS,
    FIELDS,
    FILTERS,
    INSTANTS,
    PROMINENT,
    REFRESHED_FIELDS,
    SITE_RULE_FIELDS,
    SNIPPET_ORDER,
    SYNONYMS,
    VERSIONED_FIELDS,
)
from model.story import StoredStory

NOW = datetime(2024, 5, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        (None, ()),
        ("https://uk.reuters.com/world/1", ("uk.reuters.com", "reuters.com", "com")),
        ("http://WWW.Herald.Example:8080/", ("www.herald.example", "herald.example", "example")),
        ("http://127.0.0.1:8090/story", ("127.0.0.1",)),
        ("http://[::1]:8090/story", ("::1",)),
        ("http://localhost/story", ("localhost",)),
    ],
    ids=str,
)
def test_the_hosts_of_an_address(url: str | None, hosts: tuple[str, ...]) -> None:
    story = StoredStory(
        id="a", source="voa", headline="A", url=url, version=1, first_seen_at=NOW, seen_at=NOW, body=("A story.",)
    )
    assert BY_NAME["site"].passages(story) == hosts


def test_fields_are_named_in_the_order_of_display() -> None:
    in_order = "headline deck body caption credit byline dateline tag agency source site section language"
    assert [field.name for field in FIELDS] == in_order.split()
    assert PROMINENT == ("headline", "caption")
    assert SNIPPET_ORDER == ("body", "caption", "deck", "headline", "tag", "dateline", "byline", "credit")


def test_facets_and_parameters_are_those_of_the_interface() -> None:
    assert FACETS == ("source", "agency", "language", "section")
    assert dict(FILTERS) == {"source": "source", "agency": "agency", "lang": "language", "section": "section"}
    assert dict(ALIASES) == {"lang": "language"}
    assert dict(SYNONYMS) == {"photo": "caption", "picture": "caption", "image": "caption", "author": "byline"}


def test_columns_of_an_export_are_in_their_order() -> None:
    columns = "id url source headline deck byline dateline agencies body captions published_at published_local"
    rest = "modified_at first_seen_at language section tags version status withdrawn_at withdrawal"
    assert [*COLUMNS] == [*columns.split(), *rest.split()]


def test_what_a_publisher_changes_makes_versions_and_the_rest_follows_the_page() -> None:
    versioned = ("headline", "deck", "body", "captions", "byline", "dateline", "agencies", "published_at")
    assert versioned == VERSIONED_FIELDS
    assert {*REFRESHED_FIELDS} == {
        *("source", "url", "modified_at", "language", "section", "tags", "origin_url", "publisher_id", "paywalled"),
        "published_local",
    }
    assert {*SITE_RULE_FIELDS} == {"headline", "deck", "byline", "published_at", "body"}
    assert {*INSTANTS} == {*("published_at", "modified_at", "first_seen_at", "seen_at", "status_at", "withdrawn_at")}
