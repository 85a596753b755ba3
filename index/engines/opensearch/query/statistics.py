"""Statistics of an index: how many stories it holds, in which languages' forms, and how many match a leaf.

Ranking is ours: the rarity of a word is that in the whole index, whatever the cluster's shards hold. What was counted
is kept as long as the checkpoint stays.
"""

import json
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.mapping import GONE, META
from text.analysis import NO_ALGORITHM

Clause = Mapping[str, Any]
"""A query as the cluster takes it."""

STORIES: Clause = {"bool": {"must_not": [{"terms": {"state": [GONE, META]}}]}}
"""All documents that are stories."""
_MOST_KEPT = 20_000
_MOST_ALGORITHMS = 200


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
        self._lock = Lock()

    def facts(self, seconds: float | None) -> IndexFacts:
        """What holds for the index as a whole."""
        if self._facts is None:
            algorithms = {"terms": {"field": "algorithm", "size": _MOST_ALGORITHMS}}
            aggs = {"algorithms": algorithms, "length": {"avg": {"field": "length"}}}
            body = {"query": STORIES, "size": 0, "track_total_hits": True, "aggs": aggs}
            answer = self._cluster.search(self._index, body, seconds=seconds)
            made = answer["aggregations"]
            found = frozenset(bucket["key"] for bucket in made["algorithms"]["buckets"]) | {NO_ALGORITHM}
            self._facts = IndexFacts(answer["hits"]["total"]["value"], found, made["length"]["value"] or 1.0)
        return self._facts

    def counts(self, clauses: Sequence[Clause], seconds: float | None) -> list[int]:
        """How many stories match each of some clauses."""
        keys = [json.dumps(clause, sort_keys=True) for clause in clauses]
        with self._lock:
            known = {key: self._counts[key] for key in keys if key in self._counts}
        missing = {key: clause for key, clause in zip(keys, clauses, strict=True) if key not in known}
        bodies = [{"query": clause, "size": 0, "track_total_hits": True} for clause in missing.values()]
        answers = self._cluster.searches(self._index, bodies, seconds=seconds)
        counted = {key: answer["hits"]["total"]["value"] for key, answer in zip(missing, answers, strict=True)}
        with self._lock:
            if len(self._counts) + len(counted) > _MOST_KEPT:
                self._counts.clear()
            self._counts |= counted
        return [known[key] if key in known else counted[key] for key in keys]
