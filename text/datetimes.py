"""Which instant does a date mean, as machines or people write it?

ISO 8601 and RFC 2822, Unix seconds, day-month-year in words of many languages, numbers in either order, East Asian
dates, and distances from now ("5 minutes ago"). Names of zones are the few that newsrooms print.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache

from text.tables import lines

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s_]+(\d{1,2})[:.]?(\d{2})(?:[:.]?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}\b)?)?",
    re.I,
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$")
_SLASHED_ISO = re.compile(r"\b((?:19|20)\d\d)[/.](\d{1,2})[/.](\d{1,2})\b")
_NUMBERS = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d\d|\d\d)\b")
_EAST_ASIAN = re.compile(r"((?:19|20)\d\d)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_CLOCK = re.compile(
    r"(?<![\d.])(\d{1,2})\s*(?:[:h時시点]|(?<=\d)\.(?=\d\d\s*(?:uhr|h\b|a\.?m|p\.?m)))\s*(\d{2})?(?::\d{2})?\s*分?\s*(a\.?m\.?|p\.?m\.?|uhr)?\s*"
    r"(?:\(?\s*(utc|gmt|z|est|edt|et|cst|cdt|ct|mst|mdt|pst|pdt|pt|bst|cet|cest|mez|mesz|ist|jst|kst|hkt|sgt|msk|aest|aedt|"
    r"wib|eat|sast|cat|wat)\b\)?)?\s*([+-]\d{2}:?\d{2})?",
    re.I,
)
_TWELVE = re.compile(r"(?<!\d)(\d{1,2})\s*(a\.?m\b\.?|p\.?m\b\.?)", re.I)
_ZONES = {
    **dict.fromkeys(("utc", "gmt", "z"), 0.0),
    **dict.fromkeys(("bst", "cet", "mez", "wat"), 1.0),
    **dict.fromkeys(("cest", "mesz", "sast", "cat"), 2.0),
    **dict.fromkeys(("msk", "eat"), 3.0),
    "ist": 5.5,
    "wib": 7.0,
    **dict.fromkeys(("hkt", "sgt"), 8.0),
    **dict.fromkeys(("jst", "kst"), 9.0),
    "aest": 10.0,
    "aedt": 11.0,
    **dict.fromkeys(("edt", "et"), -4.0),
    **dict.fromkeys(("est", "cdt", "ct"), -5.0),
    **dict.fromkeys(("cst", "mdt"), -6.0),
    **dict.fromkeys(("mst", "pdt", "pt"), -7.0),
    "pst": -8.0,
}
_UNITS = (
    (r"sec(?:ond)?s?|sekunden?|secondes?|segundos?|secondi|секунд\w*|秒|초", 1),
    (r"min(?:ute)?s?|minuten?|minutos?|minut[oi]|minuter|minutter|minut\w*|минут\w*|хвилин\w*|分(?:钟)?|분", 60),
    (
        r"h(?:ou)?rs?|stunden?|std|heures?|horas?|or[ea]|uur|timm(?:e|ar)|timer?|godzin\w*|час\w*|годин\w*|saat|小时|時間|시간",
        3600,
    ),
    (r"days?|tag(?:en)?|jours?|d[ií]as?|giorn[oi]|dagen|dagar|dage?r?|dni|дн\w*|день|gün|hari|天|日|일", 86400),
    (r"weeks?|wochen?|semaines?|semanas?|settiman[ae]|weken|veckor|uker|недел\w*|hafta|週間|周|주", 604800),
)
_AGO = re.compile(r"\b(?:ago|vor|il y a|hace|fa|há|geleden|sedan|siden|temu|назад|тому|önce|lalu)\b|前|전\b")
_DAYS_BACK = {
    **dict.fromkeys(
        ("today", "heute", "aujourd'hui", "hoy", "oggi", "hoje", "vandaag", "i dag", "idag", "сегодня", "今日", "오늘"),
        0,
    ),
    **dict.fromkeys(
        ("yesterday", "gestern", "hier", "ayer", "ieri", "ontem", "gisteren", "i går", "igår", "вчера", "昨日", "어제"),
        1,
    ),
}
Parsed = tuple[datetime, bool]


def parse_moment(value: str, zone: tzinfo, now: datetime, *, month_first: bool = False) -> Parsed | None:
    """An aware UTC instant and whether it has a time of day; None where the text holds no date.

    `zone` is taken where none is said, `now` is what distances count from, `month_first` how "3/4/2024" is read.
    """
    text = " ".join(value.split())[:160]
    if not text or (not re.search(r"\d", text) and text.lower() not in _DAYS_BACK):
        return None
    try:
        found = _machine(text, zone) or _distance(text.lower(), zone, now) or _words(text, zone, month_first)
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


def _distance(text: str, zone: tzinfo, now: datetime) -> Parsed | None:
    if _AGO.search(text):
        for unit, seconds in _UNITS:
            match = re.search(rf"(\d{{1,3}})\s*(?:{unit})", text)
            if match:
                return now - timedelta(seconds=int(match[1]) * seconds), seconds < 86400
    for word, days in _DAYS_BACK.items():
        if text.startswith(word):
            day = (now.astimezone(zone) - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
            return _with_clock(day, text)
    return None


def _words(text: str, zone: tzinfo, month_first: bool) -> Parsed | None:
    lowered = text.lower()
    match = _EAST_ASIAN.search(text) or _SLASHED_ISO.search(text)
    if match:
        parts: tuple[int, int, int] | None = (int(match[1]), int(match[2]), int(match[3]))
    else:
        match = _named().search(lowered)
        parts = _from_names(match) if match else None
    if parts is None:
        match = _NUMBERS.search(text)
        parts = _from_numbers(match, month_first) if match else None
    if parts is None or match is None:
        return None
    rest = lowered[: match.start()] + " | " + lowered[match.end() :]
    return _with_clock(datetime(*parts, tzinfo=zone), rest)


def _with_clock(day: datetime, text: str) -> Parsed:
    match = _CLOCK.search(text)
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
        day = day.replace(tzinfo=timezone(timedelta(hours=_ZONES[name.lower()])))
    return day.replace(hour=hour, minute=minute), True


@cache
def _months() -> dict[str, int]:
    table: dict[str, int] = {}
    for line in lines("months.txt"):
        number, _, names = line.partition(" = ")
        for name in names.split():
            table.setdefault(name, int(number))
    return table


@cache
def _named() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    return re.compile(
        rf"(?<!\d)(?P<d1>\d{{1,2}})(?:\.|st|nd|rd|th|er|º|°)?\s*(?:de\s+|of\s+|-)?(?P<m1>{names})\b\.?,?\s*(?:de[l]?\s+|-)?(?P<y1>(?:19|20)\d\d)"
        rf"|\b(?P<m2>{names})\b\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d)"
    )


def _from_names(match: re.Match[str]) -> tuple[int, int, int]:
    if match["d1"]:
        return int(match["y1"]), _months()[match["m1"]], int(match["d1"])
    return int(match["y2"]), _months()[match["m2"]], int(match["d2"])


def _from_numbers(match: re.Match[str], month_first: bool) -> tuple[int, int, int]:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    year += 2000 if year < 100 else 0
    if first > 12 or (second <= 12 and not month_first):
        return year, second, first
    return year, first, second
