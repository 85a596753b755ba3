"""Where does the next page begin, when stories come and go between two pages?

A cursor is opaque to its bearer. It holds the number of stories already shown, the last few of them (the next page
begins after the last one that is still there), the instant that recency is reckoned from, and a check that it is used
with the query that it was made for.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from search.question import NowhereError, Question

ANCHORS = 3


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an answer: `shown` stories precede it, `anchors` are the last of them, the nearest last."""

    shown: int
    anchors: tuple[str, ...]
    now: datetime
    check: str


def check_of(question: Question) -> str:
    """A short digest of all that decides which stories come in which order."""
    filters = [sorted((key, sorted(values)) for key, values in question.filters.values.items())]
    parts = [question.text, question.sort, question.fold, filters, question.filters.after, question.filters.before]
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=6).hexdigest()


def write(cursor: Cursor) -> str:
    """The cursor as the text that goes into an address."""
    values = [cursor.shown, list(cursor.anchors), int(cursor.now.timestamp()), cursor.check]
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def read(text: str, question: Question) -> Cursor:
    """The cursor that `write` made for this question.

    Raises NowhereError where it is damaged or belongs to another question.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        shown, anchors, seconds, check = values
        cursor = Cursor(int(shown), tuple(map(str, anchors))[-ANCHORS:], datetime.fromtimestamp(seconds, UTC), check)
    except (ValueError, TypeError, OverflowError, OSError, RecursionError, binascii.Error):
        raise NowhereError("the cursor is damaged; take next_cursor as it came", parameter="cursor") from None
    if cursor.check != check_of(question) or not 0 <= cursor.shown < 1 << 40:
        raise NowhereError("the cursor belongs to another query; begin again without it", parameter="cursor")
    return cursor
