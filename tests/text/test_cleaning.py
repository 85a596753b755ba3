"""Cleaning of text: mojibake is looked for near what is suspect alone, and told as ftfy tells it."""

import itertools
import re

import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad

from text.cleaning import clean_text, holds_mojibake

_LITERALS = "Ά\xad®±∂†≠™´≤≥¥µøπ°¢²³¡\xa0"
_KNOWN = re.compile(f"[{''.join(MOJIBAKE_CATEGORIES.values())}{_LITERALS}]")
_CHARACTERS = [chr(code) for code in range(0x80, 0x10000) if _KNOWN.fullmatch(chr(code))]


_WELL = "Über die Brücke, “süß” wie Łódź – ça va… "


@pytest.mark.parametrize("form", ["{}{}", "a{}{}a", " {} {} ", "a {}{}"])
def test_pairs_are_told_as_by_ftfy(form: str) -> None:
    texts = [form.format(*pair) for pair in itertools.product(_CHARACTERS, repeat=2)]
    bad = [text for text in texts if is_bad(text)]
    assert bad
    assert [text for text in texts if holds_mojibake(text)] == bad


def test_single_characters_are_told_as_by_ftfy() -> None:
    around = ("", "a", "A", " ", "a ", ".", ". ", '"')
    texts = [f"{before}{one}{behind}" for one in _CHARACTERS for before in around for behind in around]
    bad = [text for text in texts if is_bad(text)]
    assert bad
    assert [text for text in texts if holds_mojibake(text)] == bad


@pytest.mark.parametrize(
    "damage",
    ["â€™", "Ã©", "ГўВЂВ™ a", "Ø§Ù„", "вЂ“", "ВЃВ", "√±", "β€™", "ā€", "à²", "a Â b"],
)
@pytest.mark.parametrize("before", [0, 1, 9])
@pytest.mark.parametrize("behind", [0, 1, 9])
def test_damage_is_found_anywhere_in_a_long_text(damage: str, before: int, behind: int) -> None:
    text = f"{_WELL * before}{damage}{_WELL * behind}"
    assert holds_mojibake(text) == is_bad(text)
    assert holds_mojibake(text) or not is_bad(damage)


@pytest.mark.parametrize(
    "text", ["“We’ll see,” he said — once…", "Über die Brücke in Köln", "Ça va très bien", "日本語の文章。", "плохо"]
)
def test_written_text_holds_no_mojibake(text: str) -> None:
    assert not holds_mojibake(text)
    assert clean_text(text) == text


def test_mojibake_is_repaired() -> None:
    assert clean_text("The mayorâ€™s cafÃ©") == "The mayor’s café"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("two  blanks", "two blanks"),
        (" at the ends ", "at the ends"),
        ("a line\nand\ta tab", "a line and a tab"),
        ("no-break\xa0blank", "no-break blank"),
        ("soft\xadhyphen and\u200b nothing", "softhyphen and nothing"),
        ("a\x00zero and\x07 a bell", "azero and a bell"),
        ("e\u0301 composed", "é composed"),
        ("\ufdd0no character\uffff", "no character"),
        ("unassigned \u0378 stays", "unassigned \u0378 stays"),
        ("&quot;escaped&quot; once more", '"escaped" once more'),
        (" \u200b\xa0 ", None),
    ],
)
def test_what_is_cleaned(text: str, clean: str | None) -> None:
    assert clean_text(text) == clean
