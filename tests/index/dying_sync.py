"""Indexer that dies at a point that is chosen beforehand.

A process of its own does one piece of work on the index of a data directory and kills itself with SIGKILL at the
n-th step within a stage of it: at a call, or, where the steps are those that touch files, before or after one of
these. Where it comes to its end it says how many steps the stage has.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NamedTuple

from index.duplicates.consumer import DuplicatesConsumer
from index.engines.whoosh import WhooshEngine
from index.engines.whoosh.index_folders import IndexFolders
from index.engines.whoosh.indexing.background_merge import LargeMerge
from index.engines.whoosh.indexing.merge_policy import choose_all
from index.engines.whoosh.schema import make_schema
from index.engines.whoosh.segments.publishing import CommitLog
from index.sync import Indexer
from model.story import Story
from store.directory.locks import Locks
from store.opening import Store, open_store
from tests.saving import store_reading

Stage = Literal["commit", "merge", "reindex", "switch"]
Steps = Literal["calls", "files"]

SEEN_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORIES = 12
MERGE_BYTES = 20_000

FUNCTIONS: dict[Stage, frozenset[str]] = {
    "commit": frozenset({"WhooshWriter.commit"}),
    "merge": frozenset({"LargeMerge.prepare", "LargeMerge.finish"}),
    "reindex": frozenset({"Rebuilder.rebuild"}),
    "switch": frozenset({"IndexFolders.promote", "Rebuilder._remove_others"}),
}
"""The functions that a stage is; what they call belongs to it."""
FILE_STEPS = frozenset(
    {"open", "write", "seek", "flush", "fsync", "close", "flock"}
    | {"rename", "replace", "remove", "unlink", "mkdir", "rmdir"}
)
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


class Outcome(NamedTuple):
    """Whether the process was killed, and how many steps it took in its stage where it came to the end."""

    killed: bool
    steps: int


def save_change(store: Store, number: int) -> None:
    """The store's change of that number, which is its revision too: another headline for one of the stories."""
    url = f"https://example.org/{number % STORIES}"
    # No two stories have words in common, or they would be copies: a group of these is a change of its own.
    words = " ".join(f"word{number % STORIES}n{place}" for place in range(80))
    story = Story(source="wire", headline=f"Zebra headline {number}", url=url, body=(words,) * 2)
    store_reading(store, story, urls=(url,), seen_at=SEEN_AT)


def indexer_of(directory: Path, store: Store) -> Indexer:
    """The indexer of a data directory."""
    return Indexer(
        store.stories,
        store.feed,
        DuplicatesConsumer(store.duplicates),
        WhooshEngine(directory / "index"),
        Locks(directory),
    )


def commit(directory: Path) -> None:
    """Feed what the store has changed."""
    indexer_of(directory, open_store(directory)).catch_up()


def merge(directory: Path) -> None:
    """Merge all segments beside the commits."""
    log = CommitLog(IndexFolders(directory / "index").live().path, make_schema())
    work = LargeMerge(log, MERGE_BYTES, choose_all)
    work.prepare()
    work.finish()


def rebuild(directory: Path) -> None:
    """Make a new generation and switch to it."""
    indexer_of(directory, open_store(directory)).rebuild()


WORK: dict[Stage, Callable[[Path], None]] = {"commit": commit, "merge": merge, "reindex": rebuild, "switch": rebuild}


class Killer:
    """Counts the steps of a stage and kills its own process at one of them; a profile function of the interpreter."""

    def __init__(self, stage: Stage, steps: Steps, point: int) -> None:
        self._functions = FUNCTIONS[stage]
        self._steps = steps
        self._point = point
        self._depth = 0
        self.count = 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """One event: a call or a return, of Python or of C."""
        named = frame.f_code.co_qualname in self._functions
        self._depth += named and event == "call"
        if self._depth and (self._steps == "calls" or self._touches_files(event, argument)):
            self.count += 1
            if self.count == self._point:
                os.kill(os.getpid(), signal.SIGKILL)
        self._depth -= named and event == "return"

    @staticmethod
    def _touches_files(event: str, argument: Any) -> bool:
        return event in ("c_call", "c_return") and argument.__name__ in FILE_STEPS


def run(directory: Path, stage: Stage, steps: Steps, point: int) -> Outcome:
    """Do the stage's work in a process of its own and kill it at a step; 0 lets it come to its end."""
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_work, args=(directory, stage, steps, point, sender))
    process.start()
    sender.close()
    process.join()
    if process.exitcode == -signal.SIGKILL:
        return Outcome(True, point)
    assert process.exitcode == 0, f"the indexer failed with {process.exitcode}"
    return Outcome(False, receiver.recv())


def _work(directory: Path, stage: Stage, steps: Steps, point: int, sender: Connection) -> None:
    killer = Killer(stage, steps, point)
    sys.setprofile(killer)
    WORK[stage](directory)
    sys.setprofile(None)
    sender.send(killer.count)
