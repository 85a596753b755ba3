"""Clocks in a text, as a grammar over the classes of its tokens (tokens.py).

Twelve and twenty-four hours, the halves of the day before and behind the clock, "13h11", "13.11 Uhr", "13時11分". A
time of day that is written and can't be understood makes the whole date unknown: midnight would be invented.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from text.dates.tokens import DateTokens

_HALF = r"(?: ?(?P<a>a))?"
_COLON = re.compile(
    r"(?:(?P<p>p)\.? ?)?(?:(?<=#:)|(?<![:.ntYN+]))(?P<h>n) ?: ?(?P<m>n)"
    r"(?:(?: ?: ?|\.)(?P<s>n)(?:[.,:](?P<f>[ntYN]))?)?(?! ?:)(?:(?P<a> ?a)|(?P<X> ?X))?"
)
_MARKED = re.compile(rf"(?:(?P<p>p) ?)?(?<![:.,])(?P<h>n)(?P<gap> ?)h(?: ?(?P<m>n)(?: ?u(?: ?(?P<s>n) ?s)?)?)?{_HALF}")
_DOTTED = re.compile(
    r"(?:(?P<p>p) ?)?(?P<lead>k[ .:]{0,2}|T)?(?<![:.,ntYN])(?P<h>n)\.(?P<m>n)(?:\.(?P<s>n))?(?![.,:ntYN%])"
    r"(?: ?(?:(?P<a>a)|(?P<c>c)|(?P<h2>h)))?"
)
_WHOLE = re.compile(r"(?:(?P<p>p) ?)?(?<![:.,])(?P<h>n) ?(?:(?P<a>a)|(?P<c>c))")
_COMPACT = re.compile(r"(?:T|(?<=#) )(?P<d>[nYN])(?:[.,](?P<f>[ntYN]))?(?![:./])")
_HOURS = re.compile(r"(?<![:.,#-])(?P<d>Y) ?c")
_NOON = re.compile(r"(?:(?P<h>n) ?)?(?P<x>x)")


class FoundClock(NamedTuple):
    """A time of day, where its tokens stand, and whether it has seconds; `is_machine` where ISO 8601 writes it."""

    after_midnight: timedelta
    has_seconds: bool
    start: int
    end: int
    is_machine: bool = False


def find_clock(tokens: DateTokens, kinds: str, day: tuple[int, int], until: int, dotted: bool) -> FoundClock | None:
    """The time of day that is nearest to the `day`, which is blanked in `kinds`; None where there is none.

    What begins at `until` or behind belongs to another day. `dotted` says that "13.11" is a clock in the language.
    Raises ValueError where the numbers in the place of a clock are none ("25:61", "13:11 AM").
    """
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, int, re.Match[str]]] = []
    for match in _candidates(tokens, kinds, day, dotted):
        start, end = match.span()
        if start >= until or any(start < other[1] and other[0] < end for other in taken):
            continue
        taken.append((start, end))
        distance = start - day[1] if start >= day[1] else day[0] - end
        found.append((distance, -start, match))
    if not found:
        if "#T" in kinds:
            raise ValueError("a time of day that is not understood")
        return None
    return _read(tokens, min(found, key=lambda candidate: candidate[:2])[2])


def written_clock(digits: str) -> tuple[timedelta, bool]:
    """The time of day of "13", "1311" or "131100", and whether it has seconds; raises ValueError for others."""
    if len(digits) not in (2, 4, 6):
        raise ValueError(f"no clock: {digits}")
    return _time(int(digits[:2]), int(digits[2:4] or 0), int(digits[4:6] or 0), None), len(digits) == 6


def has_stray_half(tokens: DateTokens, clock: FoundClock) -> bool:
    """Whether AM or PM stands elsewhere in the text than at the clock."""
    return any(
        token.kind == "a" and token.text.isupper() and not clock.start <= position < clock.end
        for position, token in enumerate(tokens)
    )


def _candidates(tokens: DateTokens, kinds: str, day: tuple[int, int], dotted: bool) -> Iterator[re.Match[str]]:
    for match in _COLON.finditer(kinds):
        if kinds[: match.start()].endswith("#-") and tokens[day[0]].kind == "Y":
            continue  # "2023-06-22-04:00" is a day with a distance from UTC (XML Schema's date)
        if len(tokens[match.start("m")].text) == 2 or match["s"]:
            yield match
        elif 0 <= match.start() - day[1] <= 2 and match.end() == len(kinds):
            raise ValueError("minutes of one digit")
    for pattern in (_HOURS, _MARKED, _DOTTED, _WHOLE, _COMPACT, _NOON):
        yield from (match for match in pattern.finditer(kinds) if _is_clock(tokens, kinds, match, day, dotted))


def _is_clock(tokens: DateTokens, kinds: str, match: re.Match[str], day: tuple[int, int], dotted: bool) -> bool:
    """What is more than a number with a sign: the marks must be those of clocks, and stand as they do there."""
    groups = match.groupdict()
    if match.re is _DOTTED:
        if len(tokens[match.start("m")].text) != 2:
            return False
        if any(groups[name] for name in ("p", "lead", "a", "c", "h2")):
            return True
        is_behind = 0 <= match.start() - day[1] <= 2 and (
            match.end() == len(kinds) or kinds[match.end() :].startswith(" z")
        )
        return (dotted or is_behind) and tokens.number(match.start("h")) < 25 and tokens.number(match.start("m")) < 60
    if match.re is _MARKED:
        return bool(groups["m"]) or not groups["gap"] or bool(groups["p"])
    if match.re is _WHOLE and groups["c"]:
        return tokens[match.start("c")].value == 1
    if match.re is _NOON and groups["h"]:
        return tokens.number(match.start("h")) == 12
    if match.re is _COMPACT:
        return len(tokens[match.start("d")].text) in (2, 4, 6) and (kinds[match.start()] == "T" or match["d"] == "N")
    return True


def _read(tokens: DateTokens, match: re.Match[str]) -> FoundClock | None:
    groups = match.groupdict()

    def number(name: str) -> int:
        return tokens.number(match.start(name)) if groups.get(name) else 0

    if groups.get("X"):  # at the beginning of the day, or at its end
        return None
    if groups.get("d"):
        after, has_seconds = written_clock(tokens[match.start("d")].text)
    elif groups.get("x"):
        after, has_seconds = timedelta(hours=12), False
    else:
        half = next((tokens[position].value for position in _halves(match, groups)), None)
        if half is not None and _is_letter_apart(tokens, match.end()):
            # Of RFC 822's military letters, which state no zone (RFC 5322, section 4.3), or half of a day.
            if number("h") in range(1, 13) and groups.get("s"):
                raise ValueError("a letter that may be a zone")
            half = half if number("h") in range(1, 13) else None
        after = _time(number("h"), number("m"), number("s"), None if half is None else int(half))
        has_seconds = bool(groups.get("s"))
    if groups.get("f"):
        after += timedelta(microseconds=int((tokens[match.start("f")].text + "000000")[:6]))
    start = match.start()
    is_machine = has_seconds or (start > 0 and tokens[start - 1].kind == "T") or tokens[start].kind == "T"
    return FoundClock(after, has_seconds, start, match.end(), is_machine)


def _is_letter_apart(tokens: DateTokens, end: int) -> bool:
    return len(tokens[end - 1].text) == 1 and tokens[end - 2].kind == " "


def _halves(match: re.Match[str], groups: dict[str, str | None]) -> Iterator[int]:
    for name in ("a", "p"):
        if groups.get(name):
            yield match.end(name) - 1


def _time(hour: int, minute: int, second: int, half: int | None) -> timedelta:
    """The second 60 stays in its minute; 24:00 is the end of the day (ISO 8601)."""
    if half is not None and hour <= 12:
        hour = hour % 12 + half
    elif half == 0:
        raise ValueError(f"{hour} o'clock is not before noon")
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError(f"no time of day: {hour}:{minute}:{second}")
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
