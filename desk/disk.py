"""Room on the disk, and crawling that pauses while there is too little.

Crawling pauses while less room is left than `min_free_bytes`, and begins again by itself; searches only read and go on.
A disk that fills up faster than that shows itself as an error (store/directory/disk_trouble.py).
"""

import os
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from config import SourceConfig
from crawler.results import RoundSummary
from store.directory.disk_trouble import disk_trouble
from store.directory.presence import PAGES, is_without_pages, lost_pages
from store.sql.crawl_runs import CrawlRun
from store.sql.crawl_state import SourceState


class Disk:
    """The file system that holds the data directory, and how much of it is left alone."""

    def __init__(self, data_dir: Path, min_free_bytes: int, *, free_bytes: Callable[[Path], int] | None = None) -> None:
        self.data_dir = data_dir
        self._min_free_bytes = min_free_bytes
        self._free_bytes = free_bytes or _free_bytes

    def free_bytes(self) -> int:
        """Bytes that may still be written. Raises OSError."""
        return self._free_bytes(self.data_dir)

    def alarm(self) -> str | None:
        """Why nothing more is crawled at the moment, or None."""
        try:
            free = self.free_bytes()
            if not os.access(self.data_dir, os.W_OK) or os.statvfs(self.data_dir).f_flag & os.ST_RDONLY:
                return f"crawling pauses: {self.data_dir} can't be written to"
        except OSError as error:
            return f"crawling pauses: {self.data_dir}: {error.strerror}"
        if is_without_pages(self.data_dir):
            return f"crawling pauses: {lost_pages(self.data_dir / PAGES)}"
        if free >= self._min_free_bytes:
            return None
        return (
            f"crawling pauses: the disk is nearly full, {free >> 20} MB are left of the "
            f"{self._min_free_bytes >> 20} MB that min_free_bytes keeps free"
        )


def _free_bytes(path: Path) -> int:
    return shutil.disk_usage(path).free


class SourceStates(Protocol):
    """What is asked of the crawl state: `CrawlState`."""

    def change_source(self, name: str, change: Callable[[SourceState], SourceState]) -> SourceState:
        """Change the health of one source in one transaction."""


class Runs(Protocol):
    """What is asked of the crawl runs: `CrawlRuns`."""

    def end(self, runs: Iterable[CrawlRun]) -> None:
        """Write down how runs ended."""


class PausingRounds:
    """Rounds that are left out while the disk has no room, and written down as such; a callable for the scheduler.

    `ended` hears of every round that was crawled to its end.
    """

    def __init__(
        self,
        crawl: Callable[[SourceConfig], RoundSummary],
        disk: Disk,
        states: SourceStates,
        runs: Runs,
        clock: Callable[[], datetime],
        ended: Callable[[RoundSummary], None],
    ) -> None:
        self._crawl = crawl
        self._ended = ended
        self._disk = disk
        self._states = states
        self._runs = runs
        self._clock = clock
        self._log = structlog.get_logger("crawler")

    def __call__(self, source: SourceConfig) -> None:
        """One round of a source, or none, with the reason in the log and in the source's health."""
        alarm = self._disk.alarm()
        if alarm is None:
            alarm = self._try(source)
        if alarm is not None:
            self._log.error("alarm", source=source.name, reason=alarm)
            self._remember(source.name, alarm)

    def _try(self, source: SourceConfig) -> str | None:
        try:
            self._ended(self._crawl(source))
        except Exception as error:
            trouble = disk_trouble(error)
            if trouble is None:
                raise
            return f"crawling pauses: {trouble}"
        return None

    def _remember(self, name: str, alarm: str) -> None:
        try:
            self._states.change_source(name, lambda state: state._replace(alarm=alarm))
            now = self._clock()
            self._runs.end([CrawlRun(name, None, now, now, reason=alarm)])
        except Exception as error:
            if disk_trouble(error) is None:
                raise
