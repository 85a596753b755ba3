"""Field annotation: what the attribute of a story says of itself, for index, queries, API, exports and pages.

An attribute of `Story` is declared once, in model/story.py, with everything that the rest of the program does with it;
model/fields.py makes the schema of these annotations, and all else goes over the schema.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

FieldKind = Literal["text", "name", "keyword"]
"""How the index analyses a field.

"text" by the story's language, "name" word by word without stemming, "keyword" as one whole value, compared
case-folded.
"""
LAST = 1000
"""The place of a field that names none: behind those that do, in the order in which the attributes are declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The annotation of an attribute; a second one on the same attribute declares one more field of the index.

    Of the index: `name` is the field's name in `matched_in`, the query language and facets, in the singular (else the
    attribute's own). `kind` is how it is analysed; without one it is not in the index. `passages` takes the values out
    of the attribute's where that is neither a text nor a tuple of texts. `default` fields are searched when a word
    names no field; `boost` multiplies the BM25F weight of a match. `facet` is its place among the facets of a result
    page, from 1 (0: its values are not counted); `filter` the parameter that narrows a search to a value of it.
    `synonyms` are further names after `has:`.

    Of what is shown: `display` is its place wherever fields stand side by side. `stands_out` fields are the first of
    `matched_in`. `snippet` is its rank among the fields that a snippet is taken from, of passages that match equally.
    `listed` is the title under which a story's page lists it among its facts; what has none has its own place there.

    Of what is kept: `export` is the place of its column in CSV (0: none), `lines` its value as lines of text there and
    between versions, and `separator` stands between the lines in a cell. A change of a `versioned` field by the
    publisher makes a new version; what is compared is `comparable` of its value. An attribute with `is_record` says
    how a page was read instead of what the publisher says.

    Of reading: `site_rule` lets a site's own selectors name its element.
    """

    name: str = ""
    kind: FieldKind | None = None
    passages: Callable[[Any], tuple[str, ...]] | None = None
    default: bool = False
    boost: float = 1.0
    facet: int = 0
    filter: str = ""
    synonyms: tuple[str, ...] = ()
    display: int = LAST
    stands_out: bool = False
    snippet: int = LAST
    listed: str = ""
    export: int = 0
    lines: Callable[[Any], tuple[str, ...]] | None = None
    separator: str = "; "
    versioned: bool = False
    comparable: Callable[[Any], Any] | None = None
    is_record: bool = False
    site_rule: bool = False
