"""Which stories are like the ones that answer a question best?

Pseudo-relevance feedback after Rocchio ("Relevance Feedback in Information Retrieval", 1971): the words that tell most
in the best few stories are a second question, put beside the first. It finds no further stories, it only lifts among
those that were found.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.clauses import locate
from index.engines.whoosh.forms import STEM_MARK
from index.engines.whoosh.ranking import LIKENESS, Floats, idf
from index.engines.whoosh.segment import Docs, SegmentView
from index.engines.whoosh.snapshot import Snapshot

MOST_ANSWERS = 3
"""So many of the best stories are taken for answers."""
MOST_WORDS = 30
"""So many of their words make the second question."""
_LEAST_STORIES = 2
_COMMON = 0.1
"""Words in fewer stories, or in more than this share of them, tell nothing of what else is like these."""


def likeness(snapshot: Snapshot, docs: Docs, scores: Floats, weight: float) -> Floats:
    """What likeness to the best of some stories (ascending) adds to their scores.

    `weight` is that of the question: the idf of its words, added up.
    """
    words = _telling_words(snapshot, docs, scores)
    added = np.zeros(len(docs), np.float32)
    share = LIKENESS * weight / (sum(words.values()) or 1.0)
    bounds = np.searchsorted(docs, [*snapshot.bases, snapshot.size]).tolist()
    for number, segment in enumerate(snapshot.segments):
        start, end = bounds[number], bounds[number + 1]
        if start < end:
            local = docs[start:end] - snapshot.bases[number]
            for name, value in words.items():
                added[start:end] += np.float32(share * value) * _impacts(snapshot, segment, name, local)
    return added


def _telling_words(snapshot: Snapshot, docs: Docs, scores: Floats) -> Mapping[str, float]:
    """The words that tell most in the best stories, each with its weight."""
    best = np.argsort(-scores, kind="stable")[:MOST_ANSWERS]
    told: Counter[str] = Counter()
    for doc, score in zip(docs[best].tolist(), scores[best].tolist(), strict=True):
        number = int(np.searchsorted(snapshot.bases, doc, side="right")) - 1
        segment = snapshot.segments[number]
        classes, values = _words_of(snapshot, segment, doc - snapshot.bases[number])
        for word, value in zip(classes.tolist(), values.tolist(), strict=True):
            told[segment.classes[word]] += value * score
    return dict(told.most_common(MOST_WORDS))


def _words_of(snapshot: Snapshot, segment: SegmentView, doc: int) -> tuple[Array, Array]:
    """The classes of a story's words and what each tells in it, the most telling ones only."""
    classes, codes = segment.story_rows(doc)
    # How many stories of the whole index hold a word is reckoned from this segment.
    frequencies = np.rint(segment.class_sizes(classes) * (snapshot.size / segment.size)).astype(np.int64)
    rare = np.flatnonzero((frequencies >= _LEAST_STORIES) & (frequencies <= _COMMON * snapshot.size))
    classes, codes, frequencies = classes[rare], codes[rare], frequencies[rare]
    values = snapshot.impacts[codes] * np.array([idf(n, snapshot.size) for n in frequencies.tolist()], np.float32)
    chosen = np.argsort(-values, kind="stable")[: 2 * MOST_WORDS]
    return classes[chosen], values[chosen]


def _impacts(snapshot: Snapshot, segment: SegmentView, name: str, docs: Docs) -> Floats:
    """What a class of words tells in some stories of a segment."""
    number = segment.find_class(STEM_MARK + name)
    if number < 0:
        return np.zeros(len(docs), np.float32)
    rows = segment.class_rows(number)
    places, found = locate(rows.docs, docs)
    impacts: Floats = snapshot.impacts.take(rows.codes.take(places, mode="clip"), mode="clip") * found
    return impacts
