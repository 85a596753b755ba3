"""Analysis of text into tokens and their forms.

Engines, snippets and suggestions all use this module, so that what is highlighted is what matched. A token has three
forms: exact (as written, case-folded), folded (without accents) and stem (Snowball, by the story's language).
Quoted words match exact forms; loose words match any, exact ones best.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex
import snowballstemmer

STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "nl": "dutch",
    "nb": "norwegian",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
"""ISO 639-1 code -> Snowball algorithm; languages without one are not stemmed."""

# Scripts written without blanks between words: indexed as overlapping pairs of characters.
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_TOKEN = regex.compile(
    # Nearly all words of most texts: tried first, so that the slower rules below need not be.
    r"(?P<plain>[A-Za-z]{2,}+(?![\p{L}\p{M}\p{N}_'’]))"
    rf"|(?P<unspaced>{_UNSPACED}+)"
    r"|(?P<initials>\b(?:\p{Lu}\.){2,}(?:\p{Lu}\b)?)"
    r"|(?P<number>\d++(?:[.,]\d++)*+(?![\p{L}\p{M}]))"
    # French and Italian elisions: "l'homme" is two words, "don't" and "O'Brien" are one.
    r"|(?P<elision>\b(?i:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|dell|nell|all|sull|dall|un|quest)['’](?=[\p{L}]{2}))"
    rf"|(?P<word>(?:(?!{_UNSPACED})[\p{{L}}\p{{M}}\p{{N}}_])+(?:['’](?:(?!{_UNSPACED})[\p{{L}}\p{{M}}\p{{N}}])+)*)"
)
_POSSESSIVE = regex.compile(r"['’]s$")
_THOUSANDS = regex.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_MAX_CHARACTERS = 64
_WITHOUT_MARKS = {ord("ı"): "i", ord("ø"): "o", ord("ł"): "l", ord("đ"): "d", ord("æ"): "ae", ord("œ"): "oe"}


class Token(NamedTuple):
    """One word of a text: its forms, its ordinal `position`, and where it stands (`start`, `end` characters)."""

    exact: str
    folded: str
    stem: str
    position: int
    start: int
    end: int


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A case-folded word without accents: "élan" is "elan"; scripts that need marks keep them, as does a mark alone."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word)
    kept = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept).translate(_WITHOUT_MARKS) or word


@lru_cache(maxsize=32)
def _stemmer(algorithm: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(algorithm)


@lru_cache(maxsize=1 << 16)
def stem(word: str, language: str | None) -> str:
    """The folded Snowball stem of a case-folded word; the folded word where `language` has no algorithm."""
    algorithm = STEMMERS.get((language or "").partition("-")[0])
    if algorithm is None or not word.isalpha():
        return fold(word)
    return fold(_stemmer(algorithm).stemWord(word))


@lru_cache(maxsize=1 << 16)
def exact(word: str) -> str:
    """A word as it is compared: compatibility characters resolved, case-folded, possessive and points taken off.

    "Obama’s" is "obama", "U.N." is "un", "1,400" is "1400".
    """
    plain = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    plain = _POSSESSIVE.sub("", plain)
    if _THOUSANDS.match(plain):
        return plain.replace(",", "")
    if plain[0].isdigit():
        return plain
    return plain.replace(".", "").replace("'", "")


@lru_cache(maxsize=1 << 16)
def _forms(written: str, language: str | None) -> tuple[str, str, str]:
    """The exact, folded and stemmed form of a word as written."""
    word = exact(written)
    return word, fold(word), stem(word, language)


def tokens(text: str, language: str | None = None) -> Iterator[Token]:
    """The words of a text in order; words over 64 characters are cut there."""
    position = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match.lastgroup == "unspaced":
            for offset in range(start, max(start + 1, end - 1)):
                pair = exact(text[offset : min(offset + 2, end)])
                yield Token(pair, pair, pair, position, offset, min(offset + 2, end))
                position += 1
            continue
        word, folded, stemmed = _forms(match[0][:_MAX_CHARACTERS], language)
        if word:
            yield Token(word, folded, stemmed, position, start, end)
            position += 1
