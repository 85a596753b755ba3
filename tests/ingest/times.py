"""The instants of the suites."""

from datetime import timedelta

from tests.ingest.ways import NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EARLIER = NOW - 3 * HOUR

__all__ = ["DAY", "EARLIER", "HOUR", "NOW"]
