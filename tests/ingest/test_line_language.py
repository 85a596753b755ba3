"""The language of lines of other desks, which may leave it out."""

from datetime import UTC, datetime

import pytest

from ingest.candidate import line_candidate
from model.story import StoredStory

SEEN = datetime(2024, 1, 1, tzinfo=UTC)
FINNISH = "Hallitus kertoi perjantaina, että neuvottelut kunnan ja kaivosyhtiön välillä jatkuvat ensi viikolla."


@pytest.mark.parametrize(
    ("body", "stated", "told", "language"),
    [
        ((FINNISH,), None, frozenset(), "fi"),
        ((FINNISH,), "sv", frozenset({"language"}), "sv"),
        ((FINNISH,), None, frozenset({"language"}), None),
        ((), None, frozenset(), None),
    ],
    ids=["left out", "stated", "stated to be unknown", "too short to tell"],
)
def test_a_line_without_a_language_gets_that_of_its_text(
    body: tuple[str, ...], stated: str | None, told: frozenset[str], language: str | None
) -> None:
    line = StoredStory(
        id="a",
        version=1,
        first_seen_at=SEEN,
        seen_at=SEEN,
        source="herald",
        headline="Kaivos",
        body=body,
        language=stated,
    )
    story = line_candidate(line, told).story
    assert story is not None
    assert story.language == language
    assert (story.provenance.get("language") == "text:language") is (stated is None and language is not None)
