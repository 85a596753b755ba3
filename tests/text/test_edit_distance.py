"""Slips of the keyboard, counted between two words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.edit_distance import distance, within


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("", "", 0),
        ("mali", "mali", 0),
        ("mali", "mail", 1),
        ("mali", "mal", 1),
        ("mali", "malis", 1),
        ("mali", "bali", 1),
        ("mali", "bail", 2),
        ("", "abc", 3),
        ("ca", "abc", 3),
    ],
)
def test_counts(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == distance(other, one) == slips
    assert within(one, other, slips)
    assert slips == 0 or not within(one, other, slips - 1)


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_is_never_more_than_the_longer_word(one: str, other: str) -> None:
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))
