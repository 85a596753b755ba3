"""Proximity score: how close together the words of a query stand in a story.

Neighbouring words of the query make pairs, as in the sequential dependence model of Metzler and Croft ("A Markov Random
Field Model for Term Dependencies", SIGIR 2005). A pair counts by its closest occurrence in any field, in either order:
in full side by side, half at two positions' distance, a third at three. Words that are common are passed over, so that
"bank of england" is a pair of bank and england.
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from index.engines.whoosh.query.positions import Occurrences, loose_words
from index.engines.whoosh.scoring.proximity_loops import raise_nearness
from index.engines.whoosh.segments.segment import Docs
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.bm25f import CLOSENESS, Floats
from index.relevance.term_forms import WordForms
from model import query as q

FURTHEST = 8
"""Words further apart than so many positions are no pair."""
_COMMON = 0.1
"""Words that more than this share of the stories hold are passed over."""


def proximity(snapshot: Snapshot, queries: Iterable[q.Query], docs: Docs) -> Floats:
    """What the proximity of the words adds to the scores of some stories (ascending)."""
    words = loose_words(snapshot, queries)
    rare = [(word, clause) for word, clause in words if clause.size <= _COMMON * snapshot.size]
    chosen = rare if len(rare) > 1 else words
    added = np.zeros(len(docs), np.float32)
    for segment, part, local in snapshot.split(docs.astype(np.int64, copy=False)):
        occurrences = Occurrences(segment, local)
        for (one, its_clause), (other, other_clause) in pairwise(chosen):
            weight = CLOSENESS * min(its_clause.idf, other_clause.idf)
            added[part] += np.float32(weight) * _nearness(occurrences, local, one, other)
    return added


def _nearness(occurrences: Occurrences, docs: Docs, one: WordForms, other: WordForms) -> Floats:
    """One divided by the smallest distance of two words in each story; 0 beyond FURTHEST."""
    best = np.zeros(len(docs), np.float32)
    if one == other:
        return best
    for left, right in zip(occurrences.by_field(one), occurrences.by_field(other), strict=True):
        raise_nearness(left, right, docs, FURTHEST, best)
    return best
