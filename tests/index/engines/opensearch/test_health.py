"""What is told of a cluster's health, by what the cluster answers."""

from collections.abc import Mapping
from typing import Any

import pytest

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
from model.errors import EngineTroubleError
from tests.index.engines.opensearch.test_trouble import INFO, server

pytestmark = pytest.mark.cluster  # for the extra; servers of its own are enough

GREEN = {"status": "green", "number_of_nodes": 1, "unassigned_shards": 0}
BLOCKED = {"wiredesk.one.base": {"settings": {"index.blocks.read_only_allow_delete": "true"}}}
OPEN = {"wiredesk.one.base": {"settings": {"index.blocks.read_only_allow_delete": "false"}}}
DISKS = {
    "a": {"fs": {"total": {"total_in_bytes": 100, "available_in_bytes": 60}}},
    "b": {
        "fs": {"total": {"total_in_bytes": 100, "available_in_bytes": 10}},
        "thread_pool": {"write": {"rejected": 3}},
    },
    "hangs": {},
}
FORBIDDEN = {"error": {"type": "security_exception", "reason": "no permissions for [x]"}, "status": 403}

TROUBLES: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], list[str]]] = {
    "green": (GREEN, OPEN, []),
    "yellow, one node": ({**GREEN, "status": "yellow", "unassigned_shards": 2}, {}, []),
    "yellow, three nodes": (
        {"status": "yellow", "number_of_nodes": 3, "unassigned_shards": 2},
        {},
        ["is yellow: 2 shards of the index wait for a node"],
    ),
    "red": (
        {"status": "red", "number_of_nodes": 3, "unassigned_shards": 1},
        {},
        ["is red: 1 shard of the index no node has, searches are not answered"],
    ),
    "flood stage": (GREEN, BLOCKED, ["has a disk that is full: it takes nothing in until there is room"]),
    "red and full": (
        {"status": "red", "number_of_nodes": 1, "unassigned_shards": 4},
        BLOCKED,
        [
            "has a disk that is full: it takes nothing in until there is room",
            "is red: 4 shards of the index no node has, searches are not answered",
        ],
    ),
}


def answers(health: Any, blocks: Any, nodes: Any = None) -> Any:
    def answer(path: str) -> tuple[int, object]:
        for start, told in (("/_cluster/health", health), ("/_nodes/stats", nodes or {"nodes": DISKS})):
            if path.startswith(start):
                return (403 if told is FORBIDDEN else 200), told
        if path.endswith("/_stats/docs,store"):
            return 200, {"_all": {"primaries": {"docs": {"count": 7}}, "total": {"store": {"size_in_bytes": 99}}}}
        return (200, INFO) if path == "/" else (200, blocks)

    return answer


@pytest.mark.parametrize(("health", "blocks", "told"), TROUBLES.values(), ids=TROUBLES.keys())
def test_what_is_wrong_is_a_sentence_each(
    health: Mapping[str, Any], blocks: Mapping[str, Any], told: list[str]
) -> None:
    with server(answers(health, blocks)) as address:
        found = OpenSearchEngine(OpenSearchSettings((address,))).health()
    assert [trouble.removeprefix(f"OpenSearch at {address} ") for trouble in found.troubles] == told


def test_figures_are_of_the_fullest_disk_and_of_all_nodes() -> None:
    with server(answers({"status": "yellow", "number_of_nodes": 3, "unassigned_shards": 2}, {})) as address:
        found = OpenSearchEngine(OpenSearchSettings((address,))).health()
    assert {figure.name: figure.value for figure in found.figures} == {
        "status": 1,
        "nodes": 3,
        "unassigned_shards": 2,
        "disk_used_ratio": 0.9,
        "writes_refused": 3,
        "bytes": 99,
        "documents": 7,
    }


def test_what_the_user_may_not_ask_is_left_out() -> None:
    with server(answers(FORBIDDEN, {}, FORBIDDEN)) as address:
        found = OpenSearchEngine(OpenSearchSettings((address,))).health()
    assert {figure.name for figure in found.figures} == {"bytes", "documents"}
    assert found.troubles == ()


def test_a_cluster_without_a_manager_is_trouble() -> None:
    gone = {"error": {"type": "cluster_manager_not_discovered_exception", "reason": "z"}, "status": 503}
    with (
        server(lambda path: (200, INFO) if path == "/" else (503, gone)) as address,
        pytest.raises(EngineTroubleError, match="a node is away, or the index is red"),
    ):
        OpenSearchEngine(OpenSearchSettings((address,))).health()
