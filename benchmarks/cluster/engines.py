"""Benchmark of both engines through their contract: rates, sizes and latencies of the same stories in one table.

    python -m benchmarks.cluster.engines CORPUS [--size 1000000] [--queries 200] [--engines whoosh,opensearch]

CORPUS is a file of JSON lines (see corpus.py), whose sentences are mixed into as many stories as are wanted, all first
seen in one month, as those of an archive that is imported. Each engine takes them in one go, as `reindex` does, in one
process; then both answer the same typed queries in turns of 25, with facets and folding, ten hits each, none asked
twice. OpenSearch is a node of its own here (Java and Maven have to be installed), or the one that `--host` names. Times
are by the clock, in milliseconds; processor seconds are those of this process and, where there is one, of the node.
"""

import argparse
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import requests

from benchmarks import corpus
from deploy.cluster.opensearch_nodes import OpenSearchNodes, running
from index.base import Engine, IndexReader
from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
from index.engines.whoosh import WhooshEngine
from model.query import SearchRequest, Sort
from model.story import StoredStory
from search.query.parser import parse

_NAME = "bench"
_TURN = 25
_ADDED_AT_ONCE = 5_000
_NOW = datetime(1997, 1, 1, tzinfo=UTC)
_LONG_QUERY = 10


class Kind(NamedTuple):
    """Typed queries of one kind, and the order of their hits."""

    name: str
    queries: list[str]
    sort: Sort = "relevance"


class Measured(NamedTuple):
    """What the clock said of each query, in milliseconds, and the totals that were found."""

    times: list[float]
    totals: list[int]


def main() -> None:
    """Fill both engines, then ask them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--engines", default="whoosh,opensearch")
    parser.add_argument("--host", help="address of a node that runs")
    parser.add_argument("--heap", default="2g", help="of the node that is started")
    parser.add_argument("--work", type=Path, help="where what is made goes; it is removed at the end")
    given = parser.parse_args()
    lines = corpus.read_lines(given.corpus)
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory(dir=given.work)))
        engines = {name: _open(name, work, given, stack) for name in given.engines.split(",")}
        for name, engine in engines.items():
            made = corpus.make_stories(lines, given.size, mixed=True)
            _fill(name, engine, (story.model_copy(update={"first_seen_at": _NOW}) for story in made), given, work)
        readers = {name: engine.reader(_NAME) for name, engine in engines.items()}
        for kind in _kinds(lines, given.queries):
            _report(kind.name, _ask(readers, kind))
        for engine in engines.values():
            engine.discard(_NAME)


def _open(name: str, work: Path, given: argparse.Namespace, stack: ExitStack) -> Engine:
    if name == "whoosh":
        return WhooshEngine(work / "whoosh")
    if given.host is None:
        nodes = OpenSearchNodes(work / "nodes", heap=given.heap, lasting=True)
        given.host = stack.enter_context(running(nodes)).addresses[0]
    return OpenSearchEngine(OpenSearchSettings((given.host,), name=f"bench-{time.time_ns()}"))


def _fill(name: str, engine: Engine, stories: Iterator[StoredStory], given: argparse.Namespace, work: Path) -> None:
    """Index all stories in one go, and print what it took; the making of the stories is not counted."""
    host = given.host if name == "opensearch" else None
    engine.create(_NAME)
    writer = engine.writer(_NAME, bulk=True)
    passed = ours = 0.0
    theirs = _node_seconds(host)
    while batch := list(islice(stories, _ADDED_AT_ONCE)):
        clock, processor = time.perf_counter(), time.process_time()
        writer.add(batch)
        passed, ours = passed + time.perf_counter() - clock, ours + time.process_time() - processor
    clock, processor = time.perf_counter(), time.process_time()
    writer.commit(1)
    passed, ours = passed + time.perf_counter() - clock, ours + time.process_time() - processor
    theirs = _node_seconds(host) - theirs
    used = _bytes_used(host, work)
    print(
        f"{name:10} {given.size} stories in {passed:.0f} s: {given.size / passed:.0f}/s; processor seconds {ours:.0f}, "
        f"of the node {theirs:.0f}; {used / 1e6:.0f} MB, {used / given.size:.0f} bytes a story",
        flush=True,
    )


def _node_seconds(host: str | None) -> float:
    """Processor seconds of a node since it was started; 0 where there is none."""
    if host is None:
        return 0.0
    (node,) = requests.get(f"{host}/_nodes/_local/stats/process", timeout=60).json()["nodes"].values()
    return float(node["process"]["cpu"]["total_in_millis"]) / 1000


def _bytes_used(host: str | None, work: Path) -> int:
    if host is None:
        return sum(path.stat().st_size for path in (work / "whoosh").rglob("*") if path.is_file())
    found = requests.get(f"{host}/bench-*/_stats/store", timeout=60).json()
    return int(found["_all"]["primaries"]["store"]["size_in_bytes"])


def _kinds(lines: list[dict[str, Any]], count: int) -> list[Kind]:
    words = corpus.headline_queries(lines, 4 * count)
    phrases = corpus.body_phrases(lines, 2 * count)
    several = [" ".join(query) for query in words if len(query) > 1]
    single = [query[0] for query in words if len(query[0]) > 4]
    long = [" ".join(line["body"][0].split()[:_LONG_QUERY]) for line in lines if line["body"]]
    return [
        Kind("one word", single[:count]),
        Kind("two to four words", several[:count]),
        Kind("ten words", [text for text in long if text.count(" ") == _LONG_QUERY - 1][:count]),
        Kind("AND", [" AND ".join(query) for query in words if len(query) > 1][count : 2 * count]),
        Kind("phrase", [f'"{phrase}"' for phrase in phrases[:count]]),
        Kind("words, dates", [f"{query} after:1987-03-01 before:1990-01-01" for query in several[count : 2 * count]]),
        Kind("words, source", [f"{query} source:source3" for query in several[2 * count : 3 * count]]),
        Kind("words, newest", several[-count:], "newest"),
        Kind("prefix", [f"{word[:4]}*" for word in single[: count // 4]]),
        Kind("wildcard", [f"*{word[2:]}" for word in single[: count // 4]]),
        Kind("slips", [f"{word}~" for word in single[: count // 4]]),
    ]


def _ask(readers: Mapping[str, IndexReader], kind: Kind) -> Mapping[str, Measured]:
    """Ask both all queries of a kind, in turns."""
    measured = {name: Measured([], []) for name in readers}
    for start in range(0, len(kind.queries), _TURN):
        for name, reader in readers.items():
            for text in kind.queries[start : start + _TURN]:
                request = SearchRequest(parse(text, _NOW.date()).query, sort=kind.sort, fold=True, now=_NOW)
                clock = time.perf_counter()
                found = reader.search(request)
                measured[name].times.append((time.perf_counter() - clock) * 1000)
                measured[name].totals.append(found.total)
    return measured


def _report(kind: str, measured: Mapping[str, Measured]) -> None:
    for name, (times, totals) in measured.items():
        high = sorted(times)[int(len(times) * 0.99)]
        print(
            f"  {kind:18} {name:10} median {statistics.median(times):8.1f}  p99 {high:8.1f}  stories {sum(totals)}",
            flush=True,
        )


if __name__ == "__main__":
    main()
