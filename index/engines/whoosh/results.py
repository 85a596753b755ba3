"""What is the answer to a search, once it is known which stories match?

Order, paging and counts over the whole result.
"""

from collections.abc import Mapping

import numpy as np

from index.engines.whoosh.matching import Matcher, Matches
from index.engines.whoosh.ranking import Numbers, with_recency
from index.engines.whoosh.schema import WITHDRAWN_FLAG
from index.engines.whoosh.snapshot import Snapshot
from index.fields import FACET_FIELDS
from index.query import And, EngineHit, EngineResult, Not, Or, Query, SearchRequest, Status, Words

Counts = tuple[tuple[str, int], ...]


def answer(snapshot: Snapshot, request: SearchRequest) -> EngineResult:
    """Search one snapshot."""
    matcher = Matcher(snapshot)
    matches = matcher.match(request.query) if snapshot.size else None
    if matches is None:
        return EngineResult(0, (), _no_facets() if request.facets else {}, snapshot.revision)
    mask = matches.mask & snapshot.alive
    if not asks_for_withdrawn(request.query):
        mask &= (snapshot.flags & np.uint32(WITHDRAWN_FLAG)) == 0
    if (filtered := matcher.restrict(request.filters)) is not None:
        mask &= filtered
    docs = np.flatnonzero(mask)
    return EngineResult(
        total=len(docs),
        hits=_page(snapshot, request, docs, matches),
        facets=_facets(snapshot, mask, docs) if request.facets else {},
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


def _page(snapshot: Snapshot, request: SearchRequest, docs: Numbers, matches: Matches) -> tuple[EngineHit, ...]:
    """The stories from `offset` on, at most `limit`, in the order asked for; ties stand in order of their ids."""
    start, end = max(0, request.offset), max(0, request.offset) + max(0, request.limit)
    if start >= min(end, len(docs)):
        return ()
    scores: Numbers = np.zeros(len(docs)) if matches.scores is None else matches.scores[docs].astype(np.float64)
    if request.sort == "relevance" and request.now is not None:
        scores = with_recency(scores, snapshot.dates[docs], request.now)
    keys: Numbers = scores
    if request.sort in ("newest", "oldest"):
        keys = snapshot.dates[docs] if request.sort == "newest" else -snapshot.dates[docs]
    rows = np.arange(len(docs))
    if end < len(docs):
        # Only those that can be on the page are sorted: everything from the key of the page's last story up.
        rows = np.flatnonzero(keys >= np.partition(keys, len(docs) - end)[len(docs) - end])
    ids = snapshot.ids(docs[rows].tolist())
    ranked = sorted(zip((-keys[rows]).tolist(), ids, scores[rows].tolist(), strict=True))
    return tuple(EngineHit(story_id, score) for _, story_id, score in ranked[start:end])


def _no_facets() -> Mapping[str, Counts]:
    return {**{field.name: () for field in FACET_FIELDS}, "published": ()}


def _facets(snapshot: Snapshot, mask: Numbers, docs: Numbers) -> Mapping[str, Counts]:
    facets: dict[str, Counts] = {}
    for field in FACET_FIELDS:
        values = snapshot.values[field.name]
        counts = np.bincount(values.ordinals[mask[values.docs]], minlength=len(values.names))
        named = [(name, count) for name, count in zip(values.names, counts.tolist(), strict=True) if count]
        facets[field.name] = tuple(sorted(named, key=lambda pair: (-pair[1], pair[0])))
    months, counts = np.unique(snapshot.months[docs], return_counts=True)
    facets["published"] = tuple(
        (f"{1970 + month // 12:04d}-{month % 12 + 1:02d}", count)
        for month, count in zip(months.tolist(), counts.tolist(), strict=True)
        if month != np.iinfo(np.int32).min
    )
    return facets
