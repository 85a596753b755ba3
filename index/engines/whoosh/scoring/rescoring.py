"""Which of the best stories are better than their words alone say?

The stories with the highest scores are looked at once more, as a whole: how close the words stand, how much of a
question a story holds in one place, how like the best answers it is. All of it is added to the score, so that these
stories stay before the others, and paging agrees with the whole. What each part is worth stands in ranking.py.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.bm25f import FEW_WORDS, K1, PASSAGE, SEVERAL_WORDS, Floats
from index.engines.whoosh.query.boolean_query import Found
from index.engines.whoosh.query.matching import LooseWords
from index.engines.whoosh.scoring.passages import passages
from index.engines.whoosh.scoring.proximity import closeness
from index.engines.whoosh.scoring.relevance_feedback import likeness
from index.engines.whoosh.segments.segment import NO_DOCS, Docs
from index.engines.whoosh.segments.snapshot import Snapshot

MOST_REFINED = 200
"""So many stories, and those that score alike, are looked at once more."""


class Refinement(NamedTuple):
    """The stories that were looked at once more (ascending), and what each part adds to their scores."""

    docs: Docs
    parts: dict[str, Floats]


NOTHING_REFINED = Refinement(NO_DOCS, {})


def refine(snapshot: Snapshot, loose: Sequence[LooseWords], found: Found) -> tuple[Found, Refinement]:
    """The same stories with new scores, and what was added to the best of them."""
    docs, scores = found
    if scores is None:
        return found, Refinement(docs[:0], {})
    best = _best(scores)
    parts: dict[str, Floats] = {}
    for words in loose:
        for name, added in _parts(snapshot, words, docs[best], scores[best]).items():
            parts[name] = parts[name] + added if name in parts else added
    refined = scores.copy()
    for added in parts.values():
        refined[best] += added
    return Found(docs, refined), Refinement(docs[best], parts)


def _best(scores: Floats) -> Docs:
    """The rows of the highest scores; of stories that score alike either all or none."""
    if len(scores) <= MOST_REFINED:
        return np.arange(len(scores))
    bound = np.partition(scores, len(scores) - MOST_REFINED)[len(scores) - MOST_REFINED]
    best = np.flatnonzero(scores >= bound)
    return best if len(best) <= 2 * MOST_REFINED else np.flatnonzero(scores > bound)


def _parts(snapshot: Snapshot, words: LooseWords, docs: Docs, scores: Floats) -> dict[str, Floats]:
    if len(words.clauses) < 2 or not len(docs):
        return {}
    parts: dict[str, Floats] = {}
    if len(words.clauses) <= FEW_WORDS:
        parts["closeness"] = closeness(snapshot, words.queries, docs)
    if len(words.clauses) >= SEVERAL_WORDS:
        weight = sum(clause.ceiling for clause in words.clauses) / (K1 + 1)
        parts["passage"] = np.float32(PASSAGE * weight) * passages(snapshot, words.queries, docs) ** 2
        parts["likeness"] = likeness(snapshot, docs, sum(parts.values(), scores), weight)
    return parts
