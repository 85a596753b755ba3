"""Term dictionary: strings in arrays are found as in a sorted list."""

import re
from bisect import bisect_left
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.engines.whoosh.segments.term_dictionary import TermDictionary, pack_strings

words = st.text("abcé", min_size=1, max_size=6) | st.text(min_size=1, max_size=5).filter(lambda word: "\n" not in word)
vocabularies = st.sets(words, max_size=150).map(sorted)


def packed(strings: list[str]) -> TermDictionary:
    return TermDictionary(*pack_strings(strings))


@given(strings=vocabularies, word=words)
def test_look_ups_agree_with_a_sorted_list(strings: list[str], word: str) -> None:
    found = packed(strings)
    assert list(found) == strings
    assert found.find(word) == (strings.index(word) if word in strings else -1)
    assert found.first_from(word.encode("utf-8", "surrogatepass")) == bisect_left(strings, word)
    assert [strings[number] for number in found.prefixed(word[0])] == [s for s in strings if s.startswith(word[0])]


@given(strings=vocabularies, pattern=st.text("abé*?", min_size=1, max_size=5))
def test_patterns_agree_with_a_scan(strings: list[str], pattern: str) -> None:
    parts = ({"*": ".*", "?": "."}.get(character, character) for character in pattern)
    compiled = re.compile("".join(parts), re.DOTALL)
    numbers = packed(strings).spellings.matching(pattern, range(len(strings)))
    assert [strings[number] for number in numbers] == [s for s in strings if compiled.fullmatch(s)]


def test_patterns_are_looked_for_in_a_range() -> None:
    strings = ["aba", "abb", "bab", "cab"]
    assert packed(strings).spellings.matching("*ab", range(1, 3)).tolist() == [2]
    assert packed([]).spellings.matching("*a", range(0)).tolist() == []


@given(strings=vocabularies, word=words, edits=st.integers(1, 2))
def test_near_words_agree_with_a_scan(strings: list[str], word: str, edits: int) -> None:
    near = [strings[number] for number in packed(strings).spellings.near(word, edits)]
    assert near == [string for string in strings if distance(word, string) <= edits]


def distance(left: str, right: str) -> int:
    """Edits between two words, by the definition of optimal string alignment."""
    table = {(-1, -1): 0}
    for row, place in product(range(-1, len(left)), range(-1, len(right))):
        if row < 0 or place < 0:
            table[row, place] = row + place + 2
            continue
        differs = left[row] != right[place]
        ways = [table[row - 1, place] + 1, table[row, place - 1] + 1, table[row - 1, place - 1] + differs]
        if row and place and left[row] == right[place - 1] and left[row - 1] == right[place]:
            ways.append(table[row - 2, place - 2] + 1)
        table[row, place] = min(ways)
    return table[len(left) - 1, len(right) - 1]


@pytest.mark.parametrize(
    ("word", "near", "nearer"),
    [
        (
            "mali",
            ["lami", "maali", "mail", "mal", "male", "mali", "mlai"],
            ["maali", "mail", "mal", "male", "mali", "mlai"],
        ),
        ("ab", ["ab", "abab", "b", "c"], ["ab", "b"]),
        ("дом", ["дома", "мод", "том"], ["дома", "том"]),
    ],
)
def test_near_words(word: str, near: list[str], nearer: list[str]) -> None:
    found = packed(near).spellings
    assert [near[number] for number in found.near(word, 2)] == near
    assert [near[number] for number in found.near(word, 1)] == nearer


@settings(max_examples=30)
@given(word=st.text("abcd", min_size=1, max_size=6), edits=st.integers(1, 2))
def test_near_words_among_many(word: str, edits: int) -> None:
    strings = sorted({"".join(letters) for size in (1, 2, 3, 4, 5) for letters in product("abcé", repeat=size)})
    near = [strings[number] for number in packed(strings).spellings.near(word, edits)]
    assert near == [string for string in strings if distance(word, string) <= edits]
