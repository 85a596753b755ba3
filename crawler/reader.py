"""Reader: a process that reads pages for another one, as long as its pipe lasts.

What a page does to it is its own matter: it may not take more processor time or memory than any page needs, and says
when it has come to hold more than a reader should.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from model.errors import NotAStoryError, ParseError
from model.page import Page
from model.story import Story

_MAX_MEMORY_BYTES = 4 << 30
_GROWN_BYTES = 320 << 20  # a reader has 120 MB when it starts and 245 when it has seen all kinds of pages
_NICENESS = 10

ReadPage = Callable[..., Story]
"""Called with a page, and with `known` where there is something to be known of its host."""


class Reply(NamedTuple):
    """What became of a page; `grown` where its reader holds more memory than it should."""

    story: Story | None
    not_a_story: str | None = None
    unreadable: str | None = None
    grown: bool = False


def read_pages(pipe: Connection, parse: ReadPage, cpu_seconds: float) -> None:
    """The life of a reader: ends when its pipe does, that is with the process that owns it."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    try:
        while True:
            page, known = pipe.recv()
            page = page.model_copy(update={"content": pipe.recv_bytes()})
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
            reply = read(parse, page, known)
            signal.setitimer(signal.ITIMER_PROF, 0)
            pipe.send(reply._replace(grown=_has_grown()))
    except (EOFError, OSError):
        return


def read(parse: ReadPage, page: Page, known: object = None) -> Reply:
    """Read one page; whatever it does to the parser is told."""
    try:
        return Reply(parse(page, known=known) if known else parse(page))
    except NotAStoryError as error:
        return Reply(None, not_a_story=error.reason)
    except ParseError as error:
        return Reply(None, unreadable=error.reason)
    except (Exception, MemoryError) as error:  # whatever a page does to its reader, the crawl run goes on
        return Reply(None, unreadable=f"the parser failed: {error!r}")


def _has_grown() -> bool:
    """Whether this process holds more memory than a reader should: what pages made it take and it did not release.

    What it holds is asked only where it ever held more.
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
