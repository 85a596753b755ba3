"""Pool of processes that read pages: a page may hang, crash or exhaust the process that reads it.

A page that takes over 2 s of its reader's own CPU time, or 10 s by the clock, or crashes its reader, is tried once more
with a new one and then is POISON. The kernel's profiling timer ends a reader that is stuck inside a C library too,
where no Python signal handler would run. A reader that is killed from outside, by the kernel for want of memory or by a
person, proves nothing of its page: that is a failure to be tried again soon.
"""

import gc
import multiprocessing
import os
import queue
import resource
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from index.child_signals import without_interrupts
from model.errors import NotAStoryError, ParseError, PoisonError, ReaderKilledError
from model.page import Page
from model.story import Story

CPU_SECONDS = 2.0
WALL_SECONDS = 10.0
_TRIES = 2
_TRIES_IN_ALL = 5
_FIRST_PAUSE_SECONDS = 0.05
_END_SECONDS = 5.0
_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
"""What a page can't do to its reader: these come from the kernel's out-of-memory killer, or from a person."""
_MAX_MEMORY_BYTES = 4 << 30
_GROWN_BYTES = 320 << 20  # a reader has 70 MB when it starts and 245 when it has seen all kinds of pages
_NICENESS = 10

ReadPage = Callable[..., Story]
"""Called with a page, and with `known` where there is something to be known of its host."""


class _Reply(NamedTuple):
    story: Story | None
    not_a_story: str | None = None
    unreadable: str | None = None
    grown: bool = False


class _ReaderDeath(NamedTuple):
    """Why a reader gave no reply; `is_pages_fault` where the page brought it about."""

    reason: str
    is_pages_fault: bool


