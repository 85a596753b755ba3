"""Late writes: what a server that hung sends on minutes later, in the name of a process that writes no more.

The fence (fence.py) stops requests, not what a node has taken in before, and it may lead to a second place of a story,
or bring back one that is forgotten: the tombstone stands in another index than the one that the late write is for. So
the first stories that are placed after another process was at work, or after a request failed, and all tombstones of
stories that stood nowhere, are looked for elsewhere for an hour.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import structlog

from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.documents import document_id, tombstone_of
from index.engines.opensearch.index_names import IndexNames
from index.engines.opensearch.mapping import GONE, MOST_HITS
from index.engines.opensearch.writing.bulk import BulkLine

LATE_SECONDS = 3600.0
_MOST_WATCHED = 10_000
"""As many as a process can have on their way, several times over."""
_IDS_A_SECOND = 200
"""Looking goes no faster, so that it never is what commits wait for."""


class _Watched(NamedTuple):
    """Where a story, or its tombstone, was placed, at which position, and until when it is looked for elsewhere."""

    place: str
    position: int
    until: float


class LateWrites:
    """Finds what came late to the indexes that this process writes to. `clock` counts seconds."""

    def __init__(self, cluster: Cluster, names: IndexNames, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._cluster = cluster
        self._names = names
        self._clock = clock
        self._watched: dict[str, dict[str, _Watched]] = {}
        self._room: dict[str, int] = {}
        self._looked_at: dict[str, float] = {}
        self._log = structlog.get_logger("indexer")

    def taken_over(self, name: str) -> None:
        """Another process wrote to an index until now: what it has sent may be on its way."""
        self.suspect(name)
        base = self._names.base(name)
        body = {"query": {"term": {"state": GONE}}, "size": _MOST_WATCHED, "_source": False}
        body |= {"sort": [{"position": "desc"}], "docvalue_fields": ["position"]}
        until = self._clock() + LATE_SECONDS
        for hit in self._cluster.search(base, body)["hits"]["hits"]:
            self._watch(name, hit["_id"], _Watched(base, _first(hit, "position"), until))

    def suspect(self, name: str) -> None:
        """A request of this process itself may still be on its way."""
        self._room[name] = _MOST_WATCHED

    def placed(self, name: str, lines: Iterable[BulkLine], is_new: Callable[[str], bool]) -> None:
        """Take note of what was written where; `is_new` says of a document's id that it stood nowhere before."""
        base, watched = self._names.base(name), self._watched.get(name, {})
        for place, position, document in lines:
            of = document_id(document["id"])
            known, until = watched.get(of), self._clock() + LATE_SECONDS
            if known is not None:
                watched[of] = known._replace(place=place, position=max(position, known.position))
            elif is_new(of) and (place == base or self._room.get(name, 0) > 0):
                self._room[name] = self._room.get(name, 0) - (place != base)
                self._watch(name, of, _Watched(place, position, until))
                watched = self._watched[name]

    def found(self, name: str) -> list[BulkLine]:
        """Tombstones for what stands where it should not; what is not shown yet is found another time."""
        now, watched = self._clock(), self._watched.get(name, {})
        for of in [of for of, one in watched.items() if one.until <= now]:
            del watched[of]
        if not watched or now - self._looked_at.get(name, float("-inf")) < len(watched) / _IDS_A_SECOND:
            return []
        self._looked_at[name] = now
        answer = self._cluster.search(self._names.parts(name), _elsewhere(watched))
        return [self._taken_out(hit, watched[hit["_id"]]) for hit in answer["hits"]["hits"]]

    def _watch(self, name: str, of: str, one: _Watched) -> None:
        watched = self._watched.setdefault(name, {})
        watched[of] = one
        if len(watched) > _MOST_WATCHED:
            del watched[next(iter(watched))]

    def _taken_out(self, hit: dict[str, Any], known: _Watched) -> BulkLine:
        story_id, position = _first(hit, "id"), _first(hit, "position")
        loser = hit["_index"] if position <= known.position else known.place
        self._log.warning("a write that came late was taken out", story=story_id, index=loser)
        newest = max(position, known.position)
        return BulkLine(loser, newest, tombstone_of(story_id, newest))


def _elsewhere(watched: dict[str, _Watched]) -> dict[str, Any]:
    """The search for stories that stand elsewhere than where they were placed."""
    by_place: dict[str, list[str]] = {}
    for of, one in watched.items():
        by_place.setdefault(one.place, []).append(of)
    elsewhere = [
        {"bool": {"filter": [{"ids": {"values": ids}}], "must_not": [{"term": {"_index": index}}]}}
        for index, ids in by_place.items()
    ]
    query = {"bool": {"should": elsewhere, "must_not": [{"term": {"state": GONE}}]}}
    fields = ["id", "position"]
    return {"query": query, "size": MOST_HITS, "_source": False, "sort": "_doc", "docvalue_fields": fields}


def _first(hit: dict[str, Any], field: str) -> Any:
    return hit["fields"][field][0]
