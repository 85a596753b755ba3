"""Signals of child processes, held back where a parent ends its children itself.

A terminal sends Ctrl-C to every process of its group. A child that helps a command (a reader of pages, a merge, a half
of the desk) is not to end by itself then, in the middle of its imports with a traceback for example: its parent ends
it, or its end of a pipe does. A signal mask is inherited: no moment is left before a handler stands.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_interrupts() -> Iterator[None]:
    """A block in which this thread starts children that Ctrl-C never reaches."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
