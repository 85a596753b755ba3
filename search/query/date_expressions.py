"""Date expressions of the query language: "2013-01-17", "yesterday", "last week", "7d".

Dates are read in English and in ISO 8601; a span is [first day, day after the last). What can't be read is None:
the caller decides whether that is a mistake (a parameter) or just a word (a query).
"""

import re
from datetime import UTC, date, datetime, timedelta

Span = tuple[date, date]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMERIC = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:t[0-9:.]*z?)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dt\d\d:\d\d.*")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]+)\.?,?(?: (\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,?(?: (\d{4}))?")
_MONTH_YEAR = re.compile(r"([a-z]+)\.?(?: (\d{4}))?")
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_NUMBERS |= {"ten": 10, "eleven": 11, "twelve": 12}
_AGO = re.compile(
    rf"(\d{{1,5}}|(?:{'|'.join(_NUMBERS)})(?= )) ?(h|hours?|d|days?|w|weeks?|m|months?|y|years?)(?: ago)?"
)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


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
    match = _AGO.fullmatch(" ".join(text.casefold().split()))
    if match is None:
        return None
    number = int(match[1]) if match[1].isdigit() else _NUMBERS[match[1]]
    unit = match[2][0]
    return -(-number // 24) if unit == "h" else number * _DAYS[unit]


def _day(day: date) -> Span:
    return day, day + timedelta(days=1)


def _month(year: int, month: int) -> Span:
    first = date(year, month, 1)
    return first, date(year + month // 12, month % 12 + 1, 1)


def _relative(words: str, today: date) -> Span | None:
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    before_first = first - timedelta(days=1)
    named = {
        "today": _day(today),
        "now": _day(today),
        "yesterday": _day(today - timedelta(days=1)),
        "tomorrow": _day(today + timedelta(days=1)),
        "this week": (monday, monday + timedelta(days=7)),
        "last week": (monday - timedelta(days=7), monday),
        "this month": _month(today.year, today.month),
        "last month": _month(before_first.year, before_first.month),
        "this year": (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
        "last year": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    }
    if words in named:
        return named[words]
    weekday = words.removeprefix("last ").removeprefix("on ")
    named_day = [number for number, name in enumerate(_WEEKDAYS) if weekday in (name, name[:3])]
    if named_day:
        back = (today.weekday() - named_day[0]) % 7 or 7
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
    if (match := _DAY_MONTH.fullmatch(words)) and (number := _month_number(match[2])):
        return _day(_past(int(match[1]), number, match[3], today))
    if (match := _MONTH_DAY.fullmatch(words)) and (number := _month_number(match[1])):
        return _day(_past(int(match[2]), number, match[3], today))
    if (match := _MONTH_YEAR.fullmatch(words)) and (number := _month_number(match[1])):
        return _month(int(match[2]) if match[2] else _past(1, number, None, today).year, number)
    return None


def _day_first(one: int, other: int, year: int, *, points: bool) -> date:
    """17.1.2013, and 17/1/2013 or 1/17/2013 where only one way to read it gives a date; raises ValueError otherwise."""
    if points or one > 12 or one == other:
        return date(year, other, one)
    if other > 12:
        return date(year, one, other)
    raise ValueError("the day or the month may come first")


def _month_number(name: str) -> int | None:
    if name in _MONTH_NAMES:
        return _MONTH_NAMES.index(name) + 1
    short = "sep" if name == "sept" else name
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


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
