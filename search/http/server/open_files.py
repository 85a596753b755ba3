"""Open files: how many connections the limits of the process leave room for.

Each connection is an open file (RLIMIT_NOFILE, getrlimit(2)), and so is each part of the index and of the databases
that a search reads: connections never get all of them.
"""

import resource
from dataclasses import dataclass

_MOST_FILES = 65_536
"""More are never asked for: some systems have no bound, and a table of files takes memory."""
_RESERVE = 256
_MOST_CONNECTIONS = 4096
"""Without a number in the configuration; one takes some 20 KB of memory."""
_LEAST_CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many files may be open, and how many connections of them; `wanted` where the configuration asked for more."""

    files: int
    connections: int
    wanted: int | None = None


def raise_open_files() -> int:
    """Raise the soft limit of open files as far as the hard one lets us; the limit that holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft, hard = (_MOST_FILES if limit == resource.RLIM_INFINITY else limit for limit in (soft, hard))
    highest = min(hard, _MOST_FILES)
    if soft >= highest:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    except (OSError, ValueError):  # some systems have a lower bound of their own
        return soft
    return highest


def capacity(files: int, wanted: int | None = None, workers: int = 1) -> Capacity:
    """How many connections fit into a number of files, a quarter of them (at most 256) kept for the index and the like.

    `wanted` is what the configuration asks for over all workers, each of which may open so many files and has an equal
    share of the connections; None takes what there is room for, at most 4,096.
    """
    room = max(files - min(_RESERVE, files // 4), _LEAST_CONNECTIONS)
    share = -(-(wanted or _MOST_CONNECTIONS) // workers)
    return Capacity(files, min(room, share), wanted if wanted is not None and share > room else None)
