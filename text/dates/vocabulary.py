"""Vocabulary of dates: what each word of the languages' tables is in a date, as a class of one letter.

A word is looked up in the table of the text's own language first: "listopada" is November in Polish and October in
Croatian. Without a language, a word that names two months names none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from text.dates.folding import even, fold
from text.languages import Language, languages


class DateWord(NamedTuple):
    """What a word is in a date.

    The classes: M month (value: 1 to 12), e era (the year before its first), y, m, d marks of year, month and day, h,
    u, s marks of hours, minutes and seconds, j a word between the parts of a date, o an ending of a number, c a word
    behind a clock (1: of whole hours, too), k one before it, a and p halves of the day behind and before a clock (0 or
    12), x noon, X midnight, z a time zone (hours east of UTC, or an IANA name).
    """

    kind: str
    value: int | float | str = 0


_PRECEDENCE = "MzeymdjohusckapxX"
"""Of a word with several meanings in all languages together the first of these counts."""
Words = Mapping[str, DateWord]


@dataclass(frozen=True, eq=False)
class DateLexicon:
    """The words of some languages: together and each language's own; `longest` is how many words the longest has."""

    together: Words
    own: Mapping[str, Words]
    first_words: frozenset[str]
    unspaced: tuple[str, ...]
    dot_clocks: frozenset[str]
    year_first: frozenset[str]
    languages: tuple[Language, ...]

    @classmethod
    def of(cls, among: Iterable[Language]) -> "DateLexicon":
        """The vocabulary of some languages."""
        chosen = tuple(among)
        own = {language.code: _words_of(language) for language in chosen}
        together = _together(own.values())
        known = {word for words in own.values() for word in words}
        return cls(
            MappingProxyType(together),
            MappingProxyType(own),
            frozenset(word.partition(" ")[0] for word in known if " " in word),
            tuple(sorted((word for word in known if is_unspaced(word[0])), key=lambda word: (-len(word), word))),
            frozenset(language.code for language in chosen if language.dates.dot_clock),
            frozenset(language.code for language in chosen if language.dates.year_first),
            chosen,
        )

    def word(self, folded: str, language: str | None) -> DateWord | None:
        """What a folded word is in a text of a language; None where it is none of dates."""
        own = self.own.get(language or "")
        return (own.get(folded) if own else None) or self.together.get(folded)


@cache
def bundled() -> DateLexicon:
    """The vocabulary of the bundled languages, made when a date in words is read for the first time."""
    return DateLexicon.of(languages())


def is_unspaced(sign: str) -> bool:
    """Whether a letter belongs to a script whose words stand without blanks between them, or to Hangul."""
    return "\u3040" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7af"


def key_of(phrase: str) -> str:
    """A phrase as it is looked up: folded words with single blanks, without full stops."""
    if phrase.isascii() and phrase.isalpha():
        return phrase.lower()
    return fold(" ".join(even(phrase).replace(".", " ").replace("'", " ").split()))


def _words_of(language: Language) -> dict[str, DateWord]:
    found: dict[str, DateWord] = {}
    for phrase, word in _entries(language):
        key = key_of(phrase)
        known = found.setdefault(key, word)
        if known is not word and _PRECEDENCE.index(word.kind) < _PRECEDENCE.index(known.kind):
            found[key] = word
    return found


def _entries(language: Language) -> Iterator[tuple[str, DateWord]]:
    dates = language.dates
    for number, names in enumerate(dates.months, 1):
        yield from ((name, DateWord("M", number)) for name in names)
    yield from ((name, DateWord("z", zone)) for name, zone in language.zones.items())
    yield from ((era, DateWord("e", year)) for era, year in dates.eras.items())
    for kind, phrases in (
        ("y", dates.year_marks),
        ("m", dates.month_marks),
        ("d", dates.day_marks),
        ("j", (*dates.before_month, *dates.before_year, *dates.between)),
        ("o", dates.ordinals),
        ("h", dates.hour_marks),
        ("u", dates.minute_marks),
        ("s", dates.second_marks),
        ("k", dates.before_clock),
        ("x", dates.noon),
        ("X", dates.midnight),
    ):
        yield from ((phrase, DateWord(kind)) for phrase in phrases)
    for kind, value, phrases in (
        ("c", 1, dates.o_clock),
        ("c", 0, dates.behind_clock),
        ("a", 0, dates.am),
        ("a", 12, dates.pm),
        ("p", 0, dates.am_before),
        ("p", 12, dates.pm_before),
    ):
        yield from ((phrase, DateWord(kind, value)) for phrase in phrases)


def _together(tables: Iterable[Words]) -> dict[str, DateWord]:
    found: dict[str, DateWord] = {}
    unclear: set[str] = set()
    for table in tables:
        for word, meaning in table.items():
            known = found.setdefault(word, meaning)
            if known.kind == meaning.kind and known.value != meaning.value:
                unclear.add(word)
            elif _PRECEDENCE.index(meaning.kind) < _PRECEDENCE.index(known.kind):
                found[word] = meaning
    return {word: meaning for word, meaning in found.items() if word not in unclear}
