"""Statistics of an index: how many stories it holds, in which languages' forms, and how many match a leaf.

Ranking is ours: the rarity of a word is that in the whole index, whatever the cluster's shards hold. What was counted
is kept as long as the checkpoint stays.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.mapping import GONE, META
from text.analysis import NO_ALGORITHM

Told = TypeVar("Told")

Clause = Mapping[str, Any]
"""A query as the cluster takes it."""

STORIES: Clause = {"bool": {"must_not": [{"terms": {"state": [GONE, META]}}]}}
"""All documents that are stories."""
_MOST_KEPT = 20_000
_MOST_ALGORITHMS = 200
_ALGORITHMS = {"terms": {"field": "algorithm", "size": _MOST_ALGORITHMS}}


class IndexFacts(NamedTuple):
    """Number of stories, the stemming algorithms of their languages, and how long they are on average (in tenths)."""

    stories: int
    algorithms: frozenset[str]
    average_length: float


class Statistics:
    """What was counted in one index at one checkpoint; safe to share between threads.

    `index` is the expression that names it.
    """

    def __init__(self, cluster: Cluster, index: str, checkpoint: int) -> None:
        self.checkpoint = checkpoint
        self._cluster = cluster
        self._index = index
        self._facts: IndexFacts | None = None
        self._counts: dict[str, int] = {}
        self._algorithms: dict[str, frozenset[str]] = {}
        self._lock = Lock()

    def facts(self, seconds: float | None) -> IndexFacts:
        """What holds for the index as a whole."""
        if self._facts is None:
            aggs = {"algorithms": _ALGORITHMS, "length": {"avg": {"field": "length"}}}
            body = {"query": STORIES, "size": 0, "track_total_hits": True, "aggs": aggs}
            answer = self._cluster.search(self._index, body, seconds=seconds)
            average = answer["aggregations"]["length"]["value"] or 1.0
            self._facts = IndexFacts(_total(answer), _algorithms(answer) | {NO_ALGORITHM}, average)
        return self._facts

    def counts(self, clauses: Sequence[Clause], seconds: float | None) -> list[int]:
        """How many stories match each of some clauses."""
        return self._kept(self._counts, clauses, {"track_total_hits": True}, _total, seconds)

    def algorithms(self, clauses: Sequence[Clause], seconds: float | None) -> list[frozenset[str]]:
        """The stemming algorithms of the languages of the stories that match each of some clauses."""
        more = {"track_total_hits": False, "aggs": {"algorithms": _ALGORITHMS}}
        return self._kept(self._algorithms, clauses, more, _algorithms, seconds)

    def _kept(
        self,
        kept: dict[str, Told],
        clauses: Sequence[Clause],
        more: Mapping[str, Any],
        read: Callable[[Mapping[str, Any]], Told],
        seconds: float | None,
    ) -> list[Told]:
        """What the index tells of each of some clauses, from what is kept or asked now with `more` and then `read`."""
        keys = [json.dumps(clause, sort_keys=True) for clause in clauses]
        with self._lock:
            known = {key: kept[key] for key in keys if key in kept}
        missing = {key: clause for key, clause in zip(keys, clauses, strict=True) if key not in known}
        bodies = [{"query": clause, "size": 0, **more} for clause in missing.values()]
        answers = self._cluster.searches(self._index, bodies, seconds=seconds)
        told = {key: read(answer) for key, answer in zip(missing, answers, strict=True)}
        with self._lock:
            if len(kept) + len(told) > _MOST_KEPT:
                kept.clear()
            kept |= told
        return [known[key] if key in known else told[key] for key in keys]


def _total(answer: Mapping[str, Any]) -> int:
    return int(answer["hits"]["total"]["value"])


def _algorithms(answer: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(bucket["key"] for bucket in answer["aggregations"]["algorithms"]["buckets"])
