"""Maintenance role: removal, once a day, of what need not be kept.

The policy is one duration, `keep`: pages as fetched go when they are older, versions when they were replaced longer
ago. Stories and their current versions are never removed. SQLite uses the room again; its files don't shrink.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from store.maintenance.retention import Pruned
from store.opening import Store

ONCE_A_DAY_SECONDS = 86400
FIRST_AFTER_SECONDS = 300


def prune(store: Store, keep: timedelta, clock: Callable[[], datetime]) -> Pruned:
    """Remove what is older than `keep`, and say in the log what went."""
    pruned = store.prune(clock() - keep)
    if any(pruned):
        log = structlog.get_logger("retention")
        log.info("pruned", versions=pruned.versions, pages=pruned.pages, runs=pruned.runs, keep_days=keep.days)
    return pruned
