"""What goes wrong with the servers is one sentence, and no reason to make the index anew."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from deploy.cluster.opensearch_nodes import free_ports
from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.index_names import IndexNames
from index.engines.opensearch.writing.fence import WriteFence
from index.engines.opensearch.writing.late_writes import LateWrites
from index.engines.opensearch.writing.month_indexes import MonthIndexes
from index.engines.opensearch.writing.writer import OpenSearchWriter, WritingParts
from model.errors import EngineError, EngineTroubleError, NoIndexError
from model.query import Everything, SearchRequest

pytestmark = pytest.mark.cluster  # for the extra; servers of its own are enough

INFO = {"version": {"distribution": "opensearch", "number": "2.19.6"}}
ERROR = {"error": {"type": "some_exception", "reason": "because"}, "status": 500}

Answers = Callable[[str], tuple[int, object]]
"""Status and body for a path."""


@contextmanager
def server(answers: Answers) -> Iterator[str]:
    """An HTTP server that answers by the path; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answers(self.path.split("?")[0])
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_HEAD = answer  # noqa: N815 - the names that the library asks for

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        listening.server_close()


def after_info(status: int, body: object) -> Answers:
    return lambda path: (200, INFO) if path == "/" else (status, body)


def version(**told: str) -> Answers:
    return lambda path: (200, {"version": told})


CASES: dict[str, tuple[Answers, str]] = {
    "wrong password": (lambda path: (401, b"Unauthorized"), "refuses index.username and index.password"),
    "forbidden": (after_info(403, {"error": {"type": "security_exception", "reason": "no"}}), "forbids the user"),
    "too old": (version(distribution="opensearch", number="2.11.0"), "is of version 2.11.0; 2.19 or newer is needed"),
    "another program": (version(number="8.13.0"), "is no OpenSearch"),
    "a web page": (lambda path: (200, b"<html>hello</html>"), "is no OpenSearch"),
    "busy": (after_info(429, {"error": {"type": "x", "reason": "y"}, "status": 429}), "has too much to do"),
    "no memory": (
        after_info(500, {"error": {"root_cause": [{"type": "circuit_breaking_exception"}]}, "status": 500}),
        "has too much to do",
    ),
    "no manager": (
        after_info(503, {"error": {"type": "cluster_manager_not_discovered_exception", "reason": "z"}, "status": 503}),
        "a node is away, or the index is red",
    ),
    "proxy without a node": (after_info(504, b"gateway timeout"), "a part of the index can't be had"),
}


@pytest.mark.parametrize(("answers", "sentence"), CASES.values(), ids=CASES.keys())
def test_each_trouble_is_one_sentence(answers: Answers, sentence: str) -> None:
    with server(answers) as address:
        engine = OpenSearchEngine(OpenSearchSettings((address,), "desk", "geheim"))
        for ask in (engine.live, engine.names, lambda: engine.writer("one"), engine.reader().count):
            with pytest.raises(EngineTroubleError) as caught:
                ask()
            assert sentence in str(caught.value)
            assert "geheim" not in str(caught.value)
            assert "\n" not in str(caught.value)


def test_servers_that_are_away_are_named() -> None:
    hosts = tuple(f"http://127.0.0.1:{port}" for port in free_ports(2))
    engine = OpenSearchEngine(OpenSearchSettings(hosts))
    with pytest.raises(EngineTroubleError, match=r"can't be reached") as caught:
        engine.live()
    assert all(host in str(caught.value) for host in hosts)


def test_one_of_two_servers_is_enough() -> None:
    (port,) = free_ports(1)
    with server(after_info(404, ERROR)) as address:
        engine = OpenSearchEngine(OpenSearchSettings((f"http://127.0.0.1:{port}", address)))
        with pytest.raises(NoIndexError):
            engine.live()


FAILED = {"total": 3, "successful": 2, "skipped": 0, "failed": 1, "failures": [{"reason": {"type": "x"}}]}
NOWHERE = {"total": 3, "successful": 2, "skipped": 0, "failed": 0}
HITS = {"total": {"value": 7, "relation": "eq"}, "hits": []}


@pytest.mark.parametrize("shards", [FAILED, NOWHERE], ids=["failed", "allocated nowhere"])
def test_a_part_of_the_answer_is_none(shards: dict[str, object]) -> None:
    partial = {"took": 1, "timed_out": False, "_shards": shards, "hits": HITS, "status": 200}

    def answers(path: str) -> tuple[int, object]:
        if path == "/_msearch":
            return 200, {"responses": [partial]}
        return (200, INFO) if path == "/" else (200, {"wiredesk.one.base": {"mappings": {}}})

    with server(answers) as address:
        reader = OpenSearchEngine(OpenSearchSettings((address,))).reader("one")
        with pytest.raises(EngineTroubleError, match="a part of the index can't be had"):
            reader.search(SearchRequest(Everything()))


def test_what_the_servers_have_no_room_for_is_sent_again_ever_later() -> None:
    bulks: list[str] = []

    def answers(path: str) -> tuple[int, object]:
        if path == "/_bulk":
            bulks.append(path)
            busy = {"error": {"type": "rejected_execution_exception", "reason": "queue"}, "status": 429}
            if len(bulks) == 1:
                return 429, busy
            outcome = {"status": 429, "error": busy["error"]} if len(bulks) == 2 else {"status": 201}
            return 200, {"errors": False, "items": [{"index": outcome}]}
        if path == "/":
            return 200, INFO
        return 200, {"_shards": {"total": 1, "successful": 1, "failed": 0}}

    waits: list[float] = []
    with server(answers) as address:
        settings = OpenSearchSettings((address,))
        cluster, names = Cluster(settings), IndexNames(settings.name)
        fence = WriteFence(cluster, names)
        months = MonthIndexes(cluster, names, fence, shards=1, most_stories=1)
        parts = WritingParts(cluster, names, fence, months, LateWrites(cluster, names))
        hold = fence.first("one")
        OpenSearchWriter(parts, hold, pause=waits.append).commit(7)
        assert (len(bulks), waits) == (3, [0.5, 1.0])
        del bulks[:]
        never = OpenSearchWriter(parts, hold, pause=lambda _: bulks.clear())
        with pytest.raises(EngineTroubleError, match="has too much to do"):
            never.commit(8)


def test_a_certificate_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    settings = OpenSearchSettings(("https://127.0.0.1:9",), ca_file=tmp_path / "missing.pem")
    with pytest.raises(EngineError, match=r"index\.ca_file"):
        OpenSearchEngine(settings).live()
    (tmp_path / "missing.pem").write_text("no certificate")
    with pytest.raises(EngineError, match=r"index\.ca_file"):
        OpenSearchEngine(replace(settings)).live()
