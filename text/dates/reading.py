"""Reading of a date: the instant that a text means, and how much of it the text states.

Nothing that is written is dropped in silence: numbers in the place of a day, a clock or a distance from UTC that are
none make the date unknown, and so does an order of numbers that nothing decides. A zone that is not known, or an
abbreviation that may mean several, counts as not stated, and the caller's zone is taken. A date without a time of day
keeps the day that is written: its instant is the midnight of that day in UTC, whatever zone is taken.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import NamedTuple

from text.dates import customs
from text.dates.clocks import FoundClock, find_clock, has_stray_half, written_clock
from text.dates.customs import Custom, Order
from text.dates.days import FIRST_YEAR, LAST_YEAR, DayRules, FoundDay, find_day
from text.dates.distances import day_named_in, distance_in
from text.dates.folding import even
from text.dates.stated_zones import zone_of_clock
from text.dates.tokens import LONGEST, DateTokens, tokens_of
from text.dates.vocabulary import DateLexicon, bundled
from text.dates.zones import Locale

_UNIX = re.compile(r"\d{9}|\d{10}(?:\d{3}|\d{6}|\.\d+)?")
_PLAIN_ISO = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?P<clock>[T ](?!24)\d\d:\d\d(?P<seconds>:\d\d(?:\.\d{1,6})?)?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?",
    re.ASCII,
)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DateContext:
    """What is known beside the text: when it was read, the zone taken where none is stated, and whose custom it is.

    `zone_told` is how the taken zone is told ("Europe/Berlin (source)").
    `language` is a code of ISO 639 or a whole tag ("en-GB"), `host` that of the page or feed, `source_zone` the IANA
    name of the source's zone where that is known; `order` what the other dates of the document show (order_of).
    """

    now: datetime
    zone: tzinfo = UTC
    zone_told: str = "UTC"
    language: str | None = None
    host: str | None = None
    source_zone: str = ""
    order: Order | None = None
    vocabulary: DateLexicon | None = None

    @cached_property
    def primary(self) -> str | None:
        """The language without its region."""
        return (self.language or "").replace("_", "-").partition("-")[0].lower() or None

    @cached_property
    def region(self) -> str | None:
        """The region of the language's tag, else of the host."""
        return customs.region_of(self.language, self.host)


class WrittenDate(NamedTuple):
    """A date as it was written.

    `at` is the instant in UTC, of a day without a time of day its midnight in UTC. `local` is what the text states, in
    ISO 8601 and as precisely ("2021-06-17T20:45:56-04:00", "2021-06-17T20:45", "2021-06-17"), None for a distance from
    now. `order` is the order of numbers that was taken by custom, `other_day` the day of the other order then.
    """

    at: datetime
    has_time: bool
    has_zone: bool
    local: str | None
    zone: tzinfo | None = None
    order: Order | None = None
    other_day: date | None = None
    is_relative: bool = False

    @property
    def day(self) -> date:
        """The day that is written."""
        return date.fromisoformat(self.local[:10]) if self.local else self.at.date()


def read_date(text: str, context: DateContext) -> WrittenDate | None:
    """The first date of a text; None where it holds none, or none that can be told for sure."""
    if len(text) > LONGEST * 2:
        return None
    try:
        plain = _PLAIN_ISO.fullmatch(text)
        if plain:
            return _plainly_read(plain, context)
    except (ValueError, OverflowError):
        pass  # the second 60, a year of another era
    try:
        return _read(even(text), context)
    except (ValueError, OverflowError):
        return None


def _read(text: str, context: DateContext) -> WrittenDate | None:
    if not text or len(text) > LONGEST:
        return None
    if _UNIX.fullmatch(text):
        return _unix(text)
    vocabulary = context.vocabulary or bundled()
    if not any(map(str.isdigit, text)):
        return _relative(text, context, vocabulary)
    tokens = tokens_of(text, vocabulary, context.primary)
    kinds = tokens.kinds
    day = find_day(tokens, kinds, _rules(context, vocabulary))
    if day is None:
        return _relative(text, context, vocabulary)
    return _dated(tokens, kinds, day, context, vocabulary)


def _rules(context: DateContext, vocabulary: DateLexicon) -> DayRules:
    language, region = context.primary, context.region

    def decide(readings: tuple[date | None, date | None]) -> Custom:
        zone = context.source_zone
        return customs.decide(readings, context.order, context.now.date(), (language, region, zone), context.host or "")

    return DayRules(decide, language in vocabulary.year_first, language == "th")


