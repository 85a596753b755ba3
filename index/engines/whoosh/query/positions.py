"""Positions of the words of a query in some stories."""

from collections.abc import Iterable, Sequence

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.query.term_scorer import TermScorer
from index.engines.whoosh.segments.segment import Docs, SegmentView
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.term_forms import WordForms, query_words
from model import query as q
from model.fields import DEFAULT_FIELDS

_TEXTS = tuple(field.name for field in DEFAULT_FIELDS if field.kind == "text")


class Occurrences:
    """Occurrences in some stories (ascending) of one segment; each word is looked up once."""

    def __init__(self, segment: SegmentView, docs: Docs) -> None:
        self._segment = segment
        self._docs = docs.astype(np.int64, copy=False)
        self._found: dict[WordForms, Sequence[Array]] = {}

    def by_field(self, word: WordForms) -> Sequence[Array]:
        """All occurrences of a word in any form, one array a field: sorted numbers, the story above STORY_BITS."""
        keys = self._found.get(word)
        if keys is None:
            terms = tuple(dict.fromkeys(term for form in word.forms for term in form.terms))
            lists = self._segment.lists_of(terms)
            keys = self._found[word] = [self._in_field(name, lists.get(name)) for name in _TEXTS]
        return keys

    def _in_field(self, name: str, numbers: Array | None) -> Array:
        if numbers is None:
            return np.empty(0, np.int64)
        return self._segment.fields[name].occurrences(numbers, self._docs)


def loose_words(snapshot: Snapshot, queries: Iterable[q.Query]) -> list[tuple[WordForms, TermScorer]]:
    """The words among some queries, in order, each with the clause that it is by itself."""
    words = [form for word in _words(queries) for form in query_words(word.text, snapshot.algorithms)]
    return [(word, TermScorer(snapshot, word)) for word in words]


def _words(queries: Iterable[q.Query]) -> Iterable[q.Word]:
    for query in queries:
        if isinstance(query, q.Word):
            yield query
        elif isinstance(query, q.And):
            yield from _words(query.clauses)
