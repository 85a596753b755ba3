"""Benchmark of near-duplicate detection: its time and its mistakes, by the number of stories.

    python -m benchmarks.copies bulletins [--sizes 10000,20000] [--copies 200]
    python -m benchmarks.copies lookalikes [--stories 1000000] [--alike 50] [--step 100000]
    python -m benchmarks.copies carried [--sizes 2000,10000]

`bulletins` imports texts of one pattern with copies among them, and indexes them as `import` does. `lookalikes` writes
stories into a store, each of a pattern that a few others have, and decides their groups step by step; the table says
whether the last step takes longer than the first, and what the tables of copies take a story. `carried` decides
the group of one text that thousands of sources carry. All times are processor time of one process.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from benchmarks.bulletins import FIRST_DAY, Bulletin, make_bulletins
from benchmarks.corpus import adopt
from crawler.extraction import parse
from desk.container import ingest_into
from desk.importing.lines import import_files
from index.duplicates.consumer import DuplicatesConsumer
from index.engines.whoosh import WhooshEngine
from index.sync import Indexer
from model.story import StoredStory
from store.directory.locks import Locks
from store.opening import Store, open_store

STORIES_A_SAVE = 500
_TABLES = ("copy_keys", "copy_blocks", "copy_segments", "copy_texts", "sqlite_autoindex_copy_texts_1")


def main() -> None:
    """Run one of the three."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("bulletins", "lookalikes", "carried"))
    parser.add_argument("--sizes", default=None)
    parser.add_argument("--copies", type=int, default=200)
    parser.add_argument("--stories", type=int, default=1_000_000)
    parser.add_argument("--alike", type=int, default=50)
    parser.add_argument("--step", type=int, default=100_000)
    asked = parser.parse_args()
    with TemporaryDirectory() as scratch:
        if asked.what == "lookalikes":
            look_alikes(Path(scratch), asked.stories, asked.alike, asked.step)
            return
        default = "10000,20000" if asked.what == "bulletins" else "2000,10000"
        for size in map(int, (asked.sizes or default).split(",")):
            if asked.what == "bulletins":
                bulletins(Path(scratch) / str(size), size, asked.copies)
            else:
                carried(Path(scratch) / str(size), size)


def bulletins(directory: Path, size: int, copies: int) -> None:
    """Import so many bulletins; print what it took, and which copies were told."""
    made = make_bulletins(size, copies)
    directory.mkdir()
    lines = directory / "bulletins.ndjson"
    lines.write_text("".join(json.dumps(one.line()) + "\n" for one in made), encoding="utf-8")
    store = open_store(directory)
    indexer = Indexer(
        store.stories,
        store.feed,
        DuplicatesConsumer(store.duplicates),
        WhooshEngine(directory / "index"),
        Locks(directory),
    )
    indexer.rebuild()
    imported = taken(lambda: import_files([lines], ingest_into(store, parse), now=FIRST_DAY + timedelta(days=200)))
    indexed = taken(indexer.catch_up)
    folded, mistaken = judge(store, made)
    store.close()
    print(
        f"{size:7,} bulletins: import {imported:5.1f} s, groups and index {indexed:5.1f} s, together"
        f" {imported + indexed:5.1f} s; {folded} of {copies} copies told, {mistaken} bulletins in a group of another",
        flush=True,
    )


def judge(store: Store, made: Iterable[Bulletin]) -> tuple[int, int]:
    """The copies that are in one group with their original, and the bulletins in a group with another bulletin."""
    groups = {story.id: story.copy_group for story in store.stories.walk()}
    told: dict[int, set[str | None]] = defaultdict(set)
    numbers: dict[str, set[int]] = defaultdict(set)
    copied = set()
    for one in made:
        group = groups[one.line()["id"]]
        told[one.number].add(group)
        if group is not None:
            numbers[group].add(one.number)
        if one.copied:
            copied.add(one.number)
    folded = sum(len(told[number]) == 1 and None not in told[number] for number in copied)
    return folded, sum(len(found) for found in numbers.values() if len(found) > 1)


def look_alikes(directory: Path, count: int, alike: int, step: int) -> None:
    """Decide the groups of so many stories, each of a pattern that `alike` of them have."""
    store = open_store(directory)
    stories = make_look_alikes(count, alike, step)
    done = 0
    while done < count:
        for _ in range(0, step, STORIES_A_SAVE):
            adopt(store, islice(stories, STORIES_A_SAVE))
        store.checkpoint()
        seconds = taken(DuplicatesConsumer(store.duplicates).catch_up)
        done += step
        print(
            f"{done:9,} stories: the last {step:,} in {seconds:6.1f} s, {seconds / step * 1000:.3f} ms each", flush=True
        )
    sizes = table_sizes(store)
    store.close()
    parts = ", ".join(f"{name} {size / count:.0f}" for name, size in sizes.items())
    print(f"bytes a story: {parts}; together {sum(sizes.values()) / count:.0f}")


def make_look_alikes(count: int, alike: int, step: int, seed: int = 5) -> Iterator[StoredStory]:
    """Stories whose words are a pattern's but for their figures and names, the days going on by 5,000 stories.

    In each step there are other patterns, so that all steps are alike but for what is in the store.
    """
    chance = random.Random(seed)
    patterns = max(step // alike, 1)
    for number in range(count):
        pattern = number // step * patterns + chance.randrange(patterns)
        words = random.Random(pattern)  # the same words each time
        body = [f"w{words.randrange(20_000)}" for _ in range(120)]
        for place in range(3, 120, 9):
            body[place] = str(chance.randrange(1000)) if place % 2 else f"Name{chance.randrange(5000)}"
        at = FIRST_DAY + timedelta(days=number / 5000)
        # Values are known to be clean: validating them again would be most of the time taken.
        yield StoredStory.model_construct(
            id=f"s{number}",
            source=f"source{chance.randrange(12)}",
            headline=f"Story {number}",
            body=(" ".join(body),),
            published_at=at,
            first_seen_at=at,
            seen_at=at,
            version=1,
            status="live",
            language="en",
        )


def carried(directory: Path, size: int) -> None:
    """Decide the group of a text that so many sources carry, coming in small steps; then read it, and change it."""
    store = open_store(directory)
    story = next(make_look_alikes(1, 1, 1))
    copies = [story.model_copy(update={"id": f"c{n}", "source": f"paper{n}"}) for n in range(size)]
    steps = []
    for start in range(0, size, size // 10):
        adopt(store, copies[start : start + size // 10])
        steps.append(taken(DuplicatesConsumer(store.duplicates).catch_up))
    groups = {found.copy_group for found in store.stories.walk()}
    named = taken(lambda: store.stories.live_copies([group for group in groups if group]))
    adopt(store, [copies[0].model_copy(update={"body": ("Another text. " * 30,), "seen_at": datetime.now(UTC)})])
    changed = taken(DuplicatesConsumer(store.duplicates).catch_up)
    store.close()
    print(
        f"{size:7,} copies in {len(groups)} group: first tenth {steps[0]:.2f} s, last {steps[-1]:.2f} s;"
        f" named in {named * 1000:.1f} ms, one corrected in {changed * 1000:.1f} ms",
        flush=True,
    )


def taken(work: Callable[[], object]) -> float:
    """Processor time of some work, in seconds."""
    started = time.process_time()
    work()
    return time.process_time() - started


def table_sizes(store: Store) -> dict[str, int]:
    """Bytes of the pages of each table of copies, the half-empty ones included."""
    with store.databases[0].read() as connection:
        found = connection.execute(text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")).all()
    return {name: size for name, size in found if name in _TABLES}


if __name__ == "__main__":
    main()
