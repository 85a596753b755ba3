"""Words of a text: what one word is, where it stands, and its forms.

Scripts written without blanks between words are read as overlapping pairs of characters: a letter with its marks and
what is written below it, in Burmese a syllable with its final consonant. One character alone is a part of its pair.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

from text.analysis.analysers import algorithm_of, forms, has_parts
from text.analysis.spelling import exact, fold

_UNSPACED = (
    # Han, kana and half-width kana, Thai, Lao, Burmese and Khmer, without numerals, which are words of their own in any
    # script.
    r"\p{Han}\p{Hiragana}\p{Katakana}ー\uff70\uff9e\uff9f"
    r"\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecf\u0edc-\u0edf\u1780-\u17d3\u17d7\u17dc\u17dd"
    r"\u1000-\u103f\u104c-\u108f\u109a-\u109f\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7f"
)
_NEAR_UNSPACED = r"\u0e01-\u17dd\u2e80-\uabff\uf900-\U0003ffff"
"""What is outside of this is none of these, which is told sooner."""
_CHARACTER = rf"(?:(?!(?=[{_NEAR_UNSPACED}])[{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}_])"
_SUFFIXING = r"[\p{Hangul}\u0900-\u0dff]"
"""Letters that stand behind a numeral and are another word: "2024년에", "२०२४मध्ये"."""
_INVISIBLE = r"[\u200b-\u200d\u2060]"
"""Where lines may be broken, and joiners, in scripts without blanks."""
_INNER = (
    # Apostrophes, the marks of Hebrew initials, soft hyphens, joiners; in Persian the joiner sets suffixes apart.
    r"(?:['’׳״\u00ad\u200d]|(?<=[OoGg])‘|(?<=\p{Hebrew})\"(?=\p{Hebrew})|(?<=[\u0900-\u0dff])\u200c)"
)
_TOKEN = regex.compile(
    # Nearly all words of most texts: tried first, so that the slower rules below need not be.
    r"(?P<plain>[A-Za-z]{2,}+(?![\p{L}\p{M}\p{N}_'’]))"
    rf"|(?P<unspaced>(?=[{_NEAR_UNSPACED}])[{_UNSPACED}](?:[\p{{Han}}\p{{Hiragana}}]++|[{_UNSPACED}\p{{M}}]++|{_INVISIBLE}++(?=[{_UNSPACED}]))*+)"
    r"|(?P<initials>\b(?:\p{Lu}\.){2,}(?:\p{Lu}\b)?)"
    rf"|(?P<number>\d++(?:[.,]\d++)*+(?:(?![\p{{L}}\p{{M}}])|(?={_SUFFIXING})))"
    # French and Italian elisions: "l'homme" is two words, "don't" and "O'Brien" are one.
    r"|(?P<elision>\b(?i:[djlmnst]|c(?!['’]h)|qu|jusqu|lorsqu|puisqu|quoiqu|dell|nell|all|sull|dall|un|quest)['’](?=[\p{L}]{2}))"
    rf"|(?P<word>{_CHARACTER}++(?:{_INNER}{_CHARACTER}++)*+)"
)
_ASCII_TOKEN = re.compile(
    # What the rules above come to where there are no other letters; twice as fast.
    r"[A-Za-z]{2,}+(?![\w'])"
    r"|\b(?:[A-Z]\.){2,}(?:[A-Z]\b)?"
    r"|\d++(?:[.,]\d++)*+(?![A-Za-z])"
    r"|\b(?i:[djlmnst]|c(?!'h)|qu|jusqu|lorsqu|puisqu|quoiqu|dell|nell|all|sull|dall|un|quest)'(?=[A-Za-z]{2})"
    r"|\w++(?:'\w++)*+",
    re.ASCII,
)
_BEHIND_NUMERAL = regex.compile(rf"(?<=\p{{N}})(?=(?!\p{{N}}){_SUFFIXING})")
_UNIT = regex.compile(
    # Khmer: consonants below the first one. Burmese: stacked and final consonants. Kana: the syllables of a foreign v.
    r"(?:[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|\p{M})*"
    r"|[\u1000-\u102a\u103f](?:\u1039[\u1000-\u1021]|\p{M}|[\u1000-\u1021](?=\u1037?\u103a))*"
    r"|(?:[ゔヴ]|ｳﾞ)[ぁぃぇぉァィェォｧｨｪｫ]"
    rf"|\X){_INVISIBLE}*"
)
_LONG_VOWEL = "ー"
_LONG_VOWELS = regex.compile("[ーｰ]")
_REPEATED = "々"
_KANA = (regex.compile("[ァ-ヺー]"), regex.compile("[ぁ-ゖー]"))
_MAX_CHARACTERS = 64


class Token(NamedTuple):
    """One word of a text: its forms, its ordinal `position`, and where it stands (`start`, `end` characters).

    `parts` are the stems of what it is made of, where it is a compound or begins with a particle.
    """

    exact: str
    folded: str
    stem: str
    position: int
    start: int
    end: int
    parts: tuple[str, ...] = ()


class _Forms(NamedTuple):
    """The forms of a word as written; `cut` is where a numeral in it ends and another word begins, or 0."""

    exact: str
    folded: str
    stem: str
    parts: tuple[str, ...]
    cut: int


@lru_cache(maxsize=1 << 16)
def _forms(written: str, language: str | None) -> _Forms:
    numeral = None if written.isascii() else _BEHIND_NUMERAL.search(written)
    return _Forms(*forms(written, language), numeral.start() if numeral else 0)


def ascii_words(text: str) -> list[str]:
    """The words of an ASCII text as written, each of which is one token."""
    if len(text) > _MAX_CHARACTERS:
        return [word[:_MAX_CHARACTERS] for word in _ASCII_TOKEN.findall(text)]
    return [text] if text.isalnum() else _ASCII_TOKEN.findall(text)


def exact_forms(text: str) -> list[str]:
    """The exact forms of the words of a text in order, as `tokens` has them."""
    if text.isascii():
        return [form for word in ascii_words(text) if (form := exact(word))]
    return [token.exact for token in tokens(text)]


def tokens(text: str, language: str | None = None) -> Iterator[Token]:
    """The words of a text in order; words over 64 characters are cut there."""
    position = 0
    for match in _ASCII_TOKEN.finditer(text) if text.isascii() else _TOKEN.finditer(text):
        start, end = match.span()
        if match.lastgroup == "unspaced":
            for token in _pairs(match[0], start, position, has_parts(algorithm_of(language))):
                yield token
                position += 1
            continue
        word, form, stemmed, made_of, cut = _forms(match[0][:_MAX_CHARACTERS], language)
        while cut:
            first = _forms(text[start : start + cut], language)
            yield Token(*first[:3], position, start, start + cut, first.parts)
            position, start = position + 1, start + cut
            word, form, stemmed, made_of, cut = _forms(text[start:end][:_MAX_CHARACTERS], language)
        if word:
            yield Token(word, form, stemmed, position, start, end, made_of)
            position += 1


def _pairs(run: str, offset: int, position: int, have_parts: bool) -> Iterator[Token]:
    """Overlapping pairs of the characters of a run that stands at `offset`, each with its first character as a part.

    The last pair has both.
    """
    units = _units(run)
    if len(units) == 1:
        written, start, end = units[0]
        form = fold(exact(written))
        yield Token(exact(written), form, form, position, offset + start, offset + end)
        return
    last = position + len(units) - 2
    for (one, start, _), (other, _, end) in pairwise(units):
        word, form, first, second = _pair_forms(one, other)
        made_of = () if not have_parts else (first, second) if position == last else (first,)
        yield Token(word, form, form, position, offset + start, offset + end, made_of)
        position += 1


@lru_cache(maxsize=1 << 16)
def _pair_forms(one: str, other: str) -> tuple[str, str, str, str]:
    """The exact and the folded form of two characters, and the folded form of each."""
    word = exact(one + other)
    return word, fold(word), fold(exact(one)), fold(exact(other))


_Unit = tuple[str, int, int]
"""A character of a script without blanks, with its marks, and where it begins and ends in its run."""


def _units(run: str) -> list[_Unit]:
    """The characters of a run, a mark that repeats one as what it repeats.

    The long vowel at the end of a loanword is written or not, and left out.
    """
    units = [(match[0], match.start(), match.end()) for match in _UNIT.finditer(run)]
    if _REPEATED in run:
        for number, (character, start, end) in enumerate(units[1:], 1):
            if character == _REPEATED:
                units[number] = (units[number - 1][0], start, end)
    if _LONG_VOWELS.search(run):
        spoken = [(exact(character), start, end) for character, start, end in units]
        units = [unit for number, unit in enumerate(spoken) if not _is_left_out(spoken, number)] or units
    return units


def _is_left_out(units: list[_Unit], number: int) -> bool:
    """Whether a long vowel ends at least three other kana of one kind."""
    before = [character for character, _, _ in units[max(0, number - 3) : number]]
    if units[number][0] != _LONG_VOWEL or len(before) < 3:
        return False
    behind = units[number + 1][0] if number + 1 < len(units) else ""
    return any(all(map(kana.match, before)) and not kana.match(behind) for kana in _KANA)
