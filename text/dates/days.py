"""Days in a text, as a grammar over the classes of its tokens (tokens.py).

ISO 8601 with weeks and days of the year, dates in numbers and in words in every order that the languages have, the
marked dates of East Asia and Vietnam, the eras of Japan and Taiwan, and the Buddhist years of Thailand. Years of other
calendars are no dates: 1402 and 1445 are not taken for Gregorian years.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from text.dates.customs import DAY_FIRST, Custom
from text.dates.tokens import DateTokens

FIRST_YEAR, LAST_YEAR = 1600, 2199
"""The years of the Gregorian calendar that dates are read in."""
_BUDDHIST = 543
_THAI = re.compile("[\u0e00-\u0e7f]")
_YEAR = r"(?P<y>Y|n(?! ?[:ha]|\.n|\d))"
_J = "[ .,/'j-]{0,6}"
_CLOCK = r"n:n(?::n(?:[.,][ntYN])?)?(?: ?a)?(?: (?:[zi]|~)?(?: ?[+-](?:Y|n:n|n))?)?(?: ?\([^)]*\))?"
_CLASSES = {
    "week": "W",
    "year first": "Y",
    "day of the year": "t",
    "compact": "N",
    "marked": "m",
    "words": "M",
    "numbers": "n",
}
"""A class of tokens that each form holds, as a fast first question."""
_GRAMMAR = tuple(
    (name, _CLASSES[name], re.compile(pattern))
    for name, pattern in (
        ("week", r"^(?P<y>Y)-?W(?:(?P<n>n)-(?P<w>n)|(?P<t>t))(?![ntYN])"),
        ("year first", r"(?<![ntYN])(?<!n:)(?P<y>Y)(?P<s>[-/.]) ?(?P<m>n)(?P=s) ?(?P<d>n)(?![ntYN])"),
        ("day of the year", r"^(?P<y>Y)-(?P<t>t)(?![ntYN/.-])"),
        ("compact", r"^(?P<c>N)(?![:./,-])"),
        ("marked", r"(?:(?P<e>e) ?)?(?P<y>Y|(?<=[e ])t|n) ?y ?(?P<m>n) ?m ?(?P<d>n) ?d"),
        ("marked", r"(?P<d>n)[ ,./-]{0,3}m ?(?P<m>n)[ ,./-]{0,3}y? ?(?P<y>Y)"),
        ("words", rf"(?P<d>n)(?: ?\.?-?[oj])?\.?{_J}(?P<m>M)(?: ?[/(] ?M\)?)?{_J}o?{_J}{_YEAR}"),
        ("words", rf"(?P<y>Y){_J}o?{_J}(?P<m>M){_J}(?P<d>n)"),
        ("words", rf"(?P<m>M){_J}(?P<d>n)(?: ?\.?-?[oj])?[ .,/'j-]{{1,6}}(?P<y>Y)"),
        ("words", rf"(?P<m>M){_J}(?P<d>n)(?:o)?[ .,j-]{{0,4}}'(?P<y>n)"),
        ("words", rf"(?P<y>Y){_J}o?{_J}(?P<d>n)(?:\.?-?[oj])?{_J}(?P<m>M)"),
        ("words", rf"(?P<m>M)[ .]{{0,2}}(?P<d>n)[ ,]{{1,2}}(?P<clock>{_CLOCK}),? (?P<y>Y)"),
        ("words", rf"(?P<d>n)[ .]{{0,2}}(?P<m>M)[ .,]{{1,2}}(?P<clock>{_CLOCK}),? (?P<y>Y)"),
        ("numbers", r"(?<![ntYN./-])(?<!n:)(?P<d>n)(?P<s>[-/.])(?P<m>n)(?P=s)(?P<y>Y|n)(?![ntYN:])"),
        ("numbers", r"(?<![ntYN./-])(?<!n:)(?P<d>n) ?(?P<s>[/.]) ?(?P<m>n) ?(?P=s) ?(?P<y>Y)(?![ntYN:])"),
    )
)
Decide = Callable[[tuple[date | None, date | None]], Custom]
"""Decides the order of two numbers that may each be the month, of the days in both orders."""


class DayRules(NamedTuple):
    """How numbers are read: by the custom of the text, and whether two digits before two others are a year.

    `is_buddhist` says that years of the Buddhist era are written.
    """

    decide: Decide
    is_year_first: bool = False
    is_buddhist: bool = False


class FoundDay(NamedTuple):
    """A day in a text: where its tokens stand, and how it was read.

    `spans` are the positions of its tokens (more than one span where a clock stands inside); `clock` are digits of a
    time of day that are written on to the day's. `order` is how the numbers were read where that was `taken` from
    custom, and `other` the day of the other order.
    """

    day: date
    spans: tuple[tuple[int, int], ...]
    clock: str = ""
    order: Custom | None = None
    other: date | None = None
    is_numeric: bool = False


def find_day(tokens: DateTokens, kinds: str, rules: DayRules) -> FoundDay | None:
    """The first day of a text; None where there is none.

    Raises ValueError where the numbers in the place of a date are none ("32/13/2023", "2023-02-30").
    """
    matches = ((match.start(), rank, name, match) for rank, name, match in _matches(kinds))
    for _, _, name, match in sorted(matches, key=lambda found: found[:2]):
        found = _READERS[name](tokens, match, rules)
        if found is not None:
            return found
    return None


def _matches(kinds: str) -> Iterator[tuple[int, str, re.Match[str]]]:
    for rank, (name, telling, pattern) in enumerate(_GRAMMAR):
        match = pattern.search(kinds) if telling in kinds else None
        if match:
            yield rank, name, match


def _number(tokens: DateTokens, match: re.Match[str], group: str) -> int:
    return tokens.number(match.start(group))


def _spans(match: re.Match[str]) -> tuple[tuple[int, int], ...]:
    if "clock" in match.groupdict():
        return ((match.start(), match.start("clock")), (match.start("y"), match.end()))
    return (match.span(),)


def _gregorian(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{year} is no Gregorian year of a date")
    return year


def _full_year(digits: str) -> int:
    """Two digits as RFC 5322 (section 4.3) takes them: 00 to 49 are of this century."""
    year = int(digits)
    if len(digits) != 2:
        return _gregorian(year)
    return year + (2000 if year < 50 else 1900)


def _week(tokens: DateTokens, match: re.Match[str], rules: DayRules) -> FoundDay:
    if match["t"]:
        week, weekday = divmod(_number(tokens, match, "t"), 10)
    else:
        week, weekday = _number(tokens, match, "n"), _number(tokens, match, "w")
    day = date.fromisocalendar(_gregorian(_number(tokens, match, "y")), week, weekday)
    return FoundDay(day, _spans(match), is_numeric=True)


def _year_first(tokens: DateTokens, match: re.Match[str], rules: DayRules) -> FoundDay:
    year, month, day = (_number(tokens, match, group) for group in "ymd")
    year -= _BUDDHIST if rules.is_buddhist and 2400 < year < 2700 else 0
    return FoundDay(date(_gregorian(year), month, day), _spans(match), is_numeric=True)


def _day_of_year(tokens: DateTokens, match: re.Match[str], rules: DayRules) -> FoundDay:
    year, number = _number(tokens, match, "y"), _number(tokens, match, "t")
    found = date(_gregorian(year), 1, 1) + timedelta(days=number - 1)
    if number < 1 or found.year != year:
        raise ValueError(f"{year} has no day {number}")
    return FoundDay(found, _spans(match), is_numeric=True)


def _compact(tokens: DateTokens, match: re.Match[str], rules: DayRules) -> FoundDay | None:
    digits = tokens[match.start("c")].text
    if len(digits) not in (8, 12, 14) or digits[:2] not in ("19", "20"):
        return None
    day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    return FoundDay(day, _spans(match), clock=digits[8:], is_numeric=True)


def _marked(tokens: DateTokens, match: re.Match[str], rules: DayRules) -> FoundDay | None:
    year, month, day = (_number(tokens, match, group) for group in "ymd")
    era = match.groupdict().get("e")
    if era:
        year += int(tokens[match.start("e")].value)
    elif tokens[match.start("y")].kind != "Y":
        return None
    return FoundDay(date(_gregorian(year), month, day), _spans(match))


def _words(tokens: DateTokens, match: re.Match[str], rules: DayRules) -> FoundDay:
    written = tokens[match.start("y")].text
    year = _thai_year(written) if _THAI.match(tokens[match.start("m")].text) else _full_year(written)
    return FoundDay(date(year, _number(tokens, match, "m"), _number(tokens, match, "d")), _spans(match))


def _thai_year(digits: str) -> int:
    """A year of the Buddhist era, 543 ahead, as Thai writes it, in full or by its last two digits."""
    year = int(digits) + (2500 if len(digits) == 2 else 0)
    return _gregorian(year - _BUDDHIST if year > 2400 else year)


def _numbers(tokens: DateTokens, match: re.Match[str], rules: DayRules) -> FoundDay | None:
    first, second = _number(tokens, match, "d"), _number(tokens, match, "m")
    written = tokens[match.start("y")].text
    if len(written) == 2 and rules.is_year_first:
        return FoundDay(date(2000 + first, second, int(written)), _spans(match), is_numeric=True)
    if len(written) < 2:
        return None
    year = int(written) - _BUDDHIST if rules.is_buddhist and 2400 < int(written) < 2700 else _full_year(written)
    readings = _day(year, second, first), _day(year, first, second)
    if readings == (None, None):
        raise ValueError(f"no date: {first}{match['s']}{second}{match['s']}{year}")
    if match["s"] == "." and readings[0] is not None:
        return FoundDay(readings[0], _spans(match), is_numeric=True)
    custom = rules.decide(readings)
    if custom.order is None:
        raise ValueError(f"{first}{match['s']}{second}{match['s']}{year} may be two days")
    chosen, other = readings if custom.order == DAY_FIRST else readings[::-1]
    if chosen is None:
        raise ValueError("no such day in the order of the document")
    return FoundDay(chosen, _spans(match), order=custom, other=other, is_numeric=True)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_READERS = {
    "week": _week,
    "year first": _year_first,
    "day of the year": _day_of_year,
    "compact": _compact,
    "marked": _marked,
    "words": _words,
    "numbers": _numbers,
}
