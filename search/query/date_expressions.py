"""Date expressions of the query language: "2013-01-17", "17 Jan 2013", "yesterday", "last week", "7d".

Dates are read in ISO 8601 and in the languages that have words for it (`[query_dates]` in `text/languages/`); a span is
[first day, day after the last). What can't be read is None: the caller decides whether that is a mistake (a parameter)
or just a word (a query).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from text.languages import Language, alternatives, languages, months, phrases
from text.languages.format import QueryDateWords

Span = tuple[date, date]

_NUMERIC = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:t[0-9:.]*z?)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dt\d\d:\d\d.*")


_MONTH_YEAR = re.compile(r"([^\W\d_]+)\.?(?: (\d{4}))?")
_DAYS = {"days": 1, "weeks": 7, "months": 30, "years": 365}
_NAMED_SPANS: tuple[tuple[Callable[[QueryDateWords], tuple[str, ...]], Callable[[date], Span]], ...] = (
    (lambda said: said.today, lambda today: _day(today)),
    (lambda said: said.yesterday, lambda today: _day(today - timedelta(days=1))),
    (lambda said: said.tomorrow, lambda today: _day(today + timedelta(days=1))),
    (lambda said: said.this_week, lambda today: _week(today)),
    (lambda said: said.last_week, lambda today: _week(today - timedelta(days=7))),
    (lambda said: said.this_month, lambda today: _month(today.year, today.month)),
    (lambda said: said.last_month, lambda today: _month_before(today)),
    (lambda said: said.this_year, lambda today: _year(today.year)),
    (lambda said: said.last_year, lambda today: _year(today.year - 1)),
)


@dataclass(frozen=True, slots=True)
class _DateVocabulary:
    """The words for dates of all languages that have any, and the patterns made of them."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    before_weekday: tuple[str, ...]
    day_month: re.Pattern[str]
    month_day: re.Pattern[str]
    numbers: Mapping[str, int]
    ago: re.Pattern[str]
    named: Mapping[str, Callable[[date], Span]]


@cache
def _date_vocabulary() -> _DateVocabulary:
    """Made when a date is read for the first time: most searches name none, and the languages take a while to load."""
    spoken = tuple(language for language in languages() if language.query_dates is not None)
    numbers = _numbers(spoken)
    ordinals = alternatives(lambda language: language.dates.ordinals, spoken)
    before_month = alternatives(lambda language: language.dates.before_month, spoken)
    return _DateVocabulary(
        months=months(spoken),
        weekdays={
            form: number
            for language in spoken
            for number, names in enumerate(language.dates.weekdays)
            for form in (names[0], names[0][:3])
        },
        before_weekday=_said(spoken, lambda said: said.before_weekday),
        day_month=re.compile(rf"(\d{{1,2}})(?:{ordinals})? (?:(?:{before_month}) )?([^\W\d_]+)\.?,?(?: (\d{{4}}))?"),
        month_day=re.compile(rf"([^\W\d_]+)\.? (\d{{1,2}})(?:{ordinals})?,?(?: (\d{{4}}))?"),
        numbers=numbers,
        ago=_ago(spoken, numbers),
        named={phrase: span for select, span in _NAMED_SPANS for phrase in _said(spoken, select)},
    )


def _numbers(spoken: Sequence[Language]) -> dict[str, int]:
    return {name: n for language in spoken if language.query_dates for name, n in language.query_dates.numbers.items()}


def _said(spoken: Sequence[Language], select: Callable[[QueryDateWords], tuple[str, ...]]) -> tuple[str, ...]:
    """The phrases of one key of `[query_dates]`."""
    return phrases(lambda language: select(language.query_dates) if language.query_dates else (), spoken)


def _ago(spoken: Sequence[Language], numbers: Mapping[str, int]) -> re.Pattern[str]:
    """A number of hours to years, in figures or words, that may be said to be ago."""

    def any_of(select: Callable[[QueryDateWords], tuple[str, ...]]) -> str:
        return "|".join(_said(spoken, select)) or r"(?!)"

    return re.compile(
        rf"(\d{{1,5}}|(?:{'|'.join(numbers)})(?= )) ?(?:(?P<hours>{any_of(lambda said: said.hours)})|"
        rf"(?P<days>{any_of(lambda said: said.days)})|(?P<weeks>{any_of(lambda said: said.weeks)})|"
        rf"(?P<months>{any_of(lambda said: said.months)})|(?P<years>{any_of(lambda said: said.years)}))"
        rf"(?: (?:{any_of(lambda said: said.ago)}))?"
    )


