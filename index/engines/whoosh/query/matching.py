"""Compilation of a query tree into clauses over one snapshot.

The query tree becomes a tree of clauses (see boolean_query.py). A node of which nothing is left after analysis (a word
without letters) yields None and is as if it had never been typed.
"""

from collections.abc import Sequence
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.postings.ranges import first_of_each
from index.engines.whoosh.query import multi_term_rewrite
from index.engines.whoosh.query.boolean_query import All, Clause, DocsClause, Found, MaskClause, Some, Without
from index.engines.whoosh.query.deadline import Deadline
from index.engines.whoosh.query.multi_term_rewrite import Rewrite
from index.engines.whoosh.query.phrase_query import phrase_docs
from index.engines.whoosh.query.score_loops import mark
from index.engines.whoosh.query.term_scorer import MultiTermScorer, TermScorer
from index.engines.whoosh.schema import DATE_COLUMNS, HAS_FLAGS, UNCERTAIN_FLAG, WITHDRAWN_FLAG
from index.engines.whoosh.segments.segment import NO_DOCS, Docs
from index.engines.whoosh.segments.snapshot import Mask, Snapshot
from index.relevance.bm25f import highest_score, idf, saturation
from index.relevance.columns import UNDATED, midnight
from index.relevance.spelled_terms import analysed, analysed_pattern, keyword_term
from index.relevance.term_forms import Form, WordForms, exact_words, query_words, word_frequency
from model import query as q
from model.fields import ALIASES, BY_NAME, DEFAULT_FIELDS, PUBLISHED_AT

_FIELDS_BY_KIND = [
    [field.name for field in DEFAULT_FIELDS if field.kind == kind]
    for kind in dict.fromkeys(field.kind for field in DEFAULT_FIELDS)
]


class LooseClauses(NamedTuple):
    """Words typed side by side, and those of them that are clauses."""

    queries: Sequence[q.Query]
    clauses: Sequence[Clause]


