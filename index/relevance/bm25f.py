"""BM25F and the constants of the ranking.

BM25F in the simple form of Robertson, Zaragoza and Taylor ("Simple BM25 Extension to Multiple Weighted Fields",
CIKM 2004): a word's frequencies are multiplied by the boosts of the fields and added up before they saturate. The
constants are Whoosh's own (k1 1.2, b 0.75).

A few words must all stand in a story that ranks first, the closer the better. Many words are a question: its common
words hardly count, and stories gain by the share of it that they hold in one passage and by likeness to those that
answer it best.
"""

from datetime import datetime
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from index.relevance.columns import to_microseconds

K1 = 1.2
B = 0.75

RECENCY_HALF_LIFE_DAYS = 7.0
RECENCY_WEIGHT = 0.5
"""With sort "relevance" a story of this very moment scores one half more; the extra halves with each half-life."""

ALL_WORDS_FACTOR = 1.0 + RECENCY_WEIGHT
"""Stories with all words get the highest score possible times this on top, so that recency can't lift others above."""

FEW_WORDS = 6
"""So many loose words are strict: all of them rank before some of them. More are a question."""

SEVERAL_WORDS = 5
"""So many loose words tell enough of a subject for stories to be compared with it as a whole."""

CLOSENESS = 0.5
"""What two neighbouring words of a query add where they stand side by side, in idf of the more common one."""

PASSAGE = 0.6
"""What a passage with all words of a question adds, in idf of these words; one with half of them adds a quarter."""

LIKENESS = 0.4
"""How much likeness to the best answers counts beside the question itself: two to five."""

_LEAST_IDF = 0.01
_DAY_MICROSECONDS = 86_400_000_000

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[Any]


def idf(document_frequency: int, documents: int) -> float:
    """Inverse document frequency, dampened: r * r / (r + 1).

    r is the weight of Robertson and Sparck Jones as Lucene floors it, log(1 + (N - n + 0.5) / (n + 0.5)). Rare words
    keep it; that of a word in every third story falls to half, so that the common words of a question don't outvote
    the rare ones.
    """
    rarity = log(1 + (documents - document_frequency + 0.5) / (document_frequency + 0.5))
    return max(_LEAST_IDF, rarity * rarity / (rarity + 1))


def length_norms(lengths: Numbers, average: float) -> Floats:
    """The part of BM25's denominator that depends on the story's length alone: k1 * (1 - b + b * length / average)."""
    norms: Floats = (K1 * ((1 - B) + B * lengths / (average or 1.0))).astype(np.float32)
    return norms


def saturation(weights: Floats, norms: Floats) -> Floats:
    """BM25 without idf: the impact of a word of those weights (frequencies times boosts), at most k1 + 1."""
    impacts: Floats = weights * np.float32(K1 + 1) / (weights + norms)
    return impacts


def highest_score(word_idf: float) -> float:
    """What no story can exceed with one word."""
    return word_idf * (K1 + 1)


def all_words_bonus(ceiling: float) -> float:
    """What stories with all words score on top, where the words together score at most `ceiling`."""
    highest = ceiling * (1 + (CLOSENESS + PASSAGE) / (K1 + 1) + LIKENESS)
    return ALL_WORDS_FACTOR * highest + 1.0


def with_recency(scores: Numbers, dates: Numbers, now: datetime) -> Numbers:
    """Scores blended with the age of the stories; dates (microseconds) in the future count as now."""
    age_days = np.maximum(to_microseconds(now) - dates, 0) / _DAY_MICROSECONDS
    blended: Numbers = scores * (1.0 + RECENCY_WEIGHT * np.exp2(-age_days / RECENCY_HALF_LIFE_DAYS))
    return blended
