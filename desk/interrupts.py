"""Signals that end a command: Ctrl-C (SIGINT) and SIGTERM.

Python's own handlers run in the main thread, between two of its instructions: never while it waits for a disk, a lock
or a thread, and with a traceback where nothing expects them. Here a thread of its own hears the signals through a pipe
(signal.set_wakeup_fd) and ends the process, whatever the others do. What is stored is stored in transactions, so that
no end can harm it. The first signal

1. sets `stopping`: long work ends at its next step (`check`, or its own look at the event);
2. waits for the work to be left, for `leave_seconds` at most: a fetch that drips, or a lock that another process
   holds, is given up then;
3. lets the command bring in what can be brought in (`close`), prints one line that says how to go on, tells others on
   the same store (`parting`), and exits.

Work that keeps nothing needs no block of `ending`: it is ended at once. So is everything by a second signal.
"""

import atexit
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn, TypeVar

ENDS_WITHIN_SECONDS = 4.5
"""From the first signal to the end, whatever hangs."""
LEAVE_SECONDS = 1.5
_CLOSE_SECONDS = 2.2
_SPARE_SECONDS = 0.2
LONGEST_SECONDS = ENDS_WITHIN_SECONDS - _SPARE_SECONDS
"""After that what is under way is given up; what is left is for the last words."""
# One press of Ctrl-C may come twice: to the process, and to its group (timeout(1) does so).
_SAME_PRESS_SECONDS = 0.25
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = b"\x1b[?25h"

Item = TypeVar("Item")

AGAIN = "run the same command again"


class Interrupted(BaseException):
    """The work is to end. No Exception, like KeyboardInterrupt, so that no loop takes it for the fault of a page."""


@dataclass(frozen=True)
class _Ending:
    """How the work at hand ends (see `Interrupts.ending`)."""

    close: Callable[[float], str]
    stop: Callable[[], None]
    leave_seconds: float
    is_service: bool
    left: threading.Event = field(default_factory=threading.Event)


_AT_ONCE = _Ending(lambda seconds: AGAIN, lambda: None, 0.0, is_service=False)


