"""Cleaning of text: what may be mojibake is asked before ftfy is."""

import itertools
import re

import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad

from text.cleaning import clean_text, is_suspect

_LITERALS = "Ά\xad®±∂†≠™´≤≥¥µøπ°¢²³¡\xa0"
_KNOWN = re.compile(f"[{''.join(MOJIBAKE_CATEGORIES.values())}{_LITERALS}]")
_CHARACTERS = [chr(code) for code in range(0x80, 0x10000) if _KNOWN.fullmatch(chr(code))]


@pytest.mark.parametrize("form", ["{}{}", "a{}{}a", " {} {} ", "a {}{}"])
def test_pairs_that_ftfy_calls_bad_are_suspect(form: str) -> None:
    texts = (form.format(*pair) for pair in itertools.product(_CHARACTERS, repeat=2))
    bad = [text for text in texts if is_bad(text)]
    assert bad
    assert [text for text in bad if not is_suspect(text)] == []


def test_single_characters_that_ftfy_calls_bad_are_suspect() -> None:
    around = ("", "a", "A", " ", "a ", ".", ". ", '"')
    texts = (f"{before}{one}{behind}" for one in _CHARACTERS for before in around for behind in around)
    bad = [text for text in texts if is_bad(text)]
    assert bad
    assert [text for text in bad if not is_suspect(text)] == []


@pytest.mark.parametrize(
    "text", ["“We’ll see,” he said — once…", "Über die Brücke in Köln", "Ça va très bien", "日本語の文章。", "плохо"]
)
def test_written_text_is_not_suspect(text: str) -> None:
    assert not is_suspect(text)
    assert clean_text(text) == text


def test_mojibake_is_repaired() -> None:
    assert clean_text("The mayorâ€™s cafÃ©") == "The mayor’s café"
