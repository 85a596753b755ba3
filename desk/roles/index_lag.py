"""Alarm for an index that stays behind its store.

Being some changes behind is how an index keeps up; being behind by the same change for a minute is trouble. How old the
oldest change is that can't be found yet is measured by the clock of the database, so the web server and the crawler
agree about it, and a restart forgets nothing.
"""

from collections.abc import Callable

import structlog

from store.base import ChangeFeed

LATE_SECONDS = 60


class LagAlarm:
    """Says once in the log that the index lags behind, and once that it has come up again.

    `reached` gives the revision of the index, None where there is none; it is asked for only where it may be late.
    """

    def __init__(self, feed: ChangeFeed, reached: Callable[[], int | None]) -> None:
        self._feed = feed
        self._reached = reached
        self._last_reached = 0
        self._is_reported = False
        self._log = structlog.get_logger("indexer")

    def check(self) -> None:
        """Log where that has changed; quick where the index keeps up."""
        seconds = self._feed.seconds_behind(self._last_reached)
        if seconds > LATE_SECONDS:
            reached = self._reached()
            if reached is None:
                return  # an index that is missing is reported elsewhere
            self._last_reached = reached
            seconds = self._feed.seconds_behind(reached)
        late = seconds > LATE_SECONDS
        if late and not self._is_reported:
            behind = self._feed.position() - self._last_reached
            self._log.warning("the index lags behind the store", changes=behind, oldest_seconds=seconds)
        elif self._is_reported and not late:
            self._log.info("the index has come up with the store")
        self._is_reported = late
