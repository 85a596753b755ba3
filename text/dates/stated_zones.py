"""Zones beside a clock: a distance from UTC, an abbreviation, an IANA name, a name in words.

A zone that is not known counts as not stated. A distance that no zone has ("+25:00") makes the date unknown.
"""

import re
from datetime import UTC, tzinfo

from text.dates import zones
from text.dates.clocks import FoundClock
from text.dates.tokens import DateToken, DateTokens
from text.dates.zones import Locale

_BEHIND = re.compile(r"(?: ?[csuh])?[ .,(\[|]{0,3}")
_DISTANCE = re.compile(r" ?\(?([+-])(?:(n):(n)|([ntY]))(?![ntYN:])")
_ANY_DISTANCE = re.compile(r"\+[ntYN]")
_LOST_PLUS = re.compile(r" (n):(n)(?![ntYN:])")
_BEFORE = re.compile(r"([zi])[ ,)\]:]{0,3}$")
_WORDS = frozenset("~zMojckapxXedmyhus")


def zone_of_clock(
    tokens: DateTokens, kinds: str, clock: FoundClock, day: tuple[int, int], locale: Locale
) -> tzinfo | None:
    """The zone that is stated for a clock; None where none is, or none that is known.

    It stands behind the clock, or behind the day where the clock is before it, or before the clock. Raises ValueError
    where the distance is none that a zone has, or a letter behind the clock may be one of the halves of a day.
    """
    _refuse_half_letter(tokens, clock)
    found = _behind(tokens, kinds, clock, clock.end, locale)
    if found is None and day[0] >= clock.end:
        found = _behind(tokens, kinds, clock, day[1], locale)
    before = _BEFORE.search(kinds, 0, clock.start)
    if found is None and before:
        found = _of_word(tokens[before.start()], locale)
    return found


def _behind(tokens: DateTokens, kinds: str, clock: FoundClock, start: int, locale: Locale) -> tzinfo | None:
    skipped = _BEHIND.match(kinds, start)
    position = skipped.end() if skipped else start
    if position >= len(kinds):
        return None
    lost = _LOST_PLUS.match(kinds, start)
    if lost and clock.is_machine and clock.has_seconds:  # "+" as a form or an address writes a blank
        return zones.distance("+", tokens[lost.start(1)].text, tokens[lost.start(2)].text)
    if kinds[position] in "+-":
        return _distance(tokens, kinds, clock, position, start)
    token = tokens[position]
    if token.kind == "i":
        return zones.place(token.text)
    if token.kind not in _WORDS:
        return None
    zone = _of_word(token, locale) or _in_small_letters(tokens, position, locale)
    if zone is None:
        return None
    away = _distance(tokens, kinds, clock, position + 1, position + 1)
    if away is not None and token.text.upper() == "Z" and away != UTC:
        raise ValueError("two zones")
    return away or zone


def _distance(tokens: DateTokens, kinds: str, clock: FoundClock, position: int, start: int) -> tzinfo | None:
    match = _DISTANCE.match(kinds, position)
    if match is None:
        if _ANY_DISTANCE.match(kinds, position):
            raise ValueError("a distance from UTC that is none")
        return None
    if match[3] and match[1] == "-" and position == start == clock.end and not clock.is_machine:
        return None  # "10:00-11:00"
    digits = tokens[match.start(2) if match[2] else match.start(4)].text
    return zones.distance(match[1], digits, tokens[match.start(3)].text if match[3] else None)


def _of_word(token: DateToken, locale: Locale) -> tzinfo | None:
    if token.kind == "i":
        return zones.place(token.text)
    if token.kind == "z" and token.value != "":
        return zones.named(token.value)
    return zones.abbreviated(token.text, locale) if token.text.isupper() else None


def _in_small_letters(tokens: DateTokens, position: int, locale: Locale) -> tzinfo | None:
    """ "13:11 est" at the end of a text, and "13:11z"; inside a text they may be words."""
    if position + 1 < len(tokens) and tokens[position + 1].kind not in ")]":
        return None
    return zones.abbreviated(tokens[position].text.upper(), locale)


def _refuse_half_letter(tokens: DateTokens, clock: FoundClock) -> None:
    if clock.end < len(tokens) and tokens[clock.end].text.lower() in ("a", "p"):
        raise ValueError("a letter that may be half of a day")
