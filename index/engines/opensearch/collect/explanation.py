"""Explanation of scores: the parts that they are made of, asked of the cluster once more for the hits of one page.

Each leaf is a search by itself among these hits, and so is each form of a word and each field that it may stand in;
what a story gains as a whole (see rescoring.py) and by its date comes after. The parts add up to the score.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from index.engines.opensearch.collect.order import MatchedStory, SearchTime
from index.engines.opensearch.collect.rescoring import AddedScores
from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.mapping import FORMS, TEXT
from index.engines.opensearch.query.leaves import any_of
from index.engines.opensearch.query.statistics import Clause, Statistics
from index.engines.opensearch.query.translation import QueryPart, Translation, all_parts, some_parts
from index.relevance.term_forms import FOLDED_MARK, PART_MARK, STEM_MARK, WordForms, query_words
from model import query as q
from model.fields import BY_NAME, DEFAULT_FIELDS
from model.query import ScorePart

_FORM_NAMES = {STEM_MARK: "stem", FOLDED_MARK: "folded", PART_MARK: "part"}
_ROUNDING = 1e-4


class Explainer:
    """Explains the scores of some hits of one search."""

    def __init__(
        self, cluster: Cluster, index: str, translation: Translation, statistics: Statistics, time: SearchTime
    ) -> None:
        self._cluster = cluster
        self._index = index
        self._translation = translation
        self._algorithms = statistics.facts(time.left()).algorithms
        self._time = time

    def explain(
        self, query: q.Query, page: Sequence[MatchedStory], added: Sequence[AddedScores]
    ) -> list[tuple[ScorePart, ...]]:
        """The parts of the scores of some hits, in their order; `added` is what each gained as a whole."""
        ids = [candidate.id for candidate in page]
        pieces = list(_pieces(query, self._translation.parts))
        scores = self._scores([piece.query for _, piece in pieces], ids)
        explained = []
        for candidate, more in zip(page, added, strict=True):
            parts = [
                self._part(node, own[candidate.id], candidate.id)
                for (node, _), own in zip(pieces, scores, strict=True)
                if own.get(candidate.id)
            ]
            parts += [ScorePart(name, value) for name, value in more.items() if value]
            rest = candidate.score - sum(part.score for part in parts)
            if abs(rest) > _ROUNDING * candidate.score:
                parts.append(ScorePart("recency", rest))
            explained.append(tuple(parts))
        return explained

    def _part(self, node: q.Query, score: float, story_id: str) -> ScorePart:
        if not isinstance(node, q.Leaf):
            return ScorePart("all words", score)
        kind = type(node).__name__.lower()
        words = query_words(node.text, self._algorithms) if isinstance(node, q.Word) else ()
        if len(words) != 1:
            return ScorePart(kind, score, node.text)
        form, weights = self._told_of(words[0], node.field, story_id)
        total = sum(weights.values()) or 1.0
        return ScorePart(kind, score, node.text, form, {n: score * weight / total for n, weight in weights.items()})

    def _told_of(self, word: WordForms, name: str | None, story_id: str) -> tuple[str | None, dict[str, float]]:
        """The best form in which a story holds a word, and how much of it stands in which field."""
        names = [name] if name else [default.name for default in DEFAULT_FIELDS]
        forms = [any_of(_terms(form.terms, name or TEXT)) for form in word.forms]
        fields = [
            {"dis_max": {"queries": _terms([term for form in word.forms for term in form.terms], one)}} for one in names
        ]
        found = self._scores([*forms, *fields], [story_id])
        of_forms, of_fields = found[: len(forms)], found[len(forms) :]
        best = next((form for form, own in zip(word.forms, of_forms, strict=True) if story_id in own), None)
        weights = {
            one: own[story_id] * BY_NAME[one].boost
            for one, own in zip(names, of_fields, strict=True)
            if own.get(story_id)
        }
        return None if best is None else _FORM_NAMES.get(best.terms[0][0], "exact"), weights

    def _scores(self, clauses: Sequence[Clause], ids: Sequence[str]) -> list[Mapping[str, float]]:
        """What each of some clauses scores in some stories: those that match it."""
        bodies: list[dict[str, Any]] = [
            {
                "query": {"bool": {"must": [clause], "filter": [{"terms": {"id": list(ids)}}]}},
                "size": len(ids),
                "_source": False,
                "docvalue_fields": ["id"],
            }
            for clause in clauses
        ]
        answers = self._cluster.searches(self._index, bodies, seconds=self._time.left())
        return [{hit["fields"]["id"][0]: float(hit["_score"]) for hit in answer["hits"]["hits"]} for answer in answers]


def _terms(terms: Sequence[str], name: str) -> list[Clause]:
    return [
        {"term": {name + FORMS if term.startswith(tuple(_FORM_NAMES)) else name: {"value": term}}} for term in terms
    ]


def _pieces(query: q.Query, parts: Mapping[q.Query, QueryPart]) -> list[tuple[q.Query, QueryPart]]:
    """The leaves that score, each where the clauses around it match, and what all of some words are worth."""
    match query:
        case q.And(clauses):
            inner = [piece for clause in clauses for piece in _pieces(clause, parts)]
            return [(node, _only_where(parts[query], piece)) for node, piece in inner]
        case q.Or(clauses) | q.Words(clauses):
            found = [piece for clause in clauses for piece in _pieces(clause, parts)]
            held = [part for clause in clauses if (part := parts.get(clause)) is not None]
            if isinstance(query, q.Words) and len(held) > 1:
                bonus = some_parts(held, all_first=True).ceiling - some_parts(held).ceiling
                every = all_parts([QueryPart(part.plain) for part in held])
                found.append((query, QueryPart({"constant_score": {"filter": every.query, "boost": bonus}}, True)))
            return found
        case q.Word() | q.Phrase() | q.Prefix() | q.Wildcard() | q.Fuzzy():
            part = parts.get(query)
            return [(query, part)] if part is not None and part.is_scored else []
        case _:
            return []


def _only_where(condition: QueryPart, piece: QueryPart) -> QueryPart:
    return all_parts([QueryPart(condition.plain), piece])
