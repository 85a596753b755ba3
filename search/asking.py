"""Which parameters does every address with a query take?"""

from typing import Annotated

from fastapi import Query

from search.parameters import Asked

# Numbers and switches come as text, so that a mistake is answered in our words and not the framework's;
# search/document.py tells programs what they may be.
_Text = Annotated[str, Query(description="What to search for; /help describes the language.")]
_Page = Annotated[
    str, Query(description="Number of the page; page x size is at most 10000, cursor goes on from there.")
]
_Size = Annotated[str, Query(description="Hits on a page, at most 100.")]
_Sort = Annotated[
    str, Query(description="relevance blends in recency, score does not; newest, oldest: published, else first seen.")
]
_Cursor = Annotated[str, Query(description="next_cursor of the page before; reaches any depth.")]
_Fold = Annotated[str, Query(description="1 folds near-identical copies into one hit, 0 shows each.")]
_Explain = Annotated[str, Query(description="1 adds to each hit where its words were found, and how often.")]
_Values = Annotated[tuple[str, ...], Query(description="Only these; may be repeated.")]
_Day = Annotated[str, Query(description="A day in UTC, as 2013-01-17; also 2013-01, yesterday, 3 days ago.")]


def asked(
    q: _Text = "",
    page: _Page = "1",
    size: _Size = "10",
    sort: _Sort = "relevance",
    cursor: _Cursor = "",
    fold: _Fold = "1",
    explain: _Explain = "0",
    source: _Values = (),
    agency: _Values = (),
    lang: _Values = (),
    section: _Values = (),
    after: _Day = "",
    before: _Day = "",
) -> Asked:
    """The parameters as they came; nothing is checked yet."""
    filters = {"source": source, "agency": agency, "lang": lang, "section": section}
    return Asked(q, sort, page, size, cursor, fold, filters, after, before, explain)
