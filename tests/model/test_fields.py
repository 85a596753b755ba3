"""What does a field hold of a story?"""

from datetime import UTC, datetime

import pytest

from model.fields import BY_NAME
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
