"""What does the index hold of one story?

A story becomes the keyword arguments of Whoosh's `add_document`: for each text field the terms with their
positions, for TEXT the weighted terms of all default fields, and the values of the columns.
"""

from collections import defaultdict
from typing import Any

from whoosh.formats import Positions

from index.analysis import tokens
from index.engines.whoosh.forms import NO_ALGORITHM, algorithm_of, index_terms
from index.engines.whoosh.schema import (
    FIRST_SEEN_AT,
    FLAGS,
    HAS_FLAGS,
    ID,
    ID_COLUMN,
    PUBLISHED_AT,
    TEXT,
    VERSION,
    WITHDRAWN_FLAG,
    Entry,
    to_microseconds,
)
from index.fields import FIELDS, Field
from index.story import StoredStory

PASSAGE_GAP = 100
"""Positions left free between two passages (paragraphs, captions, tags) so that no phrase runs across them."""

_encode_positions = Positions().encode


def to_document(story: StoredStory) -> dict[str, Any]:
    """The keyword arguments of `add_document` for a story."""
    document: dict[str, Any] = {
        ID: story.id,
        ID_COLUMN: story.id.encode(),
        PUBLISHED_AT: to_microseconds(story.published_at),
        FIRST_SEEN_AT: to_microseconds(story.first_seen_at),
        VERSION: story.version,
    }
    flags = WITHDRAWN_FLAG if story.status == "withdrawn" else 0
    if story.published_at is not None:
        flags |= HAS_FLAGS[PUBLISHED_AT]
    weights: defaultdict[str, float] = defaultdict(float)
    weighted_length = 0.0
    for field in FIELDS:
        passages = field.passages(story)
        if not passages:
            continue
        flags |= HAS_FLAGS[field.name]
        if field.kind == "keyword":
            document[field.name] = passages
            continue
        positions, length = _positions(field, passages, story.language)
        document[field.name] = _entries(positions, length)
        if field.default:
            weighted_length += field.boost * length
            for term, places in positions.items():
                weights[term] += field.boost * len(places)
    document[TEXT] = _weighted_entries(weights, round(weighted_length))
    document[FLAGS] = flags
    return document


def _positions(
    field: Field, passages: tuple[str, ...], language: str | None
) -> tuple[defaultdict[str, list[int]], int]:
    """Where each term stands in a field, and how many words the field has."""
    stemmed_language = language if field.kind == "text" else None
    algorithm = algorithm_of(stemmed_language) if stemmed_language else NO_ALGORITHM
    positions: defaultdict[str, list[int]] = defaultdict(list)
    start = length = 0
    for passage in passages:
        position = start
        for token in tokens(passage, stemmed_language):
            position = start + token.position
            length += 1
            for term in index_terms(token, algorithm):
                positions[term].append(position)
        start = position + 1 + PASSAGE_GAP
    return positions, length


def _entries(positions: dict[str, list[int]], length: int) -> list[Entry]:
    # Whoosh adds the frequencies up to the field's length, so the first entry brings all of it and forms of a
    # word don't count twice.
    return [
        (term.encode(), 0 if number else length, float(len(places)), _encode_positions(places))
        for number, (term, places) in enumerate(positions.items())
    ]


def _weighted_entries(weights: dict[str, float], length: int) -> list[Entry]:
    return [
        (term.encode(), 0 if number else length, weight, b"") for number, (term, weight) in enumerate(weights.items())
    ]
