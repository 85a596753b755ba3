"""Parent of readers: a process that has loaded all that reading takes, from which readers are forked.

To load libraries, tables and models takes a second of processor time; it is taken once, however many readers there are,
and however many of them are replaced. The parent is a program of its own, not a copy of the process that wants pages
read: that one has threads, whose locks no copy could let go, and files that are none of a reader's business.

    python -m crawler.reader_parent DESCRIPTOR
"""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path

import crawler
from crawler.reader import ReadPage, read, read_pages
from index.child_signals import without_interrupts
from model.page import Page

_LOOKS_EVERY_SECONDS = 0.01
_FORK = 0
"""The order to fork; every other one is the number of a reader that is to end, and how many seconds it has."""


class ReaderParent:
    """That process, seen from the one that wants pages read: it starts when it is first needed. Safe to share.

    Its readers call `parse`, a module-level function, and may take `cpu_seconds` a page. It reads the page `first`
    before there are any: what is loaded with the first page is loaded then.
    """

    def __init__(self, parse: ReadPage, cpu_seconds: float, first: Page) -> None:
        self._told = parse, cpu_seconds, first
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: Connection | None = None

    def prepare(self) -> None:
        """Let it load beside the caller. Raises OSError where there is no room for a process."""
        with self._lock:
            self._started()

    def fork(self) -> tuple[int, Connection]:
        """A new reader: its number and the pipe to it. Raises OSError where there is no room for one."""
        ours, theirs = multiprocessing.Pipe()
        try:
            with self._lock:
                control = self._started()
                self._send(control, (_FORK, 0.0))
                reduction.send_handle(control, theirs.fileno(), self._process and self._process.pid)
                number = self._answer(control)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        return number or 0, ours

    def end(self, number: int, seconds: float = 0.0) -> int | None:
        """Wait so long for a reader to end by itself, and then kill it; what it ended with, as Popen's returncode.

        None where it had to be killed. Raises OSError where the parent is gone, and what it knew of the reader.
        """
        with self._lock:
            if self._control is None:
                raise ChildProcessError("the parent of the reader has ended")
            self._send(self._control, (number, seconds))
            return self._answer(self._control)

    def close(self) -> None:
        """End it; readers end with their pipes."""
        with self._lock:
            self._let_go()

    def _started(self) -> Connection:
        if self._control is None:
            ours, theirs = multiprocessing.Pipe()
            command = [sys.executable, "-m", "crawler.reader_parent", str(theirs.fileno())]
            place = Path(crawler.__file__).parents[1]
            # One thread of linear algebra: what is forked is to have no other threads.
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
            with theirs, without_interrupts():
                self._process = subprocess.Popen(
                    command, cwd=place, env=environment, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
                )
            self._control = ours
            self._send(ours, self._told)
        return self._control

    def _send(self, control: Connection, order: object) -> None:
        try:
            control.send(order)
        except OSError:
            self._let_go()
            raise

    def _answer(self, control: Connection) -> int | None:
        try:
            answer: int | OSError | None = control.recv()
        except (EOFError, OSError) as error:
            self._let_go()
            raise ChildProcessError("the parent of readers has ended") from error
        if isinstance(answer, OSError):
            raise answer
        return answer

    def _let_go(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()  # it may be loading yet, and nobody is to wait for that
            self._process.wait()
            self._process = None


def main(control: Connection) -> None:
    """The life of the parent: ends when its pipe does, that is with the process that wants pages read."""
    gc.disable()
    parse, cpu_seconds, first = control.recv()
    read(parse, first)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: no reader's collector need look through it, nor touch it
    gc.enable()
    children: set[int] = set()
    with suppress(EOFError, OSError):
        while True:
            number, seconds = control.recv()
            if number == _FORK:
                control.send(_forked(control, parse, cpu_seconds, children))
            elif number in children:
                children.discard(number)
                control.send(_ended(number, seconds))
            else:
                control.send(ChildProcessError("a reader of an earlier parent"))


def _forked(control: Connection, parse: ReadPage, cpu_seconds: float, children: set[int]) -> int | OSError:
    """The number of a new reader, on the pipe whose end comes next, or why there is none."""
    with Connection(reduction.recv_handle(control)) as pipe:
        try:
            number = os.fork()
        except OSError as error:
            return error
        if number == 0:
            control.close()
            try:
                read_pages(pipe, parse, cpu_seconds)
            finally:
                os._exit(0)
    children.add(number)
    return number


def _ended(number: int, seconds: float) -> int | None:
    """What a reader ended with; None where it was killed, because it had not ended in time."""
    ends_at = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(number, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= ends_at:
            os.kill(number, signal.SIGKILL)
            os.waitpid(number, 0)
            return None
        time.sleep(_LOOKS_EVERY_SECONDS)


if __name__ == "__main__":
    main(Connection(int(sys.argv[1])))
