"""Collector of a result: order, paging and counts over all stories that match."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from index.engines.whoosh.collect.collapse import copies_in
from index.engines.whoosh.collect.date_order import first_by_date
from index.engines.whoosh.collect.facets import facets_in, no_facets
from index.engines.whoosh.collect.result_loops import leading
from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.query.boolean_query import Found, Some
from index.engines.whoosh.query.deadline import Deadline
from index.engines.whoosh.query.matching import QueryCompiler
from index.engines.whoosh.query.score_loops import keep_only
from index.engines.whoosh.scoring.explanation import explain
from index.engines.whoosh.scoring.rescoring import MOST_RESCORED, NOTHING_RESCORED, Rescored, rescore
from index.engines.whoosh.segments.segment import NO_DOCS, Docs
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.bm25f import RECENCY_WEIGHT, Floats, with_recency
from model.query import EngineHit, EngineResult, SearchRequest, SortKey, asks_for_withdrawn

_BLOCK = 64
_FEW = 64
"""So few rows are sorted in Python before NumPy has begun."""
_MANY_TIES = 5_000
_DENSE = 20
"""Scores are added up over all stories where more than one in so many may match."""
_PICKED_SLOWLY = 0.03, 0.1
_BY_DATE = "newest", "oldest"
_LEAST = float(np.finfo(np.float32).tiny)


class _HitPage(NamedTuple):
    """The stories of a page in order, with ids and scores, and the key that the next page begins after, if any."""

    docs: Sequence[int] = ()
    ids: Sequence[str] = ()
    scores: Sequence[float] = ()
    next_key: SortKey | None = None


def answer(snapshot: Snapshot, request: SearchRequest, deadline: Deadline) -> EngineResult:
    """Search one snapshot."""
    compiler = QueryCompiler(snapshot, deadline)
    clause = compiler.clause(request.query) if snapshot.size else None
    if clause is None:
        facets = no_facets() if request.facets else {}
        return EngineResult(0, 0, (), facets, snapshot.checkpoint, timed_out=deadline.was_cut)
    withdrawn = asks_for_withdrawn(request.query)
    hidden = snapshot.deleted if withdrawn else snapshot.hidden
    filtered = compiler.restrict(request.filters)
    totals = clause.totals() if type(clause) is Some and clause.size * _DENSE > snapshot.size else None
    if totals is not None:
        if len(hidden):
            totals[hidden] = 0
        if filtered is not None:
            keep_only(totals, filtered)
        return _answer_dense(snapshot, request, compiler, totals)
    docs, scores = clause.rows()
    if len(hidden) or filtered is not None:
        visible = snapshot.alive if withdrawn else snapshot.live
        kept = np.flatnonzero((visible if filtered is None else visible & filtered)[docs])
        docs, scores = docs[kept], None if scores is None else scores[kept]
    refined, rescored_parts = _rescored(snapshot, request, compiler, Found(docs, scores))
    folded = _folded(snapshot, request, refined)
    page = _page(snapshot, request, folded)
    return EngineResult(
        total=len(docs),
        folded_total=len(folded.docs),
        hits=_hits(snapshot, request, page, rescored_parts, deadline),
        facets=facets_in(snapshot).count(docs) if request.facets else {},
        checkpoint=snapshot.checkpoint,
        next_key=page.next_key,
        timed_out=deadline.was_cut,
    )


def _folded(snapshot: Snapshot, request: SearchRequest, found: Found) -> Found:
    """The stories found without the copies of better ones."""
    copies = copies_in(snapshot).among(found.docs) if request.fold else NO_DOCS
    if not len(copies):
        return found
    docs, scores = found
    keys = _keys(snapshot, request, Found(copies, None if scores is None else scores[np.searchsorted(docs, copies)]))
    kept = np.ones(len(docs), np.bool_)
    kept[np.searchsorted(docs, copies_in(snapshot).behind(copies, keys))] = False
    return Found(docs[kept], None if scores is None else scores[kept])


def _answer_dense(snapshot: Snapshot, request: SearchRequest, compiler: QueryCompiler, totals: Floats) -> EngineResult:
    """The same where the scores of all stories are at hand: the matching ones are picked out only if they must be."""
    rescores, needs_all = _rescores(request, compiler), request.sort in _BY_DATE or request.after is not None
    wanted = _wanted(request, len(totals))
    number = max(wanted, MOST_RESCORED) if rescores else 0 if needs_all else wanted
    total, bound, near = leading(totals, number, _share(request))
    folded_total = total
    facets = facets_in(snapshot).count_scored(totals) if request.facets else {}
    rescored_parts = NOTHING_RESCORED
    if rescores:  # before folding: of copies the best is kept as it ranks in the end
        refined, rescored_parts = _rescored(snapshot, request, compiler, Found(near, totals[near]))
        totals[near] = refined.scores
    if request.fold:
        copies = copies_in(snapshot).marked(totals)
        behind = copies_in(snapshot).behind(copies, _keys(snapshot, request, Found(copies, totals[copies])))
        totals[behind] = 0
        folded_total -= len(behind)
    if needs_all:
        best = _matching(snapshot, request, totals, folded_total)
    elif not rescores and not request.fold:
        best = near
    elif wanted and rescores and np.count_nonzero(totals[near] >= max(bound, _LEAST)) >= wanted:
        best = near[totals[near] > 0]  # no other story can reach what so many of these score
    else:
        best = leading(totals, wanted, _share(request))[2]
    page = _page(snapshot, request, Found(best, totals[best]), total=folded_total)
    return EngineResult(
        total=total,
        folded_total=folded_total,
        hits=_hits(snapshot, request, page, rescored_parts, compiler.deadline),
        facets=facets,
        checkpoint=snapshot.checkpoint,
        next_key=page.next_key,
        timed_out=compiler.deadline.was_cut,
    )


def _matching(snapshot: Snapshot, request: SearchRequest, totals: Floats, count: int) -> Docs:
    """The stories that match, `count` of them: all, or where dates order them and these tell, those that come first."""
    first = None
    if request.after is None:
        number, newest = _wanted(request, len(totals)), request.sort == "newest"
        first = first_by_date(snapshot, totals, number, count, newest=newest)
    return _picked(totals > 0) if first is None else first


def _picked(mask: Array) -> Docs:
    """The stories of a mask.

    NumPy's flatnonzero takes another way for masks that are up to a tenth full, which near that tenth is much slower;
    a mask that is made fuller is picked at the speed of full ones.
    """
    count = int(np.count_nonzero(mask))
    if not _PICKED_SLOWLY[0] < count / max(1, len(mask)) <= _PICKED_SLOWLY[1]:
        return np.flatnonzero(mask)
    fuller = np.ones(len(mask) + len(mask) // 8, np.bool_)
    fuller[: len(mask)] = mask
    return np.flatnonzero(fuller)[:count]


def _wanted(request: SearchRequest, stories: int) -> int:
    """How many of the best stories it takes to fill the page."""
    return min(max(0, request.offset) + max(0, request.limit), stories)


def _share(request: SearchRequest) -> float:
    """Stories of lower scores than this part of a bound can't reach it: recency lifts a score by RECENCY_WEIGHT."""
    return 1 + RECENCY_WEIGHT if request.sort == "relevance" else 1.0


