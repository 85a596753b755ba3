"""How do stored stories become searchable within seconds?

A loop looks at the store's revision twice a second and feeds the index when it moved. An index that is missing,
damaged or of another version is rebuilt from the store by itself, while the old one, if it can, goes on serving. To
notice damage where nothing is published, the index is opened once a minute, and all of it is read once a day.
Nothing that goes wrong ends the loop: an index that can't be fed now (a full disk, a rebuild elsewhere) is fed later.
"""

import threading

import structlog

from desk.roles.index_lag import LagAlarm
from index.sync import GoOn, Indexer, Progress, always
from model.errors import EngineError, LockHeldError
from store.base import ChangeFeed
from store.directory.disk_trouble import disk_trouble

_LOOK_EVERY_SECONDS = 0.5
_AFTER_FAILURE_SECONDS = 5.0
_OPENED_EVERY_LOOKS = 120
_READ_EVERY_LOOKS = 24 * 60 * _OPENED_EVERY_LOOKS
_FIRST_READ_LOOK = 120


def bring_up_to_date(
    indexer: Indexer, *, thorough: bool = False, progress: Progress | None = None, go_on: GoOn = always
) -> None:
    """Feed all changes to the live index, rebuilding it first where it can't be written to.

    `thorough` reads every byte of it to know; `progress` is told how a rebuild goes on. `go_on` is asked between steps,
    see `Indexer.catch_up`.

    Raises LockHeldError where another process is rebuilding it.
    """

    def ask(done: int, total: int) -> None:
        go_on()  # a rebuild goes on: it is begun anew where it is not finished
        if progress is not None:
            progress(done, total)

    reason = indexer.needs_rebuild(thorough=thorough)
    if reason is None:
        indexer.catch_up(go_on)
        return
    structlog.get_logger("indexer").info("the index is made anew", reason=reason)
    indexer.rebuild(ask)


def follow_store(feed: ChangeFeed, indexer: Indexer, stopping: threading.Event) -> None:
    """Keep the index at the store's revision until `stopping` is set; a failure is logged and tried again.

    What was stored until then is committed at the end.
    """
    reached, look = -1, 0
    lag = LagAlarm(feed, indexer.reached)

    def go_on() -> bool:
        lag.look()
        return not stopping.is_set()

    while not stopping.is_set():
        wait = _LOOK_EVERY_SECONDS
        look += 1
        try:
            revision = feed.position()
            if revision != reached or look % _OPENED_EVERY_LOOKS == 0:
                lag.look()
                bring_up_to_date(indexer, thorough=look % _READ_EVERY_LOOKS == _FIRST_READ_LOOK, go_on=go_on)
                lag.look()
                reached = revision
        except Exception as error:
            tell(error)
            wait = _AFTER_FAILURE_SECONDS
        stopping.wait(wait)
    try:
        if indexer.needs_rebuild() is None:  # a rebuild would take too long now; the next start makes it
            indexer.catch_up(go_on=lambda: False)
    except Exception as error:
        tell(error)


def tell(error: Exception) -> None:
    """What is expected to happen is one line; only what is not comes with its traceback."""
    log = structlog.get_logger("indexer")
    trouble = disk_trouble(error)
    if isinstance(error, LockHeldError):
        log.info("waiting for the index", reason=str(error))
    elif trouble is not None:
        log.error("alarm", reason=f"indexing pauses: {trouble}")
    elif isinstance(error, (EngineError, OSError)):
        log.error("the index can't be fed; trying again", reason=str(error))
    else:
        log.exception("the index can't be fed; trying again")
