"""Compiled loops of scores: posting lists are gone through once, and what a row is worth is added where it belongs.

A list is given by its stories (ascending), codes and masks; `impacts` holds an impact for each code that there can be,
`table` what a mask is worth, its last entry for all masks beyond, `scale` what all of that is multiplied with. Rows
that are worth nothing are passed over.
"""

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.search_loops import first_from
from index.relevance.bm25f import Floats
from text.compiled import compiled


@compiled
def score_rows(
    base: int, impacts: Floats, docs: Array, codes: Array, masks: Array, table: Floats, scale: np.float32
) -> tuple[Array, Floats]:
    """The stories of a list, numbered from `base` on, and their scores."""
    held, scores = np.empty(len(docs), np.int32), np.empty(len(docs), np.float32)
    count = 0
    for row in range(len(docs)):
        value = impacts[codes[row]] * (table[min(masks[row], len(table) - 1)] * scale)
        if value > 0:
            held[count], scores[count] = docs[row] + base, value
            count += 1
    return held[:count], scores[:count]


@compiled
def add_rows(
    totals: Floats,
    hits: Array,
    impacts: Floats,
    docs: Array,
    codes: Array,
    masks: Array,
    table: Floats,
    scale: np.float32,
) -> None:
    """Add the scores of a list to those of all stories, and one to the hits of those that it holds, if these count."""
    counted = min(len(hits), len(totals))
    for row in range(len(docs)):
        doc = docs[row]
        value = impacts[codes[row]] * (table[min(masks[row], len(table) - 1)] * scale)
        if value > 0 and 0 <= doc < len(totals):
            totals[doc] += value
            if doc < counted:
                hits[doc] += 1


@compiled
def raise_all(
    best: Floats, impacts: Floats, docs: Array, codes: Array, masks: Array, table: Floats, scale: np.float32
) -> None:
    """Raise the scores of all stories to those of a list."""
    for row in range(len(docs)):
        doc = docs[row]
        if 0 <= doc < len(best):
            best[doc] = max(best[doc], impacts[codes[row]] * (table[min(masks[row], len(table) - 1)] * scale))


@compiled
def raise_some(
    best: Floats,
    wanted: Array,
    base: int,
    impacts: Floats,
    docs: Array,
    codes: Array,
    masks: Array,
    table: Floats,
    scale: np.float32,
) -> None:
    """The same for some stories (ascending), numbered from `base` on."""
    place = 0
    for number in range(min(len(best), len(wanted))):
        place = first_from(docs, place, len(docs), wanted[number] - base)
        if place == len(docs):
            return
        if docs[place] == wanted[number] - base:
            value = impacts[codes[place]] * (table[min(masks[place], len(table) - 1)] * scale)
            best[number] = max(best[number], value)


@compiled
def narrow(
    wanted: Array,
    scores: Floats,
    impacts: Floats,
    docs: Array,
    codes: Array,
    masks: Array,
    table: Floats,
    scale: np.float32,
) -> tuple[Array, Floats]:
    """Those of some stories (ascending) that a list holds too, and their scores with its own added."""
    held, sums = np.empty(len(wanted), np.int32), np.empty(len(wanted), np.float32)
    count = place = 0
    for number in range(min(len(wanted), len(scores))):
        place = first_from(docs, place, len(docs), wanted[number])
        if place == len(docs):
            break
        if docs[place] == wanted[number]:
            value = impacts[codes[place]] * (table[min(masks[place], len(table) - 1)] * scale)
            if value > 0:
                held[count], sums[count] = wanted[number], scores[number] + value
                count += 1
    return held[:count], sums[:count]


@compiled
def unite(docs: Array, scores: Floats, hits: Array, others: Array, their_scores: Floats) -> tuple[Array, Floats, Array]:
    """The stories of both lists (ascending), their scores added, and in how many lists each was: `hits`, and one."""
    most = len(docs) + len(others)
    held, sums, counts = np.empty(most, np.int32), np.empty(most, np.float32), np.empty(most, np.uint8)
    left = right = count = 0
    while left < len(docs) or right < len(others):
        from_left = right == len(others) or (left < len(docs) and docs[left] <= others[right])
        from_right = left == len(docs) or (right < len(others) and others[right] <= docs[left])
        held[count] = docs[left] if from_left else others[right]
        sums[count] = 0
        counts[count] = 0
        if from_left:
            sums[count] = scores[left]
            counts[count] = hits[left]
            left += 1
        if from_right:
            sums[count] += their_scores[right]
            counts[count] += 1
            right += 1
        count += 1
    return held[:count], sums[:count], counts[:count]
