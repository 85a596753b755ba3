"""Which fields and columns does an index have?

Built from model/fields.py. Every text field holds its words with positions; the field TEXT holds the words of all
default fields once more, without positions, each weighted by the boosts of the fields that it stands in, so that a
word without a field name is one posting list. Everything that filters, sorts and counts is a column beside them.
"""

from datetime import UTC, datetime, timedelta

from whoosh import fields, formats

from model.fields import BY_NAME, FIELDS, PUBLISHED_AT, TEXT_FIELDS

TEXT = "text"
ID = "id"
FIRST_SEEN_AT = "first_seen_at"
DATE_COLUMNS = (PUBLISHED_AT, FIRST_SEEN_AT)

UNDATED = -(1 << 63)
"""What a date column holds where there is no date; dates are microseconds since 1970."""

WITHDRAWN_FLAG = 1
HAS_FLAGS = {name: 2 << position for position, name in enumerate((*BY_NAME, PUBLISHED_AT))}
"""The bit of the column `flags` that is set where a field is not empty."""

FORMAT_VERSION = 6
"""Counts changes of what is written for a story; part of the engine's fingerprint."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Words(fields.FieldType):
    """A field whose terms are made by builder.py, without Whoosh's analysers and their token objects."""

    def __init__(self, layout: formats.Format, *, scorable: bool) -> None:
        self.format = layout
        self.scorable = scorable


def keyword_term(value: str) -> str:
    """A keyword as it is compared: case-folded, white space folded."""
    return " ".join(value.casefold().split())


def to_microseconds(instant: datetime | None) -> int:
    """An instant as a date column holds it."""
    return UNDATED if instant is None else (instant - _EPOCH) // _MICROSECOND


def make_schema() -> fields.Schema:
    """The schema of every index of this engine, as Whoosh's readers and query classes see it."""
    schema = fields.Schema()
    schema.add(ID, Words(formats.Existence(), scorable=False))
    schema.add(TEXT, Words(formats.Existence(), scorable=True))
    for field in FIELDS:
        text = field in TEXT_FIELDS
        schema.add(field.name, Words(formats.Positions() if text else formats.Existence(), scorable=text))
    return schema
