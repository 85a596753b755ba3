"""Schema of a story's fields, made of the annotations in model/story.py.

Index, query language, facets, API, exports, versions, pages and site rules go over it, so that a new attribute of a
story needs no line of theirs. Names are in the singular, as `matched_in` and the query language use them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Any, get_args, get_origin

from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from model.field_annotation import Field, FieldKind
from model.story import ADDRESS_CHECK, StoredStory, Story

PUBLISHED_AT = "published_at"
"""The attribute by whose date stories are narrowed and sorted."""
PUBLISHED_LOCAL = "published_local"
"""The attribute that keeps this date as it was stated."""
MODIFIED_AT = "modified_at"
"""The attribute that says when the publisher changed the story last."""
RECORDS = ("provenance", "confidence")
"""The attributes that say of each field where it is from, and how sure that is."""
PUBLISHED = "published"
"""The facet that counts stories by the month of their publication."""


@dataclass(frozen=True, slots=True)
class IndexedField:
    """A field as the index holds it; `passages` yields its values of a story, out of its `attribute`.

    `facet` is its place among the facets of a result page, 0 where its values are not counted; the rest as in `Field`.
    """

    name: str
    attribute: str
    kind: FieldKind
    passages: Callable[[StoredStory], tuple[str, ...]]
    default: bool
    boost: float
    facet: int
    filter: str


def _annotations(attribute: FieldInfo) -> tuple[Field, ...]:
    """What an attribute says of itself, the field that is its own first."""
    return tuple(item for item in attribute.metadata if isinstance(item, Field)) or (Field(),)


def _types(attribute: str) -> frozenset[Any]:
    """The types of an attribute's values, those of a union each, without their parameters."""
    annotation = StoredStory.model_fields[attribute].annotation
    options = (annotation,) if get_origin(annotation) is tuple else get_args(annotation) or (annotation,)
    # The annotations of a union's members (AwareDatetime in Instant | None) stand around the type.
    return frozenset(_plain(option) for option in options)


def _plain(annotation: Any) -> Any:
    if hasattr(annotation, "__metadata__"):
        return _plain(get_args(annotation)[0])
    return get_origin(annotation) or annotation


def _passages(attribute: str, annotation: Field) -> Callable[[StoredStory], tuple[str, ...]]:
    """What takes a field's values out of a story; made once, as indexing calls it for every field of every story."""
    value = attrgetter(attribute)
    convert = annotation.passages
    if convert is not None:
        return lambda story: convert(value(story))
    if tuple in _types(attribute):
        return value
    return lambda story: (text,) if (text := value(story)) else ()


def _indexed(attribute: str, annotation: Field, kind: FieldKind) -> IndexedField:
    return IndexedField(
        annotation.name or attribute,
        attribute,
        kind,
        _passages(attribute, annotation),
        annotation.default,
        annotation.boost,
        annotation.facet,
        annotation.filter,
    )


_ALL = {name: _annotations(attribute) for name, attribute in StoredStory.model_fields.items()}
_IN_ORDER = sorted(
    ((name, annotation) for name, annotations in _ALL.items() for annotation in annotations),
    key=lambda pair: pair[1].display,
)
_INDEXED = [(_indexed(name, one, one.kind), one) for name, one in _IN_ORDER if one.kind is not None]

ATTRIBUTES: Mapping[str, Field] = MappingProxyType({name: annotations[0] for name, annotations in _ALL.items()})
"""Attribute of a stored story -> its own annotation, as declared."""

FIELDS: tuple[IndexedField, ...] = tuple(field for field, _ in _INDEXED)
"""The fields of the index, in the order of display."""
BY_NAME = {field.name: field for field in FIELDS}
DEFAULT_FIELDS = tuple(field for field in FIELDS if field.default)
FACET_FIELDS = tuple(field for field in FIELDS if field.facet)
KEYWORD_FIELDS = tuple(field for field in FIELDS if field.kind == "keyword")
TEXT_FIELDS = tuple(field for field in FIELDS if field.kind != "keyword")

HEADLINE, BODY, CAPTION, SITE = BY_NAME["headline"], BY_NAME["body"], BY_NAME["caption"], BY_NAME["site"]
SOURCE, LANGUAGE = BY_NAME["source"], BY_NAME["language"]
"""The fields that some part of the program treats in a way of its own."""

_AS_DECLARED = sorted(FIELDS, key=lambda field: list(_ALL).index(field.attribute))
FILTERS: Mapping[str, str] = {field.filter: field.name for field in _AS_DECLARED if field.filter}
"""Parameter -> the field that it narrows a search to values of."""
FACETS: tuple[str, ...] = tuple(field.name for field in _AS_DECLARED if field.facet)
"""The fields whose values are counted, in the order of the API."""
ALIASES: Mapping[str, str] = {parameter: name for parameter, name in FILTERS.items() if parameter != name}
"""Names that the query language understands for a field of another name."""
SYNONYMS: Mapping[str, str] = {word: field.name for field, annotation in _INDEXED for word in annotation.synonyms}
"""Names that `has:` understands besides."""

PROMINENT: tuple[str, ...] = tuple(field.name for field, annotation in _INDEXED if annotation.stands_out)
"""The fields that stand out on a page."""
SNIPPET_ORDER: tuple[str, ...] = tuple(
    field.name for field, _ in sorted(_INDEXED, key=lambda pair: pair[1].snippet) if field.kind != "keyword"
)
"""The fields that snippets are taken from, those that say most first."""

VERSIONED_FIELDS: tuple[str, ...] = tuple(name for name, annotation in _IN_ORDER if annotation.versioned)
"""The attributes whose change by the publisher makes a new version."""
REFRESHED_FIELDS: tuple[str, ...] = tuple(
    name for name in Story.model_fields if not (ATTRIBUTES[name].versioned or ATTRIBUTES[name].is_record)
)
"""The attributes that follow the page without a new version."""
SITE_RULE_FIELDS: tuple[str, ...] = tuple(name for name, annotation in ATTRIBUTES.items() if annotation.site_rule)
"""The attributes whose element a site's own rule may name."""
COLUMNS: tuple[str, ...] = tuple(
    sorted((name for name, annotation in ATTRIBUTES.items() if annotation.export), key=lambda n: ATTRIBUTES[n].export)
)
"""The attributes that are columns of a CSV export."""
LISTED: Mapping[str, str] = {name: annotation.listed for name, annotation in _IN_ORDER if annotation.listed}
"""Attribute -> the title under which a story's page lists it among its facts."""
INSTANTS: tuple[str, ...] = tuple(name for name in ATTRIBUTES if AwareDatetime in _types(name))
"""The attributes that are instants."""
SEVERAL: frozenset[str] = frozenset(name for name in ATTRIBUTES if tuple in _types(name))
"""The attributes that hold several values."""


ADDRESSES: frozenset[str] = frozenset(
    name for name, attribute in StoredStory.model_fields.items() if ADDRESS_CHECK in attribute.metadata
)
"""The attributes that are web addresses."""


def lines_of(story: StoredStory, attribute: str) -> tuple[str, ...]:
    """The value of an attribute as lines of text; none where it is unknown."""
    value = getattr(story, attribute)
    lines = ATTRIBUTES[attribute].lines
    if lines is not None:
        return lines(value)
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)


def comparable_of(story: Story, attribute: str) -> Any:
    """The value of an attribute as it is compared between versions."""
    value = getattr(story, attribute)
    comparable = ATTRIBUTES[attribute].comparable
    return value if comparable is None else comparable(value)