def read_span(text: str, today: date) -> Span | None:
    """The days that `text` names, or None: "2013", "17 Jan 2013", "yesterday", "last month", "3 days ago"."""
    words = " ".join(text.casefold().replace("_", " ").split())
    spaced = words.replace("-", " ")  # last-monday, jan-17, 2-weeks-ago
    try:
        return _absolute(words, today) or _relative(spaced, today) or _absolute(spaced, today)
    except (ValueError, OverflowError):
        return None


def read_age(text: str) -> int | None:
    """The whole days of an age such as "7d", "2w", "24h" or "1 year" (a part of a day counts as one), or None."""
    match = _date_vocabulary().ago.fullmatch(" ".join(text.casefold().split()))
    if match is None:
        return None
    number = int(match[1]) if match[1].isdigit() else _date_vocabulary().numbers[match[1]]
    unit = match.lastgroup or "days"
    return -(-number // 24) if unit == "hours" else number * _DAYS[unit]


def _day(day: date) -> Span:
    return day, day + timedelta(days=1)


def _month(year: int, month: int) -> Span:
    first = date(year, month, 1)
    return first, date(year + month // 12, month % 12 + 1, 1)


def _month_before(today: date) -> Span:
    last = today.replace(day=1) - timedelta(days=1)
    return _month(last.year, last.month)


def _week(today: date) -> Span:
    """From Monday to Sunday."""
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=7)


def _year(year: int) -> Span:
    return date(year, 1, 1), date(year + 1, 1, 1)


def _relative(words: str, today: date) -> Span | None:
    said = _date_vocabulary()
    if words in said.named:
        return said.named[words](today)
    weekday = words
    for before in said.before_weekday:
        weekday = weekday.removeprefix(f"{before} ")
    if weekday in said.weekdays:
        back = (today.weekday() - said.weekdays[weekday]) % 7 or 7
        return _day(today - timedelta(days=back))
    age = read_age(words)
    return None if age is None else _day(today - timedelta(days=age))


def _absolute(words: str, today: date) -> Span | None:
    if match := _COMPACT.fullmatch(words):
        return _day(date(int(match[1]), int(match[2]), int(match[3])))
    if _INSTANT.fullmatch(words):
        instant = datetime.fromisoformat(words.upper())
        return _day((instant.astimezone(UTC) if instant.tzinfo else instant).date())
    if match := _DAY_FIRST.fullmatch(words):
        return _day(_day_first(int(match[1]), int(match[3]), int(match[4]), points=match[2] == "."))
    if match := _NUMERIC.fullmatch(words):
        year, month, day = (int(part) if part else None for part in match.groups())
        if year is None or month is None:
            return date(int(match[1]), 1, 1), date(int(match[1]) + 1, 1, 1)
        return _month(year, month) if day is None else _day(date(year, month, day))
    return _with_month_name(words, today)


def _with_month_name(words: str, today: date) -> Span | None:
    said = _date_vocabulary()
    if (match := said.day_month.fullmatch(words)) and (number := said.months.get(match[2])):
        return _day(_past(int(match[1]), number, match[3], today))
    if (match := said.month_day.fullmatch(words)) and (number := said.months.get(match[1])):
        return _day(_past(int(match[2]), number, match[3], today))
    if (match := _MONTH_YEAR.fullmatch(words)) and (number := said.months.get(match[1])):
        return _month(int(match[2]) if match[2] else _past(1, number, None, today).year, number)
    return None


def _day_first(one: int, other: int, year: int, *, points: bool) -> date:
    """17.1.2013, and 17/1/2013 or 1/17/2013 where only one way to read it gives a date; raises ValueError otherwise."""
    if points or one > 12 or one == other:
        return date(year, other, one)
    if other > 12:
        return date(year, one, other)
    raise ValueError("the day or the month may come first")


def _past(day: int, month: int, year: str | None, today: date) -> date:
    """A day without a year is the latest one that is not in the future."""
    if year is not None:
        return date(int(year), month, day)
    for candidate in range(today.year, today.year - 5, -1):  # 29 February comes back after four years
        if month == 2 and day == 29 and (candidate % 4 or (candidate % 100 == 0 and candidate % 400)):
            continue
        found = date(candidate, month, day)
        if found <= today:
            return found
    raise ValueError("no such day")
