"""Date words in a language's data file, `[dates]`: how dates are written and told, on pages and in feeds."""

from collections.abc import Mapping
from typing import Annotated

from annotated_types import Len
from pydantic import BaseModel, ConfigDict

Phrases = tuple[str, ...]
"""Phrases, tried in their order; `format.py` says what a phrase is."""


class LanguageSection(BaseModel):
    """A section of a data file; keys that aren't known are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class DateWords(LanguageSection):
    """`[dates]`: how dates are written and told, on pages and in feeds."""

    months: Annotated[tuple[Phrases, ...], Len(12, 12)] | tuple[()] = ()
    """Twelve lists: the names of each month in the forms that dates take, and its abbreviations without the point."""
    weekdays: Annotated[tuple[Phrases, ...], Len(7, 7)] | tuple[()] = ()
    """Seven lists from Monday on: the name of each day, then other names and abbreviations."""
    weekdays_capitalised: bool = False
    """true where the days are written with a capital, as names are, and common nouns are not."""
    ordinals: Phrases = ()
    """Endings of a day's number: "17th"; like all names in dates these are plain words, no regular expressions."""
    before_month: Phrases = ()
    """What stands between day and month: "17 de enero"."""
    before_year: Phrases = ()
    """What stands between month and year: "enero de 2013"."""
    between: Phrases = ()
    """Other words beside the numbers of a date: "2013 m. sausio 17 d.", "2013 г."."""
    eras: Mapping[str, int] = {}
    """Names of eras before the number of a year -> the year before their first: "令和5年" is 2018 + 5."""
    year_first: bool = False
    """true where two digits before two others are a year: "13/01/17"."""
    year_marks: Phrases = ()
    """Signs behind the numbers of a date in numbers, for the year: "2013年1月17日"."""
    month_marks: Phrases = ()
    """The same for the month."""
    day_marks: Phrases = ()
    """The same for the day."""
    hour_marks: Phrases = ()
    """Signs between hours and minutes: "14h05"."""
    minute_marks: Phrases = ()
    """Signs behind the minutes: "14時05分"."""
    second_marks: Phrases = ()
    """Signs behind the seconds: "14時05分30秒"."""
    o_clock: Phrases = ()
    """Words behind a time of day, also of a whole hour: "14.05 Uhr", "14 Uhr"."""
    behind_clock: Phrases = ()
    """Words behind hours and minutes only: "14:05h"."""
    before_clock: Phrases = ()
    """Words before a time of day: "kl. 14.05"."""
    dot_clock: bool = False
    """true where a full stop between hours and minutes is usual without such words: "14.05"."""
    am: Phrases = ()
    """The first half of the day, behind the time of day: "2.05 a.m."; full stops make no difference."""
    pm: Phrases = ()
    """The second half, likewise."""
    am_before: Phrases = ()
    """The first half of the day, before the time of day: "午前2時05分"."""
    pm_before: Phrases = ()
    """The second half, likewise."""
    noon: Phrases = ()
    """Noon: "12 noon"."""
    midnight: Phrases = ()
    """Midnight, which leaves open at which end of the day."""
    seconds: Phrases = ()
    """Seconds, in distances from now: "30 seconds ago"."""
    minutes: Phrases = ()
    """Minutes, likewise."""
    hours: Phrases = ()
    """Hours, likewise."""
    days: Phrases = ()
    """Days, likewise."""
    weeks: Phrases = ()
    """Weeks, likewise."""
    one: Phrases = ()
    """The number one, before a unit: "an hour ago"."""
    ago: Phrases = ()
    """The word before or behind a distance that makes it one in the past."""
    ago_attached: Phrases = ()
    """The same where it is written without a blank."""
    today: Phrases = ()
    """Today, as the first word of a date; no regular expressions."""
    yesterday: Phrases = ()
    """Yesterday, likewise."""
    updated: Phrases = ()
    """Stems of words in a dated line that say that its date is the one of a change."""
    published: Phrases = ()
    """The same for the date of publication, and "Date" alone before it."""
    other_days: Phrases = ()
    """The same for a date that is neither: reviewed, retrieved, expires."""
