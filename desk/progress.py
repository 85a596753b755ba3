"""How does a person see that long work goes on?

A bar where a terminal is attached, a plain line every few seconds where none is. Both go to standard error.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_LINE_EVERY_SECONDS = 5.0

Advance = Callable[[str, int, int], None]
"""Called with (what, done, in all); in all is 0 where nobody knows."""


@contextmanager
def shown(unit: str) -> Iterator[Advance]:
    """Show progress, counted in `unit` ("stories"), until the block ends; several works may go on side by side."""
    if sys.stderr.isatty():
        with _bars(unit) as advance:
            yield advance
    else:
        yield _lines(unit)


@contextmanager
def _bars(unit: str) -> Iterator[Advance]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks = {}

        def advance(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total or None)
            progress.update(tasks[what], completed=done, total=total or None)

        yield advance


def _lines(unit: str) -> Advance:
    last = time.monotonic()

    def advance(what: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_EVERY_SECONDS:
            last = time.monotonic()
            of = f" of {total}" if total else ""
            print(f"{what}: {done}{of} {unit}", file=sys.stderr, flush=True)

    return advance
