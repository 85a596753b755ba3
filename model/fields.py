"""Which fields does a story have in the index, and how does each of them behave?

This table is the only place where a field's kind and boost are declared. Names are in the singular, as `matched_in`
and the query language use them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from model.story import Caption, StoredStory

Kind = Literal["text", "name", "keyword"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the schema.

    `kind`: "text" is analysed by the story's language, "name" word by word without stemming, "keyword" is one whole
    value, compared case-folded. `default` fields are searched when a query word names no field. `boost` multiplies
    the field's BM25F weight. `facet` values are counted. `passages` yields the field's values of a story.
    """

    name: str
    kind: Kind
    passages: Callable[[StoredStory], tuple[str, ...]]
    default: bool = False
    boost: float = 1.0
    facet: bool = False


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _caption(caption: Caption) -> str:
    """A caption's own words; its label stands above it on the page and is searched with it."""
    return f"{caption.label}. {caption.text}" if caption.label else caption.text


def _hosts(url: str | None) -> tuple[str, ...]:
    """The host of an address and the domains that it is in: uk.reuters.com, reuters.com, com."""
    host = urlsplit(url or "").hostname
    if not host:
        return ()
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():  # an IP address is in no domain
        return (host,)
    return tuple(".".join(labels[start:]) for start in range(len(labels)))


FIELDS: tuple[Field, ...] = (
    Field("headline", "text", lambda s: _one(s.headline), default=True, boost=3.0),
    Field("deck", "text", lambda s: _one(s.deck), default=True, boost=1.5),
    Field("body", "text", lambda s: s.body, default=True, boost=1.0),
    Field("caption", "text", lambda s: tuple(_caption(c) for c in s.captions), default=True, boost=1.2),
    Field("credit", "name", lambda s: tuple(c.credit for c in s.captions if c.credit), default=True, boost=0.5),
    Field("byline", "name", lambda s: s.byline, default=True, boost=1.0),
    Field("dateline", "name", lambda s: _one(s.dateline), default=True, boost=1.0),
    Field("tag", "text", lambda s: s.tags, default=True, boost=0.8),
    Field("agency", "keyword", lambda s: s.agencies, facet=True),
    Field("source", "keyword", lambda s: (s.source,), facet=True),
    Field("site", "keyword", lambda s: _hosts(s.url)),
    Field("section", "keyword", lambda s: _one(s.section), facet=True),
    Field("language", "keyword", lambda s: _one(s.language), facet=True),
)

BY_NAME = {field.name: field for field in FIELDS}
DEFAULT_FIELDS = tuple(field for field in FIELDS if field.default)
FACET_FIELDS = tuple(field for field in FIELDS if field.facet)
KEYWORD_FIELDS = tuple(field for field in FIELDS if field.kind == "keyword")
TEXT_FIELDS = tuple(field for field in FIELDS if field.kind != "keyword")

ALIASES = {"lang": "language"}
"""Names that the query language understands for a field of another name."""