class Interrupts:
    """What signals mean to this process; `stopping` is set by the first.

    `silent` is a process that ends with another one, which says how to go on.
    """

    def __init__(self, *, silent: bool = False) -> None:
        self._silent = silent
        self.stopping = threading.Event()
        self._heard: signal.Signals | None = None
        self._ending = _AT_ONCE
        self._disregarded: frozenset[int] = frozenset()
        self._tidying: list[Callable[[], None]] = []
        self._parting: list[Callable[[], None]] = []
        self._said = threading.Lock()

    def listen(self) -> None:
        """Hear the signals from now on, those that the parent process had ignored included; for the main thread."""
        heard, wake_up = os.pipe()
        os.set_blocking(wake_up, False)
        signal.set_wakeup_fd(wake_up, warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, _leave_to_the_thread)
        threading.Thread(target=self._hear, args=(heard,), name="signals", daemon=True).start()
        atexit.register(_hear_no_more)

    def check(self) -> None:
        """Raise Interrupted where a signal was heard."""
        if self._heard is not None:
            raise Interrupted

    def heeding(self, advance: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
        """A progress callback that ends the work that calls it, once a signal was heard."""

        def advance_or_end(what: str, done: int, total: int) -> None:
            self.check()
            advance(what, done, total)

        return advance_or_end

    def each(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, until a signal was heard: then Interrupted is raised between two of them."""
        for item in items:
            self.check()
            yield item

    @contextmanager
    def ending(
        self,
        close: Callable[[float], str],
        *,
        stop: Callable[[], None] = lambda: None,
        leave_seconds: float = LEAVE_SECONDS,
        is_service: bool = False,
    ) -> Iterator[None]:
        """A block of work that is not to be cut off at once.

        On a signal `stop` is called, which returns at once; the work then leaves the block, or is given up; `close`
        does what can be done in so many seconds and says how to go on. It runs in a thread beside the work that was
        given up. The block does not return then: the process ends. `is_service` marks work that goes on until it is
        stopped: SIGTERM is its usual end (status 0, no line).
        """
        outer, self._ending = self._ending, _Ending(close, stop, leave_seconds, is_service)
        try:
            yield
        finally:
            self._ending.left.set()
            if self._heard is not None:
                threading.Event().wait()
            self._ending = outer

    def serving(
        self, how_to_go_on: str = "start it again", stop: Callable[[], None] = lambda: None
    ) -> AbstractContextManager[None]:
        """An `ending` block of a service, that looks at `stopping` (or is stopped by `stop`) and needs all the time."""
        return self.ending(
            lambda seconds: how_to_go_on, stop=stop, leave_seconds=LONGEST_SECONDS - _SPARE_SECONDS, is_service=True
        )

    def tidied(self, tidy: Callable[[], None]) -> AbstractContextManager[None]:
        """A block in which `tidy` is called before the process ends: a terminal's cursor is to be seen again."""
        return _listed(tidy, self._tidying)

    def parting(self, part: Callable[[], None]) -> AbstractContextManager[None]:
        """A block in which `part` is called last of all, in the moment that is left: others are told of the end."""
        return _listed(part, self._parting)

    @contextmanager
    def left_to_others(self) -> Iterator[None]:
        """A block in which Ctrl-C is for another program that has the terminal: a pager."""
        self._disregarded = frozenset({signal.SIGINT})
        try:
            yield
        finally:
            self._disregarded = frozenset()

    def _hear(self, pipe: int) -> None:
        first = self._next_signal(pipe)
        self._heard = first
        threading.Thread(target=self._end, args=(first, self._ending), name="ending", daemon=True).start()
        heard_at = time.monotonic()
        while True:
            number = self._next_signal(pipe)
            if time.monotonic() - heard_at > _SAME_PRESS_SECONDS:
                _end_as_it_is(128 + number)

    def _next_signal(self, pipe: int) -> signal.Signals:
        while True:
            number = os.read(pipe, 1)[0]
            if number in _SIGNALS and number not in self._disregarded:
                return signal.Signals(number)

    def _end(self, number: signal.Signals, ending: _Ending) -> None:
        status = 0 if ending.is_service and number == signal.SIGTERM else 128 + number
        given_up = "what was under way is given up; " + AGAIN
        for seconds, end in (
            (LONGEST_SECONDS, lambda: self._leave(status, given_up)),
            (ENDS_WITHIN_SECONDS, lambda: _end_as_it_is(status)),  # an error output that nobody reads holds writers up
        ):
            timer = threading.Timer(seconds, end)
            timer.daemon = True
            timer.start()
        self.stopping.set()
        ending.stop()
        ending.left.wait(ending.leave_seconds)
        try:
            how_to_go_on = ending.close(_CLOSE_SECONDS)
        except Exception as error:  # what can't be brought in now is brought in by the next command
            how_to_go_on = f"{error}; {AGAIN}"
        self._leave(status, how_to_go_on if status else None)

    def _leave(self, status: int, how_to_go_on: str | None) -> None:
        """Tidy up and end the process, with one line; of two threads that come here the first does."""
        if self._said.acquire(blocking=False):
            _call_all(self._tidying)
            with suppress(OSError, ValueError):
                if how_to_go_on and not self._silent:
                    os.write(sys.stderr.fileno(), f"interrupted: {how_to_go_on}\n".encode())
            _call_all(self._parting)
            os._exit(status)


@contextmanager
def _listed(call: Callable[[], None], calls: list[Callable[[], None]]) -> Iterator[None]:
    calls.append(call)
    try:
        yield
    finally:
        calls.remove(call)


def _call_all(calls: Sequence[Callable[[], None]]) -> None:
    for call in reversed(calls):
        with suppress(Exception):
            call()


def _leave_to_the_thread(number: int, frame: FrameType | None) -> None:
    """What Python runs in the main thread: nothing; but without a handler there would be no byte in the pipe."""


def _hear_no_more() -> None:
    """The command is done, and no thread is waited for: the interpreter's last steps are not to change its status."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _end_as_it_is(status: int) -> NoReturn:
    """End the process at once; a terminal that takes it shows its cursor again."""
    with suppress(OSError, ValueError):
        terminal = sys.stderr.fileno()
        if os.isatty(terminal) and select.select([], [terminal], [], 0)[1]:
            os.write(terminal, _SHOW_CURSOR)
    os._exit(status)
