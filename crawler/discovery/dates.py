"""Dates of feeds and sitemaps as instants.

RFC 822 dates of RSS and ISO 8601 dates of Atom and sitemaps, and what publishers write instead of them. A date
without a zone takes the source's time zone. What can't be right (the year 1970, next month) is unknown.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache

from dateutil import parser as dateutil_parser

from text.languages import languages

# Zone names that RFC 822 leaves out, in hours; names that mean several zones (IST, CST in Asia) are not here.
_ZONES = {
    name: hours
    for language in languages()
    for table in (language.zones.everywhere, language.zones.feeds)
    for name, hours in table.items()
}
_FIRST_YEAR = 1980
_CLOCK_ERROR = timedelta(days=1)
_ZONE_NAME = re.compile(r"\b([A-Z]{3,4})$")
_LONGEST_DATE = 80
# What a text leaves out is taken from here, so that "Monday" becomes a year that is refused, not today.
_NO_DATE = datetime.fromisoformat("0001-01-01")


def read_date(text: str | None, *, zone: tzinfo | None, fetched_at: datetime) -> datetime | None:
    """The instant in UTC that `text` names, None where it names none.

    `zone` is for dates without one (else UTC). An instant less than a day after `fetched_at` is a wrong clock or
    zone and becomes `fetched_at`; a later one is unknown.
    """
    if not text or len(text) > _LONGEST_DATE:
        return None
    found = _parse(" ".join(text.split()))
    if found is None:
        return None
    found = (found if found.tzinfo else found.replace(tzinfo=zone or UTC)).astimezone(UTC)
    if found.year < _FIRST_YEAR:
        return None
    if found <= fetched_at:
        return found
    return fetched_at if found - fetched_at <= _CLOCK_ERROR else None


def zone_of(text: str | None) -> tzinfo | None:
    """The zone that a date names; None where it names none, or only UTC, which many feeds write without meaning it."""
    found = _parse(" ".join(text.split())) if text and len(text) <= _LONGEST_DATE else None
    return found.tzinfo if found is not None and found.utcoffset() else None


@lru_cache(maxsize=4096)  # large sitemaps say the same few dates half a million times
def _parse(text: str) -> datetime | None:
    """The date, without zone where it names none; never of a year whose conversion to UTC could overflow."""
    for reader in (_iso_8601, _rfc_822, _in_words):
        try:
            found = reader(text)
        except (ValueError, OverflowError, TypeError):
            continue
        if found is not None and 1 < found.year < 9999:
            return found
    return None


def _iso_8601(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text[:4].isdigit() else None


def _rfc_822(text: str) -> datetime | None:
    found = parsedate_to_datetime(text)
    if text.endswith("-0000"):
        return found.replace(tzinfo=UTC)  # "UTC, the writer's zone is not known" (RFC 5322, section 3.3)
    named = _ZONE_NAME.search(text)
    return found.replace(tzinfo=_named_zone(named[1], None)) if named and found.tzinfo is None else found


def _in_words(text: str) -> datetime | None:
    """ "17 January 2013 14:05 CET", "January 17, 2013"; not "03/04/2013", which may be March or April."""
    if not re.search(r"[A-Za-z]{3}", text):
        return None
    found = dateutil_parser.parse(text, tzinfos=_named_zone, default=_NO_DATE)
    return found if isinstance(found, datetime) else None


def _named_zone(name: str | None, offset: int | None) -> tzinfo | None:
    if offset is None and name in _ZONES:
        offset = int(_ZONES[name] * 3600)
    return None if offset is None else timezone(timedelta(seconds=offset))
