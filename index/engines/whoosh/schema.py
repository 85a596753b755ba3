"""Schema of an index: its fields, its columns, and the constants of their layout.

Built from model/fields.py. Every text field holds its words with positions; the field TEXT holds the words of all
default fields once more, without positions, each weighted by the boosts of the fields that it stands in, so that a
word without a field name is one posting list. Everything that filters, sorts and counts is a column beside them.
"""

from hashlib import blake2b

from whoosh import fields, formats

from model.fields import BY_NAME, FIELDS, PUBLISHED_AT, TEXT_FIELDS

TEXT = "text"
ID = "id"
FIRST_SEEN_AT = "first_seen_at"
DATE_COLUMNS = (PUBLISHED_AT, FIRST_SEEN_AT)

WITHDRAWN_FLAG = 1
HAS_FLAGS = {name: 2 << position for position, name in enumerate((*BY_NAME, PUBLISHED_AT))}
"""The bit of the column `flags` that is set where a field is not empty."""
UNCERTAIN_FLAG = 1 << 31
"""Of stories that may be none. The last bit is free in indexes made before there was such a flag, which are searched
until the next is made."""

FORMAT_VERSION = 9
"""Counts changes of what is written for a story; part of the engine's fingerprint."""

MASK_BITS = 16
"""Words of a class from this one on share the last bit of the mask."""

NO_GROUP = 0
"""What the column `groups` holds of a story without copies."""


class BuiltField(fields.FieldType):
    """A field whose terms are made by segment_builder.py, without Whoosh's analysers and their token objects."""

    def __init__(self, layout: formats.Format, *, scorable: bool) -> None:
        self.format = layout
        self.scorable = scorable


def group_number(group: str | None) -> int:
    """A copy group's name as the column `groups` holds it: 63 bits of its digest."""
    if group is None:
        return NO_GROUP
    return int.from_bytes(blake2b(group.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1 or 1


def make_schema() -> fields.Schema:
    """The schema of every index of this engine, as Whoosh's readers and query classes see it."""
    schema = fields.Schema()
    schema.add(ID, BuiltField(formats.Existence(), scorable=False))
    schema.add(TEXT, BuiltField(formats.Existence(), scorable=True))
    for field in FIELDS:
        text = field in TEXT_FIELDS
        schema.add(field.name, BuiltField(formats.Positions() if text else formats.Existence(), scorable=text))
    return schema
