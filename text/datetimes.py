"""Datetimes as machines and people write them.

ISO 8601 and RFC 2822, Unix seconds, day-month-year in words of many languages, numbers in either order, East Asian
dates, and distances from now ("5 minutes ago"). Names of months and zones come from `text/languages/`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache

from text.languages import Language, alternatives, languages, months, phrases, words

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s_]+(\d{1,2})[:.]?(\d{2})(?:[:.]?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}\b)?)?",
    re.I,
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$")
_SLASHED_ISO = re.compile(r"\b((?:19|20)\d\d)[/.](\d{1,2})[/.](\d{1,2})\b")
_NUMBERS = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d\d|\d\d)\b")
_TWELVE = re.compile(r"(?<!\d)(\d{1,2})\s*(a\.?m\b\.?|p\.?m\b\.?)", re.I)
Parsed = tuple[datetime, bool]


@dataclass(frozen=True)
class DatePatterns:
    """What dates in words are read with, made of the data of some languages.

    `units` are the seconds of a unit with its names, shortest unit first; `days_back` maps "yesterday" to 1.
    """

    months: Mapping[str, int]
    zones: Mapping[str, float]
    days_back: Mapping[str, int]
    named: re.Pattern[str]
    marked: re.Pattern[str]
    clock: re.Pattern[str]
    ago: re.Pattern[str]
    units: tuple[tuple[int, re.Pattern[str]], ...]

    @classmethod
    def of(cls, among: Iterable[Language]) -> "DatePatterns":
        """The patterns of some languages."""
        chosen = tuple(among)
        zones = {
            name: hours
            for language in chosen
            for table in (language.zones.everywhere, language.zones.pages)
            for name, hours in table.items()
        }
        today = phrases(lambda language: language.dates.today, chosen)
        yesterday = phrases(lambda language: language.dates.yesterday, chosen)
        return cls(
            months=months(chosen),
            zones=zones,
            days_back={**dict.fromkeys(today, 0), **dict.fromkeys(yesterday, 1)},
            named=_named(chosen),
            marked=_marked(chosen),
            clock=_clock(chosen, zones),
            ago=re.compile(
                rf"\b(?:{alternatives(lambda language: language.dates.ago, chosen)})\b"
                rf"|{alternatives(lambda language: language.dates.ago_attached, chosen)}"
            ),
            units=_units(chosen),
        )


@cache
def _bundled() -> DatePatterns:
    return DatePatterns.of(languages())


def parse_datetime(
    value: str, zone: tzinfo, now: datetime, *, month_first: bool = False, patterns: DatePatterns | None = None
) -> Parsed | None:
    """An aware UTC instant and whether it has a time of day; None where the text holds no date.

    `zone` is taken where none is said, `now` is what distances count from, `month_first` how "3/4/2024" is read;
    `patterns` are those of the bundled languages where None.
    """
    text = " ".join(value.split())[:160]
    patterns = patterns or _bundled()
    if not text or (not re.search(r"\d", text) and text.lower() not in patterns.days_back):
        return None
    try:
        found = (
            _machine(text, zone)
            or _distance(text.lower(), zone, now, patterns)
            or _words(text, zone, month_first, patterns)
        )
        return (found[0].astimezone(UTC), found[1]) if found else None
    except (ValueError, OverflowError):
        return None


def _machine(text: str, zone: tzinfo) -> Parsed | None:
    if re.fullmatch(r"1?\d{9}(?:\d{3})?", text):
        return datetime.fromtimestamp(int(text[:10]), UTC), True
    match = _ISO.search(text) or _COMPACT.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    found = datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(int(second or 0), 59), tzinfo=zone
    )
    if offset:
        found = found.replace(tzinfo=_offset(offset))
    elif hour and (after := re.search(r"([+-]\d{2}:?\d{2})\s*$", text[match.end() :])):
        found = found.replace(tzinfo=_offset(after[1]))
    return found, hour is not None


def _offset(text: str) -> tzinfo:
    digits = text.replace(":", "")
    if digits[0] not in "+-":
        return UTC
    minutes = int(digits[1:3]) * 60 + int(digits[3:5] or 0)
    return timezone(timedelta(minutes=minutes if digits[0] == "+" else -minutes))


def _distance(text: str, zone: tzinfo, now: datetime, patterns: DatePatterns) -> Parsed | None:
    if patterns.ago.search(text):
        for seconds, unit in patterns.units:
            match = unit.search(text)
            if match:
                return now - timedelta(seconds=int(match[1]) * seconds), seconds < 86400
    for word, days in patterns.days_back.items():
        if text.startswith(word):
            day = (now.astimezone(zone) - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
            return _with_clock(day, text, patterns)
    return None


def _words(text: str, zone: tzinfo, month_first: bool, patterns: DatePatterns) -> Parsed | None:
    lowered = text.lower()
    match = patterns.marked.search(text) or _SLASHED_ISO.search(text)
    if match:
        parts: tuple[int, int, int] | None = (int(match[1]), int(match[2]), int(match[3]))
    else:
        match = patterns.named.search(lowered)
        parts = _from_names(match, patterns.months) if match else None
    if parts is None:
        match = _NUMBERS.search(text)
        parts = _from_numbers(match, month_first) if match else None
    if parts is None or match is None:
        return None
    rest = lowered[: match.start()] + " | " + lowered[match.end() :]
    return _with_clock(datetime(*parts, tzinfo=zone), rest, patterns)


def _with_clock(day: datetime, text: str, patterns: DatePatterns) -> Parsed:
    match = patterns.clock.search(text)
    if match:
        hour, minute = int(match[1]), int(match[2] or 0)
        half, name, offset = (match[3] or "").replace(".", ""), match[4], match[5]
    else:
        match = _TWELVE.search(text)
        if not match:
            return day, False
        hour, minute, half, name, offset = int(match[1]), 0, match[2].replace(".", ""), None, None
    hour = hour % 12 + 12 if half == "pm" else hour % 12 if half == "am" else hour
    if hour > 23 or minute > 59:
        return day, False
    if offset:
        day = day.replace(tzinfo=_offset(offset))
    elif name:
        day = day.replace(tzinfo=timezone(timedelta(hours=patterns.zones[name.upper()])))
    return day.replace(hour=hour, minute=minute), True


def _named(chosen: tuple[Language, ...]) -> re.Pattern[str]:
    """The form "17 January 2013", "17. Januar 2013", "January 17, 2013", in lower case."""
    names = words(months(chosen))
    ordinals = alternatives(lambda language: language.dates.ordinals, chosen)
    before_month = alternatives(lambda language: language.dates.before_month, chosen)
    before_year = alternatives(lambda language: language.dates.before_year, chosen)
    return re.compile(
        rf"(?<!\d)(?P<d1>\d{{1,2}})(?:\.|{ordinals})?\s*(?:(?:{before_month})\s+|-)?(?P<m1>{names})\b\.?,?\s*"
        rf"(?:(?:{before_year})\s+|-)?(?P<y1>(?:19|20)\d\d)"
        rf"|\b(?P<m2>{names})\b\.?\s+(?P<d2>\d{{1,2}})(?:{ordinals})?,?\s+(?P<y2>(?:19|20)\d\d)"
    )


def _marked(chosen: tuple[Language, ...]) -> re.Pattern[str]:
    """The form "2013年1月17日"."""
    years = alternatives(lambda language: language.dates.year_marks, chosen)
    of_months = alternatives(lambda language: language.dates.month_marks, chosen)
    days = alternatives(lambda language: language.dates.day_marks, chosen)
    return re.compile(rf"((?:19|20)\d\d)\s*(?:{years})\s*(\d{{1,2}})\s*(?:{of_months})\s*(\d{{1,2}})\s*(?:{days})")


def _clock(chosen: tuple[Language, ...], zones: Mapping[str, float]) -> re.Pattern[str]:
    """The form "14:05 CET", "2.05 p.m. (EST)", "14h05", "14時05分"."""
    o_clock = alternatives(lambda language: language.dates.o_clock, chosen)
    minute_marks = alternatives(lambda language: language.dates.minute_marks, chosen)
    return re.compile(
        rf"(?<![\d.])(\d{{1,2}})\s*(?::|{alternatives(lambda language: language.dates.hour_marks, chosen)}|"
        rf"(?<=\d)\.(?=\d\d\s*(?:{o_clock}|h\b|a\.?m|p\.?m)))\s*(\d{{2}})?(?::\d{{2}})?\s*"
        rf"(?:{minute_marks})?\s*(a\.?m\.?|p\.?m\.?|{o_clock})?\s*"
        rf"(?:\(?\s*({'|'.join(map(re.escape, zones)) or '(?!)'})\b\)?)?\s*([+-]\d{{2}}:?\d{{2}})?",
        re.I,
    )


def _units(chosen: tuple[Language, ...]) -> tuple[tuple[int, re.Pattern[str]], ...]:
    found = (
        (1, alternatives(lambda language: language.dates.seconds, chosen)),
        (60, alternatives(lambda language: language.dates.minutes, chosen)),
        (3600, alternatives(lambda language: language.dates.hours, chosen)),
        (86400, alternatives(lambda language: language.dates.days, chosen)),
        (604800, alternatives(lambda language: language.dates.weeks, chosen)),
    )
    return tuple((seconds, re.compile(rf"(\d{{1,3}})\s*(?:{names})")) for seconds, names in found)


def _from_names(match: re.Match[str], numbers: Mapping[str, int]) -> tuple[int, int, int]:
    if match["d1"]:
        return int(match["y1"]), numbers[match["m1"]], int(match["d1"])
    return int(match["y2"]), numbers[match["m2"]], int(match["d2"])


def _from_numbers(match: re.Match[str], month_first: bool) -> tuple[int, int, int]:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    year += 2000 if year < 100 else 0
    if first > 12 or (second <= 12 and not month_first):
        return year, second, first
    return year, first, second