def _keys(snapshot: Snapshot, request: SearchRequest, found: Found) -> Array:
    """What stories are sorted by, highest first: dates where that is asked for or nothing ranks, else scores."""
    docs, scores = found
    if request.sort in _BY_DATE or (request.sort == "relevance" and scores is None):
        dates = snapshot.dates[docs]
        return -dates if request.sort == "oldest" else dates
    if scores is None:
        return np.zeros(len(docs), np.float32)
    if request.sort == "relevance" and request.now is not None:
        return with_recency(scores.astype(np.float64), snapshot.dates[docs], request.now)
    return scores


def _rescores(request: SearchRequest, compiler: QueryCompiler) -> bool:
    """Whether the best stories are scored once more: where loose words rank them."""
    return len(compiler.loose) > 0 and request.limit > 0 and request.sort in ("score", "relevance")


def _rescored(
    snapshot: Snapshot, request: SearchRequest, compiler: QueryCompiler, found: Found
) -> tuple[Found, Rescored]:
    """The stories with scores that say how well they answer as a whole (see rescoring.py), where that is asked for."""
    if _rescores(request, compiler) and not compiler.deadline.cuts():
        return rescore(snapshot, compiler.loose, found)
    return found, NOTHING_RESCORED


def _hits(
    snapshot: Snapshot, request: SearchRequest, page: _HitPage, rescored_parts: Rescored, deadline: Deadline
) -> tuple[EngineHit, ...]:
    """The hits of a page, and what their scores are made of."""
    if not request.explain or not page.ids or deadline.cuts():
        return tuple(map(EngineHit, page.ids, page.scores))
    parts = explain(snapshot, request.query, rescored_parts, np.array(page.docs), page.scores)
    return tuple(map(EngineHit, page.ids, page.scores, parts))


