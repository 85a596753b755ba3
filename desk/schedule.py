"""What runs in the crawling half?

The scheduler's rounds, the index follower beside them, and a loop that shows that both are alive.
"""

import threading
from collections.abc import Callable, Sequence

import structlog

from crawler.scheduler import CrawlScheduler
from desk.follow import follow_store
from index.indexer import Indexer
from index.store import Store

_CHECKPOINT_EVERY_TURNS = 300


def run_schedule(
    scheduler: CrawlScheduler,
    store: Store,
    indexer: Indexer,
    stopping: threading.Event,
    beat: Callable[[], None],
    closing: Sequence[Callable[[], None]],
) -> None:
    """Crawl and index until `stopping` is set; then finish the batch and close the collaborators in order."""
    log = structlog.get_logger("crawler")
    follower = threading.Thread(target=follow_store, args=(store.stories, indexer, stopping), name="index follower")
    follower.start()
    scheduler.start()
    turns = 0
    while not stopping.wait(1.0):
        if follower.is_alive() and scheduler.alive:
            beat()
        turns += 1
        if turns % _CHECKPOINT_EVERY_TURNS == 0:
            store.checkpoint()
    log.info("stopping")
    scheduler.stop()
    for close in closing:
        close()
    follower.join()