class QueryCompiler:
    """Works out query trees over one snapshot, until a deadline."""

    def __init__(self, snapshot: Snapshot, deadline: Deadline) -> None:
        self._snapshot = snapshot
        self.deadline = deadline
        self.loose: list[LooseClauses] = []
        """The loose words of the queries compiled so far, but those that are excluded."""

    def clause(self, query: q.Query, *, excludes: bool = False) -> Clause | None:
        """The stories that match, deleted and withdrawn ones included; None where the query says nothing.

        `excludes`: what it matches is taken away from the answer.
        """
        match query:
            case q.Word() | q.Phrase() | q.Prefix() | q.Wildcard() | q.Fuzzy():
                leaf = None if self.deadline.cuts() else self._leaf(query)
                return MaskClause(np.full(self._snapshot.size, excludes)) if self.deadline.was_cut else leaf
            case q.And(clauses):
                parts = self._clauses(clauses, excludes)
                return All(parts) if parts else None
            case q.Or(clauses):
                parts = self._clauses(clauses, excludes)
                return Some(parts, self._snapshot.size) if parts else None
            case q.Words(clauses):
                parts = self._clauses(clauses, excludes)
                if not excludes:
                    self.loose.append(LooseClauses(clauses, parts))
                return Some(parts, self._snapshot.size, all_first=True) if parts else None
            case q.Not(clause):
                inner = self.clause(clause, excludes=not excludes)
                return None if inner is None else Without(inner, self._snapshot.size)
            case _:
                return MaskClause(self._restriction(query))

    def restrict(self, filters: q.Filters) -> Mask | None:
        """The stories that the filters leave; None where there are none."""
        masks = []
        for name, values in filters.values.items():
            if values:
                mask = np.zeros(self._snapshot.size, np.bool_)
                for value in values:
                    mark(mask, self._keyword(name, keyword_term(value)))
                masks.append(mask)
        if filters.after is not None or filters.before is not None:
            masks.append(self._restriction(q.DateRange(filters.after, filters.before)))
        return reduce(np.logical_and, masks) if masks else None

    def _clauses(self, queries: Sequence[q.Query], excludes: bool) -> list[Clause]:
        found = (self.clause(query, excludes=excludes) for query in queries)
        return [clause for clause in found if clause is not None]

    def _restriction(self, query: q.DateRange | q.Has | q.Status | q.Everything) -> Mask:
        snapshot = self._snapshot
        match query:
            case q.DateRange(after, before, field):
                if field not in DATE_COLUMNS:
                    return np.zeros(snapshot.size, np.bool_)
                dates = snapshot.published if field == PUBLISHED_AT else snapshot.first_seen
                mask: Mask = dates >= (UNDATED + 1 if after is None else midnight(after))
                return mask if before is None else mask & (dates < midnight(before))
            case q.Has(field):
                return self._flagged(HAS_FLAGS.get(ALIASES.get(field, field), 0))
            case q.Status("corrected"):
                corrected: Mask = snapshot.versions > 1
                return corrected
            case q.Status("uncertain"):
                return self._flagged(UNCERTAIN_FLAG)
            case q.Status(status):
                withdrawn = self._flagged(WITHDRAWN_FLAG)
                return withdrawn if status == "withdrawn" else ~withdrawn
            case q.Everything():
                return np.ones(snapshot.size, np.bool_)

    def _flagged(self, flag: int) -> Mask:
        flagged: Mask = (self._snapshot.flags & np.uint32(flag)) != 0
        return flagged

    def _leaf(self, leaf: q.Leaf) -> Clause | None:
        name = ALIASES.get(leaf.field, leaf.field) if leaf.field is not None else None
        field = BY_NAME.get(name) if name is not None else None
        if name is not None and field is None:
            return self._unscored(NO_DOCS)
        if field is not None and field.kind == "keyword":
            return self._keyword_leaf(leaf, field.name)
        if isinstance(leaf, q.Word):
            return self._in_order(query_words(leaf.text, self._snapshot.algorithms), field.name if field else None, 0)
        if isinstance(leaf, q.Phrase):
            return self._in_order(exact_words(leaf.text), field.name if field else None, leaf.slop)
        expand = _expansion(leaf, keyword=False)
        if expand is None:
            return None
        if field is None:
            return MultiTermScorer(self._snapshot, [part.expand(expand) for part in self._snapshot.segments])
        return self._expanded_in_field(field.name, expand)

    def _keyword_leaf(self, leaf: q.Leaf, field: str) -> Clause | None:
        """Keywords restrict and don't score: each value is as good as another."""
        if isinstance(leaf, q.Word | q.Phrase):
            term = keyword_term(leaf.text)
            return self._unscored(self._keyword(field, term)) if term else None
        expand = _expansion(leaf, keyword=True)
        if expand is None:
            return None
        parts = [
            segment.keyword_docs(field, expand(segment.keywords(field)).tolist()) + np.int32(base)
            for segment, base in zip(self._snapshot.segments, self._snapshot.bases, strict=True)
        ]
        return self._unscored(np.unique(np.concatenate(parts)))

    def _unscored(self, docs: Docs) -> Clause:
        return DocsClause(Found(docs, None))

    def _keyword(self, field: str, term: str) -> Docs:
        parts = [
            segment.postings(field, term).docs + np.int32(base)
            for segment, base in zip(self._snapshot.segments, self._snapshot.bases, strict=True)
        ]
        return np.concatenate(parts)

    def _in_order(self, words: Sequence[WordForms], field: str | None, slop: int) -> Clause | None:
        """One word, or several that stand in a row in one passage of one field; scored as the words by themselves."""
        if not words:
            return None
        if len(words) == 1:
            return self._word(words[0], field)
        found = NO_DOCS
        for choices, names in _choices(tuple(words), field):
            for docs in phrase_docs(self._snapshot, names, choices, slop, self.deadline):
                found = _union(found, docs) if len(found) else docs
        return All([self._unscored(found), *(self._word(word, field) for word in words)])

    def _word(self, word: WordForms, field: str | None) -> Clause:
        if field is None:
            return TermScorer(self._snapshot, word)
        return self._in_field(field, _forms_in(field, word))

    def _in_field(self, field: str, forms: Sequence[Form]) -> Clause:
        """All forms of one word in a named field: the best form counts, its rarity is that of all together."""
        snapshot = self._snapshot
        counts = [sum(snapshot.document_frequency(field, term) for term in form.terms) for form in forms]
        frequency = word_frequency(forms, counts)
        if not frequency:
            return self._unscored(NO_DOCS)
        word_idf = idf(min(frequency, snapshot.size), snapshot.size)
        best = np.zeros(snapshot.size, np.float32)
        norms = snapshot.norms(field)
        for segment, base in zip(snapshot.segments, snapshot.bases, strict=True):
            for form in forms:
                for docs, weights in (segment.postings(field, term) for term in form.terms):
                    scores = saturation(weights, norms[docs + base]) * np.float32(word_idf * form.factor)
                    best[docs + base] = np.maximum(best[docs + base], scores)
        docs = np.flatnonzero(best)
        return DocsClause(Found(docs, best[docs]), highest_score(word_idf))

    def _expanded_in_field(self, field: str, expand: Rewrite) -> Clause:
        """Many words as one, in a named field: the most frequent of them counts in each story."""
        snapshot, frequency = self._snapshot, 0
        counts = np.zeros(snapshot.size, np.int32)
        for segment, base in zip(snapshot.segments, snapshot.bases, strict=True):
            docs, found = segment.fields[field].rows_of(segment.expand(expand))
            np.maximum.at(counts, docs + np.int32(base), found.astype(np.int32))
            frequency += len(docs)
        if not frequency:
            return self._unscored(NO_DOCS)
        held = np.flatnonzero(counts)
        word_idf = idf(min(frequency, snapshot.size), snapshot.size)
        scores = saturation(counts[held].astype(np.float32), snapshot.norms(field)[held]) * np.float32(word_idf)
        return DocsClause(Found(held, scores), highest_score(word_idf))


