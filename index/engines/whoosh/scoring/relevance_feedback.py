"""Relevance feedback: likeness to the stories that answer a question best.

Pseudo-relevance feedback after Rocchio ("Relevance Feedback in Information Retrieval", 1971): the words that weigh most
in the best few stories are a second question, put beside the first. It finds no further stories, it only lifts among
those that were found.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.query.score_loops import raise_some
from index.engines.whoosh.schema import TEXT
from index.engines.whoosh.segments.segment import Docs, SegmentView
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.bm25f import LIKENESS, Floats, idf
from index.relevance.term_forms import STEM_MARK

MOST_ANSWERS = 10
"""So many of the best stories are taken for answers."""
CONTRAST = 8
"""How much more better answers count: an answer weighs by this power of its score."""
MOST_WORDS = 10
"""So many of their words make the second question."""
_LEAST_SCORE = 1e-9
_ONE = np.ones(1, np.float32)
_LEAST_ANSWERS = 2
"""A word of fewer answers is one story's own."""
_COMMON = 0.2
"""A word in more than this share of all stories does not set these stories apart."""
_SPARE = 3
"""Of so many times as many words the frequency in all stories is looked up."""


def feedback(snapshot: Snapshot, docs: Docs, scores: Floats, weight: float) -> Floats:
    """What likeness to the best of some stories (ascending) adds to their scores.

    `weight` is that of the question: the idf of its words, added up.
    """
    words = _feedback_terms(snapshot, docs, scores)
    added = np.zeros(len(docs), np.float32)
    share = LIKENESS * weight / (sum(words.values()) or 1.0)
    for segment, part, local in snapshot.split(docs):
        for name, value in words.items():
            added[part] += np.float32(share * value) * _impacts(snapshot, segment, name, local)
    return added


def _feedback_terms(snapshot: Snapshot, docs: Docs, scores: Floats) -> dict[str, float]:
    """The words that weigh most in the best stories, each with its weight."""
    best = np.sort(np.argsort(-scores, kind="stable")[:MOST_ANSWERS])
    shares = (scores[best] / max(_LEAST_SCORE, scores[best].max(initial=0.0))) ** CONTRAST
    least = min(_LEAST_ANSWERS, len(best))
    words: dict[str, _TermWeight] = {}
    for segment, part, local in snapshot.split(docs[best]):
        elsewhere = len(best) - len(local)
        for name, weight in _words_of(snapshot, segment, local, shares[part], least - elsewhere):
            words[name] = words[name].plus(weight) if name in words else weight
    shared = [(name, weight) for name, weight in words.items() if weight.answers >= least]
    shared.sort(key=lambda item: -item[1].guess)
    values: dict[str, float] = {}
    for name, weight in shared[: _SPARE * MOST_WORDS]:
        frequency = snapshot.document_frequency(TEXT, STEM_MARK + name)
        if frequency <= max(least, _COMMON * snapshot.size):
            values[name] = weight.impact * idf(frequency, snapshot.size)
    return dict(sorted(values.items(), key=lambda item: -item[1])[:MOST_WORDS])


class _TermWeight(NamedTuple):
    """The weight of a word in some answers: how many hold it, its impacts added up, and a guess of their worth."""

    answers: int
    impact: float
    guess: float

    def plus(self, other: "_TermWeight") -> "_TermWeight":
        """Both together."""
        return _TermWeight(self.answers + other.answers, self.impact + other.impact, self.guess + other.guess)


def _words_of(
    snapshot: Snapshot, segment: SegmentView, docs: Docs, shares: Floats, least: int
) -> Iterator[tuple[str, _TermWeight]]:
    """The words that `least` of some answers in one segment hold, each answer counted by its share."""
    classes, codes, counts = segment.words_of_stories(docs)
    impacts = snapshot.impacts[codes] * np.repeat(shares, counts)
    words, places, answers = np.unique(classes, return_inverse=True, return_counts=True)
    sums = np.bincount(places, impacts, len(words))
    # How many of this segment's stories hold a word stands for how many of all do.
    guesses = sums * np.log((segment.size + 1) / segment.text.sizes(words))
    chosen = np.flatnonzero(answers >= least)
    for word, *numbers in zip(*(column[chosen].tolist() for column in (words, answers, sums, guesses)), strict=True):
        yield segment.classes[word], _TermWeight(*numbers)


def _impacts(snapshot: Snapshot, segment: SegmentView, name: str, docs: Docs) -> Floats:
    """The impacts of a class of words in some stories of a segment."""
    number = segment.find_class(STEM_MARK + name)
    if number < 0:
        return np.zeros(len(docs), np.float32)
    impacts = np.zeros(len(docs), np.float32)
    raise_some(impacts, docs, 0, snapshot.impacts, *segment.text.rows(number), _ONE, 1.0)
    return impacts
