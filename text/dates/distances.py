"""Distances from now, and the days that are named from it: "5 minutes ago", "yesterday at 14:05"."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from text.dates.vocabulary import DateLexicon
from text.languages import alternatives, phrases

_DAY = 86400


class DistanceWords(NamedTuple):
    """What distances are read with.

    `units` are the seconds of a unit with its names, `days_back` maps "yesterday" to 1.
    """

    ago: re.Pattern[str]
    units: tuple[tuple[int, re.Pattern[str]], ...]
    days_back: Mapping[str, int]


@lru_cache(maxsize=8)
def _words(vocabulary: DateLexicon) -> DistanceWords:
    chosen = vocabulary.languages
    ago = alternatives(lambda language: language.dates.ago, chosen)
    attached = alternatives(lambda language: language.dates.ago_attached, chosen)
    one = alternatives(lambda language: language.dates.one, chosen)
    units = (
        (1, alternatives(lambda language: language.dates.seconds, chosen)),
        (60, alternatives(lambda language: language.dates.minutes, chosen)),
        (3600, alternatives(lambda language: language.dates.hours, chosen)),
        (_DAY, alternatives(lambda language: language.dates.days, chosen)),
        (7 * _DAY, alternatives(lambda language: language.dates.weeks, chosen)),
    )
    today = phrases(lambda language: language.dates.today, chosen)
    yesterday = phrases(lambda language: language.dates.yesterday, chosen)
    return DistanceWords(
        re.compile(rf"\b(?:{ago})\b|{attached}"),
        tuple(
            (seconds, re.compile(rf"(?:(?P<n>\d{{1,3}})|\b(?:{one}))\s*(?:{names})(?![^\W\d_])"))
            for seconds, names in units
        ),
        {**dict.fromkeys(today, 0), **dict.fromkeys(yesterday, 1)},
    )


def distance_in(text: str, vocabulary: DateLexicon) -> timedelta | None:
    """How long ago a text says that it was; None where it says none."""
    words = _words(vocabulary)
    if len(text) > 80 or not words.ago.search(text):
        return None
    total, rest = timedelta(0), text
    for seconds, unit in reversed(words.units):
        match = unit.search(rest)
        if match:
            total += timedelta(seconds=seconds * int(match["n"] or 1))
            rest = rest[: match.start()] + "|" + rest[match.end() :]
    return total or None


def day_named_in(text: str, vocabulary: DateLexicon) -> tuple[int, int] | None:
    """How many days ago the day is that a text opens with ("yesterday"), and how many characters name it."""
    for word, days in _words(vocabulary).days_back.items():
        if text.startswith(word) and not text[len(word) : len(word) + 1].isalpha():
            return days, len(word)
    return None
