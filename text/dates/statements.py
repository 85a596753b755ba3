"""Statement of a date: the instant that is kept, what was stated of it, and what was taken instead.

The policy for dates that can't be right is here, for all endpoints and pages: a date before the first that is plausible
is unknown; one that is later than the fetch by less than a day is a wrong clock or zone, and the time of the fetch is
kept and said to be; a later one is unknown. A day without a time of day has begun somewhere up to 14 hours before it
begins in UTC, and is kept as it is from then on.
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from text.dates.reading import DateContext, WrittenDate, read_date

FIRST_OF_ENDPOINTS = datetime(1980, 1, 1, tzinfo=UTC)
"""What feeds and sitemaps date earlier is an empty date of their software (1970, 1979 at the latest)."""
FIRST_OF_PAGES = datetime(1970, 1, 2, tzinfo=UTC)
"""Pages of archives may be older than feeds; the first day of 1970 is an empty date."""
DAY_ONLY = "day only"
ZONE_TAKEN = "zone taken"
COUNTED = "counted from the fetch"
AHEAD = "ahead of the fetch"
_CLOCK_ERROR = timedelta(days=1)
_FARTHEST_EAST = timedelta(hours=14)


class DateStatement(NamedTuple):
    """A plausible date; `note` is what provenance says of it behind the rule, "" where all was stated.

    Notes are joined by "; ": "day only", "zone taken: Europe/Berlin (source)", "order taken: day first", "counted from
    the fetch", "ahead of the fetch", in this order.
    """

    at: datetime
    local: str | None
    has_time: bool
    note: str = ""
    day: date | None = None
    other_day: date | None = None
    has_zone: bool = True

    def rule(self, name: str) -> str:
        """The provenance of a value that the rule `name` found."""
        return f"{name}; {self.note}" if self.note else name


def has_time(note: str | None) -> bool:
    """Whether a date with this note has a time of day."""
    return DAY_ONLY not in (note or "")


def has_zone(note: str | None) -> bool:
    """Whether a time of day with this note was stated with its zone."""
    return ZONE_TAKEN not in (note or "")


def follows_fetch(note: str | None) -> bool:
    """Whether an instant with this note is another one at each fetch."""
    return bool(note) and (COUNTED in str(note) or AHEAD in str(note))


def state(text: str, context: DateContext, first: datetime) -> DateStatement | None:
    """The first date of a text as it is kept; None where it holds none, or none that can be right."""
    written = read_date(text, context)
    return None if written is None else plausible(written, context, first)


def plausible(written: WrittenDate, context: DateContext, first: datetime) -> DateStatement | None:
    """A written date by the policy; None where it is not plausible."""
    if written.at < first or written.at > context.now + _CLOCK_ERROR:
        return None
    notes = []
    if not written.has_time:
        notes.append(DAY_ONLY)
    elif not written.has_zone:
        notes.append(f"{ZONE_TAKEN}: {context.zone_told}")
    if written.order:
        notes.append(f"order taken: {written.order}")
    if written.is_relative:
        notes.append(COUNTED)
    at = written.at
    if at > context.now + (timedelta(0) if written.has_time else _FARTHEST_EAST):
        at = context.now
        notes.append(AHEAD)
    return DateStatement(
        at, written.local, written.has_time, "; ".join(notes), written.day, written.other_day, written.has_zone
    )
