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
_ASCII_WORDS = bytes(ord(chr(code).lower()) if _WORD.match(chr(code)) else ord(" ") for code in range(128)).ljust(256)
"""ASCII in lower case, with blanks for what is in no word: bytes are translated much faster than texts."""
_TYPOGRAPHIC_MARKS = "’‘“”–—…\xa0"
"""The marks beyond ASCII that most texts in English have, and nothing else beyond it."""


def squeezed(text: str) -> str:
    """A text with white space folded: enough for comparing; the story's own fields are cleaned where it is made."""
    return " ".join(text.split())


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does: with a mark, whatever quotes and brackets close behind it."""
    return text.rstrip(_CLOSING)[-1:] in _END_MARKS


def word_key(text: str) -> str:
    """The words of a text, for comparing: case, punctuation and width left out."""
    return _key_of(text) if len(text) <= _SHORT else _words_of(text)


@lru_cache(maxsize=2048)
def _key_of(text: str) -> str:
    return _words_of(text)


def _words_of(text: str) -> str:
    if not text.isascii():
        for mark in _TYPOGRAPHIC_MARKS:
            text = text.replace(mark, " ")
    if text.isascii():
        return b" ".join(text.encode().translate(_ASCII_WORDS).split()).decode()
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


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
