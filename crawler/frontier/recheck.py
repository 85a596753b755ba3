"""When is a URL looked at again?

Recent stories are looked at on a decaying schedule that restarts at each change; failures back off exponentially;
pages that are gone are asked for again until that can be believed, and then now and then, because some return.
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
_RETURNS = timedelta(days=7)
_LAST_GONE_LOOK = 6
GONE_LOOKS = 3
"""A 404 is believed after this many looks over a day."""


class Freshness:
    """The schedule of second looks; `schedule` holds the waits after a look that found no change."""

    def __init__(self, schedule: tuple[timedelta, ...], *, spread: Callable[[], float] = random.random) -> None:
        self._schedule = schedule
        self._spread = spread

    def after_story(self, now: datetime, looks: int) -> datetime | None:
        """The next look at a story that was seen `looks` times since it last changed; None at the end."""
        return now + self._schedule[looks] if looks < len(self._schedule) else None

    def after_gone(self, now: datetime, looks: int, *, story: bool) -> datetime | None:
        """The next look at a page that was gone `looks` times in a row; a `story` may return after it was withdrawn."""
        if looks < GONE_LOOKS:
            return now + _GONE
        return now + _RETURNS if story and looks < _LAST_GONE_LOOK else None

    def after_error(self, error: CrawlError, now: datetime, failures: int) -> datetime | None:
        """The next look after the `failures`-th failure in a row; None where the URL is set aside."""
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


def is_gone_for_good(error: GoneError, looks: int, gone_since: datetime, now: datetime) -> bool:
    """Whether a page that was gone `looks` times in a row is believed to be: 410 at once, 404 after a day."""
    return error.status == 410 or (looks >= GONE_LOOKS and now - gone_since >= _GONE_FOR)
