"""Recheck intervals: when a URL is fetched again.

Recent stories are rechecked at growing intervals that restart at each change; failures back off exponentially;
pages that are gone are fetched again until that can be believed, and then once in a while, because some return.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from model.errors import (
    BlockedError,
    CrawlError,
    GoneError,
    NotAStoryError,
    RetryLaterError,
    RobotsDisallowedError,
)

_FIRST_RETRY = timedelta(minutes=5)
_LONGEST_RETRY = timedelta(days=1)
_BLOCKED = timedelta(hours=6)
_ROBOTS = timedelta(days=1)
_NOT_A_STORY = timedelta(hours=6)
_GONE = timedelta(hours=12)
_GONE_FOR = timedelta(days=1)
_GONE_RECHECK = timedelta(days=7)
_LAST_GONE_CHECK = 6
GONE_CHECKS = 3
"""A 404 is believed after this many checks over a day."""


class RecheckSchedule:
    """When URLs are rechecked; `intervals` holds the waits after a check that found no change."""

    def __init__(self, intervals: tuple[timedelta, ...], *, spread: Callable[[], float] = random.random) -> None:
        self._intervals = intervals
        self._spread = spread

    def after_story(self, now: datetime, checks: int) -> datetime | None:
        """The next recheck of a story that was found unchanged `checks` times in a row; None at the end."""
        return now + self._intervals[checks] if checks < len(self._intervals) else None

    def after_gone(self, now: datetime, checks: int, *, story: bool) -> datetime | None:
        """The next recheck of a page that was gone `checks` times in a row; a withdrawn `story` may return."""
        if checks < GONE_CHECKS:
            return now + _GONE
        return now + _GONE_RECHECK if story and checks < _LAST_GONE_CHECK else None

    def after_error(self, error: CrawlError, now: datetime, failures: int) -> datetime | None:
        """The next try after the `failures`-th failure in a row; None where the URL is set aside."""
        if isinstance(error, NotAStoryError):
            return now + _NOT_A_STORY if failures <= 1 else None
        if isinstance(error, RobotsDisallowedError):
            return now + _ROBOTS
        if isinstance(error, RetryLaterError):
            return now + self._wait(error, failures)
        return None

    def _wait(self, error: RetryLaterError, failures: int) -> timedelta:
        if error.retry_after_seconds is not None:
            return min(timedelta(seconds=error.retry_after_seconds), _LONGEST_RETRY)
        first = _BLOCKED if isinstance(error, BlockedError) else _FIRST_RETRY
        doublings = min(max(failures - 1, 0), 12)
        wait = min(first * (1 << doublings), _LONGEST_RETRY)
        return wait * (0.75 + 0.5 * self._spread())


def is_gone_for_good(error: GoneError, checks: int, gone_since: datetime, now: datetime) -> bool:
    """Whether a page that was gone `checks` times in a row is believed to be: 410 at once, 404 after a day."""
    return error.status == 410 or (checks >= GONE_CHECKS and now - gone_since >= _GONE_FOR)
