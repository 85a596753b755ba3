"""What is the answer to a search, once it is known which stories match?

Order, paging and counts over the whole result.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.clauses import Found
from index.engines.whoosh.matching import Matcher
from index.engines.whoosh.ranking import RECENCY_WEIGHT, with_recency
from index.engines.whoosh.segment import Docs
from index.engines.whoosh.snapshot import Snapshot, Values
from index.fields import FACET_FIELDS
from index.query import And, EngineHit, EngineResult, Not, Or, Query, SearchRequest, Status, Words

Counts = tuple[tuple[str, int], ...]

_BLOCK = 64
_MANY_TIES = 5_000


def answer(snapshot: Snapshot, request: SearchRequest) -> EngineResult:
    """Search one snapshot."""
    matcher = Matcher(snapshot)
    clause = matcher.clause(request.query) if snapshot.size else None
    if clause is None:
        return EngineResult(0, (), _no_facets() if request.facets else {}, snapshot.revision)
    docs, scores = clause.rows()
    visible = snapshot.alive if asks_for_withdrawn(request.query) else snapshot.live
    filtered = matcher.restrict(request.filters)
    if filtered is not None:
        visible = visible & filtered
    if not visible.all():
        kept = visible[docs]
        docs, scores = docs[kept], None if scores is None else scores[kept]
    return EngineResult(
        total=len(docs),
        hits=_page(snapshot, request, Found(docs, scores)),
        facets=_facets(snapshot, docs) if request.facets else {},
        revision=snapshot.revision,
    )


def asks_for_withdrawn(query: Query) -> bool:
    """Whether a tree holds Status("withdrawn")."""
    match query:
        case Status(status):
            return status == "withdrawn"
        case And(clauses) | Or(clauses) | Words(clauses):
            return any(map(asks_for_withdrawn, clauses))
        case Not(clause):
            return asks_for_withdrawn(clause)
        case _:
            return False


def _page(snapshot: Snapshot, request: SearchRequest, found: Found) -> tuple[EngineHit, ...]:
    """The stories from `offset` on, at most `limit`, in the order asked for; ties stand in order of their ids."""
    start, end = max(0, request.offset), max(0, request.offset) + max(0, request.limit)
    docs = found.docs
    if start >= min(end, len(docs)):
        return ()
    scores: Array = np.zeros(len(docs), np.float32) if found.scores is None else found.scores
    keys = scores
    if request.sort in ("newest", "oldest") or (request.sort == "relevance" and found.scores is None):
        keys = -snapshot.dates[docs] if request.sort == "oldest" else snapshot.dates[docs]
    elif request.sort == "relevance" and request.now is not None:
        # Recency lifts a score by RECENCY_WEIGHT at most: who is further behind can't be on the page.
        near = np.flatnonzero(scores >= kth_highest(scores, end) / (1 + RECENCY_WEIGHT))
        docs = docs[near]
        keys = scores = with_recency(scores[near].astype(np.float64), snapshot.dates[docs], request.now)
    rows = np.flatnonzero(keys >= kth_highest(keys, end))
    rows = rows[order(snapshot, docs[rows], keys[rows])[start:end]]
    return tuple(map(EngineHit, snapshot.ids(docs[rows].tolist()), scores[rows].tolist()))


def kth_highest(keys: Array, number: int) -> Any:
    """A bound that at least `number` keys reach and few others, found without sorting them all.

    The highest key of each block is a key itself, so the number-th highest of those bounds the number-th highest key
    from below.
    """
    if number >= len(keys):
        return keys.min().item()
    columns = len(keys) // _BLOCK
    if columns > number:
        highest = keys[: columns * _BLOCK].reshape(_BLOCK, columns).max(axis=0)
        return np.partition(highest, columns - number)[columns - number].item()
    return np.partition(keys, len(keys) - number)[len(keys) - number].item()


def order(snapshot: Snapshot, docs: Docs, keys: Array) -> Sequence[int] | Array:
    """The rows in order: highest key first, ties by id."""
    if len(docs) > _MANY_TIES:
        return np.lexsort((snapshot.id_ranks[docs], -keys))
    ranked = sorted(zip((-keys).tolist(), snapshot.ids(docs.tolist()), range(len(docs)), strict=True))
    return [row for _, _, row in ranked]


def _no_facets() -> Mapping[str, Counts]:
    return {**{field.name: () for field in FACET_FIELDS}, "published": ()}


def _facets(snapshot: Snapshot, docs: Docs) -> Mapping[str, Counts]:
    facets: dict[str, Counts] = {}
    for field in FACET_FIELDS:
        values = snapshot.values[field.name]
        counts = np.bincount(values.first[docs], minlength=len(values.names) + 1)[:-1]
        if len(values.docs):
            counts = counts + _further(values, docs, snapshot.size)
        present = np.flatnonzero(counts)
        named = [
            (values.names[number], count)
            for number, count in zip(present.tolist(), counts[present].tolist(), strict=True)
        ]
        facets[field.name] = tuple(sorted(named, key=lambda pair: (-pair[1], pair[0])))
    names, months = snapshot.months
    counts = np.bincount(months[docs] + 1, minlength=len(names) + 1)[1:].tolist()
    facets["published"] = tuple((name, count) for name, count in zip(names, counts, strict=True) if count)
    return facets


def _further(values: Values, docs: Docs, stories: int) -> Array:
    """Counts of the values that are not a story's first."""
    mask = np.zeros(stories, np.bool_)
    mask[docs] = True
    return np.bincount(values.ordinals[mask[values.docs]], minlength=len(values.names))
