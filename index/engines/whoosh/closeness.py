"""How close together do the words of a query stand in a story?

Neighbouring words of the query make pairs, as in the sequential dependence model of Metzler and Croft ("A Markov Random
Field Model for Term Dependencies", SIGIR 2005). A pair counts by its closest occurrence in any field, in either order:
in full side by side, half at two positions' distance, a third at three. Words that are common are passed over, so that
"bank of england" is a pair of bank and england.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from index import query as q
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.clauses import locate
from index.engines.whoosh.forms import WordForms, query_words
from index.engines.whoosh.lists import FieldLists
from index.engines.whoosh.phrases import STORY_BITS, occurrence_keys
from index.engines.whoosh.ranking import CLOSENESS, Floats
from index.engines.whoosh.segment import Docs, SegmentView
from index.engines.whoosh.snapshot import Snapshot
from index.engines.whoosh.words import WordClause
from index.fields import DEFAULT_FIELDS

FURTHEST = 8
"""Words further apart than so many positions are no pair."""
_COMMON = 0.1
"""Words that more than this share of the stories hold are passed over."""

_TEXTS = tuple(field.name for field in DEFAULT_FIELDS if field.kind == "text")


def closeness(snapshot: Snapshot, queries: Iterable[q.Query], docs: Docs) -> Floats:
    """What the closeness of the words adds to the scores of some stories (ascending)."""
    words = [form for word in _words(queries) for form in query_words(word.text, snapshot.algorithms)]
    clauses = [WordClause(snapshot, word.forms) for word in words]
    rare = [number for number, clause in enumerate(clauses) if clause.size <= _COMMON * snapshot.size]
    chosen = rare if len(rare) > 1 else range(len(words))
    added = np.zeros(len(docs), np.float32)
    bounds = np.searchsorted(docs, [*snapshot.bases, snapshot.size]).tolist()
    for (start, end), base, segment in zip(pairwise(bounds), snapshot.bases, snapshot.segments, strict=True):
        if start < end:
            pairs = _Pairs(segment, docs[start:end] - base)
            for one, other in pairwise(chosen):
                weight = CLOSENESS * min(clauses[one].idf, clauses[other].idf)
                added[start:end] += np.float32(weight) * pairs.nearness(words[one], words[other])
    return added


def _words(queries: Iterable[q.Query]) -> Iterable[q.Word]:
    for query in queries:
        if isinstance(query, q.Word):
            yield query
        elif isinstance(query, q.And):
            yield from _words(query.clauses)


class _Pairs:
    """Pairs of words in some stories of one segment; each word is looked up once."""

    def __init__(self, segment: SegmentView, docs: Docs) -> None:
        self._segment = segment
        self._docs = docs
        self._found: dict[WordForms, list[Array]] = {}

    def nearness(self, one: WordForms, other: WordForms) -> Floats:
        """One divided by the smallest distance of two words in each story; 0 beyond FURTHEST."""
        best = np.zeros(len(self._docs), np.float32)
        if one == other:
            return best
        for left, right in zip(self._keys(one), self._keys(other), strict=True):
            if not len(left) or not len(right):
                continue
            following = right.searchsorted(left)
            after = right.take(following, mode="clip") - left
            before = left - right.take(following - 1, mode="clip")
            distances = np.minimum(np.abs(after), np.abs(before))
            near = np.flatnonzero((distances <= FURTHEST) & (distances > 0))
            places, found = locate(self._docs, left[near] >> STORY_BITS)
            np.maximum.at(best, places[found], (1 / distances[near][found]).astype(np.float32))
        return best

    def _keys(self, word: WordForms) -> list[Array]:
        """All occurrences of a word, field by field."""
        keys = self._found.get(word)
        if keys is None:
            numbers = _numbers(self._segment, word)
            keys = [self._in_field(self._segment.fields[name], numbers) for name in _TEXTS]
            self._found[word] = keys
        return keys

    def _in_field(self, lists: FieldLists, numbers: Sequence[int]) -> Array:
        ranges = [found for number in numbers if (found := lists.rows(number)) != (0, 0)]
        return occurrence_keys(lists, ranges, self._docs) if ranges else np.empty(0, np.int64)


def _numbers(segment: SegmentView, word: WordForms) -> list[int]:
    terms = {term for form in word.forms for term in form.terms}
    return sorted({number for term in terms for number in segment.field_words(term).tolist()})
