"""Compiled loop of the proximity score: how near two words stand in each story."""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.field_loops import STORY_BITS
from index.engines.whoosh.postings.search_loops import first_from
from index.relevance.bm25f import Floats
from text.compiled import compiled


@compiled
def raise_nearness(left: Array, right: Array, docs: Array, furthest: int, best: Floats) -> None:
    """Raise the nearness of each of some stories (ascending) to one divided by the smallest distance of two words.

    `left` and `right` are their occurrences in a field, in order (see field_loops.py). What stands further than
    `furthest` from the nearest occurrence of the other word, or where that stands, is no pair.
    """
    place = row = 0
    for key in left:
        place = first_from(right, place, len(right), key)
        distance = furthest + 1
        if place < len(right):
            distance = min(distance, right[place] - key)
        if place > 0:
            distance = min(distance, key - right[place - 1])
        if not 0 < distance <= furthest:
            continue
        doc = key >> STORY_BITS
        row = first_from(docs, row, len(docs), doc)
        if row < len(docs) and docs[row] == doc:
            best[row] = max(best[row], np.float32(1 / distance))
