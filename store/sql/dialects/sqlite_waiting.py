"""Waiting for the locks of SQLite, where SQLite itself waits unfairly or not at all."""

import sqlite3
import time
from collections.abc import Callable

from sqlalchemy.exc import OperationalError

BUSY_TIMEOUT_SECONDS = 30.0
_POLL_SECONDS = 0.001


def when_free(run: Callable[[], object]) -> None:
    """Run a statement again until nobody else holds the lock that it needs.

    Raises what the statement raises for another reason, or after 30 seconds.
    """
    ends_at = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            run()
        except (sqlite3.OperationalError, OperationalError) as error:
            if not _is_busy(error) or time.monotonic() > ends_at:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


def _is_busy(error: sqlite3.OperationalError | OperationalError) -> bool:
    cause = error.orig if isinstance(error, OperationalError) else error
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