def _page(snapshot: Snapshot, request: SearchRequest, found: Found, total: int | None = None) -> _HitPage:
    """The stories from `offset` on, at most `limit`, in the order asked for; ties stand in order of their ids.

    `total` is the number of hits where only the best of them are given.
    """
    docs = found.docs
    scores: Array = np.zeros(len(docs), np.float32) if found.scores is None else found.scores
    blended = request.sort == "relevance" and request.now is not None and found.scores is not None
    if request.after is None:
        hits = len(docs) if total is None else total
        if blended and (wanted := _wanted(request, len(docs))):  # only what may be on the page is blended
            near = np.flatnonzero(scores >= kth_highest(scores, wanted) / _share(request))
            docs, scores = docs[near], scores[near]
        keys = _keys(snapshot, request, Found(docs, None if found.scores is None else scores))
    else:
        keys = _keys(snapshot, request, found)
        rows = _rows_after(snapshot, docs, keys, request.after)
        docs, scores, keys = docs[rows], scores[rows], keys[rows]
        hits = len(docs)
    start = max(0, request.offset)
    end = min(start + max(0, request.limit), len(docs))
    if start >= end:
        return _HitPage()
    if len(docs) > _FEW:
        near = _first(snapshot, docs, keys, end)
        docs, scores, keys = docs[near], scores[near], keys[near]
    return _paged(snapshot, docs, keys, keys if blended else scores, start, end, hits)


def _paged(snapshot: Snapshot, docs: Docs, keys: Array, scores: Array, start: int, end: int, hits: int) -> _HitPage:
    """The page of those from `start` to `end` of some stories, in order, where there are so many hits."""
    numbers, heights, values = docs.tolist(), keys.tolist(), scores.tolist()
    if len(docs) > _MANY_TIES:
        rows = np.lexsort((snapshot.id_ranks[docs], -keys))[start:end].tolist()
    else:
        rows = order(snapshot, numbers, heights, end)[start:]
    on_page = [numbers[row] for row in rows]
    ids = snapshot.ids(on_page)
    next_key = None if end >= hits else SortKey(heights[rows[-1]], ids[-1])
    return _HitPage(on_page, ids, [values[row] for row in rows], next_key)


def _rows_after(snapshot: Snapshot, docs: Docs, keys: Array, after: SortKey) -> Array:
    """The rows that come after a story; after its old place where it is no longer among them."""
    value, story_id = after
    doc = snapshot.document(story_id)
    row = int(np.searchsorted(docs, doc)) if doc is not None else len(docs)
    if row < len(docs) and docs[row] == doc:
        value = keys[row].item()
    level = np.flatnonzero(keys == value)
    if doc is not None and len(level) > _MANY_TIES:
        later = snapshot.id_ranks[docs[level]] > snapshot.id_ranks[doc]
    else:
        later = np.array([one > story_id for one in snapshot.ids(docs[level].tolist())], np.bool_)
    return np.sort(np.concatenate((np.flatnonzero(keys < value), level[later])))


def _first(snapshot: Snapshot, docs: Docs, keys: Array, number: int) -> Array:
    """The rows that the first `number` in order are among, and few others."""
    scored, _, rows = leading(keys, number, 1.0) if keys.dtype == np.float32 else (0, 0.0, NO_DOCS)
    if scored < number:
        rows = np.flatnonzero(keys >= kth_highest(keys, number))
    if len(rows) <= _FEW:
        return rows
    docs, keys = docs[rows], keys[rows]
    lowest = keys[np.argpartition(keys, len(keys) - number)[len(keys) - number]]
    higher, level = np.flatnonzero(keys > lowest), np.flatnonzero(keys == lowest)
    if len(level) > _MANY_TIES:
        level = level[snapshot.first_by_id(docs[level], number - len(higher))]
    return rows[np.concatenate((higher, level))]


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


def order(snapshot: Snapshot, docs: Sequence[int], keys: Sequence[float], number: int) -> list[int]:
    """The rows of the first `number` stories in order: highest key first, ties by id."""
    rows = sorted(range(len(keys)), key=keys.__getitem__, reverse=True)
    first = 0
    while first < number:
        last, key = first + 1, keys[rows[first]]
        while last < len(rows) and keys[rows[last]] == key:
            last += 1
        if last > first + 1:
            level = rows[first:last]
            ids = snapshot.ids([docs[row] for row in level])
            rows[first:last] = [row for _, row in sorted(zip(ids, level, strict=True))]
        first = last
    return rows[:number]
