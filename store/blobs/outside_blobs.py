"""Blobs outside of the database, and the rows that say which they are and whose place it is.

The place is looked at before it is used: its mark has to be the one that the database names. So bytes are never called
lost because a folder is not mounted or another bucket is configured, and two desks never share a place unknowingly. A
place that can't be used stops what was to be kept, with one sentence; `alarm` tries it again.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import structlog
from sqlalchemy import Row, select, update

from model.errors import BlobPlaceError
from store.blobs import claims
from store.blobs.claims import Ticket
from store.blobs.packing import PackedBlob
from store.blobs.place import BlobPlace
from store.directory.damage_record import Faults
from store.sql.database import Database
from store.sql.dialects.expressions import upsert
from store.sql.tables import page_place

Found = TypeVar("Found")

_COLLECTED_AT_ONCE = 500
_DAILY, _MONTHLY = timedelta(days=1), timedelta(days=30)


class Kept(NamedTuple):
    """Bytes that are kept outside, and are still to be named: under which ticket, None where there is no place."""

    ticket: Ticket | None
    digests: frozenset[bytes] = frozenset()


class OutsideBlobs:
    """What one desk keeps outside of its database of pages, if anything; safe to use from several threads."""

    def __init__(
        self,
        database: Database,
        place: BlobPlace | None = None,
        faults: Faults | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._place = place
        self._faults = faults
        self._clock = clock
        self._is_sure = False
        self._trouble = faults.place_trouble() if faults is not None else None

    @property
    def verified_every(self) -> timedelta:
        """How often all pages are verified: more seldom where somebody charges for each look."""
        return _DAILY if self._place is None or self._place.is_local else _MONTHLY

    @property
    def is_local(self) -> bool:
        """Whether reading costs nothing."""
        return self._place is None or self._place.is_local

    def keep(self, packed: Sequence[PackedBlob], *, named: bool = False) -> Kept:
        """Keep bytes that no row names yet; what is claimed by others is not among them. Raises BlobPlaceError.

        With `named` those that a row names already, too.
        """
        if self._place is None:
            return Kept(None)
        ticket = Ticket()
        by_digest = {blob.digest: blob for blob in packed}
        with self._watched():
            self._make_sure()
            with self._database.write() as connection:
                taken = claims.take(connection, by_digest, ticket, named=named)
            if taken:
                self._place.keep([by_digest[digest] for digest in sorted(taken)])
        if taken:
            self._remember(None)
        return Kept(ticket, frozenset(taken))

    def get(self, digest: bytes) -> bytes | None:
        """The bytes of a digest; None where the place, which is the right one, has none.

        Raises DamagedBlobError, and BlobPlaceError where it can't be asked.
        """
        with self._watched():
            return self._asked(lambda place: place.get(digest))

    def has(self, digest: bytes) -> bool:
        """Whether there are bytes of a digest. Raises BlobPlaceError."""
        with self._watched():
            return bool(self._asked(lambda place: place.has(digest) or None))

    def collect(self) -> int:
        """Remove all bytes that nothing names any more; returns how many. Raises BlobPlaceError."""
        if self._place is None:
            return 0
        removed = 0
        while self._is_any_due():
            self._is_sure = False
            with self._watched():
                self._make_sure()  # where it can't be asked, what is due stays due
            ticket = Ticket()
            with self._database.write() as connection:
                digests = claims.take_over(connection, ticket, _COLLECTED_AT_ONCE)
            if not digests or not ticket.is_fresh():
                continue
            with self._watched():
                self._place.drop(digests)
            with self._database.write() as connection:
                claims.release(connection, ticket)
            removed += len(digests)
        return removed

    def alarm(self) -> str | None:
        """Why nothing more is kept, or None; a place that has failed is tried again, another is not asked."""
        if self._trouble is None or self._place is None:
            return None
        try:
            with self._watched():
                self._is_sure = False
                self._make_sure()
                self._place.probe()
        except BlobPlaceError as error:
            return f"crawling pauses: {error.trouble}"
        self._remember(None)
        return None

    def problem(self) -> str | None:
        """What is wrong with the place; None where it can be read. Changes nothing. Raises StoreError."""
        row = self._row()
        try:
            if self._place is None:
                return str(_not_named(row.url)) if row is not None and row.marked_at is not None else None
            found = self._place.mark()
            if row is None or row.marked_at is None:
                return None if found is None or (row and found == row.mark) else str(self._of_another())
            self._compare(row, found)
        except BlobPlaceError as error:
            return str(error)
        return None

    def close(self) -> None:
        """End what is open."""
        if self._place is not None:
            self._place.close()

    def _is_any_due(self) -> bool:
        with self._database.read() as connection:
            return claims.is_any_due(connection)

    def _asked(self, ask: Callable[[BlobPlace], Found | None]) -> Found | None:
        if self._place is None:
            row = self._row()
            raise _not_named(row.url if row is not None else "a place that is not known")
        self._make_sure()
        found = ask(self._place)
        if found is None:  # of a place that has been emptied or exchanged meanwhile that says nothing
            self._is_sure = False
            self._make_sure()
        return found

    def _make_sure(self) -> None:
        """Raises BlobPlaceError where the place is not the one that holds this desk's pages."""
        place = self._place
        if place is None or (self._is_sure and not place.is_local):
            return
        row = self._row() or self._register(place)
        found = place.mark()
        if found is None and row.marked_at is None:
            place.set_mark(row.mark)
            found = place.mark()
        self._compare(row, found)
        if row.marked_at is None or row.url != place.name:
            with self._database.write() as connection:
                connection.execute(update(page_place).values(url=place.name, marked_at=row.marked_at or self._clock()))
        self._is_sure = True

    def _compare(self, row: Row[Any], found: str | None) -> None:
        if found is None and self._place is not None:
            trouble = f"does not hold the pages of this desk, which were last in {row.url}: mount it, copy them there "
            raise BlobPlaceError(self._place.name, f"{trouble}with the file wiredesk-pages, or set pages.url back")
        if found != row.mark:
            raise self._of_another()

    def _of_another(self) -> BlobPlaceError:
        name = self._place.name if self._place is not None else ""
        return BlobPlaceError(name, "holds the pages of another desk: set pages.url to a place of its own")

    def _row(self) -> Row[Any] | None:
        with self._database.read() as connection:
            return connection.execute(select(page_place)).first()

    def _register(self, place: BlobPlace) -> Row[Any]:
        with self._database.write() as connection:
            row = {"number": 1, "mark": secrets.token_hex(16), "url": place.name}
            connection.execute(upsert(page_place).values(row).on_conflict_do_nothing())
            return connection.execute(select(page_place)).one()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except BlobPlaceError as error:
            if self._place is not None:
                self._remember(error.trouble)
            raise

    def _remember(self, trouble: str | None) -> None:
        if trouble == self._trouble:
            return
        self._trouble = trouble
        log = structlog.get_logger("store")
        if trouble is None:
            log.info("the place where pages are kept can be used again")
        else:
            log.error("the place where pages are kept can't be used", reason=trouble)
        if self._faults is not None:
            self._faults.tell_place_trouble(trouble)


def _not_named(url: str) -> BlobPlaceError:
    return BlobPlaceError(url, "is not named by pages.url: set it again")
