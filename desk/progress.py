"""Progress of long work, for the person who waits.

Bars where a terminal is attached: no more of them than fit its height (the finished ones give way), and what is logged
meanwhile stands above them. Plain lines where none is: one a source when it is done, and every few seconds until then.
Both go to standard error.
"""

import io
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from desk.interrupts import Interrupts

_LINE_EVERY_SECONDS = 5.0
# The cursor stands below the bars, and one line says how many more there are.
_OTHER_LINES = 2

Advance = Callable[[str, int, int], None]
"""Called with (what, done, in all); in all is 0 where nobody knows."""


@contextmanager
def shown(unit: str, interrupts: Interrupts | None = None) -> Iterator[Advance]:
    """Show progress, counted in `unit` ("stories"), until the block ends; several works may go on side by side.

    With `interrupts` the terminal is left in order where a signal ends the process.
    """
    if sys.stderr.isatty():
        with _bars(unit, interrupts or Interrupts()) as advance:
            yield advance
    else:
        yield _Lines(unit).advance


class ProgressCount:
    """How far works have come, in words: "312 of 1,000 pages"."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._works: dict[str, tuple[int, int]] = {}

    def counting(self, advance: Advance) -> Advance:
        """`advance` that is counted here, too."""

        def count_and_advance(what: str, done: int, total: int) -> None:
            self._works[what] = done, total
            advance(what, done, total)

        return count_and_advance

    @property
    def done(self) -> int:
        """What is done of all works together."""
        return sum(done for done, _ in [*self._works.values()])

    def __str__(self) -> str:
        works = [*self._works.values()]
        total = sum(total for _, total in works) if all(total for _, total in works) else 0
        return f"{self.done:,}{f' of {total:,}' if total else ''} {self._unit}"


@contextmanager
def _bars(unit: str, interrupts: Interrupts) -> Iterator[Advance]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeElapsedColumn(),
    )
    console = Console(file=sys.stderr)
    bars = _FittingBars(*columns, console=console)
    with redirect_stderr(_LinesAbove(console)), interrupts.tidied(bars.stop), bars:
        tasks: dict[str, TaskID] = {}
        lock = threading.Lock()

        def advance(what: str, done: int, total: int) -> None:
            with lock:
                if what not in tasks:
                    tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield advance


class _FittingBars(Progress):
    """As many bars as fit the terminal, in the order in which their works began."""

    def __init__(self, *columns: ProgressColumn, console: Console) -> None:
        self._terminal = console  # asked for before the console of Progress is there
        super().__init__(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)

    def get_renderables(self) -> Iterable[RenderableType]:
        """The bars, and how many more there are."""
        tasks = self.tasks
        fit = max(1, self._terminal.size.height - _OTHER_LINES)
        if len(tasks) > fit:
            tasks = _chosen(tasks, fit)
        yield self.make_tasks_table(tasks)
        if more := len(self.tasks) - len(tasks):
            yield Text(f"and {more} more", style="dim")


def _chosen(tasks: list[Task], count: int) -> list[Task]:
    """Works that go on, then those that ended last."""
    by_interest = sorted(tasks, key=lambda task: (task.finished, -(task.stop_time or task.finished_time or 0.0)))
    kept = {task.id for task in by_interest[:count]}
    return [task for task in tasks if task.id in kept]


class _LinesAbove(io.StringIO):
    """A text file whose whole lines are printed above the bars as they are: neither wrapped nor coloured anew."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._started = ""
        self._lock = threading.Lock()

    def write(self, text: str, /) -> int:
        """Print the lines that are complete."""
        with self._lock:
            *lines, self._started = (self._started + text).split("\n")
            if lines:
                self._console.out("\n".join(lines), highlight=False)
        return len(text)

    def flush(self) -> None:
        """Nothing waits but the beginning of a line."""

    def fileno(self) -> int:
        """The descriptor of the terminal."""
        return self._console.file.fileno()

    def isatty(self) -> bool:
        """Bars are shown on terminals only."""
        return True


class _Lines:
    """A line when a work is done, and every few seconds until then."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._began = time.monotonic()
        self._told: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def advance(self, what: str, done: int, total: int) -> None:
        """Tell it, if it is time to."""
        with self._lock:
            now = time.monotonic()
            told_at, told = self._told.get(what, (self._began, -1))
            if told != done and (done == total or now - told_at >= _LINE_EVERY_SECONDS):
                self._told[what] = now, done
                of = f" of {total}" if total else ""
                print(f"{what}: {done}{of} {self._unit}", file=sys.stderr, flush=True)
