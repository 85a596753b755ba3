"""Are strings in arrays found as they would be in a sorted list?"""

import re
from bisect import bisect_left
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.engines.whoosh.strings import Strings, distance, pack_strings

words = st.text("abcé", min_size=1, max_size=6) | st.text(min_size=1, max_size=5).filter(lambda word: "\n" not in word)
vocabularies = st.sets(words, max_size=150).map(sorted)


def packed(strings: list[str]) -> Strings:
    return Strings(*pack_strings(strings))


@given(strings=vocabularies, word=words)
def test_look_ups_agree_with_a_sorted_list(strings: list[str], word: str) -> None:
    found = packed(strings)
    assert list(found) == strings
    assert found.find(word) == (strings.index(word) if word in strings else -1)
    assert found.first_from(word.encode("utf-8", "surrogatepass")) == bisect_left(strings, word)
    assert [strings[number] for number in found.prefixed(word[0])] == [s for s in strings if s.startswith(word[0])]


@given(strings=vocabularies, piece=st.text("abcé", min_size=1, max_size=2))
def test_patterns_agree_with_a_scan(strings: list[str], piece: str) -> None:
    found = packed(strings)
    pattern = re.compile(f".*{piece}.?")
    numbers = found.matching(pattern, piece, range(len(strings)))
    assert [strings[number] for number in numbers] == [s for s in strings if pattern.fullmatch(s)]


@given(strings=vocabularies, word=words, edits=st.integers(1, 2))
def test_near_words_agree_with_a_scan(strings: list[str], word: str, edits: int) -> None:
    near = [strings[number] for number in packed(strings).near(word, edits)]
    assert near == [string for string in strings if distance(word, string, edits) <= edits]


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [
        ("mali", "mali", 0),
        ("mali", "male", 1),
        ("mali", "mal", 1),
        ("mali", "maali", 1),
        ("mali", "mlai", 1),
        ("mali", "mail", 1),
        ("mali", "lami", 2),
        ("", "ab", 2),
        ("ab", "", 2),
    ],
)
def test_distance(left: str, right: str, edits: int) -> None:
    assert distance(left, right, 2) == edits


@settings(max_examples=30, deadline=None)
@given(word=st.text("abcd", min_size=1, max_size=6), edits=st.integers(1, 2))
def test_near_words_among_many(word: str, edits: int) -> None:
    strings = sorted({"".join(letters) for size in (1, 2, 3, 4, 5) for letters in product("abcé", repeat=size)})
    near = [strings[number] for number in packed(strings).near(word, edits)]
    assert near == [string for string in strings if distance(word, string, edits) <= edits]
