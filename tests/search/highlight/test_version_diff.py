"""Differences of versions show what the publisher changed."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from model.story import Caption, StoredStory
from search.highlight.version_diff import DiffRun, differences, paragraphs, words

SEEN = datetime(2013, 1, 17, tzinfo=UTC)
FIRST = StoredStory(
    id="s1",
    version=1,
    first_seen_at=SEEN,
    seen_at=SEEN,
    source="herald",
    headline="Strike on Monday",
    body=("One.", "Two."),
)
SECOND = FIRST.model_copy(
    update={
        "version": 2,
        "headline": "Strike on Tuesday",
        "body": ("One.", "Two and a half."),
        "captions": (Caption(text="A ferry", credit="AP", label="Port"),),
        "published_at": SEEN,
        "changed": ("headline", "body", "captions", "published_at"),
    }
)


def test_words_that_came_and_went() -> None:
    assert words("The strike begins on Monday.", "The strike begins on Tuesday.") == (
        DiffRun("same", "The strike begins on "),
        DiffRun("removed", "Monday"),
        DiffRun("added", "Tuesday"),
        DiffRun("same", "."),
    )


def test_another_paragraph_is_replaced_whole() -> None:
    assert words("Ferries ran.", "Nobody came to the opening of the old bridge, said mayors") == (
        DiffRun("removed", "Ferries ran."),
        DiffRun("added", "Nobody came to the opening of the old bridge, said mayors"),
    )


def test_versions_newest_first_with_their_fields() -> None:
    newest, oldest = differences([FIRST, SECOND])
    assert oldest.story is FIRST
    assert oldest.fields == ()
    assert [field.field for field in newest.fields] == ["headline", "body", "captions", "published_at"]
    body = newest.fields[1]
    assert body.unchanged == 1
    assert len(body.paragraphs) == 1
    assert newest.fields[2].paragraphs == ((DiffRun("added", "Port · A ferry · AP"),),)


def test_one_version_has_nothing_to_compare() -> None:
    assert [change.fields for change in differences([FIRST])] == [()]
    assert differences([]) == []


TEXTS = st.lists(st.text("ab .", max_size=20), max_size=6)


@given(TEXTS, TEXTS)
def test_both_versions_can_be_read_from_the_runs(before: list[str], after: list[str]) -> None:
    shown = list(paragraphs(before, after))
    kept = "".join(run.text for runs in shown for run in runs if run.kind != "added")
    new = "".join(run.text for runs in shown for run in runs if run.kind != "removed")
    assert kept == "".join(before)
    assert new == "".join(after)
