"""Reading of a search request: parameters as they came become a checked `Question`.

Each mistake names its parameter and what to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import get_args

from model.errors import QueryError
from model.fields import FILTERS
from model.query import Filters, SearchRequest, Sort
from search.query.date_expressions import read_span
from search.query.parser import parse
from search.question import MAX_DEPTH, MAX_SIZE, NowhereError, Question

MAX_VALUES = 50
SORTS: tuple[str, ...] = get_args(Sort)


@dataclass(frozen=True, slots=True)
class QueryParameters:
    """The parameters of a search as text, before anything is checked; filters by parameter name."""

    q: str = ""
    sort: str = "relevance"
    page: str = "1"
    size: str = "10"
    cursor: str | None = None
    fold: str = "1"
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    after: str | None = None
    before: str | None = None
    explain: str = "0"

    def ordered(self, sort: str, size: int) -> "QueryParameters":
        """The same search from its first page, in another order and number."""
        return replace(self, sort=sort, size=str(size), page="1", cursor=None)


def read_question(asked: QueryParameters, now: datetime) -> Question:
    """The question that was asked at `now`.

    Raises QueryError for an unknown sort, a number out of bounds or a day that can't be read.
    """
    if asked.sort not in SORTS:
        raise QueryError(f"unknown sort {asked.sort[:40]!r}: take one of {', '.join(SORTS)}", parameter="sort")
    page, size = _number("page", asked.page, MAX_DEPTH), _number("size", asked.size, MAX_SIZE)
    if page * size > MAX_DEPTH and not asked.cursor:
        raise NowhereError(f"pages reach {MAX_DEPTH} stories deep: follow next_cursor from there", parameter="page")
    parsed = parse(asked.q, now.date())
    request = SearchRequest(
        query=parsed.query,
        filters=_filters(asked, now.date()),
        sort=next(sort for sort in get_args(Sort) if sort == asked.sort),
        offset=(page - 1) * size,
        limit=size,
        fold=_switch("fold", asked.fold),
        explain=_switch("explain", asked.explain),
    )
    return Question(asked.q[:2000], request, parsed.notes, asked.cursor or None)


def _filters(asked: QueryParameters, today: date) -> Filters:
    values = {}
    for parameter, name in FILTERS.items():
        given = asked.filters.get(parameter, ())
        if len(given) > MAX_VALUES:
            raise QueryError(f"at most {MAX_VALUES} values of {parameter} in one search", parameter=parameter)
        wanted = tuple(dict.fromkeys(value.strip() for value in given if value.strip()))
        if wanted:
            values[name] = wanted
    return Filters(values, _day("after", asked.after, today), _day("before", asked.before, today))


def _day(parameter: str, text: str | None, today: date) -> date | None:
    if not text:
        return None
    span = read_span(text, today)
    if span is None:
        raise QueryError(f"{parameter}={text[:40]!r} is no day: write it as 2013-01-17", parameter=parameter)
    return span[0]


def _number(parameter: str, text: str, most: int) -> int:
    # int() would take "1_0" and " 1", and digits without end.
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= number <= most:
        raise QueryError(f"{parameter}={text[:40]!r}: expected a number from 1 to {most}", parameter=parameter)
    return number


def _switch(parameter: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise QueryError(f"{parameter}={text[:40]!r}: expected 1 or 0", parameter=parameter)
    return text == "1"
