"""Readers of one index of ours, and of whichever is live.

A reader looks for a newer checkpoint before a search, at most every LOOK_SECONDS, and keeps what it has counted as long
as that stays. The checkpoint is read before the search, so an answer never holds less than it says.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import TypeVar

from index.base import IndexedStory
from index.engines.opensearch.collect.facets import no_facets
from index.engines.opensearch.collect.search import answer
from index.engines.opensearch.connection import Cluster, ClusterSilentError
from index.engines.opensearch.index_names import IndexNames
from index.engines.opensearch.mapping import MOST_HITS, WITHDRAWN
from index.engines.opensearch.query.statistics import STORIES, Statistics
from index.engines.opensearch.writing.writer import read_checkpoint
from model.errors import EngineError, NoIndexError
from model.query import EngineResult, SearchRequest

Asked = TypeVar("Asked")

LOOK_SECONDS = 0.2
NOTICE_SECONDS = 0.3
"""A reader of the live index notices within this that another has taken its place."""
_TRIES = 5


class OpenSearchReader:
    """An IndexReader (see index/base.py) of the index `name`. Raises NoIndexError, EngineTroubleError."""

    def __init__(
        self,
        cluster: Cluster,
        names: IndexNames,
        name: str,
        *,
        is_outdated: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cluster = cluster
        self._name = name
        self._base = names.base(name)
        self._parts = names.parts(name)
        self._months = names.months(name)
        self._is_outdated = is_outdated
        self._clock = clock
        self._lock = Lock()
        self._statistics: Statistics | None = None
        self._looked_at = float("-inf")
        self._closed = False

    def search(self, request: SearchRequest) -> EngineResult:
        """Answer from the newest commit."""
        try:
            return answer(self._cluster, self._parts, self._current(), request)
        except ClusterSilentError:
            if request.timeout_seconds is None:
                raise
            # Where the cluster answers at all, it is the query that takes too long.
            checkpoint = read_checkpoint(self._cluster, self._base)
            facets = no_facets() if request.facets else {}
            return EngineResult(0, 0, (), facets, checkpoint, timed_out=True)

    def checkpoint(self) -> int:
        """The position of the newest commit."""
        return self._current().checkpoint

    def count(self) -> int:
        """Number of stories in the newest commit."""
        self._refuse_closed()
        body = {"query": STORIES, "size": 0, "track_total_hits": True}
        return int(self._cluster.search(self._parts, body)["hits"]["total"]["value"])

    def segments(self) -> int:
        """Number of segments that stories are kept in."""
        self._refuse_closed()
        found = self._cluster.ask(lambda client: client.indices.stats(index=self._months, metric="segments"))
        return int(found["_all"].get("primaries", {}).get("segments", {}).get("count", 0))

    def ids(self) -> Iterable[tuple[str, int]]:
        """All (story id, version) pairs of the newest commit, in the order of their ids, asked for as they are read."""
        self._refuse_closed()
        body = {"query": STORIES, "size": MOST_HITS, "sort": [{"id": "asc"}], "_source": False}
        body |= {"docvalue_fields": ["version"], "track_total_hits": False}
        while True:
            hits = self._cluster.search(self._parts, body)["hits"]["hits"]
            yield from ((hit["sort"][0], int(hit["fields"]["version"][0])) for hit in hits)
            if len(hits) < MOST_HITS:
                return
            body["search_after"] = hits[-1]["sort"]

    def held(self, ids: Sequence[str]) -> Sequence[IndexedStory]:
        """Those of some stories that the newest commit holds; one that stands in two indexes comes twice."""
        self._refuse_closed()
        query = {"bool": {"filter": [STORIES, {"terms": {"id": list(ids)}}]}}
        body = {"query": query, "size": MOST_HITS, "sort": "_doc", "_source": False, "track_total_hits": False}
        body |= {"docvalue_fields": ["id", "version", "state"]}
        found = [hit["fields"] for hit in self._cluster.search(self._parts, body)["hits"]["hits"]]
        return [IndexedStory(told["id"][0], int(told["version"][0]), told["state"][0] == WITHDRAWN) for told in found]

    def is_outdated(self) -> bool:
        """Whether the index was made with another fingerprint than today's."""
        return self._is_outdated

    def verify(self) -> int:
        """Ask every shard; returns the number of stories. The cluster compares checksums by itself."""
        return self.count()

    def close(self) -> None:
        """Answer nothing any more."""
        self._closed = True

    def _refuse_closed(self) -> None:
        if self._closed:
            raise EngineError(f"{self._name}: this reader is closed")

    def _current(self) -> Statistics:
        self._refuse_closed()
        now = self._clock()
        with self._lock:
            known = self._statistics
            if known is not None and 0 <= now - self._looked_at < LOOK_SECONDS:
                return known
        checkpoint = read_checkpoint(self._cluster, self._base)
        with self._lock:
            if self._statistics is None or self._statistics.checkpoint != checkpoint:
                self._statistics = Statistics(self._cluster, self._parts, checkpoint)
            self._looked_at = now
            return self._statistics


class LiveOpenSearchReader:
    """The live index as one IndexReader, which goes on while indexes take each other's place.

    `live` says which that is, `open_reader` opens it.
    """

    def __init__(
        self,
        live: Callable[[], str],
        open_reader: Callable[[str], OpenSearchReader],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._live = live
        self._open_reader = open_reader
        self._clock = clock
        self._lock = Lock()
        self._open: tuple[str, OpenSearchReader] | None = None
        self._noticed_at = float("-inf")

    def search(self, request: SearchRequest) -> EngineResult:
        """Answer from the newest commit of the live index."""
        return self._asked(lambda reader: reader.search(request))

    def checkpoint(self) -> int:
        """The position that the live index has reached."""
        return self._asked(lambda reader: reader.checkpoint())

    def count(self) -> int:
        """Number of stories in the live index."""
        return self._asked(lambda reader: reader.count())

    def segments(self) -> int:
        """Number of segments of the live index."""
        return self._asked(lambda reader: reader.segments())

    def ids(self) -> Iterable[tuple[str, int]]:
        """All (story id, version) pairs of the live index."""
        return self._asked(lambda reader: reader.ids())

    def held(self, ids: Sequence[str]) -> Sequence[IndexedStory]:
        """Those of some stories that the live index holds."""
        return self._asked(lambda reader: reader.held(ids))

    def is_outdated(self) -> bool:
        """Whether the live index was made with another fingerprint than today's."""
        return self._asked(lambda reader: reader.is_outdated())

    def verify(self) -> int:
        """Ask every shard of the live index; returns its number of stories."""
        return self._asked(lambda reader: reader.verify())

    def close(self) -> None:
        """Forget which index is live; the next question asks again."""
        with self._lock:
            self._open, self._noticed_at = None, float("-inf")

    def _asked(self, work: Callable[[OpenSearchReader], Asked]) -> Asked:
        """Ask the live index, once more where it was switched away and removed meanwhile."""
        for attempt in range(_TRIES):
            reader = self._reader()
            try:
                return work(reader)
            except NoIndexError:
                self.close()
                if attempt + 1 == _TRIES:
                    raise
        raise NoIndexError("the live index changed too often to be searched")

    def _reader(self) -> OpenSearchReader:
        with self._lock:
            now = self._clock()
            if self._open is None or now - self._noticed_at >= NOTICE_SECONDS:
                name = self._live()
                if self._open is None or self._open[0] != name:
                    self._open = name, self._open_reader(name)
                self._noticed_at = now
            return self._open[1]
