"""Recheck intervals: when a URL is fetched again.

Stories are rechecked at growing intervals that restart at each change, the last of which repeats: a silent edit is seen
however late it comes. Failures back off exponentially. What was set aside (POISON, a refusal, no story) and what is
gone is fetched again ever more seldom, and never given up: pages return, limits and parsers change.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from model.errors import (
    BlockedError,
    CrawlError,
    ForgottenStoryError,
    GoneError,
    NoindexError,
    NotAStoryError,
    ParseError,
    PoisonError,
    ReaderKilledError,
    RetryLaterError,
    RobotsDisallowedError,
    SetAsideError,
)

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_FIRST_RETRY = timedelta(minutes=5)
_READER_KILLED = timedelta(minutes=1)
_LONGEST_RETRY = _DAY
_BLOCKED = 6 * _HOUR
_MONTH = 30 * _DAY
_WAITS: tuple[tuple[type[CrawlError], tuple[timedelta, ...]], ...] = (
    (NotAStoryError, (6 * _HOUR, 7 * _DAY, _MONTH)),
    (ParseError, (6 * _HOUR, 7 * _DAY, _MONTH)),
    (PoisonError, (_DAY, 3 * _DAY, 9 * _DAY, _MONTH)),
    (NoindexError, (_DAY, 7 * _DAY, _MONTH)),
    (RobotsDisallowedError, (_DAY,)),  # robots.txt is held for a day: a look costs no request
    (SetAsideError, (_DAY, 7 * _DAY, _MONTH)),
)
"""The waits after the first, second … time in a row that a URL ends in an error; the last repeats."""
GONE_CHECKS = 3
"""A 404 is believed after this many checks over a day."""
_GONE = (*(GONE_CHECKS - 1) * (12 * _HOUR,), 7 * _DAY, 7 * _DAY, 7 * _DAY, _MONTH)
_GONE_FOR = _DAY
_JITTER_FROM = _DAY
_JITTER_SHARE = 0.1
_LATE = 20 * _HOUR


class RecheckSchedule:
    """When URLs are rechecked; `intervals` holds the waits after a check that found no change, the last repeats.

    `until` is how long after its last change a story is rechecked; None for as long as it is kept. Waits of a day and
    more are spread by a twentieth to either side, so that what came in together does not come due together. Without
    intervals no story is rechecked.
    """

    def __init__(
        self,
        intervals: Sequence[timedelta],
        *,
        until: timedelta | None = None,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._intervals = tuple(intervals)
        self._until = until
        self._spread = spread
        self._ages = (timedelta(0), *accumulate(self._intervals))

    def after_story(self, now: datetime, checks: int) -> datetime | None:
        """The next recheck of a story that was found unchanged `checks` times in a row; None at the end."""
        if not self._intervals:
            return None
        wait = _nth(self._intervals, checks)
        if self._until is not None and self._age(checks) + wait > self._until:
            return None
        return now + self._spread_out(wait)

    def after_gone(self, now: datetime, checks: int) -> datetime:
        """The next recheck of a page that was gone `checks` times in a row: it may return."""
        return now + self._spread_out(_nth(_GONE, checks - 1))

    def after_error(self, error: CrawlError, now: datetime, failures: int) -> datetime | None:
        """The next try after the `failures`-th such failure in a row; None for a story that was forgotten on request.

        What nobody foresaw is retried like what a host gets wrong.
        """
        if isinstance(error, ForgottenStoryError):
            return None
        for kind, waits in _WAITS:
            if isinstance(error, kind):
                return now + self._spread_out(_nth(waits, failures - 1))
        return now + self._retry(error, failures)

    def is_late(self, wait: timedelta, checks: int) -> bool:
        """Whether a recheck comes behind all else of its run: those that come a day later and more, and all that
        repeat the last interval."""
        return wait >= _LATE or checks >= len(self._intervals)

    def _age(self, checks: int) -> timedelta:
        """How long after the last change the checks that were made took place, by the intervals."""
        repeated = max(0, checks - len(self._intervals))
        return self._ages[min(checks, len(self._intervals))] + repeated * self._intervals[-1]

    def _spread_out(self, wait: timedelta) -> timedelta:
        return wait if wait < _JITTER_FROM else wait * (1 + _JITTER_SHARE * (self._spread() - 0.5))

    def _retry(self, error: CrawlError, failures: int) -> timedelta:
        if isinstance(error, RetryLaterError) and error.retry_after_seconds is not None:
            return min(timedelta(seconds=error.retry_after_seconds), _LONGEST_RETRY)
        if isinstance(error, ReaderKilledError):
            if failures <= 1:
                return timedelta(0)  # in the next crawl run
            first, failures = _READER_KILLED, failures - 1
        else:
            first = _BLOCKED if isinstance(error, BlockedError) else _FIRST_RETRY
        doublings = min(max(failures - 1, 0), 12)
        wait = min(first * (1 << doublings), _LONGEST_RETRY)
        return wait * (0.75 + 0.5 * self._spread())


def _nth(waits: tuple[timedelta, ...], number: int) -> timedelta:
    """The wait of that number, from 0; the last repeats."""
    return waits[min(max(number, 0), len(waits) - 1)]


def is_gone_for_good(error: GoneError, checks: int, gone_since: datetime, now: datetime) -> bool:
    """Whether a page that was gone `checks` times in a row is believed to be: 410 at once, 404 after a day."""
    return error.status == 410 or (checks >= GONE_CHECKS and now - gone_since >= _GONE_FOR)
