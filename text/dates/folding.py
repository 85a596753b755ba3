"""Spellings of dates brought to one form: digits of all scripts, dashes and blanks, letters without their marks.

Words of the languages' tables and words of a text are folded alike, so that "MÄRZ", "Marz" and "märz" are one word.
"""

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SAME = str.maketrans({"°": "o", "−": "-", "‐": "-", "‑": "-", "،": ",", "、": ",", "’": "'", "ʼ": "'", "`": "'"})
_MARKS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "ð": "d", "ي": "ی", "ك": "ک"})
_NUMERALS = "〇零一二三四五六七八九十元廿卅"
_CHINESE = re.compile(rf"[{_NUMERALS}]+(?=\s*[年月日號号時时點点分秒])")


def even(text: str) -> str:
    """The text with ASCII digits, plain dashes and single blanks; capitals and marks stay as they are."""
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_SAME)).translate(_SAME)
    text = "".join(_digit(sign) for sign in text)
    return " ".join(_CHINESE.sub(lambda match: _number(match[0]), text).split())


def fold(word: str) -> str:
    """A word in lower case, its letters without diacritics (of the Latin, Greek and Cyrillic scripts)."""
    word = word.lower()
    if word.isascii():
        return word
    bare = _MARKS.sub("", unicodedata.normalize("NFD", word.translate(_LETTERS)))
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


def _digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _number(numerals: str) -> str:
    """ "二〇二三" digit by digit, "二十二" in tens, "元" (the first year of an era) as 1."""
    if numerals == "元":
        return "1"
    values = [0 if sign == "零" else int(unicodedata.numeric(sign, 0)) for sign in numerals]
    if all(value < 10 for value in values):
        return "".join(map(str, values))
    total = 0
    for value in values:
        if value == 10:
            total = (total or 1) * 10
        else:
            total += value
    return str(total)
