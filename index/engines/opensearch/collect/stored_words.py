"""Stored words: what the cluster tells of the words of some stories.

Names of words are long and many, so they are asked for of few stories; of the others by name alone.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from index.engines.opensearch.collect.order import SearchTime
from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.mapping import FORMS, PLACES, TERM_END, TEXT
from index.engines.opensearch.query.statistics import Statistics
from index.engines.opensearch.word_places import PlacesAsked
from index.relevance.term_forms import STEM_MARK

_CLASS = re.compile(rf"({STEM_MARK}[^ {TERM_END}]*)\{TERM_END}(\d+)")

Weights = Mapping[str, int]
"""Class of words -> its weight in a story, in tenths."""


class StoredWords:
    """The words of stories of one index, as one search asks for them."""

    def __init__(self, cluster: Cluster, index: str, statistics: Statistics, time: SearchTime) -> None:
        self._cluster = cluster
        self._index = index
        self._statistics = statistics
        self._time = time

    def classes_of(self, ids: Collection[str]) -> dict[str, Weights]:
        """All classes of words of each of some stories."""
        body = {**_stories(ids), "_source": True}
        found = self._cluster.search(self._index, body, seconds=self._time.left())
        return {
            hit["fields"]["id"][0]: _classes(hit.get("_source", {}).get(TEXT + FORMS, ""))
            for hit in found["hits"]["hits"]
        }

    def counts(self, classes: Sequence[str]) -> list[int]:
        """How many stories of the index hold each of some classes in any default field."""
        clauses = [{"term": {TEXT + FORMS: {"value": name}}} for name in classes]
        return self._statistics.counts(clauses, self._time.left())

    def weights(self, classes: Collection[str], ids: Collection[str]) -> dict[str, Weights]:
        """What some classes weigh in each of some stories."""
        asked = PlacesAsked(PLACES, classes, places=False)
        body = {**_stories(ids), "stored_fields": "_none_", "script_fields": {PLACES: asked.script()}}
        found = self._cluster.search(self._index, body, seconds=self._time.left())
        weights: dict[str, Weights] = {}
        for hit in found["hits"]["hits"]:
            held = asked.read(hit["fields"].get(PLACES, ()))
            weights[hit["fields"]["id"][0]] = {name: own.weight for name, own in held.items()}
        return weights


def _stories(ids: Collection[str]) -> dict[str, Any]:
    query = {"bool": {"filter": [{"terms": {"id": sorted(ids)}}]}}
    return {"query": query, "size": len(ids), "track_total_hits": False, "sort": "_doc", "docvalue_fields": ["id"]}


def _classes(weighted: str) -> dict[str, int]:
    return {name: int(weight) for name, weight in _CLASS.findall(weighted)}
