"""Search of one index: the hits in order, page by page, folded where that is asked for, and the counts.

The order is that of the cluster, but for the best few of a search for several words: these are scored once more
(rescoring.py). All that is added to a score is positive, so they stay before the others, and a page begins anywhere by
the sort key of the hit before. Folding is ours: of each group on a page the cluster is asked for the first in order,
and the others are left out.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from math import ceil, isinf
from typing import Any

from index.engines.opensearch.collect.explanation import Explainer
from index.engines.opensearch.collect.facets import (
    aggregations,
    facets_of,
    folded_total_about,
    folded_total_of,
    groups_about,
    no_facets,
)
from index.engines.opensearch.collect.order import MatchedStory, Order, SearchTime, place
from index.engines.opensearch.collect.rescoring import (
    MOST_RESCORED,
    AddedScores,
    places_asked,
    rescored,
    wants_rescoring,
)
from index.engines.opensearch.collect.stored_words import StoredWords
from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.mapping import MOST_HITS, PLACES
from index.engines.opensearch.query.statistics import Clause, Statistics
from index.engines.opensearch.query.translation import QueryPart, Translation, Translator, filters_of
from index.engines.opensearch.word_places import PlacesAsked
from model.query import EngineHit, EngineResult, SearchRequest, SortKey

_SPARE = 1.25
"""So many times as many hits are asked for where some may be folded away."""
_GROUPS_AT_ONCE = 1_000
_STEP_MILLISECONDS = 250
_STEP_SECONDS = _STEP_MILLISECONDS / 1000


def answer(cluster: Cluster, index: str, statistics: Statistics, request: SearchRequest) -> EngineResult:
    """Search one index, which the expression `index` names."""
    time = SearchTime(request.timeout_seconds)
    nothing = EngineResult(0, 0, (), no_facets() if request.facets else {}, statistics.checkpoint)
    if time.is_over():
        return replace(nothing, timed_out=True)
    translation = Translator(statistics, time.left()).translate(request.query)
    if translation.part is None or not statistics.facts(time.left()).stories:
        return nothing
    if time.is_over():
        return replace(nothing, timed_out=True)
    return _OneSearch(cluster, index, statistics, request, time, translation, translation.part).result()


class _OneSearch:
    """One search, as it is asked of the cluster."""

    def __init__(
        self,
        cluster: Cluster,
        index: str,
        statistics: Statistics,
        request: SearchRequest,
        time: SearchTime,
        translation: Translation,
        part: QueryPart,
    ) -> None:
        self._cluster = cluster
        self._index = index
        self._statistics = statistics
        self._request = request
        self._time = time
        self._translation = translation
        self._order = Order(request, part)
        filters = filters_of(request.query, request.filters)
        self._query = self._order.query(part, filters)
        self._plain: Clause = {"bool": {"filter": [part.plain, *filters]}}
        self._has_scores = part.is_scored
        self._rescores = self._order.is_scored and wants_rescoring(translation)
        self._counts: Mapping[str, Any] = {}
        self._added: dict[str, AddedScores] = {}
        self._wanted = max(0, request.offset) + max(0, request.limit) + 1

    def result(self) -> EngineResult:
        """The page and the counts."""
        start, limit = max(0, self._request.offset), max(0, self._request.limit)
        page: list[MatchedStory] = []
        if limit:
            page = list(islice(self._hits(), start, start + limit + 1))
        if not self._counts:
            self._ask(0)
        total = int(self._counts["hits"]["total"]["value"]) if self._counts else 0
        folded_total, folded_exact = total, True
        if self._counts and self._request.fold:
            folded_total, folded_exact = self._folded_total(total)
        facets, facets_exact = (no_facets(), True) if self._request.facets else ({}, True)
        if self._counts and self._request.facets:
            facets, facets_exact = facets_of(self._counts)
        return EngineResult(
            total=total,
            folded_total=folded_total,
            hits=self._as_hits(page[:limit]),
            facets=facets,
            checkpoint=self._statistics.checkpoint,
            next_key=page[limit - 1].key if len(page) > limit > 0 else None,
            timed_out=self._time.was_over,
            facets_exact=facets_exact,
            folded_total_exact=folded_exact,
        )

    def _folded_total(self, total: int) -> tuple[int, bool]:
        found = folded_total_of(self._counts, total)
        if found is not None:
            return found, True
        body = {"query": self._query, "size": 0, "aggs": groups_about()}
        answer = self._cluster.search(self._index, body, seconds=self._time.left())
        return folded_total_about(self._counts, answer, total), False

    def _hits(self) -> Iterator[MatchedStory]:
        """All hits behind the request's key, in order."""
        seen: set[str] = set()
        for batch, firsts in self._batches():
            for candidate in batch:
                group = candidate.group if self._request.fold else None
                if group is None or (firsts.get(group) == candidate.id if firsts is not None else group not in seen):
                    yield candidate
                if group is not None:
                    seen.add(group)

    def _batches(self) -> Iterator[tuple[list[MatchedStory], Mapping[str, str] | None]]:
        """The stories that match, behind the request's key, in order.

        Beside it stands the first story of each group, None where all that came before has been seen.
        """
        after = self._request.after
        key: SortKey | None = None
        seen_all = after is None
        if self._rescores:
            best, last = self._best()
            start = 0 if after is None else self._place_among(best, after)
            if after is None or start < len(best):
                before = [] if self._request.fold is False else best[:start]
                yield _without_groups_of(before, best[start:]), None
            if last is None:
                return
            key = last
            if after is not None and start >= len(best) and after.id not in {one.id for one in best}:
                key = max(self._key_now(after), last, key=place)
        elif after is not None:
            key = self._key_now(after)
        for batch in self._rest(key):
            yield batch, None if seen_all else self._first_of_groups(batch)

    def _rest(self, key: SortKey | None) -> Iterator[list[MatchedStory]]:
        """What follows a key in the cluster's order."""
        while not self._time.is_over():
            size = min(MOST_HITS, int(self._wanted * (_SPARE if self._request.fold else 1)) + 1)
            batch = self._ask(size, after=key)
            if batch:
                yield batch
            if len(batch) < size:
                return
            key = batch[-1].key

    def _best(self) -> tuple[list[MatchedStory], SortKey | None]:
        """The best stories in their final order, and the key of the last in the cluster's, if others follow."""
        facts = self._statistics.facts(self._time.left())
        asked = places_asked(self._translation, facts)
        found = self._ask(MOST_RESCORED, places=asked)
        factors = [self._order.recency(candidate.dated) for candidate in found]
        scores = [candidate.score / factor for candidate, factor in zip(found, factors, strict=True)]
        stored = StoredWords(self._cluster, self._index, self._statistics, self._time)
        added = rescored(self._translation, facts, found, scores, asked, stored)
        best = []
        for candidate, factor, parts in zip(found, factors, added, strict=True):
            score = candidate.score + factor * sum(parts.values())
            self._added[candidate.id] = parts
            best.append(replace(candidate, score=score, key=SortKey(score, candidate.id), places=()))
        best.sort(key=lambda candidate: place(candidate.key))
        return best, found[-1].key if len(found) == MOST_RESCORED else None

    def _place_among(self, best: Sequence[MatchedStory], after: SortKey) -> int:
        """How many of the best stand before or at a key, or where its story stands now."""
        for number, candidate in enumerate(best):
            if candidate.id == after.id:
                return number + 1
        return bisect_right([place(candidate.key) for candidate in best], place(self._key_now(after)))

    def _key_now(self, after: SortKey) -> SortKey:
        """The key that a story has now, if it still matches."""
        body = {**self._body(1), "query": {"bool": {"must": [self._query], "filter": [_ids([after.id])]}}}
        hits = self._cluster.search(self._index, body, seconds=self._time.left())["hits"]["hits"]
        return self._order.candidate(hits[0]).key if hits else after

    def _first_of_groups(self, batch: Sequence[MatchedStory]) -> dict[str, str]:
        """The first in order of each group that stands in a batch: group -> story."""
        if not self._request.fold:
            return {}
        groups = sorted({candidate.group for candidate in batch if candidate.group is not None})
        found: dict[str, str] = {}
        for start in range(0, len(groups), _GROUPS_AT_ONCE):
            part = groups[start : start + _GROUPS_AT_ONCE]
            among = {"bool": {"must": [self._query], "filter": [{"terms": {"group": part}}]}}
            body = {**self._body(len(part)), "query": among, "collapse": {"field": "group"}}
            for hit in self._cluster.search(self._index, body, seconds=self._time.left())["hits"]["hits"]:
                candidate = self._order.candidate(hit)
                if candidate.group is not None:
                    found[candidate.group] = candidate.id
        return found

    def _body(self, size: int) -> dict[str, Any]:
        body = {
            "size": size,
            "sort": self._order.sort(),
            "track_scores": True,
            "track_total_hits": False,
            "stored_fields": "_none_",  # ids and all else are columns: to unpack what is stored takes longest
            "docvalue_fields": ["group", "dated", "length"],
        }
        return body | self._limit()

    def _limit(self) -> dict[str, str]:
        """The time that is left, in steps: the cluster knows the counts of a query that it has seen, time included."""
        left = self._time.left()
        return {} if isinf(left) else {"timeout": f"{max(1, ceil(left / _STEP_SECONDS)) * _STEP_MILLISECONDS}ms"}

    def _ask(self, size: int, *, after: SortKey | None = None, places: PlacesAsked | None = None) -> list[MatchedStory]:
        """Some stories in the cluster's order; the first time everything is counted, too.

        Counts are a search of their own beside it, without scores: both are quicker so.
        """
        bodies = []
        if size:
            bodies.append({**self._body(size), "query": self._query})
            if places is not None:
                bodies[0]["script_fields"] = {PLACES: places.script()}
            if after is not None:
                bodies[0]["search_after"] = list(self._order.as_sort(after))
        if not self._counts:
            aggs = aggregations(facets=self._request.facets, fold=self._request.fold)
            bodies.append({"query": self._plain, "size": 0, "track_total_hits": True, "aggs": aggs} | self._limit())
        answers = self._cluster.searches(self._index, bodies, seconds=self._time.left())
        self._time.was_over = self._time.was_over or any(answer["timed_out"] for answer in answers)
        self._counts = self._counts or answers[-1]
        return [self._order.candidate(hit) for hit in answers[0]["hits"]["hits"]]

    def _as_hits(self, page: Sequence[MatchedStory]) -> tuple[EngineHit, ...]:
        if not (self._request.explain and page and self._has_scores) or self._time.is_over():
            return tuple(EngineHit(candidate.id, candidate.score) for candidate in page)
        explainer = Explainer(self._cluster, self._index, self._translation, self._statistics, self._time)
        parts = explainer.explain(self._request.query, page, [self._added.get(one.id, {}) for one in page])
        return tuple(EngineHit(one.id, one.score, own) for one, own in zip(page, parts, strict=True))


def _ids(ids: Sequence[str]) -> dict[str, Any]:
    return {"terms": {"id": list(ids)}}


def _without_groups_of(before: Sequence[MatchedStory], candidates: list[MatchedStory]) -> list[MatchedStory]:
    """Those of some stories in whose group none stands before them."""
    groups = {candidate.group for candidate in before if candidate.group is not None}
    return [candidate for candidate in candidates if candidate.group not in groups]
