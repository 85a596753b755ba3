"""When is each source crawled?

APScheduler, one job a source, around injected callables. Due times live in the store, so that a restart neither
skips nor bunches rounds: a source that came due while the desk was off is crawled soon after the start.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from config import SourceConfig

_JITTER_SHARE = 0.1
_OVERDUE_SPREAD = timedelta(seconds=0.5)

Due = Callable[[str], datetime | None]
"""The stored due time of a source."""


class CrawlScheduler:
    """Runs `crawl(source)` for each source every `source.every`, jittered by a tenth, never twice at once."""

    def __init__(
        self,
        sources: Sequence[SourceConfig],
        crawl: Callable[[SourceConfig], object],
        due: Due,
        save_due: Callable[[str, datetime], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._sources = sources
        self._crawl = crawl
        self._due = due
        self._save_due = save_due
        self._clock = clock
        self._log = structlog.get_logger("scheduler")
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(max(1, len(sources)))},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone="UTC",
        )

    def start(self) -> None:
        """Begin; overdue sources come at once, one shortly after the other."""
        now = self._clock()
        for position, source in enumerate(self._sources):
            due = self._due(source.name)
            soonest = now + _OVERDUE_SPREAD * position
            # A due time beyond one interval comes from a configuration that has changed since.
            first = min(max(due, soonest), now + source.every) if due else soonest
            self._scheduler.add_job(
                self._round,
                IntervalTrigger(seconds=source.every.total_seconds(), jitter=_jitter_seconds(source), timezone="UTC"),
                args=(source,),
                id=source.name,
                name=f"crawl {source.name}",
                next_run_time=first,
            )
        self._scheduler.start()

    @property
    def alive(self) -> bool:
        """Whether rounds are being started."""
        return bool(self._scheduler.running)

    def stop(self) -> None:
        """Start no more rounds; those at work are not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _round(self, source: SourceConfig) -> None:
        self._save_due(source.name, self._clock() + source.every)
        try:
            self._crawl(source)
        except Exception:  # one bad source never stops the others
            self._log.exception("round failed", source=source.name)


def _jitter_seconds(source: SourceConfig) -> float:
    return source.every.total_seconds() * _JITTER_SHARE
