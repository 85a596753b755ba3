"""Which stories match a query, and how well?

The query tree is worked out from the leaves up. Every node yields a mask over all stories and, where it ranks, a
score for each: sums over the clauses, as in Whoosh's own And and Or. A node of which nothing is left after analysis
(a word without letters) yields None and is as if it had never been typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from index import query as q
from index.engines.whoosh import expansion
from index.engines.whoosh.forms import EXACT_FACTOR, Form, WordForms, exact_words, query_words
from index.engines.whoosh.phrases import phrase_docs
from index.engines.whoosh.ranking import Floats, all_words_bonus, highest_score, idf, saturation
from index.engines.whoosh.schema import HAS_FLAGS, TEXT, UNDATED, WITHDRAWN_FLAG, keyword_term, to_microseconds
from index.engines.whoosh.snapshot import Mask, Snapshot
from index.fields import ALIASES, BY_NAME, DEFAULT_FIELDS


@dataclass(frozen=True, slots=True)
class Matches:
    """`mask` says which stories match; `scores` is None where the node only restricts.

    No score exceeds `ceiling`. Scores of stories outside the mask are 0.
    """

    mask: Mask
    scores: Floats | None = None
    ceiling: float = 0.0


class Matcher:
    """Works out query trees over one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def match(self, query: q.Query) -> Matches | None:
        """The stories that match, deleted and withdrawn ones included; None where the query says nothing."""
        match query:
            case q.Word() | q.Phrase() | q.Prefix() | q.Wildcard() | q.Fuzzy():
                return self._leaf(query)
            case q.And(clauses):
                return self._all(clauses)
            case q.Or(clauses):
                return _any(self._matches(clauses))
            case q.Words(clauses):
                return _words(self._matches(clauses))
            case q.Not(clause):
                inner = self.match(clause)
                return None if inner is None else Matches(~inner.mask)
            case _:
                return Matches(self._restriction(query))

    def restrict(self, filters: q.Filters) -> Mask | None:
        """The stories that the filters leave; None where there are none."""
        masks = [
            np.logical_or.reduce([self._keyword(name, keyword_term(value)) for value in values])
            for name, values in filters.values.items()
            if values
        ]
        if filters.after is not None or filters.before is not None:
            masks.append(self._restriction(q.DateRange(filters.after, filters.before)))
        return np.logical_and.reduce(masks) if masks else None

    def _matches(self, clauses: Sequence[q.Query]) -> list[Matches]:
        return [found for clause in clauses if (found := self.match(clause)) is not None]

    def _all(self, clauses: Sequence[q.Query]) -> Matches | None:
        found = self._matches(clauses)
        if not found:
            return None
        mask = np.logical_and.reduce([part.mask for part in found])
        scores = _sum(found)
        return Matches(mask, None if scores is None else np.where(mask, scores, np.float32(0)), _ceiling(found))

    def _restriction(self, query: q.DateRange | q.Has | q.Status | q.Everything) -> Mask:
        snapshot = self._snapshot
        match query:
            case q.DateRange(after, before, field):
                dates = {"published_at": snapshot.published, "first_seen_at": snapshot.first_seen}.get(field)
                if dates is None:
                    return np.zeros(snapshot.size, np.bool_)
                mask: Mask = dates != UNDATED
                if after is not None:
                    mask = mask & (dates >= _midnight(after))
                if before is not None:
                    mask = mask & (dates < _midnight(before))
                return mask
            case q.Has(field):
                return self._flagged(HAS_FLAGS.get(ALIASES.get(field, field), 0))
            case q.Status("corrected"):
                return snapshot.versions > 1
            case q.Status(status):
                withdrawn = self._flagged(WITHDRAWN_FLAG)
                return withdrawn if status == "withdrawn" else ~withdrawn
            case q.Everything():
                return np.ones(snapshot.size, np.bool_)

    def _flagged(self, flag: int) -> Mask:
        flagged: Mask = (self._snapshot.flags & np.uint32(flag)) != 0
        return flagged

    def _leaf(self, leaf: q.Leaf) -> Matches | None:
        name = ALIASES.get(leaf.field, leaf.field) if leaf.field is not None else None
        field = BY_NAME.get(name) if name is not None else None
        if name is not None and field is None:
            return Matches(np.zeros(self._snapshot.size, np.bool_))
        if field is not None and field.kind == "keyword":
            return self._keyword_leaf(leaf, field.name)
        match leaf:
            case q.Word(text):
                return self._words_in_order(
                    query_words(text, self._snapshot.algorithms), field.name if field else None, 0
                )
            case q.Phrase(text, _, slop):
                return self._words_in_order(exact_words(text), field.name if field else None, slop)
            case q.Prefix() | q.Wildcard() | q.Fuzzy():
                return self._expansion(leaf, field.name if field else TEXT, keyword=False)

    def _keyword_leaf(self, leaf: q.Leaf, field: str) -> Matches | None:
        """Keywords restrict and don't score: each value is as good as another."""
        if isinstance(leaf, q.Word | q.Phrase):
            term = keyword_term(leaf.text)
            return Matches(self._keyword(field, term)) if term else None
        found = self._expansion(leaf, field, keyword=True)
        return None if found is None else Matches(found.mask)

    def _keyword(self, field: str, term: str) -> Mask:
        mask = np.zeros(self._snapshot.size, np.bool_)
        mask[self._snapshot.postings(field, term).docs] = True
        return mask

    def _expansion(self, leaf: q.Prefix | q.Wildcard | q.Fuzzy, field: str, *, keyword: bool) -> Matches | None:
        if isinstance(leaf, q.Wildcard):
            pattern = expansion.analysed_pattern(leaf.text, keyword=keyword)
            return self._group(field, [expansion.matching(self._snapshot, field, pattern)]) if pattern else None
        text = keyword_term(leaf.text) if keyword else expansion.analysed(leaf.text)
        if not text:
            return None
        if isinstance(leaf, q.Prefix):
            return self._group(field, [expansion.with_prefix(self._snapshot, field, text)])
        return self._group(field, [expansion.within(self._snapshot, field, text, leaf.edits)])

    def _words_in_order(self, words: Sequence[WordForms], field: str | None, slop: int) -> Matches | None:
        """One word, or several that stand in a row in one passage of one field; scored as the words by themselves."""
        if not words:
            return None
        scored = [self._group(field or TEXT, word.forms) for word in words]
        if len(words) == 1:
            return scored[0]
        mask = np.logical_and.reduce([part.mask for part in scored])
        if mask.any():
            mask = np.zeros(self._snapshot.size, np.bool_)
            choices = [tuple(dict.fromkeys(term for form in word.forms for term in form.terms)) for word in words]
            for name in (field,) if field else [default.name for default in DEFAULT_FIELDS]:
                mask[phrase_docs(self._snapshot, name, choices, slop)] = True
        scores = _sum(scored)
        return Matches(mask, None if scores is None else np.where(mask, scores, np.float32(0)), _ceiling(scored))

    def _group(self, field: str, forms: Sequence[Form]) -> Matches:
        """All forms of one word, scored as one word: the best form counts, its rarity is that of all together."""
        snapshot = self._snapshot
        best = np.zeros(snapshot.size, np.float32)
        found = [[(form.factor, snapshot.postings(field, term)) for term in form.terms] for form in forms]
        frequency = max((sum(len(postings.docs) for _, postings in kind) for kind in found), default=0)
        if not frequency:
            return Matches(np.zeros(snapshot.size, np.bool_), best)
        word_idf = idf(min(frequency, snapshot.size), snapshot.size)
        norms = snapshot.norms(field)
        for factor, (docs, weights) in (item for kind in found for item in kind):
            best[docs] = np.maximum(best[docs], saturation(weights, norms[docs]) * np.float32(word_idf * factor))
        return Matches(best > 0, best, highest_score(word_idf) * EXACT_FACTOR)


def _midnight(day: date) -> int:
    return to_microseconds(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _ceiling(found: Sequence[Matches]) -> float:
    return sum(part.ceiling for part in found)


def _sum(found: Sequence[Matches]) -> Floats | None:
    scores = [part.scores for part in found if part.scores is not None]
    if not scores:
        return None
    total: Floats = scores[0] if len(scores) == 1 else np.add.reduce(scores, dtype=np.float32)
    return total


def _any(found: Sequence[Matches]) -> Matches | None:
    if not found:
        return None
    return Matches(np.logical_or.reduce([part.mask for part in found]), _sum(found), _ceiling(found))


def _words(found: Sequence[Matches]) -> Matches | None:
    """Like Or, with those that match all clauses before the others."""
    either = _any(found)
    if either is None or len(found) == 1:
        return either
    bonus = all_words_bonus(either.ceiling)
    every = np.logical_and.reduce([part.mask for part in found])
    scores = np.zeros(len(every), np.float32) if either.scores is None else either.scores
    return Matches(either.mask, scores + every * np.float32(bonus), either.ceiling + bonus)
