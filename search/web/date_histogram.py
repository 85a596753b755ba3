"""Date histogram of the stories found.

A bar chart of the "published" facet, drawn as SVG by the template: months, or years where there are many months.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date

from search.web.result_page import Pairs, address, without

WIDTH, HEIGHT = 720, 64
MAX_BARS = 72
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Bar:
    """One month or year; `address` narrows the search to it."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float
    address: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """The bars from the first month to the last, empty ones left out, and the labels of both ends."""

    bars: tuple[Bar, ...]
    first: str
    last: str
    width: int = WIDTH
    height: int = HEIGHT


def histogram(counts: Sequence[tuple[str, int]], pairs: Pairs) -> Histogram | None:
    """The chart of ("2013-01", count) pairs, or None where there is only one month."""
    months = sorted((_ordinal(label), count) for label, count in counts)
    if len(months) < 2:
        return None
    step = 1 if months[-1][0] - months[0][0] < MAX_BARS else 12
    totals: dict[int, int] = {}
    for ordinal, count in months:
        totals[ordinal // step] = totals.get(ordinal // step, 0) + count
    first, last = min(totals), max(totals)
    slot = WIDTH / (last - first + 1)
    most = max(totals.values())
    bars = tuple(
        _bar(ordinal, count, step, (ordinal - first) * slot, slot, count / most, pairs)
        for ordinal, count in sorted(totals.items())
    )
    return Histogram(bars, bars[0].label, bars[-1].label)


def _ordinal(label: str) -> int:
    year, _, month = label.partition("-")
    return int(year) * 12 + int(month) - 1


def _bar(ordinal: int, count: int, step: int, x: float, slot: float, share: float, pairs: Pairs) -> Bar:
    year, month = divmod(ordinal * step, 12)
    begin = date(year, month + 1, 1)
    end = date(min(year + (month + step) // 12, MAXYEAR), (month + step) % 12 + 1, 1)
    label = f"{_MONTHS[month]} {year}" if step == 1 else str(year)
    height = max(3.0, share * HEIGHT)
    narrowed = [*without(pairs, "after", "before"), ("after", begin.isoformat()), ("before", end.isoformat())]
    width = max(1.0, min(slot - 1, 28))
    return Bar(
        label,
        count,
        round(x + (slot - width) / 2, 2),
        round(HEIGHT - height, 2),
        round(width, 2),
        round(height, 2),
        address(narrowed),
    )