class ParsePool:
    """Readers in processes of their own; `parse` is a module-level function, called there. Safe to share.

    `check` is called before each page: what it raises ends the work of who wants the page read.
    """

    def __init__(
        self,
        parse: ReadPage,
        size: int,
        *,
        cpu_seconds: float = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.size = size
        self._check = check
        self._parse = parse
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._idle: queue.LifoQueue[_ReaderProcess | None] = queue.LifoQueue()
        for _ in range(size):
            self._idle.put(None)

    def parse(self, page: Page, known: object = None) -> Story:
        """Read a page in another process; `known` is handed to its reader, where there is something.

        Raises NotAStoryError, ParseError, PoisonError, ReaderKilledError.
        """
        self._check()
        reader = self._idle.get()
        deaths: list[_ReaderDeath] = []
        try:
            while _may_try_again(deaths):
                try:
                    reader = reader or _ReaderProcess(self._parse, self._cpu_seconds, self._wall_seconds)
                    reply = reader.read(page, known)
                except OSError as error:
                    reply = _ReaderDeath(f"no reader can be started: {error}", is_pages_fault=False)
                if reader is not None and (isinstance(reply, _ReaderDeath) or reply.grown):
                    reader.kill()
                    reader = None
                if isinstance(reply, _Reply):
                    return _story_of(reply, page)
                deaths.append(reply)
                if not reply.is_pages_fault and _may_try_again(deaths):  # memory may be free again in a moment
                    time.sleep(_FIRST_PAUSE_SECONDS * (1 << len(deaths)))
        finally:
            self._idle.put(reader)
        raise _error_of(deaths, page)

    def close(self) -> None:
        """End all readers; waits for those at work no longer than a page may take."""
        for _ in range(self._idle.qsize()):
            reader = self._idle.get()
            if reader is not None:
                reader.kill()


class _ReaderProcess:
    """One process and the pipe to it. Raises OSError where there is no room for another process."""

    def __init__(self, parse: ReadPage, cpu_seconds: float, wall_seconds: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_read_pages, args=(theirs, parse, cpu_seconds), daemon=True)
        resource_tracker.ensure_running()  # it lets the signals of the thread that starts it through again
        with without_interrupts():
            self._process.start()
        theirs.close()
        self._ready = False

    def read(self, page: Page, known: object) -> _Reply | _ReaderDeath:
        """What was read, or why the process died or was given up."""
        try:
            if not self._ready:
                self._pipe.recv()  # its imports are done: their time is not the page's
                self._ready = True
            self._pipe.send((page.model_copy(update={"content": b""}), known))
            self._pipe.send_bytes(page.content)  # by itself: it would be copied into what is sent
            if not self._replies_within(self._wall_seconds):
                return _ReaderDeath(f"it took over {self._wall_seconds:g} s", is_pages_fault=True)
            reply: _Reply = self._pipe.recv()
        except (EOFError, OSError):
            return self._death()
        return reply

    def _death(self) -> _ReaderDeath:
        """Why the process ended by itself, by its exit status."""
        self._process.join(_END_SECONDS)
        status = self._process.exitcode
        if not self._ready:
            return _ReaderDeath(f"a reader ended before it had begun (status {status})", is_pages_fault=False)
        if status is None or status >= 0:
            return _ReaderDeath(f"it ended its reader (status {status})", is_pages_fault=True)
        if -status == signal.SIGPROF:
            reason = f"it took over {self._cpu_seconds:g} s of processor time"
            return _ReaderDeath(reason, is_pages_fault=True)
        name = _signal_name(-status)
        if -status in _FROM_OUTSIDE:
            return _ReaderDeath(f"its reader was killed from outside ({name})", is_pages_fault=False)
        return _ReaderDeath(f"it crashed its reader ({name})", is_pages_fault=True)

    def _replies_within(self, wall_seconds: float) -> bool:
        """Whether a reply comes in time; what the process waits for a core on a busy machine is not the page's."""
        begun, waited = time.monotonic(), self._waited_seconds()
        left = wall_seconds
        while left > 0:
            if self._pipe.poll(left):
                return True
            left = wall_seconds + (self._waited_seconds() - waited) - (time.monotonic() - begun)
        return False

    def _waited_seconds(self) -> float:
        """How long the process was ready to run and had no core, by Linux's /proc/PID/schedstat; elsewhere 0."""
        try:
            _, waited, _ = Path(f"/proc/{self._process.pid}/schedstat").read_text(encoding="ascii").split()
        except (OSError, ValueError):
            return 0.0
        return int(waited) / 1e9

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _read_pages(pipe: Connection, parse: ReadPage, cpu_seconds: float) -> None:
    """The life of a reader: ends when its pipe does, that is with the process that owns it."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    try:
        pipe.send("ready")
        is_first = True
        while True:
            page, known = pipe.recv()
            page = page.model_copy(update={"content": pipe.recv_bytes()})
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
            reply = _read(parse, page, known)
            signal.setitimer(signal.ITIMER_PROF, 0)
            pipe.send(reply._replace(grown=_has_grown()))
            if is_first:
                # What is loaded by now stays: the collector need not look through it again at each dozen of pages.
                gc.collect()
                gc.freeze()
                is_first = False
    except (EOFError, OSError):
        return


def _has_grown() -> bool:
    """Whether this process holds more memory than a reader should: what pages made it take and it did not release.

    A reader that is replaced costs as much as fifty pages. What it holds is asked only where it ever held more.
    """
    return _most_memory_bytes() > _GROWN_BYTES and _memory_bytes() > _GROWN_BYTES


def _most_memory_bytes() -> int:
    """The most that this process ever held, by getrusage(2), which counts KB, or bytes on macOS."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _memory_bytes() -> int:
    """What this process holds now, by VmRSS of Linux's proc(5); elsewhere the most that it held."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        return _most_memory_bytes()


def _read(parse: ReadPage, page: Page, known: object) -> _Reply:
    try:
        return _Reply(parse(page, known=known) if known else parse(page))
    except NotAStoryError as error:
        return _Reply(None, not_a_story=error.reason)
    except ParseError as error:
        return _Reply(None, unreadable=error.reason)
    except (Exception, MemoryError) as error:  # whatever a page does to its reader, the crawl run goes on
        return _Reply(None, unreadable=f"the parser failed: {error!r}")


def _may_try_again(deaths: list[_ReaderDeath]) -> bool:
    return len(deaths) < _TRIES_IN_ALL and sum(death.is_pages_fault for death in deaths) < _TRIES


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"


def _error_of(deaths: list[_ReaderDeath], page: Page) -> PoisonError | ReaderKilledError:
    """The page is POISON where two of its readers died of it."""
    faults = [death.reason for death in deaths if death.is_pages_fault]
    if len(faults) < _TRIES:
        return ReaderKilledError(f"not read, {len(deaths)} times: {deaths[-1].reason}", url=page.url)
    reasons = "; ".join(dict.fromkeys(faults))
    return PoisonError(f"the parser died or took too long, {len(faults)} times: {reasons}", url=page.url)


def _story_of(reply: _Reply, page: Page) -> Story:
    if reply.story is not None:
        return reply.story
    if reply.not_a_story is not None:
        raise NotAStoryError(reply.not_a_story, url=page.url)
    raise ParseError(reply.unreadable or "no answer", url=page.url)
