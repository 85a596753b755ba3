"""Translation of a query tree into the cluster's query language.

The tree is walked twice: first its leaves are looked at (leaves.py) and all that has to be counted is counted in one
request, then the query is made with the weights. A node of which nothing is left after analysis (a word without
letters) yields None and is as if it had never been typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from index.engines.opensearch.mapping import CORRECTED, LIVE, UNCERTAIN, WITHDRAWN
from index.engines.opensearch.query.leaves import NOTHING, Leaf, Scored, ScoredWord, Weighed, keyword_filter, leaf_of
from index.engines.opensearch.query.statistics import Clause, Statistics
from index.relevance.bm25f import FEW_WORDS, all_words_bonus
from index.relevance.columns import midnight
from model import query as q
from model.fields import ALIASES, BY_NAME, PUBLISHED_AT

_DATES = {PUBLISHED_AT: "published", "first_seen_at": "first_seen"}
_MANY_TERMS = 600
"""Beyond so many terms in one query those of languages in which no story holds them are left out."""
EVERYTHING: Clause = {"match_all": {}}


@dataclass(frozen=True, slots=True)
class QueryPart:
    """A part of a query; it ranks where it `is_scored`, else it only restricts. No score is higher than `ceiling`.

    `plain` matches the same without scores, in fewer clauses: a cluster takes 1,024 in one query.
    """

    query: Clause
    is_scored: bool = False
    ceiling: float = 0.0
    plain_query: Clause | None = None

    @property
    def plain(self) -> Clause:
        """What matches the same without scores."""
        return self.query if self.plain_query is None else self.plain_query


@dataclass(frozen=True, slots=True)
class LooseWords:
    """Words typed side by side, with what they are together worth."""

    queries: Sequence[q.Query]
    number: int
    ceiling: float


@dataclass(slots=True)
class Translation:
    """A whole query; `loose` are its loose words but those that are excluded.

    `weights` are those of each leaf's words, `parts` what each node of the tree has become.
    """

    part: QueryPart | None = None
    loose: list[LooseWords] = field(default_factory=list)
    weights: dict[q.Leaf, list[Weighed]] = field(default_factory=dict)
    parts: dict[q.Query, QueryPart] = field(default_factory=dict)


class Translator:
    """Translates queries by the statistics of one index; `seconds` is the time for counting."""

    def __init__(self, statistics: Statistics, seconds: float | None = None) -> None:
        self._statistics = statistics
        self._seconds = seconds
        self._leaves: dict[q.Leaf, Leaf | None] = {}
        self._algorithms: dict[q.Leaf, frozenset[str]] = {}
        self._done = Translation()

    def translate(self, query: q.Query) -> Translation:
        """The stories that match, gone and withdrawn ones included."""
        facts = self._statistics.facts(self._seconds)
        leaves = list(dict.fromkeys(_leaves(query)))
        self._leaves = {leaf: leaf_of(leaf, facts.algorithms) for leaf in leaves}
        self._weigh(facts.stories)
        self._done.part = self._part(query)
        return self._done

    def _weigh(self, stories: int) -> None:
        scored = [(leaf, part) for leaf, made in self._leaves.items() if made for part in made.scores]
        wanted = [part.counted() for _, part in scored]
        counts = iter(self._statistics.counts([clause for clauses in wanted for clause in clauses], self._seconds))
        self._narrow()
        for (leaf, part), clauses in zip(scored, wanted, strict=True):
            weights = self._done.weights.setdefault(leaf, [])
            weights.append(part.weighed([next(counts) for _ in clauses], stories, self._algorithms.get(leaf)))

    def _narrow(self) -> None:
        """Find out of which languages the stories are that hold the words, where words in all languages' forms would be
        too many: a cluster takes so many clauses in one query.
        """
        words = {
            leaf: [part for part in made.scores if isinstance(part, ScoredWord)]
            for leaf, made in self._leaves.items()
            if made is not None
        }
        in_order = [made.in_order for made in self._leaves.values() if made is not None and made.in_order is not None]
        terms = sum(len(word.terms()) for own in words.values() for word in own)
        if terms <= _MANY_TERMS and not any(rows.has_many_choices for rows in in_order):
            return
        clauses = {
            leaf: own[0].inflected() if len(own) == 1 else {"bool": {"filter": [word.anywhere() for word in own]}}
            for leaf, own in words.items()
            if own
        }
        found = self._statistics.algorithms(list(clauses.values()), self._seconds)
        self._algorithms = dict(zip(clauses, found, strict=True))

    def _part(self, query: q.Query, *, excludes: bool = False) -> QueryPart | None:
        made = self._made(query, excludes)
        if made is not None:
            self._done.parts[query] = made
        return made

    def _made(self, query: q.Query, excludes: bool) -> QueryPart | None:
        match query:
            case q.Word() | q.Phrase() | q.Prefix() | q.Wildcard() | q.Fuzzy():
                return self._leaf(query)
            case q.And(clauses):
                parts = self._parts(clauses, excludes)
                return all_parts(parts) if parts else None
            case q.Or(clauses):
                parts = self._parts(clauses, excludes)
                return some_parts(parts) if parts else None
            case q.Words(clauses):
                parts = self._parts(clauses, excludes)
                if not parts:
                    return None
                if not excludes:
                    ceiling = sum(part.ceiling for part in parts)
                    self._done.loose.append(LooseWords(clauses, len(parts), ceiling))
                return some_parts(parts, all_first=True)
            case q.Not(clause):
                inner = self._part(clause, excludes=not excludes)
                return None if inner is None else QueryPart({"bool": {"must_not": [inner.plain], "must": [EVERYTHING]}})
            case _:
                return QueryPart(_restriction(query))

    def _parts(self, queries: Sequence[q.Query], excludes: bool) -> list[QueryPart]:
        found = (self._part(query, excludes=excludes) for query in queries)
        return [part for part in found if part is not None]

    def _leaf(self, leaf: q.Leaf) -> QueryPart | None:
        made = self._leaves[leaf]
        if made is None:
            return None
        if made.in_order is not None and self._algorithms.get(leaf) == frozenset():
            return QueryPart(NOTHING)  # no story holds all of its words
        weights = self._done.weights.get(leaf, [])
        parts = [] if made.restricts is None else [QueryPart(made.restricts)]
        parts += [] if made.in_order is None else [QueryPart(made.in_order.query(self._algorithms.get(leaf)))]
        parts += [_scored(one, weighed) for one, weighed in zip(made.scores, weights, strict=True)]
        return all_parts(parts)


def _scored(one: Scored, weighed: Weighed) -> QueryPart:
    """A word that stands nowhere in a field restricts alone."""
    if one.is_named and not weighed.idf:
        return QueryPart(weighed.plain)
    return QueryPart(weighed.query, True, weighed.ceiling, weighed.plain)


def all_parts(parts: Sequence[QueryPart]) -> QueryPart:
    """Stories that match every part; their scores are added up."""
    if len(parts) == 1:
        return parts[0]
    scored = [part.query for part in parts if part.is_scored]
    query: dict[str, Any] = {"filter": [part.query for part in parts if not part.is_scored]}
    if scored:
        query["must"] = scored
    plain = {"bool": {"filter": [part.plain for part in parts]}}
    return QueryPart({"bool": query}, bool(scored), sum(part.ceiling for part in parts), plain)


def some_parts(parts: Sequence[QueryPart], *, all_first: bool = False) -> QueryPart:
    """Stories that match at least one part; scores are added up, and those that match all come first if so asked."""
    if len(parts) == 1:
        return parts[0]
    ceiling = sum(part.ceiling for part in parts)
    bonus = all_words_bonus(ceiling) if all_first and len(parts) <= FEW_WORDS else 0.0
    should = [part.query if part.is_scored else _unscored(part.query) for part in parts]
    if bonus:
        every = {"bool": {"filter": [part.plain for part in parts]}}
        should.append({"constant_score": {"filter": every, "boost": bonus}})
    is_scored = bool(bonus) or any(part.is_scored for part in parts)
    plain = {"bool": {"should": [part.plain for part in parts], "minimum_should_match": 1}}
    return QueryPart({"bool": {"should": should, "minimum_should_match": 1}}, is_scored, ceiling + bonus, plain)


def filters_of(query: q.Query, filters: q.Filters) -> list[Clause]:
    """What restricts a search besides its query: the state of stories, and the filters."""
    clauses: list[Clause] = [{"terms": {"state": [LIVE, WITHDRAWN] if q.asks_for_withdrawn(query) else [LIVE]}}]
    clauses += [keyword_filter(name, values) for name, values in filters.values.items() if values]
    if filters.after is not None or filters.before is not None:
        clauses.append(_restriction(q.DateRange(filters.after, filters.before)))
    return clauses


def _unscored(query: Clause) -> Clause:
    return {"constant_score": {"filter": query, "boost": 0.0}}


def _leaves(query: q.Query) -> list[q.Leaf]:
    match query:
        case q.And(clauses) | q.Or(clauses) | q.Words(clauses):
            return [leaf for clause in clauses for leaf in _leaves(clause)]
        case q.Not(clause):
            return _leaves(clause)
        case q.Word() | q.Phrase() | q.Prefix() | q.Wildcard() | q.Fuzzy():
            return [query]
        case _:
            return []


def _restriction(query: q.DateRange | q.Has | q.Status | q.Everything) -> Clause:
    match query:
        case q.DateRange(after, before, name):
            if name not in _DATES:
                return NOTHING
            bounds = {"gte": midnight(after)} if after else {}
            bounds |= {"lt": midnight(before)} if before else {}
            return {"range": {_DATES[name]: bounds}} if bounds else {"exists": {"field": _DATES[name]}}
        case q.Has(name):
            held = ALIASES.get(name, name)
            return {"term": {"has": {"value": held}}} if held in BY_NAME or held == PUBLISHED_AT else NOTHING
        case q.Status("corrected"):
            return {"term": {"flags": {"value": CORRECTED}}}
        case q.Status("uncertain"):
            return {"term": {"flags": {"value": UNCERTAIN}}}
        case q.Status(status):
            return {"term": {"state": {"value": WITHDRAWN if status == "withdrawn" else LIVE}}}
        case q.Everything():
            return EVERYTHING
