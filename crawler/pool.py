"""Pool of processes that read pages: a page may hang, crash or exhaust the process that reads it.

A page that takes over 2 s of its reader's own CPU time, or 10 s by the clock, or crashes its reader, is tried once more
with a new one and then is POISON. The kernel's profiling timer ends a reader that is stuck inside a C library too,
where no Python signal handler would run. A reader that is killed from outside, by the kernel for want of memory or by a
person, proves nothing of its page: that is a failure to be tried again soon. Each reader that ended is logged.
"""

import os
import queue
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import structlog

from crawler.first_page import FIRST_PAGE
from crawler.reader import ReadPage, Reply
from crawler.reader_parent import ReaderParent
from model.errors import NotAStoryError, ParseError, PoisonError, ReaderKilledError
from model.page import Page
from model.story import Story

CPU_SECONDS = 2.0
WALL_SECONDS = 10.0
_TRIES = 2
_TRIES_IN_ALL = 5
_FIRST_PAUSE_SECONDS = 0.05
_END_SECONDS = 5.0
_TIMES_BYTES = 200
_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
"""What a page can't do to its reader: these come from the kernel's out-of-memory killer, or from a person."""


class _ReaderDeath(NamedTuple):
    """Why a reader gave no reply; `is_pages_fault` where the page brought it about."""

    reason: str
    is_pages_fault: bool


class ParsePool:
    """Readers in processes of their own; `parse` is a module-level function, called there. Safe to share.

    `check` is called before each page: what it raises ends the work of who wants the page read. `first` is a page that
    is read before all others, so that what reading takes is loaded. There are `size` readers, or one a core.
    """

    def __init__(
        self,
        parse: ReadPage,
        size: int | None = None,
        *,
        cpu_seconds: float = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
        check: Callable[[], None] = lambda: None,
        first: Page = FIRST_PAGE,
    ) -> None:
        self.size = size or os.cpu_count() or 1
        self._check = check
        self._parent = ReaderParent(parse, cpu_seconds, first)
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._idle: queue.LifoQueue[_ReaderProcess | None] = queue.LifoQueue()
        for _ in range(self.size):
            self._idle.put(None)

    def prepare(self) -> None:
        """Let all that reading takes be loaded beside the caller. Raises OSError where there is no room for that."""
        self._parent.prepare()

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
                    reader = reader or _ReaderProcess(self._parent, self._cpu_seconds, self._wall_seconds)
                    reply = reader.read(page, known)
                except OSError as error:
                    reply = _ReaderDeath(f"no reader can be started: {error}", is_pages_fault=False)
                if reader is not None and (isinstance(reply, _ReaderDeath) or reply.grown):
                    reader.kill()
                    reader = None
                if isinstance(reply, Reply):
                    return _story_of(reply, page)
                structlog.get_logger("crawler").warning("a reader ended", reason=reply.reason, url=page.url)
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
        self._parent.close()


class _ReaderProcess:
    """One reader and the pipe to it. Raises OSError where there is no room for another process."""

    def __init__(self, parent: ReaderParent, cpu_seconds: float, wall_seconds: float) -> None:
        self._parent = parent
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._number, self._pipe = parent.fork()
        self._answered = select.poll()
        self._answered.register(self._pipe.fileno(), select.POLLIN)
        self._times = _opened(f"/proc/{self._number}/schedstat")
        self._is_over = False

    def read(self, page: Page, known: object) -> Reply | _ReaderDeath:
        """What was read, or why the process died or was given up."""
        try:
            self._pipe.send((page.model_copy(update={"content": b""}), known))
            self._pipe.send_bytes(page.content)  # by itself: it would be copied into what is sent
            if not self._replies_within(self._wall_seconds):
                return _ReaderDeath(f"it took over {self._wall_seconds:g} s", is_pages_fault=True)
            reply: Reply = self._pipe.recv()
        except (EOFError, OSError):
            return self._death()
        return reply

    def _death(self) -> _ReaderDeath:
        """Why the process ended by itself, by its exit status."""
        self._is_over = True
        try:
            status = self._parent.end(self._number, _END_SECONDS)
        except OSError as error:
            return _ReaderDeath(str(error), is_pages_fault=False)
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
            if self._answered.poll(1000 * left):
                return True
            left = wall_seconds + (self._waited_seconds() - waited) - (time.monotonic() - begun)
        return False

    def _waited_seconds(self) -> float:
        """How long the process was ready to run and had no core, by Linux's /proc/PID/schedstat; elsewhere 0."""
        try:
            _, waited, _ = os.pread(self._times, _TIMES_BYTES, 0).split()
        except (OSError, ValueError):
            return 0.0
        return int(waited) / 1e9

    def kill(self) -> None:
        """End the process, unless it has ended."""
        self._pipe.close()
        if self._times >= 0:
            os.close(self._times)
        if not self._is_over:
            with suppress(OSError):  # without its parent it ends with its pipe
                self._parent.end(self._number)


def _opened(path: str) -> int:
    """A descriptor to read a file with; -1 where there is no such file."""
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1


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


def _story_of(reply: Reply, page: Page) -> Story:
    if reply.story is not None:
        return reply.story
    if reply.not_a_story is not None:
        raise NotAStoryError(reply.not_a_story, url=page.url)
    raise ParseError(reply.unreadable or "no answer", url=page.url)
