"""How do stored stories become searchable within seconds?

A loop looks at the store's revision twice a second and feeds the index when it moved. An index that is missing,
damaged or of another version is rebuilt from the store by itself, while the old one, if it can, goes on serving.
Nothing that goes wrong ends the loop: an index that can't be fed now (a full disk, a rebuild elsewhere) is fed later.
"""

import threading

import structlog

from desk.disk import disk_trouble
from index.errors import EngineError, LockHeldError
from index.indexer import Indexer
from index.store.stories import Stories

_LOOK_EVERY_SECONDS = 0.5
_AFTER_FAILURE_SECONDS = 5.0


def bring_up_to_date(indexer: Indexer) -> None:
    """Feed all changes to the live index, rebuilding it first where it can't be written to.

    Raises LockHeldError where another process is rebuilding it.
    """
    reason = indexer.needs_rebuild()
    if reason is None:
        indexer.catch_up()
        return
    structlog.get_logger("indexer").info("the index is made anew", reason=reason)
    indexer.rebuild()


def follow_store(stories: Stories, indexer: Indexer, stopping: threading.Event) -> None:
    """Keep the index at the store's revision until `stopping` is set; a failure is logged and tried again.

    What was stored until then is committed at the end.
    """
    reached = -1
    while not stopping.is_set():
        wait = _LOOK_EVERY_SECONDS
        try:
            revision = stories.revision()
            if revision != reached:
                bring_up_to_date(indexer)
                reached = revision
        except Exception as error:
            _tell(error)
            wait = _AFTER_FAILURE_SECONDS
        stopping.wait(wait)
    try:
        if indexer.needs_rebuild() is None:  # a rebuild would take too long now; the next start makes it
            indexer.catch_up()
    except Exception as error:
        _tell(error)


def _tell(error: Exception) -> None:
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
