"""Dates as the five sources write them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MONTHS_DE = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
    *("August", "September", "Oktober", "November", "Dezember"),
)
# The Associated Press stylebook spells out the months of five letters or fewer.
_MONTHS_AP = (
    *("Jan.", "Feb.", "March", "April", "May", "June", "July"),
    *("Aug.", "Sept.", "Oct.", "Nov.", "Dec."),
)


def fill_dates(text: str, at: datetime, timezone: str, language: str) -> str:
    """The text with {day}, {yesterday}, {tomorrow}, {date} and {year} filled as of `at` in that zone."""
    if "{" not in text:
        return text
    here = at.astimezone(ZoneInfo(timezone))
    days = _DAYS[language]
    date = german_date(here) if language == "de" else f"{_MONTHS_AP[here.month - 1]} {here.day}, {here.year}"
    values = {
        "{day}": days[here.weekday()],
        "{yesterday}": days[(here - timedelta(days=1)).weekday()],
        "{tomorrow}": days[(here + timedelta(days=1)).weekday()],
        "{date}": date,
        "{year}": str(here.year),
    }
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def german_date(here: datetime) -> str:
    """17. Januar 2013."""
    return f"{here.day}. {_MONTHS_DE[here.month - 1]} {here.year}"


def german_clock(at: datetime, timezone: str) -> str:
    """17.01.2013, 09:35 Uhr."""
    return at.astimezone(ZoneInfo(timezone)).strftime("%d.%m.%Y, %H:%M Uhr")


def broadcast_clock(at: datetime, timezone: str) -> str:
    """January 17, 2013 9:35 AM: local time that names no zone."""
    here = at.astimezone(ZoneInfo(timezone))
    half = "AM" if here.hour < 12 else "PM"
    return f"{_MONTHS[here.month - 1]} {here.day}, {here.year} {here.hour % 12 or 12}:{here.minute:02} {half}"


def wire_clock(at: datetime, timezone: str) -> str:
    """17 Jan 2013 14:35 GMT."""
    here = at.astimezone(ZoneInfo(timezone))
    zone = "GMT" if here.utcoffset() == timedelta(0) else here.strftime("%Z")
    return f"{here.day} {_MONTHS[here.month - 1][:3]} {here.year} {here:%H:%M} {zone}"


def short_date(at: datetime, timezone: str) -> str:
    """Jan. 17, as agencies write it in a dateline."""
    here = at.astimezone(ZoneInfo(timezone))
    return f"{_MONTHS_AP[here.month - 1]} {here.day}"


def iso_clock(at: datetime, timezone: str) -> str:
    """2013-01-17T09:35:00-05:00 (ISO 8601)."""
    return at.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds")
