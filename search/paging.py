"""Cursors: where the next page begins, when stories come and go between two pages.

A cursor is opaque to its bearer. It holds the sort key of the last story shown (the next page begins behind that
story), the instant that recency is counted from, and a check that it is used with the query that it was made for.
"""

import base64
import binascii
import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic_core import to_json

from model.query import SortKey
from search.question import NowhereError, Question

_MOST = float(1 << 63)
"""What no sort key reaches."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a result: behind the story of the sort key `after`."""

    after: SortKey
    now: datetime
    check: str


def check_of(question: Question) -> str:
    """A short digest of all that decides which stories come in which order."""
    request, filters = question.request, question.request.filters
    values = [sorted((key, sorted(values)) for key, values in filters.values.items())]
    parts = [question.text, request.sort, request.fold, values, filters.after, filters.before]
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=6).hexdigest()


def write(cursor: Cursor) -> str:
    """The cursor as the text that goes into an address."""
    values = [cursor.after.value, cursor.after.id, int(cursor.now.timestamp()), cursor.check]
    return base64.urlsafe_b64encode(to_json(values)).decode().rstrip("=")


def read(text: str, question: Question) -> Cursor:
    """The cursor that `write` made for this question.

    Raises NowhereError where it is damaged or belongs to another question.
    """
    try:
        value, story_id, seconds, check = json.loads(
            base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        )
        cursor = Cursor(_sort_key(value, story_id), datetime.fromtimestamp(seconds, UTC), check)
    except (ValueError, TypeError, OverflowError, OSError, RecursionError, binascii.Error):
        raise NowhereError("the cursor is damaged; take next_cursor as it came", parameter="cursor") from None
    if cursor.check != check_of(question):
        raise NowhereError("the cursor belongs to another query; begin again without it", parameter="cursor")
    return cursor


def _sort_key(value: object, story_id: object) -> SortKey:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isinstance(story_id, str):
        raise TypeError("not a sort key")
    if not math.isfinite(value) or abs(value) >= _MOST:
        raise ValueError("a sort key out of bounds")
    return SortKey(value, story_id)
