"""Runs of texts: what is analysed run by run has the same words as the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.analysis import ascii_words, exact_forms, tokens
from text.analysis.runs import RunTable

TEXTS = {
    "marks": 'He said: "Talks (on 3.5 pct) begin, again."',
    "initials": "the U.N. and U.S.A. troops; B. left... A.B.C.,",
    "apostrophes": "aides' 'plan' don't l'homme O'Brien's 'tis",
    "numbers": "1,400. 12,345,678.90, 5' 16h $5m",
    "marks alone": '-- ... "" (!) _ __x__',
    "other capitals before full stops": "А.Б. É.U. Ü.",
    "other blanks": "5\u00a0million\u3000三\u2028x\x85y\x1cz\x0bw",
    "other scripts": "中国人民 «дома» стоят. 2024년에 می\u200cخواهم サーバー",
    "a lone surrogate": "x\ud800y z",
    "nothing": "",
}
_PIECES = [
    "a",
    "Zx",
    "1",
    ".",
    ",",
    "'",
    "’",
    " ",
    "\n",
    "-",
    "_",
    '"',
    "l'",
    "É",
    "А.",
    "中",
    "ー",
    "\u00a0",
    "년",
    "s",
]


def by_runs(text: str) -> list[str]:
    table = RunTable()
    found = table.number([text], np.zeros(1, np.int32))
    written = [run for _, run in table.written(0)]
    assert found.counts.tolist() == [len(found.runs)]
    return [token.exact for number in found.runs for token in tokens(written[number], "en")]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_words_of_runs_are_those_of_the_text(text: str) -> None:
    assert by_runs(text) == [token.exact for token in tokens(text, "en")]


@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES)).map("".join)))
def test_the_words_of_runs_are_those_of_any_text(text: str) -> None:
    assert by_runs(text) == [token.exact for token in tokens(text, "en")]


@given(st.lists(st.sampled_from([piece for piece in _PIECES if piece.isascii()])).map("".join))
def test_words_of_ascii_are_found_alike_beside_other_letters(text: str) -> None:
    """The rules for ASCII are those for all texts: a letter of another script behind a blank changes nothing."""
    found = [(token.exact, token.start, token.end) for token in tokens(text)]
    assert found == [(token.exact, token.start, token.end) for token in tokens(f"{text} я")][:-1]
    assert ascii_words(text) == [text[start:end] for _, start, end in found]


@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES)).map("".join)))
def test_exact_forms_are_those_of_the_words(text: str) -> None:
    assert exact_forms(text) == [token.exact for token in tokens(text)]


def test_a_run_has_one_number_in_each_group() -> None:
    table = RunTable()
    runs, counts = table.number(["one two, one", "two"], np.array([0, 1], np.int32))
    assert (runs.tolist(), counts.tolist()) == ([0, 1, 0, 2], [3, 1])
    assert list(table.written(0)) == [(0, "one"), (0, "two"), (1, "two")]


def test_numbers_stay_while_the_table_grows() -> None:
    table = RunTable()
    words = [f"w{number}" for number in range(30_000)]
    for start in range(0, len(words), 1000):
        table.number([" ".join(words[start : start + 1000])], np.zeros(1, np.int32))
    runs, _ = table.number([" ".join(words)], np.zeros(1, np.int32))
    assert runs.tolist() == list(range(len(words)))
    assert [run for _, run in table.written(29_998)] == ["w29998", "w29999"]
