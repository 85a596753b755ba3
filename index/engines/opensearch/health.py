"""Health of the cluster as far as one desk's indexes go: what is wrong, what should be set otherwise, figures.

Each question is small and waits for nodes that hang a second at most. What the desk's user may not ask is missing from
the figures, and a thorough look says which right would show it. Other people's indexes are no matter of ours.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import AuthorizationException, RequestError

from index.base import EngineHealth, HealthFigure
from index.engines.opensearch.connection import Cluster, ForbiddenError
from index.engines.opensearch.index_names import IndexNames
from model.errors import NoIndexError

MOST_CLAUSES = 16_384
"""Clauses that a query of a hundred words joined by hyphens has, more or less."""
CLAUSES = "indices.query.bool.max_clause_count"
REWRITE = "search.max_aggregation_rewrite_filters"

OF_RIGHT_COUNTS = (3,)
HTTP_FORBIDDEN = 403

_WAIT = "1s"
_SECONDS = 3.0
_STATUS = {"green": 0, "yellow": 1, "red": 2}
_NO_STATE = 2**53
_BLOCK = "index.blocks.read_only_allow_delete"

Question = Callable[[OpenSearch], Any]


class ClusterHealth:
    """What one desk asks of its cluster's health."""

    def __init__(self, cluster: Cluster, names: IndexNames) -> None:
        self._cluster = cluster
        self._names = names
        self._indexes = f"{names.alias}.*"
        self._questions: Mapping[str, tuple[Question, str]] = {
            "health": (self._health, "cluster_monitor: status, nodes and unassigned shards are not known"),
            "nodes": (_nodes, "cluster_monitor: disks and refused writes are not known"),
            "stats": (self._stats, f"indices:monitor/stats on {self._indexes}: the size of the index is not known"),
            "blocks": (self._blocks, f"indices:monitor/settings/get on {self._indexes}: full disks are not seen"),
        }

    def look(self) -> EngineHealth:
        """Troubles and figures. Raises EngineTroubleError where the cluster can't be asked."""
        told = {name: self._allowed(question) for name, (question, _) in self._questions.items()}
        figures = (*_of_health(told["health"]), *_of_nodes(told["nodes"]), *_of_stats(told["stats"]))
        return EngineHealth(tuple(self._troubles(told["health"], told["blocks"])), figures)

    def look_thoroughly(self, live: str | None) -> EngineHealth:
        """The same, with what should be set otherwise and which rights are lacking; `live` is the live index's name."""
        seen = self.look()
        return EngineHealth((*seen.troubles, *self._refusals(live)), seen.figures, tuple(self._advice()))

    def _troubles(self, health: Mapping[str, Any] | None, blocks: Mapping[str, Any] | None) -> Iterator[str]:
        if any(_BLOCK in told["settings"] and told["settings"][_BLOCK] == "true" for told in (blocks or {}).values()):
            yield self._cluster.told_of("has a disk that is full: it takes nothing in until there is room")
        if not health:
            return
        nodes, lost = health["number_of_nodes"], health["unassigned_shards"]
        if health["status"] == "red":
            yield self._cluster.told_of(f"is red: {_shards(lost)} of the index no node has, searches are not answered")
        elif health["status"] == "yellow" and nodes > 1:
            yield self._cluster.told_of(f"is yellow: {_shards(lost)} of the index wait for a node")
        if (lacking := self._cluster.lacks_nodes(nodes)) is not None:
            yield self._cluster.told_of(lacking)

    def _refusals(self, live: str | None) -> Iterator[str]:
        """Rights that the user lacks, tried by what changes nothing: an index that can't be, a line that is there."""
        attempts: list[tuple[str, Question]] = [("can't make indexes", self._make_no_index)]
        if live is not None:
            attempts.append(("can't write", self._write_nothing(self._names.base(live))))
        for what, attempt in attempts:
            try:
                self._cluster.ask(attempt)
            except ForbiddenError as error:
                yield f"the desk's user {what}: {error}"

    def _allowed(self, question: Question) -> Mapping[str, Any] | None:
        """What a question is answered; None where the user may not ask it, and where there is nothing yet."""
        try:
            return dict(self._cluster.ask(question))
        except (ForbiddenError, NoIndexError):
            return None

    def _health(self, client: OpenSearch) -> Any:
        waits = {"timeout": _WAIT, "cluster_manager_timeout": _WAIT}
        return client.cluster.health(index=self._indexes, params={**waits, "request_timeout": _SECONDS})

    def _stats(self, client: OpenSearch) -> Any:
        return client.indices.stats(index=self._indexes, metric="docs,store", request_timeout=_SECONDS)

    def _blocks(self, client: OpenSearch) -> Any:
        return client.indices.get_settings(
            index=self._indexes,
            name="index.blocks.*",
            params={"flat_settings": "true", "cluster_manager_timeout": _WAIT, "request_timeout": _SECONDS},
        )

    def _make_no_index(self, client: OpenSearch) -> None:
        with suppress(RequestError):  # whoever may make one is told that it can't have no shards
            client.indices.create(
                index=self._names.part("check", "none"), body={"settings": {"index.number_of_shards": 0}}
            )

    def _write_nothing(self, base: str) -> Question:
        """Delete what is not there, if it were in a state that it never has: that makes no index either."""
        never = {"_index": base, "_id": "nothing", "if_seq_no": _NO_STATE, "if_primary_term": 1}

        def write(client: OpenSearch) -> None:
            (outcome,) = client.bulk(body=[{"delete": never}])["items"]
            told = outcome["delete"]
            if told["status"] == HTTP_FORBIDDEN and "security" in str(told.get("error")):
                raise AuthorizationException(HTTP_FORBIDDEN, str(told["error"]), outcome)

        return write

    def _advice(self) -> Iterator[str]:
        for question, what in self._questions.values():
            if self._allowed(question) is None:
                yield self._cluster.told_of(f"does not grant the desk's user {what}")
        settings = self._allowed(_settings)
        if settings is None:
            yield self._cluster.told_of(f"does not grant the desk's user cluster_monitor: {CLAUSES} is not known")
            return
        set_there = {**settings["defaults"], **settings["persistent"], **settings["transient"]}
        clauses = int(set_there.get(CLAUSES, MOST_CLAUSES))
        if clauses < MOST_CLAUSES:
            yield self._cluster.told_of(
                f"refuses queries of many words joined by hyphens; {CLAUSES} is {clauses}, and should be {MOST_CLAUSES}"
            )
        if self._cluster.ask(_series) < OF_RIGHT_COUNTS and int(set_there.get(REWRITE, 0)) > 0:
            yield self._cluster.told_of(
                f"counts wrongly where a range is counted beside a histogram of dates; {REWRITE} should be 0"
            )


