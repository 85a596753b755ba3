"""Do the texts read like news, and do they hold what the desk is shown with?"""

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from demo.composing import Composer
from demo.dates import broadcast_clock, fill_dates, german_clock, iso_clock, short_date, wire_clock
from demo.drafts import blocks_from, draft_from, read_drafts
from demo.story import Draft, TextBlock

HAND_WRITTEN = read_drafts()
COMPOSED = [Composer().compose(number) for number in range(1, 301)]
NOON = datetime(2013, 1, 17, 14, 5, 9, tzinfo=UTC)


def words_of(draft: Draft) -> int:
    return sum(len(block.text.split()) for block in draft.blocks)


def text_of(draft: Draft) -> str:
    return " ".join(block.text for block in draft.blocks)


def test_there_are_enough_stories_of_their_own() -> None:
    assert len(HAND_WRITTEN) >= 50
    assert len({draft.slug for draft in HAND_WRITTEN}) == len(HAND_WRITTEN)
    assert len({draft.section for draft in HAND_WRITTEN}) >= 12


def test_most_are_of_a_story_s_length_and_some_are_briefs() -> None:
    lengths = [words_of(draft) for draft in HAND_WRITTEN if not draft.private]
    assert sum(length >= 100 for length in lengths) >= 0.7 * len(lengths)
    assert sum(length <= 45 for length in lengths) >= 8


def test_captions_name_persons_whom_the_body_does_not() -> None:
    captioned = [draft for draft in HAND_WRITTEN if draft.captions]
    persons = re.compile(r"[A-ZÀ-Ž][\w'’]+ (?:[A-ZÀ-Ž][\w'’]+ ?)+")
    alone = [
        draft
        for draft in captioned
        if any(
            person.strip() not in text_of(draft)
            for caption in draft.captions
            for person in persons.findall(caption.text)
        )
    ]
    assert len(alone) >= 0.9 * len(captioned)


@pytest.mark.parametrize("draft", [*HAND_WRITTEN, *COMPOSED], ids=lambda draft: draft.slug)
def test_a_text_is_whole(draft: Draft) -> None:
    texts = [draft.headline, draft.deck or "", text_of(draft), *draft.tags, *(c.text for c in draft.captions)]
    filled = [fill_dates(text, NOON, "UTC", "de" if draft.sources == ("elbkurier",) else "en") for text in texts]
    assert not [text for text in filled if "{" in text or "}" in text or "|" in text or "  " in text]
    assert all(block.text[-1] in '.?!”"“' for block in draft.blocks if block.kind != "subhead")
    assert set(draft.sources) <= {"continental", "meridian", "harbour", "elbkurier", "northwire"}
    text_of(draft).encode(draft.charset)
    if draft.correction:
        assert draft.correction.old in text_of(draft)
        assert draft.correction.old != draft.correction.new


def test_composed_stories_differ_and_are_the_same_every_time() -> None:
    assert [Composer().compose(number) for number in range(1, 301)] == COMPOSED
    assert len({text_of(draft) for draft in COMPOSED}) == len(COMPOSED)
    assert len({draft.slug for draft in COMPOSED}) == len(COMPOSED)
    neighbours = pairwise(COMPOSED)
    assert all(left.section != right.section or left.tags != right.tags for left, right in neighbours)


def test_blocks_of_a_body() -> None:
    assert blocks_from("One\nline.\n\n## Head\n\n> Said.\n\n* Item\n") == (
        TextBlock("paragraph", "One line."),
        TextBlock("subhead", "Head"),
        TextBlock("quote", "Said."),
        TextBlock("item", "Item"),
    )


def test_an_unknown_field_of_a_story_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        draft_from({"slug": "a", "sources": ["meridian"], "headline": "A", "body": "A.", "colour": "red"})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(broadcast_clock(NOON, "America/New_York"), "January 17, 2013 9:05 AM", id="broadcast"),
        pytest.param(german_clock(NOON, "Europe/Berlin"), "17.01.2013, 15:05 Uhr", id="German"),
        pytest.param(wire_clock(NOON, "UTC"), "17 Jan 2013 14:05 GMT", id="wire"),
        pytest.param(wire_clock(NOON, "Asia/Singapore"), "17 Jan 2013 22:05 +08", id="wire, named by offset"),
        pytest.param(short_date(NOON, "Asia/Singapore"), "Jan. 17", id="dateline"),
        pytest.param(iso_clock(NOON, "America/New_York"), "2013-01-17T09:05:09-05:00", id="ISO 8601"),
        pytest.param(
            fill_dates("{yesterday}, {day}, {tomorrow}", NOON, "UTC", "en"), "Wednesday, Thursday, Friday", id="days"
        ),
        pytest.param(fill_dates("{day}, {date}", NOON, "UTC", "de"), "Donnerstag, 17. Januar 2013", id="German date"),
        pytest.param(fill_dates("{date} {year}", NOON, "UTC", "en"), "Jan. 17, 2013 2013", id="agency date"),
    ],
)
def test_dates(found: str, expected: str) -> None:
    assert found == expected
