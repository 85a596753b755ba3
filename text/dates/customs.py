"""Customs of writing dates in numbers: whether "3/4/2024" is in April or in March.

What a text says by itself comes first: a number over 12, full stops between the numbers (day first everywhere). Then
the other dates of the same document, then a reading that would lie in the future, then the language and region of the
page, then the source's time zone. What is undecided then is read month first in English and on hosts in .com, which is
said, and not at all elsewhere.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal, NamedTuple

from text.dates.folding import even
from text.dates.zones import zone_table

Order = Literal["day first", "month first"]
DAY_FIRST: Order = "day first"
MONTH_FIRST: Order = "month first"
_NUMBERS = re.compile(r"(?<![\d./-])(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d\d)(?!\d)")
_CLOCK_ERROR = timedelta(days=1)


class Custom(NamedTuple):
    """The order of numbers in a text, and whether the text or its document says so; None where nothing leans."""

    order: Order | None
    is_told: bool


def order_of(texts: Iterable[str]) -> Order | None:
    """The order that the dates in numbers of one document show; None where they show none, or both."""
    found: set[Order] = set()
    for text in texts:
        for match in _NUMBERS.finditer(even(text)):
            first, second = int(match[1]), int(match[3])
            if 12 < first <= 31 and second <= 12:
                found.add(DAY_FIRST)
            elif first <= 12 < second <= 31:
                found.add(MONTH_FIRST)
    return found.pop() if len(found) == 1 else None


def region_of(tag: str | None, host: str | None) -> str | None:
    """The region (ISO 3166) of a language tag ("en-GB") or else of a host's ending; None where neither says one."""
    parts = (tag or "").replace("_", "-").split("-")
    stated = next((part.upper() for part in parts[1:] if len(part) == 2 and part.isalpha()), None)
    if stated:
        return "GB" if stated == "UK" else stated
    ending = (host or "").rstrip(".").rpartition(".")[2].lower()
    if ending in ("gov", "mil", "edu"):
        return "US"
    if len(ending) != 2 or not ending.isalpha() or ending in zone_table()["numbers"]["no_regions"]:
        return None
    return "GB" if ending == "uk" else ending.upper()


def decide(
    readings: tuple[date | None, date | None],
    told: Order | None,
    today: date,
    customs: tuple[str | None, str | None, str],
    host: str,
) -> Custom:
    """The order of two small numbers, of which `readings` are the days (day first, month first; None: impossible).

    `told` is what the document shows, `customs` the language, region and zone of the source.
    """
    day_first, month_first = readings
    if day_first is None or month_first is None or day_first == month_first:
        return Custom(DAY_FIRST if day_first is not None else MONTH_FIRST, True)
    if told is not None:
        return Custom(told, True)
    late = today + _CLOCK_ERROR
    if (day_first > late) != (month_first > late):
        return Custom(MONTH_FIRST if day_first > late else DAY_FIRST, True)
    return Custom(_customary(*customs, host), False)


def _customary(language: str | None, region: str | None, zone: str, host: str) -> Order | None:
    numbers = zone_table()["numbers"]
    if language not in (None, "en"):
        return DAY_FIRST
    if region in numbers["month_first_regions"]:
        return MONTH_FIRST
    if region is not None and region not in numbers["undecided_regions"]:
        return DAY_FIRST
    if zone.startswith(tuple(numbers["month_first_zones"])):
        return MONTH_FIRST
    if zone and not zone.startswith(tuple(numbers["undecided_zones"])):
        return DAY_FIRST
    return MONTH_FIRST if language == "en" or host.endswith(".com") else None
