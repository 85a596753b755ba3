"""Benchmark of queries: latency beside tantivy, SQLite FTS5 and stock Whoosh.

    python -m benchmarks.query CORPUS [--size 19043 ...] [--peers tantivy,fts5,stock] [--queries 200] [--work DIR]

CORPUS is a file of JSON lines (see corpus.py). All answer the same queries, in turns of 25, so that a busy machine
slows them alike; no query comes twice in a pass, and nothing keeps results. Every answer holds the exact number of
stories and the headlines of the first ten. The peers come with the extra `bench`. Times are of one core, in
milliseconds: the mean, the 99th percentile, how many times the mean that is, and a peer's mean divided by ours. With
`--work` the indexes are kept, and taken as they are in the next run (stock Whoosh takes long to build one).
"""

import argparse
import shutil
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks import corpus
from benchmarks.peers import PEERS, Peer, PeerQuestion
from benchmarks.peers.ours import WiredeskPeer

TURN = 25


class Kind(NamedTuple):
    """A kind of query: its name in the table, and the questions made of words or phrases."""

    name: str
    questions: list[PeerQuestion]


def main() -> None:
    """Build every index that is missing, then print a table for each size and pass."""
    arguments = parse_arguments()
    lines = corpus.read_lines(arguments.corpus)
    with TemporaryDirectory() as scratch:
        work = arguments.work or Path(scratch)
        for size in arguments.size:
            engines = [WiredeskPeer(), *(PEERS[name]() for name in arguments.peers.split(",") if name)]
            for engine in engines:
                build(engine, lines, size, work / f"{engine.name}-{size}")
            for number in (1, 2):
                print(f"\n{size} stories, pass {number}")
                for kind in kinds(lines, arguments.queries):
                    report(kind.name, [(engine.name, measure) for engine, measure in measure_all(engines, kind)])


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--size", type=int, nargs="+", default=[19043])
    parser.add_argument("--peers", default="tantivy,fts5")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--work", type=Path, help="where the indexes are kept for another run")
    return parser.parse_args()


def build(engine: Peer, lines: Sequence[dict[str, object]], size: int, directory: Path) -> None:
    """Make an engine's index, unless an earlier run left it."""
    if not directory.exists():
        unfinished = directory.with_name(f"{directory.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        started = time.process_time()
        engine.build(unfinished, corpus.make_stories(list(lines), size))
        print(f"{engine.name}: {size / (time.process_time() - started):.0f} stories/s indexed", flush=True)
        unfinished.rename(directory)
    engine.open(directory)


def kinds(lines: list[dict[str, object]], count: int) -> list[Kind]:
    """All kinds of queries."""
    words = corpus.headline_queries(lines, count)
    phrases = [phrase.split() for phrase in corpus.body_phrases(lines, count)]
    single = [query[0] for query in words if len(query[0]) > 4][: count // 4]
    return [
        Kind("OR", [PeerQuestion("or", query) for query in words]),
        Kind("AND", [PeerQuestion("and", query) for query in words]),
        Kind("OR, facets", [PeerQuestion("or", query, facets=True) for query in words]),
        Kind("OR, dates", [PeerQuestion("or", query, dates=True) for query in words]),
        Kind("OR, source", [PeerQuestion("or", query, source="source3") for query in words]),
        Kind("OR, newest", [PeerQuestion("or", query, newest=True) for query in words]),
        Kind("phrase", [PeerQuestion("phrase", query) for query in phrases]),
        Kind("prefix", [PeerQuestion("prefix", [word[:4]]) for word in single]),
        Kind("wildcard", [PeerQuestion("wildcard", ["*" + word[2:]]) for word in single]),
        Kind("fuzzy", [PeerQuestion("fuzzy", [word]) for word in single]),
    ]


def measure_all(engines: Sequence[Peer], kind: Kind) -> list[tuple[Peer, list[float]]]:
    """Milliseconds of each question for each engine that understands it; the engines take turns."""
    able = [engine for engine in engines if engine.understands(kind.questions[0])]
    times: dict[str, list[float]] = {engine.name: [] for engine in able}
    for start in range(0, len(kind.questions), TURN):
        for engine in able:
            for question in kind.questions[start : start + TURN]:
                started = time.process_time()
                engine.ask(question)
                times[engine.name].append((time.process_time() - started) * 1000)
    return [(engine, times[engine.name]) for engine in able]


def report(name: str, measured: Sequence[tuple[str, list[float]]]) -> None:
    """A line for each engine: mean, 99th percentile, and its ratio to ours."""
    ours = statistics.mean(measured[0][1])
    for engine, times in measured:
        mean, high = statistics.mean(times), sorted(times)[int(len(times) * 0.99)]
        ratio = "" if engine == "ours" else f"  {mean / ours:7.2f} times ours"
        print(f"  {name:12} {engine:8} mean {mean:8.3f}  p99 {high:8.3f} = {high / mean:5.1f} means{ratio}", flush=True)


if __name__ == "__main__":
    main()
