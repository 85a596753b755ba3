"""How much memory a piece of work took at its highest, whatever the process held before."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from resource import getpagesize


@dataclass
class Growth:
    """Bytes of resident memory above those held at the start, at their highest."""

    most: int = 0


@contextmanager
def memory_growth() -> Iterator[Growth]:
    """Watch the resident memory of this process, fifty times a second, until the block ends (Linux)."""
    growth, before, done = Growth(), resident_bytes(), threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            growth.most = max(growth.most, resident_bytes() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield growth
    finally:
        done.set()
        watcher.join()


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * getpagesize()