@lru_cache(maxsize=1 << 12)
def _choices(
    words: tuple[WordForms, ...], field: str | None
) -> tuple[tuple[tuple[tuple[str, ...], ...], tuple[str, ...]], ...]:
    """The terms that each of some words may be, and the fields in which it may be these, in a field or in all."""
    fields: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for names in ([field],) if field else _FIELDS_BY_KIND:
        fields.setdefault(tuple(_terms(_forms_in(names[0], word)) for word in words), []).extend(names)
    return tuple((choices, tuple(names)) for choices, names in fields.items())


def _forms_in(field: str, word: WordForms) -> Sequence[Form]:
    """The forms in which a field holds a word: names are not stemmed."""
    if BY_NAME[field].kind == "text":
        return word.forms
    return [form for form in word.forms if not form.is_stemmed]


def _union(some: Docs, others: Docs) -> Docs:
    docs = np.sort(np.concatenate((some, others)))
    return docs[first_of_each(docs)]


def _terms(forms: Sequence[Form]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for form in forms for term in form.terms))


def _expansion(leaf: q.Prefix | q.Wildcard | q.Fuzzy, *, keyword: bool) -> Rewrite | None:
    if isinstance(leaf, q.Wildcard):
        pattern = analysed_pattern(leaf.text, keyword=keyword)
        return multi_term_rewrite.matching(pattern) if pattern.strip("*?") else None
    text = keyword_term(leaf.text) if keyword else analysed(leaf.text)
    if not text:
        return None
    if isinstance(leaf, q.Prefix):
        return multi_term_rewrite.with_prefix(text)
    return multi_term_rewrite.within(text, leaf.edits)
