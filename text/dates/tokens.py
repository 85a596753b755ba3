"""DateTokens of a text that may hold a date: numbers, words and signs, each with its class.

The classes of a text's tokens, a letter each, make a string over which the grammar of dates and clocks is written as
short regular expressions (days.py, clocks.py): "22 June 2023, 1:11 PM" is "n M Y, n:n a". Numbers are n (one or two
digits), t (three), Y (four) and N (more); words have the classes of `DateWord`, and ~ where they are none of dates; i
is an IANA name of a zone, T and W the letters of ISO 8601; signs and blanks stand for themselves, ; for other signs.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from text.dates.folding import even, fold
from text.dates.vocabulary import DateLexicon
from text.dates.zones import is_abbreviation

_REGIONS = (
    "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US"
)
_SIGNS_IN_WORDS = "\u0591-\u05c7\u064b-\u065f\u0900-\u0fff\u1000-\u109f\u1780-\u17ff"
_LETTER = rf"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[{_SIGNS_IN_WORDS}]"
_PLAIN = frozenset(" .,-/:+()[]|'")
LONGEST = 200


class DateToken(NamedTuple):
    """A piece of the text; `value` is a number's or a word's."""

    kind: str
    text: str
    value: int | float | str = 0


class DateTokens(tuple[DateToken, ...]):
    """The tokens of a text in order."""

    __slots__ = ()

    @property
    def kinds(self) -> str:
        """The classes of all tokens."""
        return "".join(token.kind for token in self)

    def number(self, position: int) -> int:
        """The value of a number."""
        return int(self[position].value)


@lru_cache(maxsize=8)
def _pattern(unspaced: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<number>\d+)|(?P<place>\b(?:{_REGIONS})/[A-Za-z0-9_+-]*[A-Za-z0-9](?:/[A-Za-z_]+)?|\b(?:EST5EDT|CST6CDT|MST7MDT|PST8PDT)\b)"
        rf"|(?P<mark>{'|'.join(map(re.escape, unspaced)) or '(?!)'})"
        rf"|(?P<word>(?:{_LETTER})+)|(?P<sign>.)",
        re.S,
    )


def tokens_of(text: str, vocabulary: DateLexicon, language: str | None) -> DateTokens:
    """The tokens of a text, read with the words of its language before those of others."""
    text = even(text)
    found = [_token(match, vocabulary, language) for match in _pattern(vocabulary.unspaced).finditer(text)]
    return DateTokens(_with_iso_letters(_with_phrases(found, vocabulary, language)))


def _token(match: re.Match[str], vocabulary: DateLexicon, language: str | None) -> DateToken:
    text = match[0]
    kind = match.lastgroup
    if kind == "number":
        return DateToken("n" if len(text) < 3 else {3: "t", 4: "Y"}.get(len(text), "N"), text, int(text))
    if kind == "place":
        return DateToken("i", text, text)
    if kind == "sign":
        return DateToken(text if text in _PLAIN else ";", text)
    word = vocabulary.word(fold(text), language)
    if word is not None and not (text.isupper() and word.kind != "M" and is_abbreviation(text) and word.kind != "a"):
        return DateToken(word.kind, text, word.value)
    return DateToken("z" if text.isupper() and is_abbreviation(text) else "~", text, "")


def _with_phrases(tokens: list[DateToken], vocabulary: DateLexicon, language: str | None) -> list[DateToken]:
    """Words that belong together as one token, full stops and blanks between them included: "p. m.", "i dag"."""
    found: list[DateToken] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = position + 1
        if token.text[0].isalpha() and fold(token.text) in vocabulary.first_words:
            token, end = _phrase(tokens, position, vocabulary, language)
        found.append(token)
        position = end
    return found


def _phrase(
    tokens: list[DateToken], start: int, vocabulary: DateLexicon, language: str | None
) -> tuple[DateToken, int]:
    best, end = tokens[start], start + 1
    words = [fold(tokens[start].text)]
    for position in range(start + 1, min(start + 9, len(tokens))):
        text = tokens[position].text
        if text in (" ", ".", "'"):
            continue
        if not text[0].isalpha():
            break
        words.append(fold(text))
        meaning = vocabulary.word(" ".join(words), language)
        if meaning is not None:
            best, end = (
                DateToken(meaning.kind, "".join(t.text for t in tokens[start : position + 1]), meaning.value),
                position + 1,
            )
    return best, end


def _with_iso_letters(tokens: list[DateToken]) -> list[DateToken]:
    """T between two numbers and W before one, where they stand without blanks, are ISO 8601's."""
    for position in range(1, len(tokens) - 1):
        text, before, behind = tokens[position].text.upper(), tokens[position - 1].kind, tokens[position + 1].kind
        if text == "T" and before in "ntYN" and behind in "ntYN":
            tokens[position] = DateToken("T", text)
        elif text == "W" and before in "Y-" and behind in "ntN":
            tokens[position] = DateToken("W", text)
    return tokens
