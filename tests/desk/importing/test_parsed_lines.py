"""Lines are JSON as Python's own parser reads it, whichever parser reads them."""

import json
from datetime import UTC, datetime

import pytest

from desk.importing.lines import read_line

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param('"A \\ud800 lone half"', "A \ufffd lone half", id="half of a pair"),
        pytest.param('"\\ud83d\\ude00 smiles"', "😀 smiles", id="both halves"),
        pytest.param('"A\\u0000B"', "AB", id="nothing"),
        pytest.param('"first", "headline": "last"', "last", id="told twice"),
        pytest.param(f'"deep", "more": {"[" * 300}{"]" * 300}', "deep", id="nested"),
        pytest.param('"odd", "more": [NaN, Infinity, 1e400, 1E5]', "odd", id="numbers"),
    ],
)
def test_what_a_parser_may_refuse_is_read(written: str, read: str) -> None:
    line = read_line(f'{{"headline": {written}, "body": ["It stands."], "language": "en"}}', NOW)
    assert line.story is not None
    assert line.story.headline == read


@pytest.mark.parametrize(
    "text", ["{", '{"headline": "a",}', "{'headline': 1}", '{"headline": "\x01"}', "\ufeff{}", "{} {}"]
)
def test_what_is_no_json_is_told_in_the_same_words(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as told:
        json.loads(text)
    with pytest.raises(json.JSONDecodeError) as refused:
        read_line(text, NOW)
    assert str(refused.value) == str(told.value)
