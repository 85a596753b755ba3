"""Export of whole results, whatever their size.

A stream of NDJSON lines (each what /api/stories/{id} answers) or CSV rows, read from the store a few hundred at a
time, so that memory does not grow with the result.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from model.errors import QueryError
from model.fields import ATTRIBUTES, COLUMNS, lines_of
from model.query import Everything, Filters
from model.story import StoredStory
from search.base import StoryReader
from search.question import Question
from search.service import Searcher

BATCH = 200
MEDIA_TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def check_format(form: str) -> None:
    """Raises QueryError for a form that there is not."""
    if form not in MEDIA_TYPES:
        raise QueryError(f"unknown format {form[:40]!r}: take one of {', '.join(MEDIA_TYPES)}", parameter="format")


def stories_of(question: Question, searcher: Searcher, stories: StoryReader) -> Iterator[StoredStory]:
    """All stories that match, in order; without a query or filter all that the store holds, withdrawn ones too.

    Raises EngineError before the first story where the index can't be read.
    """
    if question.request.query == Everything() and question.request.filters == Filters():
        return stories.walk()
    return _found(searcher.ids(question), stories)


def _found(ids: Iterable[str], stories: StoryReader) -> Iterator[StoredStory]:
    remaining = iter(ids)
    while batch := list(islice(remaining, BATCH)):
        found = stories.get_many(batch)
        yield from (found[story_id] for story_id in batch if story_id in found)


def lines(found: Iterable[StoredStory], form: str) -> Iterator[bytes]:
    """The stories as "ndjson" or "csv", in pieces of a few hundred."""
    return _pieces(_ndjson(found) if form == "ndjson" else _csv(found))


def _pieces(rows: Iterator[str]) -> Iterator[bytes]:
    while batch := list(islice(rows, BATCH)):
        yield "".join(batch).encode()


def _ndjson(found: Iterable[StoredStory]) -> Iterator[str]:
    return (f"{story.model_dump_json()}\n" for story in found)


def _csv(found: Iterable[StoredStory]) -> Iterator[str]:
    yield _row(COLUMNS)
    for story in found:
        yield _row([_cell(story, column) for column in COLUMNS])


def _row(cells: Iterable[str]) -> str:
    row = io.StringIO()
    csv.writer(row).writerow(cells)
    return row.getvalue()


def _cell(story: StoredStory, column: str) -> str:
    value = getattr(story, column)
    if isinstance(value, datetime):
        text = value.isoformat().replace("+00:00", "Z")
    else:
        text = ATTRIBUTES[column].separator.join(lines_of(story, column))
    return f"'{text}" if text.startswith(_FORMULA) else text
