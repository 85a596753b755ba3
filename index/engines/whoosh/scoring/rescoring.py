"""Rescoring of the best stories by more than their words alone.

The stories with the highest scores are scored once more, as a whole: how close the words stand, how much of a
question a story holds in one place, how like the best answers it is. All of it is added to the score, so that these
stories stay before the others, and paging agrees with the whole. What each part is worth stands in bm25f.py.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.query.boolean_query import Found
from index.engines.whoosh.query.matching import LooseClauses
from index.engines.whoosh.scoring.passages import passages
from index.engines.whoosh.scoring.proximity import proximity
from index.engines.whoosh.scoring.relevance_feedback import feedback
from index.engines.whoosh.segments.segment import NO_DOCS, Docs
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.bm25f import FEW_WORDS, K1, PASSAGE, SEVERAL_WORDS, Floats

MOST_RESCORED = 200
"""So many stories, and those that score alike, are rescored."""


class Rescored(NamedTuple):
    """The stories that were rescored (ascending), and what each part adds to their scores."""

    docs: Docs
    parts: dict[str, Floats]


NOTHING_RESCORED = Rescored(NO_DOCS, {})


def rescore(snapshot: Snapshot, loose: Sequence[LooseClauses], found: Found) -> tuple[Found, Rescored]:
    """The same stories with new scores, and what was added to the best of them."""
    docs, scores = found
    if scores is None:
        return found, Rescored(docs[:0], {})
    best = _best(scores)
    parts: dict[str, Floats] = {}
    for words in loose:
        for name, added in _parts(snapshot, words, docs[best], scores[best]).items():
            parts[name] = parts[name] + added if name in parts else added
    refined = scores.copy()
    for added in parts.values():
        refined[best] += added
    return Found(docs, refined), Rescored(docs[best], parts)


def _best(scores: Floats) -> Docs:
    """The rows of the highest scores; of stories that score alike either all or none."""
    if len(scores) <= MOST_RESCORED:
        return np.arange(len(scores))
    bound = np.partition(scores, len(scores) - MOST_RESCORED)[len(scores) - MOST_RESCORED]
    best = np.flatnonzero(scores >= bound)
    return best if len(best) <= 2 * MOST_RESCORED else np.flatnonzero(scores > bound)


def _parts(snapshot: Snapshot, words: LooseClauses, docs: Docs, scores: Floats) -> dict[str, Floats]:
    if len(words.clauses) < 2 or not len(docs):
        return {}
    parts: dict[str, Floats] = {}
    if len(words.clauses) <= FEW_WORDS:
        parts["closeness"] = proximity(snapshot, words.queries, docs)
    if len(words.clauses) >= SEVERAL_WORDS:
        weight = sum(clause.ceiling for clause in words.clauses) / (K1 + 1)
        parts["passage"] = np.float32(PASSAGE * weight) * passages(snapshot, words.queries, docs) ** 2
        parts["likeness"] = feedback(snapshot, docs, sum(parts.values(), scores), weight)
    return parts
