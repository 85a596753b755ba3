"""Which parameters does every address with a query take?"""

from typing import Annotated

from fastapi import Query

from search.parameters import Asked

_Day = Annotated[str | None, Query(description="A day in UTC: 2013-01-17, yesterday, 3 days ago.")]
_Values = Annotated[list[str], Query(description="Only these; may be repeated.", default_factory=list)]


def asked(
    source: _Values,
    agency: _Values,
    lang: _Values,
    section: _Values,
    q: Annotated[str, Query(description="What to search for; docs/query-syntax.md describes the language.")] = "",
    page: Annotated[str, Query(description="Number of the page, from 1.")] = "1",
    size: Annotated[str, Query(description="Hits on a page, at most 100.")] = "10",
    sort: Annotated[str, Query(description="relevance, score, newest or oldest.")] = "relevance",
    cursor: Annotated[str | None, Query(description="next_cursor of the page before; reaches any depth.")] = None,
    fold: Annotated[str, Query(description="1 folds near-identical copies into one hit, 0 shows all.")] = "1",
    after: _Day = None,
    before: _Day = None,
) -> Asked:
    """The parameters as they came; nothing is checked yet."""
    filters = {"source": source, "agency": agency, "lang": lang, "section": section}
    return Asked(q, sort, page, size, cursor, fold, filters, after, before)