def _series(client: OpenSearch) -> tuple[int, ...]:
    return tuple(int(part) for part in client.info(request_timeout=_SECONDS)["version"]["number"].split(".")[:1])


def _nodes(client: OpenSearch) -> Any:
    # The time is the server's here, and not the client's.
    return client.transport.perform_request(
        "GET", "/_nodes/stats/fs,thread_pool", params={"timeout": _WAIT, "request_timeout": _SECONDS}
    )


def _settings(client: OpenSearch) -> Any:
    return client.cluster.get_settings(include_defaults=True, flat_settings=True, request_timeout=_SECONDS)


def _of_health(told: Mapping[str, Any] | None) -> Iterator[HealthFigure]:
    if not told:
        return
    status = _STATUS.get(told["status"], max(_STATUS.values()))
    yield HealthFigure("status", "Status of the index: 0 green, 1 yellow, 2 red.", status)
    yield HealthFigure("nodes", "Nodes of the cluster that holds the index.", told["number_of_nodes"])
    yield HealthFigure("unassigned_shards", "Shards of the index that no node has.", told["unassigned_shards"])


def _of_nodes(told: Mapping[str, Any] | None) -> Iterator[HealthFigure]:
    if not told:
        return
    disks = [node["fs"]["total"] for node in told["nodes"].values() if node.get("fs", {}).get("total")]
    shares = [1 - disk["available_in_bytes"] / disk["total_in_bytes"] for disk in disks if disk.get("total_in_bytes")]
    if shares:
        yield HealthFigure("disk_used_ratio", "Used part of the fullest node's disk, 0 to 1.", max(shares))
    pools = [node.get("thread_pool", {}).get("write", {}) for node in told["nodes"].values()]
    refused = sum(pool.get("rejected", 0) for pool in pools)
    yield HealthFigure("writes_refused", "Writes that the nodes had no room for since they were started.", refused)


def _of_stats(told: Mapping[str, Any] | None) -> Iterator[HealthFigure]:
    if not told or "primaries" not in told["_all"]:
        return
    size = told["_all"]["total"].get("store", {}).get("size_in_bytes", 0)
    documents = told["_all"]["primaries"].get("docs", {}).get("count", 0)
    yield HealthFigure("bytes", "Size of the index on all nodes, copies included.", size)
    yield HealthFigure("documents", "Documents of the index, tombstones included and copies not.", documents)


def _shards(count: int) -> str:
    return "1 shard" if count == 1 else f"{count} shards"
