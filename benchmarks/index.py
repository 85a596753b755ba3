"""Benchmark of indexing: stories in a second and the time of a commit, beside the peers.

    python -m benchmarks.index CORPUS [--size 19043] [--peers tantivy,fts5,stock] [--commits 100]

CORPUS is a file of JSON lines (see corpus.py). First ours is built from a store, as `reindex` does (words met for the
first time cost more, so the others have it easier); then each engine builds an index of `--size` stories in one go;
then ours grows by 50 stories a commit, `--commits` times. Rates are of processor time on one core (with the clock's
beside), commits by the clock; the peers come with the extra `bench`.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import corpus
from benchmarks.peers import PEERS, Peer
from benchmarks.peers.ours import WiredeskPeer
from index.duplicates.consumer import DuplicatesConsumer
from index.engines.whoosh import WhooshEngine
from index.sync import Indexer
from model.story import StoredStory
from store.directory.locks import Locks
from store.opening import open_store

STORIES_A_COMMIT = 50
STORIES_A_SAVE = 500


def main() -> None:
    """Build with every engine, then commit in small steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--size", type=int, default=19043)
    parser.add_argument("--peers", default="tantivy,fts5")
    parser.add_argument("--commits", type=int, default=100)
    arguments = parser.parse_args()
    lines = corpus.read_lines(arguments.corpus)
    engines: list[Peer] = [WiredeskPeer(), *(PEERS[name]() for name in arguments.peers.split(",") if name)]
    with TemporaryDirectory() as scratch:
        reindex(Path(scratch) / "desk", corpus.make_stories(lines, arguments.size), arguments.size)
        for engine in engines:
            directory = Path(scratch) / engine.name
            directory.mkdir()
            with rate_of(engine.name, arguments.size):
                engine.build(directory, corpus.make_stories(lines, arguments.size))
            size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
            print(f"  {size / 1e6:.1f} MB on disk", flush=True)
        stories = corpus.make_stories(lines, arguments.size + arguments.commits * STORIES_A_COMMIT)
        grow(Path(scratch) / "ours" / "index", islice(stories, arguments.size, None), arguments.commits)
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


@contextmanager
def rate_of(name: str, size: int) -> Iterator[None]:
    """Print the rate of what the block does with so many stories."""
    started, clock = time.process_time(), time.perf_counter()
    yield
    taken, passed = time.process_time() - started, time.perf_counter() - clock
    print(f"{name:8} {size / taken:8.0f} stories/s ({size / passed:.0f} by the clock)", flush=True)


def reindex(directory: Path, stories: Iterator[StoredStory], size: int) -> None:
    """Fill a store, then make the index from it."""
    store = open_store(directory)
    while batch := list(islice(stories, STORIES_A_SAVE)):
        corpus.adopt(store, batch)
    indexer = Indexer(
        store.stories,
        store.feed,
        DuplicatesConsumer(store.duplicates),
        WhooshEngine(directory / "index"),
        Locks(directory),
    )
    with rate_of("reindex", size):
        indexer.rebuild()
    store.close()


def grow(directory: Path, stories: Iterator[StoredStory], commits: int) -> None:
    """Commit again and again, and print how long it took."""
    engine = WhooshEngine(directory)
    taken = []
    for number in range(commits):
        batch = list(islice(stories, STORIES_A_COMMIT))
        started = time.perf_counter()
        writer = engine.writer("bench")
        writer.add(batch)
        writer.commit(number + 2)
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    segments = len(list(directory.glob("bench/*.arrays")))
    median, high = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    print(f"commits of 50: median {median:.0f} ms, p99 {high:.0f} ms, highest {taken[-1]:.0f} ms; {segments} segments")


if __name__ == "__main__":
    main()
