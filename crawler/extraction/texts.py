"""Folding of texts for comparing."""

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import TypeVar

_Item = TypeVar("_Item")
_EAST_ASIAN = re.compile("[\u2e81-\U0010ffff]")
_END_MARKS = frozenset(".!?。！？…")
_CLOSING = "\"'”»’)）」"
_SHORT = 250
_WORD = re.compile(r"\w+")
_ASCII_DIGIT, _DIGIT = re.compile("[0-9]"), re.compile(r"\d")
_TYPOGRAPHIC_MARKS = "’‘“”„–—…"
"""The marks beyond Latin-1 that most texts of western languages have, and nothing else beyond it; none is in a word."""
_NOT_ALONE = 0
"""Stands for the characters of Latin-1 of which folding makes something that is no single one of these."""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _folded_byte(character: str) -> int:
    found = "".join(_WORD.findall(_folded(character)))
    return ord(found) if len(found) == 1 and ord(found) < 256 else _NOT_ALONE if found else ord(" ")


_LATIN_WORDS = bytes(_folded_byte(chr(code)) for code in range(256))
"""Latin-1 folded, with blanks for what is in no word: bytes are translated much faster than texts."""


def squeezed(text: str) -> str:
    """A text with white space folded: enough for comparing; the story's own fields are cleaned where it is made."""
    return " ".join(text.split())


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does: with a mark, whatever quotes and brackets close behind it."""
    return text.rstrip(_CLOSING)[-1:] in _END_MARKS


def has_digit(text: str) -> bool:
    """Whether a text holds a digit of any script."""
    return (_ASCII_DIGIT if text.isascii() else _DIGIT).search(text) is not None


def word_key(text: str) -> str:
    """The words of a text, for comparing: case, punctuation and width left out."""
    return _key_of(text) if len(text) <= _SHORT else _words_of(text)


@lru_cache(maxsize=2048)
def _key_of(text: str) -> str:
    return _words_of(text)


def _words_of(text: str) -> str:
    plain = text
    if not text.isascii():
        for mark in _TYPOGRAPHIC_MARKS:
            plain = plain.replace(mark, " ")
        plain = plain.replace("ß", "ss")
    try:
        words = plain.encode("latin-1").translate(_LATIN_WORDS)
    except UnicodeEncodeError:
        words = bytes((_NOT_ALONE,))
    if _NOT_ALONE in words:
        return " ".join(_WORD.findall(_folded(text)))
    return b" ".join(words.split()).decode("latin-1")


def text_weight(text: str) -> int:
    """The length of a text; a character of East Asian scripts says as much as two letters."""
    return len(text) if text.isascii() else _weight_of(text)


@lru_cache(maxsize=2048)
def _weight_of(text: str) -> int:
    return len(text) + len(_EAST_ASIAN.findall(text))


def first_of_each(items: Iterable[_Item], key: Callable[[_Item], Hashable]) -> list[_Item]:
    """The items without those whose key has come before."""
    found: dict[Hashable, _Item] = {}
    for item in items:
        found.setdefault(key(item), item)
    return list(found.values())
