"""Which parameters does every address with a query take?"""

from typing import Annotated

from fastapi import Query

from search.parameters import MAX_VALUES, SORTS, Asked
from search.question import MAX_DEPTH, MAX_SIZE

# Numbers and switches come as text, so that a mistake is answered in our words and not the framework's.
_Text = Annotated[str, Query(description="What to search for; /help describes the language.")]
_Day = Annotated[
    str | None,
    Query(
        description="A day in UTC, as 2013-01-17; also 2013-01, yesterday, 3 days ago.",
        json_schema_extra={"type": "string", "format": "date", "anyOf": None},
    ),
]
_Values = Annotated[
    list[str], Query(description=f"Only these; may be repeated, {MAX_VALUES} times at most.", default_factory=list)
]
_Page = Annotated[
    str,
    Query(
        description=f"Number of the page; page x size is at most {MAX_DEPTH}, and cursor goes on from there.",
        json_schema_extra={"type": "integer", "minimum": 1, "maximum": MAX_DEPTH // MAX_SIZE, "default": 1},
    ),
]
_Size = Annotated[
    str,
    Query(
        description="Hits on a page.",
        json_schema_extra={"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": 10},
    ),
]
_Sort = Annotated[
    str,
    Query(
        description="relevance blends in recency, score does not; newest and oldest go by publication, else first sight.",
        json_schema_extra={"enum": list(SORTS)},
    ),
]
_Fold = Annotated[
    str,
    Query(
        description="1 folds near-identical copies into one hit, 0 shows each.",
        json_schema_extra={"enum": ["0", "1"]},
    ),
]


def asked(
    *,
    q: _Text = "",
    page: _Page = "1",
    size: _Size = "10",
    sort: _Sort = "relevance",
    cursor: Annotated[str | None, Query(description="next_cursor of the page before; reaches any depth.")] = None,
    fold: _Fold = "1",
    source: _Values,
    agency: _Values,
    lang: _Values,
    section: _Values,
    after: _Day = None,
    before: _Day = None,
) -> Asked:
    """The parameters as they came; nothing is checked yet."""
    filters = {"source": source, "agency": agency, "lang": lang, "section": section}
    return Asked(q, sort, page, size, cursor, fold, filters, after, before)
