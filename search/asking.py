"""Which parameters does each address with a query take?"""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query

from search.parameters import Asked

# These wait for nothing; being coroutines they cost no way through the pool of threads.
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
_Explain = Annotated[
    str, Query(description="1 adds to each hit where its words were found, and the parts of its score.")
]
_Values = Annotated[tuple[str, ...], Query(description="Only these; may be repeated.")]
_Day = Annotated[str, Query(description="A day in UTC, as 2013-01-17; also 2013-01, yesterday, 3 days ago.")]


async def narrowed(
    q: _Text = "",
    source: _Values = (),
    agency: _Values = (),
    lang: _Values = (),
    section: _Values = (),
    after: _Day = "",
    before: _Day = "",
) -> Asked:
    """What to search for and in what; nothing is checked yet."""
    filters = {"source": source, "agency": agency, "lang": lang, "section": section}
    return Asked(q=q, filters=filters, after=after, before=before)


async def asked_all(search: Annotated[Asked, Depends(narrowed)], sort: _Sort = "relevance") -> Asked:
    """All that is found, in some order."""
    return replace(search, sort=sort)


async def asked(
    search: Annotated[Asked, Depends(narrowed)],
    page: _Page = "1",
    size: _Size = "10",
    sort: _Sort = "relevance",
    cursor: _Cursor = "",
    fold: _Fold = "1",
    explain: _Explain = "0",
) -> Asked:
    """One page of what is found."""
    return replace(search, page=page, size=size, sort=sort, cursor=cursor, fold=fold, explain=explain)


Narrowed = Annotated[Asked, Depends(narrowed)]
AskedAll = Annotated[Asked, Depends(asked_all)]
AskedPage = Annotated[Asked, Depends(asked)]
