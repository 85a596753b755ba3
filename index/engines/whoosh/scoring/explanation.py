"""Explanation of a score: the parts that it is made of.

The query tree is walked once more, over the stories of one page: each word says what it adds, in which form and in
which fields it was met; what the story gains as a whole (see rescoring.py) and by its date comes after. The parts add
up to the score.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.query.boolean_query import Some
from index.engines.whoosh.query.deadline import Deadline
from index.engines.whoosh.query.matching import QueryCompiler
from index.engines.whoosh.query.term_scorer import TermScorer
from index.engines.whoosh.scoring.rescoring import Rescored
from index.engines.whoosh.segments.segment import Docs
from index.engines.whoosh.segments.snapshot import Mask, Snapshot
from index.relevance.bm25f import Floats
from index.relevance.term_forms import FOLDED_MARK, PART_MARK, STEM_MARK, WordForms, query_words
from model import query as q
from model.fields import BY_NAME, DEFAULT_FIELDS
from model.query import ScorePart

_FORM_NAMES = {STEM_MARK: "stem", FOLDED_MARK: "folded", PART_MARK: "part"}


class _Amounts(NamedTuple):
    """What one part adds to each story; `leaf` where it is a word or phrase of the query."""

    kind: str
    leaf: q.Leaf | None
    scores: Floats


def explain(
    snapshot: Snapshot, query: q.Query, rescored_parts: Rescored, docs: Docs, scores: Sequence[float]
) -> list[tuple[ScorePart, ...]]:
    """The parts of the scores of some stories, in the order given."""
    ascending = np.sort(docs)
    _, amounts = _walk(snapshot, query, ascending)
    for name, added in rescored_parts.parts.items():
        places = np.minimum(np.searchsorted(rescored_parts.docs, ascending), max(0, len(added) - 1))
        held = rescored_parts.docs[places] == ascending if len(added) else np.zeros(len(ascending), np.bool_)
        amounts.append(_Amounts(name, None, added[places] * held if len(added) else np.zeros(len(ascending), "f4")))
    explained = []
    for doc, score in zip(docs.tolist(), scores, strict=True):
        row = int(np.searchsorted(ascending, doc))
        parts = [_part(snapshot, amount, doc, float(amount.scores[row])) for amount in amounts if amount.scores[row]]
        rest = score - sum(part.score for part in parts)
        # What is left over by rounding alone is no part.
        explained.append((*parts, ScorePart("recency", rest)) if abs(rest) > 1e-4 * score else tuple(parts))
    return explained


def _walk(snapshot: Snapshot, query: q.Query, docs: Docs) -> tuple[Mask | None, list[_Amounts]]:
    """Which of the stories match, and what each leaf adds to them; None where the query says nothing."""
    match query:
        case q.And(clauses) | q.Or(clauses) | q.Words(clauses):
            walked = [part for clause in clauses if (part := _walk(snapshot, clause, docs))[0] is not None]
            masks = [mask for mask, _ in walked if mask is not None]
            if not masks:
                return None, []
            amounts = [amount for _, parts in walked for amount in parts]
            if isinstance(query, q.And):
                every = np.logical_and.reduce(masks)
                return every, [amount._replace(scores=amount.scores * every) for amount in amounts]
            if isinstance(query, q.Words):
                amounts += _bonus(snapshot, query, np.logical_and.reduce(masks))
            return np.logical_or.reduce(masks), amounts
        case _:
            clause = QueryCompiler(snapshot, Deadline()).clause(query)
            if clause is None:
                return None, []
            mask, scores = clause.at(docs)
            if scores is None or not isinstance(query, q.Leaf):
                return mask, []
            return mask, [_Amounts(type(query).__name__.lower(), query, scores * mask)]


def _bonus(snapshot: Snapshot, words: q.Words, every: Mask) -> list[_Amounts]:
    clause = QueryCompiler(snapshot, Deadline()).clause(words)
    bonus = clause.bonus if isinstance(clause, Some) else 0.0
    return [_Amounts("all words", None, every * np.float32(bonus))] if bonus else []


def _part(snapshot: Snapshot, amount: _Amounts, doc: int, score: float) -> ScorePart:
    if amount.leaf is None:
        return ScorePart(amount.kind, score)
    words = query_words(amount.leaf.text, snapshot.algorithms) if isinstance(amount.leaf, q.Word) else ()
    if len(words) != 1:
        return ScorePart(amount.kind, score, amount.leaf.text)
    fields = _fields(snapshot, words[0], amount.leaf.field, doc)
    total = sum(fields.values()) or 1.0
    shares = {name: score * weight / total for name, weight in fields.items()}
    return ScorePart(amount.kind, score, amount.leaf.text, _form(snapshot, words[0], doc), shares)


def _form(snapshot: Snapshot, word: WordForms, doc: int) -> str | None:
    """The best form in which a story holds a word."""
    for form in word.forms:
        if TermScorer(snapshot, WordForms(word.exact, (form,))).at(np.array([doc]))[0][0]:
            return _FORM_NAMES.get(form.terms[0][0], "exact")
    return None


def _fields(snapshot: Snapshot, word: WordForms, field: str | None, doc: int) -> dict[str, float]:
    """How often a word in any form stands in each field of a story, times the field's boost."""
    number = int(np.searchsorted(snapshot.bases, doc, side="right")) - 1
    segment, local = snapshot.segments[number], doc - snapshot.bases[number]
    numbers = {found for form in word.forms for term in form.terms for found in segment.field_words(term).tolist()}
    weights: dict[str, float] = {}
    for name in [field] if field else [default.name for default in DEFAULT_FIELDS]:
        lists = segment.fields[name]
        count = len(lists.occurrences(lists.numbers(sorted(numbers)), np.array([local])))
        if count:
            weights[name] = count * BY_NAME[name].boost
    return weights
