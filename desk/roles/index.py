"""Index role: what makes stored stories searchable within seconds.

A loop polls the store's revision twice a second and feeds the index when it moved. An index that is missing,
damaged or of another version is rebuilt from the store by itself, while the old one, if it can, goes on serving. To
notice damage where nothing is published, the index is opened once a minute, and all of it is read once a day. At the
start and every five minutes the engine may put the index in order, which makes searches faster.
Nothing that goes wrong ends the loop: an index that can't be fed now (a full disk, a rebuild elsewhere) is fed later.
"""

import threading

import structlog

from desk.roles.index_lag import LagAlarm
from index.rebuild import Progress
from index.sync import GoOn, Indexer, always
from model.errors import EngineError, EngineTroubleError, LeaseLostError, LockHeldError
from store.base import ChangeFeed
from store.directory.disk_trouble import disk_trouble
from store.elections import UNCONTESTED, WorkElection

_POLL_SECONDS = 0.5
_AFTER_FAILURE_SECONDS = 5.0
_OPENED_EVERY_POLLS = 120
_READ_EVERY_POLLS = 24 * 60 * _OPENED_EVERY_POLLS
_FIRST_READ_POLL = 120
_SETTLED_EVERY_POLLS = 600


def bring_up_to_date(
    indexer: Indexer, *, thorough: bool = False, progress: Progress | None = None, go_on: GoOn = always
) -> None:
    """Feed all changes to the live index, rebuilding it first where it can't be written to.

    `thorough` reads every byte of it to know; `progress` is called as a rebuild goes on. `go_on` is asked between
    steps, see `Indexer.catch_up`.

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


def keep_in_sync(
    feed: ChangeFeed, indexer: Indexer, stopping: threading.Event, election: WorkElection = UNCONTESTED
) -> None:
    """Keep the index at the store's revision until `stopping` is set; a failure is logged and tried again.

    What was stored until then is committed at the end. Where another process is elected to feed the index, this one
    stands by.
    """
    reached, poll = -1, 0
    lag = LagAlarm(feed, indexer.reached)

    def go_on() -> bool:
        lag.check()
        return not stopping.is_set()

    while not stopping.is_set():
        wait = _POLL_SECONDS
        poll += 1
        try:
            revision = feed.position()
            if election.claim() is None:
                reached = -1
            elif revision != reached or poll % _OPENED_EVERY_POLLS == 0:
                lag.check()
                bring_up_to_date(indexer, thorough=poll % _READ_EVERY_POLLS == _FIRST_READ_POLL, go_on=go_on)
                lag.check()
                reached = revision
            if reached >= 0 and poll % _SETTLED_EVERY_POLLS == 1:
                indexer.settle()
        except Exception as error:
            log_failure(error)
            wait = _AFTER_FAILURE_SECONDS
        stopping.wait(wait)
    try:
        if (
            election.claim() is not None and indexer.needs_rebuild() is None
        ):  # a rebuild would take too long now; the next start makes it
            indexer.catch_up(go_on=lambda: False)
    except Exception as error:
        log_failure(error)


def log_failure(error: Exception) -> None:
    """Log why the index could not be fed; only what is unexpected comes with its traceback."""
    log = structlog.get_logger("indexer")
    trouble = disk_trouble(error)
    if isinstance(error, (LeaseLostError, LockHeldError)):
        log.info("waiting for the index", reason=str(error))
    elif trouble is not None:
        log.error("alarm", reason=f"indexing pauses: {trouble}")
    elif isinstance(error, EngineTroubleError):
        log.error("alarm", reason=f"indexing pauses: {error}")
    elif isinstance(error, (EngineError, OSError)):
        log.error("the index can't be fed; trying again", reason=str(error))
    else:
        log.exception("the index can't be fed; trying again")
