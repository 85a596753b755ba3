"""Verification of all pages as fetched, a little at a time, to find what the disk or the memory has altered.

A database of years takes minutes to read: it is gone through in short turns in the order of the pages' numbers, once a
day, or once a month where every look costs something. Where a turn ended is kept with the faults, so that a restart
goes on there.
"""

import time
from collections.abc import Callable
from datetime import datetime

from model.errors import BlobPlaceError, DatabaseServerError, LostDatabaseError, StoreError
from store.blobs.page_archive import PageArchive
from store.directory.damage_record import Faults, VerificationProgress


class PageVerification:
    """Goes through the pages of a store; `monotonic` measures the turns, `clock` the days."""

    def __init__(
        self,
        archive: PageArchive,
        faults: Faults,
        clock: Callable[[], datetime],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._archive = archive
        self._faults = faults
        self._clock = clock
        self._monotonic = monotonic

    def go_on(self, seconds: float) -> None:
        """Read on for about so many seconds; does nothing between the end of a reading and the day of the next."""
        reading, now = self._faults.reading(), self._clock()
        if reading.reached == 0:
            if reading.began_at is not None and abs(now - reading.began_at) < self._archive.verified_every:
                return
            reading = VerificationProgress(0, now)
        found: dict[int, str] = {}
        ended, reached = self._walk(reading.reached, self._monotonic() + seconds, found)
        upto = float("inf") if ended else reached
        following = reading._replace(reached=0 if ended else reached)
        self._faults.go_on(following, after=reading.reached, upto=upto, found=found)

    def _walk(self, reached: int, deadline: float, found: dict[int, str]) -> tuple[bool, int]:
        """Read pages until the deadline: (whether all have been read, the last number)."""
        while self._monotonic() < deadline:
            try:
                page_id = self._archive.following(reached)
            except LostDatabaseError:
                return True, reached
            except DatabaseServerError:
                return False, reached
            except StoreError as error:  # nothing behind it can be found
                found[reached + 1] = str(error)
                return True, reached
            if page_id is None:
                return True, reached
            try:
                damage = self._archive.damage_of(page_id)
            except (BlobPlaceError, DatabaseServerError):  # it says nothing of the page; the next turn asks again
                return False, reached
            except StoreError as error:
                damage = str(error)
            if damage is not None:
                found[page_id] = damage
            reached = page_id
        return False, reached
