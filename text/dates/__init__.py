"""Dates as machines and people write them: one reader for feeds, sitemaps, pages and files."""

from text.dates.customs import DAY_FIRST, MONTH_FIRST, Order, order_of
from text.dates.reading import DateContext, WrittenDate, read_date
from text.dates.statements import (
    FIRST_OF_ENDPOINTS,
    FIRST_OF_PAGES,
    DateStatement,
    follows_fetch,
    has_time,
    plausible,
    state,
)

__all__ = [
    "DAY_FIRST",
    "FIRST_OF_ENDPOINTS",
    "FIRST_OF_PAGES",
    "MONTH_FIRST",
    "DateContext",
    "DateStatement",
    "Order",
    "WrittenDate",
    "follows_fetch",
    "has_time",
    "order_of",
    "plausible",
    "read_date",
    "state",
]
