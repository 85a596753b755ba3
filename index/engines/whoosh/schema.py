"""Which Whoosh fields and columns does an index have?

Built from index/fields.py. Every text field holds its words with positions; the field TEXT holds the words of all
default fields once more, without positions, each weighted by the boosts of the fields that it stands in, so that a
word without a field name is one posting list. Everything that filters, sorts and counts is a column.
"""

from collections.abc import Generator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from whoosh import columns, fields, formats

from index.fields import BY_NAME, FIELDS, TEXT_FIELDS

TEXT = "text"
ID = "id"
ID_COLUMN = "identity"
PUBLISHED_AT = "published_at"
FIRST_SEEN_AT = "first_seen_at"
VERSION = "version"
FLAGS = "flags"
DATE_COLUMNS = (PUBLISHED_AT, FIRST_SEEN_AT)

UNDATED = -(1 << 63)
"""What a date column holds where there is no date; dates are microseconds since 1970."""

WITHDRAWN_FLAG = 1
HAS_FLAGS = {name: 2 << position for position, name in enumerate((*BY_NAME, PUBLISHED_AT))}
"""The bit of the column FLAGS that is set where a field is not empty."""

VALUE_SEPARATOR = "\x1f"
"""Stands between the values of a keyword column."""

FORMAT_VERSION = 1
"""Counts changes of what is written for a story; part of the engine's fingerprint."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Entry = tuple[bytes, int, float, bytes]
"""What Whoosh indexes of a term in a story: term, frequency (added up to the field's length), weight, positions."""


class PreparedTerms(fields.FieldType):
    """A field whose terms have been worked out already: its value is an iterable of entries.

    Whoosh's own fields make a token object for every word, which takes half of the indexing time.
    """

    def __init__(self, *, positions: bool) -> None:
        self.format = formats.Positions() if positions else formats.Existence()
        self.scorable = True

    def index(self, value: Iterable[Entry], **_options: Any) -> Generator[Entry, Any, None]:
        """The entries, as given."""
        yield from value


class Keyword(fields.FieldType):
    """A field whose values are whole terms, compared case-folded; its column keeps them as written."""

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.column_type = columns.VarBytesColumn()

    def index(self, value: Iterable[str], **_options: Any) -> Generator[Entry, Any, None]:
        """One entry a value."""
        for term in {keyword_term(item) for item in value}:
            yield term.encode(), 1, 1.0, b""

    def to_column_value(self, value: Iterable[str]) -> bytes:
        """All values in one row."""
        return VALUE_SEPARATOR.join(value).encode()


def keyword_term(value: str) -> str:
    """A keyword as it is compared: case-folded, white space folded."""
    return " ".join(value.casefold().split())


def to_microseconds(instant: datetime | None) -> int:
    """An instant as a date column holds it."""
    return UNDATED if instant is None else (instant - _EPOCH) // _MICROSECOND


def make_schema() -> fields.Schema:
    """The schema of every index of this engine."""
    schema = fields.Schema()
    schema.add(ID, fields.ID(unique=True))
    schema.add(ID_COLUMN, fields.COLUMN(columns.VarBytesColumn()))
    schema.add(TEXT, PreparedTerms(positions=False))
    for field in FIELDS:
        schema.add(field.name, PreparedTerms(positions=True) if field in TEXT_FIELDS else Keyword())
    for name in DATE_COLUMNS:
        schema.add(name, fields.COLUMN(columns.NumericColumn("q", default=UNDATED)))
    schema.add(VERSION, fields.COLUMN(columns.NumericColumn("i")))
    schema.add(FLAGS, fields.COLUMN(columns.NumericColumn("I")))
    return schema