def _dated(tokens: DateTokens, kinds: str, day: FoundDay, context: DateContext, vocabulary: DateLexicon) -> WrittenDate:
    blanked = kinds
    for start, end in day.spans:
        blanked = blanked[:start] + "#" * (end - start) + blanked[end:]
    span = day.spans[0][0], day.spans[-1][1]
    if len(day.spans) > 1:  # the clock stands between day and year
        span = day.spans[0]
    if day.clock:
        after, has_seconds = written_clock(day.clock)
        clock: FoundClock | None = FoundClock(after, has_seconds, span[1], span[1], is_machine=True)
    else:
        dotted = context.primary in vocabulary.dot_clocks
        clock = find_clock(tokens, blanked, span, _next_day(tokens, blanked, context, vocabulary), dotted)
        if clock is not None and day.is_numeric and tokens[span[0]].kind == "Y":
            clock = clock._replace(is_machine=True)
    return _assembled(tokens, blanked, day, clock, context, span)


def _next_day(tokens: DateTokens, blanked: str, context: DateContext, vocabulary: DateLexicon) -> int:
    """Where the next day of the text begins: clocks behind it are its own."""
    try:
        found = find_day(tokens, blanked, _rules(context, vocabulary))
    except ValueError:
        found = None
    behind = found.spans[0][0] if found else -1
    return behind if behind > blanked.find("#") else len(blanked)


def _assembled(
    tokens: DateTokens, kinds: str, day: FoundDay, clock: FoundClock | None, context: DateContext, span: tuple[int, int]
) -> WrittenDate:
    order = day.order.order if day.order and not day.order.is_told else None
    other = day.other if order else None
    midnight = datetime.combine(day.day, time())
    if clock is None:
        return WrittenDate(
            midnight.replace(tzinfo=UTC), False, False, day.day.isoformat(), order=order, other_day=other
        )
    if clock.after_midnight <= timedelta(hours=13) and has_stray_half(tokens, clock):
        raise ValueError("AM or PM stands apart from the clock")
    locale = Locale(context.source_zone, context.primary, context.region)
    zone = zone_of_clock(tokens, kinds, clock, span, locale)
    written = midnight + clock.after_midnight
    at = written.replace(tzinfo=zone or context.zone)
    return WrittenDate(
        at.astimezone(UTC), True, zone is not None, _local(written, zone, clock.has_seconds), zone, order, other
    )


def _plainly_read(plain: re.Match[str], context: DateContext) -> WrittenDate:
    """ISO 8601 as the standard library reads it; raises ValueError where it can't."""
    found = datetime.fromisoformat(plain[0])
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError("no year of a date")
    if not plain["clock"]:
        return WrittenDate(found.replace(tzinfo=UTC), False, False, plain[0])
    local = _local(found.replace(tzinfo=None), found.tzinfo, bool(plain["seconds"]))
    at = found if found.tzinfo else found.replace(tzinfo=context.zone)
    return WrittenDate(at.astimezone(UTC), True, found.tzinfo is not None, local, found.tzinfo)


def _local(written: datetime, zone: tzinfo | None, has_seconds: bool) -> str:
    precision = "auto" if has_seconds else "minutes"
    return (written if zone is None else written.replace(tzinfo=zone)).isoformat(timespec=precision)


def _unix(text: str) -> WrittenDate | None:
    """Seconds, milliseconds or microseconds since 1970; of fewer than nine digits they may be any number."""
    if "." in text:
        whole, _, fraction = text.partition(".")
    else:
        whole, fraction = text[:10], text[10:]
    at = datetime.fromtimestamp(int(whole), UTC) + timedelta(microseconds=int((fraction + "000000")[:6]))
    if at.year > LAST_YEAR:
        return None
    return WrittenDate(at, True, True, at.isoformat(), UTC)


def _relative(text: str, context: DateContext, vocabulary: DateLexicon) -> WrittenDate | None:
    lowered = text.lower()
    distance = distance_in(lowered, vocabulary)
    if distance is not None:
        at = context.now - distance
        if distance < _DAY:
            return WrittenDate(at, True, True, None, UTC, is_relative=True)
        return _whole_day(at.astimezone(context.zone).date())
    named = day_named_in(lowered, vocabulary)
    if named is None:
        return None
    day = context.now.astimezone(context.zone).date() - timedelta(days=named[0])
    rest = tokens_of(text[named[1] :], vocabulary, context.primary)
    clock = find_clock(rest, rest.kinds, (-1, 0), len(rest), dotted=True)
    if clock is None:
        return _whole_day(day)
    found = _assembled(rest, rest.kinds, FoundDay(day, ((-1, 0),)), clock, context, (-1, 0))
    return WrittenDate(found.at, True, found.has_zone, found.local, found.zone, is_relative=True)


def _whole_day(day: date) -> WrittenDate:
    at = datetime.combine(day, time(), UTC)
    return WrittenDate(at, False, False, day.isoformat(), is_relative=True)
