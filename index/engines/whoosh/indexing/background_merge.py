"""Background merge of large segments, which holds up no commits.

In a process of its own: the segments don't change, so they are read and merged without the writer's lock; under the
lock only the deletions that arrived meanwhile are applied, and the commit is published. A second merger finds the
merge lock held and goes away; one that finds its segments gone gives up; one whose parent has ended (as its standard
input has then) ends too.

    python -m index.engines.whoosh DIRECTORY MEMORY_BYTES POLICY
"""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

import index
from index.child_signals import without_interrupts
from index.engines.whoosh.indexing.merge_policy import choose_large, choose_settling
from index.engines.whoosh.indexing.segment_merge import SegmentMerge, new_numbers
from index.engines.whoosh.schema import make_schema
from index.engines.whoosh.segments.array_segment import ArraySegment
from index.engines.whoosh.segments.publishing import CommitLog
from index.engines.whoosh.segments.segment import SegmentView
from model.errors import LockHeldError

MERGE_LOCK = "MERGELOCK"
PREFIX = "merging_"
NICENESS = 10
_NOTHING_LOST = {errno.ENOENT, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}
"""The index was replaced and removed meanwhile, there is no room for a merge, or it is only to be read here."""

Policy = Callable[[Sequence[ArraySegment]], list[ArraySegment]]
DUE, SETTLING = "due", "settling"
POLICIES: Mapping[str, Policy] = {DUE: choose_large, SETTLING: choose_settling}


class LargeMerge:
    """One merge beside the commits of others."""

    def __init__(self, log: CommitLog, memory_bytes: int, policy: Policy = choose_large) -> None:
        self._log = log
        self._memory_bytes = memory_bytes
        self._policy = policy
        self._chosen: list[ArraySegment] = []
        self._merged: ArraySegment | None = None

    def prepare(self) -> bool:
        """Choose segments and merge them into a file that no commit names; False where there is nothing to merge."""
        self._clean()
        self._chosen = self._policy(self._log.newest().segments)
        if not self._chosen:
            return False
        views = [SegmentView(segment.path(self._log.directory)) for segment in self._chosen]
        work = SegmentMerge(views, [segment.deleted_docs() for segment in self._chosen], self._memory_bytes)
        try:
            self._merged = self._log.write(work, PREFIX)
        except OSError:
            self._clean()  # on a full disk it would take the room of commits
            raise
        return True

    def _clean(self) -> None:
        for leftover in self._log.directory.glob(f"{PREFIX}*"):
            leftover.unlink()

    def finish(self) -> bool:
        """Publish the merged segment in place of the chosen ones; False where another merge has taken one of them."""
        merged = self._merged
        if merged is None:
            return False
        path = merged.path(self._log.directory)
        with self._log.locked():
            newest = self._log.newest()
            now = {segment.name: segment for segment in newest.segments}
            if any(segment.name not in now for segment in self._chosen):
                path.with_name(PREFIX + path.name).unlink()
                return False
            docs = new_numbers([s.doc_count_all() for s in self._chosen], [s.deleted_docs() for s in self._chosen])
            for numbers, segment in zip(docs, self._chosen, strict=True):
                gone = np.setdiff1d(now[segment.name].deleted_docs(), segment.deleted_docs())
                merged.delete(numbers[gone].tolist())
            path.with_name(PREFIX + path.name).rename(path)
            kept = [segment for segment in newest.segments if segment not in self._chosen]
            self._log.publish(newest, [*kept, merged])
        return True


class MergerProcess:
    """Starts mergers, one at a time."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, directory: Path, policy: str = DUE) -> None:
        """Merge what one of the POLICIES says, beside the caller."""
        if self._process is not None and self._process.poll() is None:
            return
        self.wait()
        program = [sys.executable, "-m", "index.engines.whoosh"]
        command = [*program, str(directory.absolute()), str(self._memory_bytes), policy]
        with without_interrupts():
            self._process = subprocess.Popen(command, cwd=Path(index.__file__).parents[1], stdin=subprocess.PIPE)

    def wait(self) -> None:
        """Until the merger that was started last is done."""
        if self._process is not None:
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()


def main(directory: Path, memory_bytes: int, policy: Policy = choose_large) -> None:
    """Merge until there is nothing left that a policy says."""
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    log = CommitLog(directory, make_schema())
    try:
        with log.locked(MERGE_LOCK, wait_seconds=0):
            work = LargeMerge(log, memory_bytes, policy)
            while work.prepare() and work.finish():
                work = LargeMerge(log, memory_bytes, policy)
    except LockHeldError:
        return  # another merger is at work
    except OSError as error:
        if error.errno not in _NOTHING_LOST:
            raise


def _end_with_parent() -> None:
    """A merge can be left anywhere; one that went on would keep its parent's terminal or pipes."""
    while os.read(sys.stdin.fileno(), 1):
        continue
    os._exit(0)
