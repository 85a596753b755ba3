"""Passage score: how much of a question a story holds in one place.

A story that treats of a question holds its words in one passage; one that only brushes against it holds them here and
there (Callan, "Passage-Level Evidence in Document Retrieval", SIGIR 1994). A passage is two halves of HALF positions
side by side, so that passages overlap; as positions leap between paragraphs, none reaches from one into another.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.field_loops import STORY_BITS
from index.engines.whoosh.query.boolean_query import locate
from index.engines.whoosh.query.positions import Occurrences, loose_words
from index.engines.whoosh.segments.segment import Docs
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.bm25f import Floats
from model import query as q

HALF = 25
"""Positions in half a passage."""
_COMMON = 0.5
"""Words that more than this share of the stories hold are passed over."""


def passages(snapshot: Snapshot, queries: Iterable[q.Query], docs: Docs) -> Floats:
    """The share of a question that the best passage of each of some stories (ascending) holds: 0 to 1.

    Words are weighed by their idf.
    """
    words = {
        word: clause.idf for word, clause in loose_words(snapshot, queries) if clause.size <= _COMMON * snapshot.size
    }
    held = np.zeros(len(docs), np.float32)
    for segment, part, local in snapshot.split(docs):
        occurrences = Occurrences(segment, local)
        for field in zip(*map(occurrences.by_field, words), strict=True):
            held[part] = np.maximum(held[part], _best(local, field, list(words.values())))
    return held / np.float32(sum(words.values()) or 1.0)


def _best(docs: Docs, occurrences: Sequence[Array], weights: Sequence[float]) -> Floats:
    """What the best passage of each story holds in one field: the weights of its words, added up."""
    located = [_halves(docs, keys) for keys in occurrences]
    widths = np.full(len(docs), 1)
    for places, halves in located:
        np.maximum.at(widths, places, halves + 2)
    starts = np.cumsum(widths) - widths
    held = np.zeros(int(widths.sum()), np.float32)
    for (places, halves), weight in zip(located, weights, strict=True):
        seconds = starts[places] + halves + 1  # of the passage that begins with this half, the other one's is before it
        holds = np.zeros(len(held), np.bool_)
        holds[seconds] = holds[seconds - 1] = True
        held += np.float32(weight) * holds
    best: Floats = np.maximum.reduceat(held, starts)
    return best


def _halves(docs: Docs, keys: Array) -> tuple[Array, Array]:
    """Where the story of each occurrence stands among some, and the number of the half passage."""
    places, found = locate(docs, keys >> STORY_BITS)
    return places[found], (keys[found] & ((1 << STORY_BITS) - 1)) // HALF
