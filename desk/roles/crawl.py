"""Crawl role: scheduled crawl runs, index sync and chores in one process.

The chores fold the write-ahead logs back, write metrics, verify stored pages, make the partitions of coming months and
remove what need not be kept. A loop shows by a heartbeat that scheduler, index sync and chores are alive.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog

from crawler.http.robots import FORGOTTEN_AFTER
from crawler.scheduler import CrawlScheduler
from desk.metrics import WRITTEN_EVERY_SECONDS, CrawlFigures, figures_file
from desk.roles.index import keep_in_sync
from desk.roles.maintenance import FIRST_AFTER_SECONDS, ONCE_A_DAY_SECONDS, prune
from index.sync import Indexer
from store.base import ChangeFeed
from store.blobs.page_verification import PageVerification
from store.directory.disk_trouble import disk_trouble
from store.elections import UNCONTESTED, WorkElection
from store.opening import Store

_TURN_SECONDS = 1.0
_CHECKPOINT_EVERY_SECONDS = 300
# A sixtieth of one core at most; a million pages are read within a day.
_READ_EVERY_SECONDS = 60
_READ_SECONDS = 1.0
_COLLECT_EVERY_SECONDS = 600
# Together less than the time in which the desk stops (desk/roles/heartbeat.py).
_LAST_RUNS_SECONDS = 1.3
_LAST_COMMIT_SECONDS = 1.8


class Chore(NamedTuple):
    """Work to be done every so many seconds, by turns of a loop that go on while the wall clock jumps."""

    name: str
    do: Callable[[], object]
    every_seconds: int
    first_after_seconds: int = 0

    def is_due(self, turn: int) -> bool:
        """Whether this turn is one of its."""
        return turn >= self.first_after_seconds and (turn - self.first_after_seconds) % self.every_seconds == 0


def usual_chores(
    store: Store, keep: timedelta | None, figures: CrawlFigures, data_dir: Path, clock: Callable[[], datetime]
) -> list[Chore]:
    """What a desk does beside crawling; `keep` is how long pages and replaced versions are kept, None for ever."""
    reading = PageVerification(store.pages, store.faults, clock)
    chores = [
        Chore("checkpoint", store.checkpoint, _CHECKPOINT_EVERY_SECONDS),
        Chore("figures", lambda: figures.write(figures_file(data_dir)), WRITTEN_EVERY_SECONDS),
        Chore("collect pages", store.pages.outside.collect, _COLLECT_EVERY_SECONDS, FIRST_AFTER_SECONDS),
        Chore("partitions", lambda: store.make_partitions(clock()), ONCE_A_DAY_SECONDS, FIRST_AFTER_SECONDS),
        Chore("old robots.txt", lambda: store.robots.drop_before(clock() - FORGOTTEN_AFTER), ONCE_A_DAY_SECONDS, 600),
        Chore("read pages", lambda: reading.go_on(_READ_SECONDS), _READ_EVERY_SECONDS),
    ]
    if keep is not None:
        chores.append(Chore("prune", lambda: prune(store, keep, clock), ONCE_A_DAY_SECONDS, FIRST_AFTER_SECONDS))
    return chores


def run_schedule(
    scheduler: CrawlScheduler,
    feed: ChangeFeed,
    indexer: Indexer,
    stopping: threading.Event,
    beat: Callable[[], None],
    chores: Sequence[Chore],
    end_runs: Callable[[], None],
    election: WorkElection = UNCONTESTED,
) -> None:
    """Crawl and index until `stopping` is set; then end the runs (`end_runs`), and index what they have stored.

    Of several processes on one index the one that wins the `election` feeds it.

    Fetches that are slower than that are given up, and so is a rebuild that is under way: it is begun anew at the
    next start, and the live index stands.
    """
    log = structlog.get_logger("crawler")
    all_stored = threading.Event()
    index_sync = threading.Thread(
        target=keep_in_sync, args=(feed, indexer, all_stored, election), name="index sync", daemon=True
    )
    worker = threading.Thread(target=do_chores, args=(chores, stopping), name="chores", daemon=True)
    index_sync.start()
    worker.start()
    scheduler.start()
    while not stopping.wait(_TURN_SECONDS):
        if index_sync.is_alive() and worker.is_alive() and scheduler.alive:
            beat()
    log.info("stopping")
    end_runs()
    if not scheduler.stop(_LAST_RUNS_SECONDS):
        log.info("fetches given up; they come again in the next round")
    all_stored.set()
    index_sync.join(_LAST_COMMIT_SECONDS)


def do_chores(chores: Sequence[Chore], stopping: threading.Event, *, turn_seconds: float = _TURN_SECONDS) -> None:
    """Do the chores in turn until `stopping` is set; one that fails is logged, and done again when it is due."""
    turn = 0
    while not stopping.wait(turn_seconds):
        turn += 1
        for chore in chores:
            if chore.is_due(turn):
                _do(chore)


def _do(chore: Chore) -> None:
    log = structlog.get_logger("crawler")
    try:
        chore.do()
    except Exception as error:
        trouble = disk_trouble(error)
        if trouble is None:
            log.exception("chore failed", chore=chore.name)
        else:
            log.error("chore failed", chore=chore.name, reason=trouble)
