"""Relevance feedback: likeness to the stories that answer a question best.

As in the embedded engine's module of this name, which says where it is from: the words that weigh most in the best few
stories are a second question, put beside the first. All words are looked at of these few alone; of the others it is
asked how they hold the ten that were chosen.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import log

from index.engines.opensearch.collect.order import MatchedStory
from index.engines.opensearch.collect.stored_words import StoredWords
from index.engines.opensearch.query.statistics import IndexFacts
from index.relevance.bm25f import K1, LIKENESS, B, idf

_ANSWERS, _CONTRAST, _LEAST_ANSWERS = 10, 8, 2
_SAMPLE = 40
_FEEDBACK_WORDS, _LOOKED_UP, _FEEDBACK_COMMON = 10, 30, 0.2
_LEAST_SCORE = 1e-9
_TENTHS = 10.0


def likeness(
    candidates: Sequence[MatchedStory], scores: Sequence[float], weight: float, facts: IndexFacts, stored: StoredWords
) -> list[float]:
    """What likeness to the best of some stories adds to their scores.

    `weight` is that of the question: the idf of its words, added up.
    """
    norms = [K1 * ((1 - B) + B * one.length / (facts.average_length or 1.0)) for one in candidates]
    guesses, impacts, least = _guesses(candidates, scores, norms, stored)
    looked_up = sorted(guesses, key=lambda name: (-guesses[name], name))[:_LOOKED_UP]
    values = {}
    for name, frequency in zip(looked_up, stored.counts(looked_up), strict=True):
        if frequency <= max(least, _FEEDBACK_COMMON * facts.stories):
            values[name] = impacts[name] * idf(frequency, facts.stories)
    kept = sorted(values, key=lambda name: (-values[name], name))[:_FEEDBACK_WORDS]
    if not kept:
        return [0.0] * len(candidates)
    held = stored.weights(kept, [candidate.id for candidate in candidates])
    share = LIKENESS * weight / (sum(values[name] for name in kept) or 1.0)
    added = []
    for candidate, norm in zip(candidates, norms, strict=True):
        own = held.get(candidate.id, {})
        added.append(share * sum(values[name] * _impact(own[name], norm) for name in kept if name in own))
    return added


def _guesses(
    candidates: Sequence[MatchedStory], scores: Sequence[float], norms: Sequence[float], stored: StoredWords
) -> tuple[Mapping[str, float], Mapping[str, float], int]:
    """Of each word of the best stories a guess of what it is worth, and its impacts; and in how many it must stand."""
    best = sorted(range(len(scores)), key=lambda row: -scores[row])[:_ANSWERS]
    least = min(_LEAST_ANSWERS, len(best))
    highest = max(_LEAST_SCORE, *scores)
    # How many of some stories at hand hold a word stands for how many of all do, until it is looked up.
    sample = candidates[-_SAMPLE:]
    words = stored.classes_of({candidate.id for candidate in (*sample, *(candidates[row] for row in best))})
    answers = Counter[str]()
    impacts: defaultdict[str, float] = defaultdict(float)
    for row in best:
        share = (scores[row] / highest) ** _CONTRAST
        for name, weight in words.get(candidates[row].id, {}).items():
            answers[name] += 1
            impacts[name] += share * _impact(weight, norms[row])
    shared = {name for name, number in answers.items() if number >= least}
    held = Counter(name for one in sample for name in words.get(one.id, {}).keys() & shared)
    guesses = {name: impacts[name] * log((len(sample) + 2) / (held[name] + 1)) for name in shared}
    return guesses, impacts, least


def _impact(tenths: int, norm: float) -> float:
    """The impact of a word (BM25 without idf) by its weight in a story."""
    weight = tenths / _TENTHS
    return weight * (K1 + 1) / (weight + norm) if weight else 0.0
