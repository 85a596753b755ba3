"""Commands that store stories, from their progress to an orderly end.

Until the block ends the index follows the store. A signal ends the work at its next step, what is stored by then
becomes searchable, and one line says how to go on.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from desk.container import Desk
from desk.interrupts import AGAIN
from desk.progress import Advance, ProgressCount, shown
from desk.roles.index_sync import IndexSync

_COLLECT_AFTER = (200_000, 20, 100)
"""Stories make few cycles: the collector looks at new objects every so many, not every 700, and hardly ever at old
ones."""


@contextmanager
def storing(desk: Desk, unit: str, *, stop: Callable[[], None] | None = None) -> Iterator[Advance]:
    """Show progress in `unit` ("pages"), keep the index up to date, and end well on a signal.

    The work is told to end by `stop`; without it the progress callback raises Interrupted.
    """
    gc.collect()
    gc.freeze()  # what is there by now stays
    gc.set_threshold(*_COLLECT_AFTER)
    count, sync = ProgressCount(unit), IndexSync(desk.store.feed, desk.indexer)

    def close(seconds: float) -> str:
        done, searchable = str(count), sync.finish(seconds)
        if not count.done:
            return f"no {unit} are in yet; {AGAIN}"
        state = "in and searchable" if searchable else "in, and searchable with the next command"
        return f"{done} are {state}; {AGAIN}, it goes on where it stopped"

    with (
        desk.interrupts.ending(close, stop=stop or (lambda: None)),
        sync,
        shown(unit, desk.interrupts) as advance,
    ):
        paced = sync.paced(advance, desk.interrupts.check)
        yield count.counting(paced if stop else desk.interrupts.heeding(paced))
