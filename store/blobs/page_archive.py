"""Archive of pages as fetched: what a page said when it was read.

Pages are evidence: the bytes as fetched with the link that led there, the addresses, status, headers and time.
Bytes are content-addressed (SHA-256) and compressed with zstd, beside the rows or in a place outside of the database,
and are written before the story that was read from them.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from random import random
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Connection, Row, bindparam, delete, exists, func, insert, select

from model.errors import (
    BlobPlaceError,
    DamagedBlobError,
    DamagedPageError,
    DatabaseServerError,
    LostDatabaseError,
    StoreError,
)
from model.page import Link, Page
from store.blobs import claims, sql_blobs
from store.blobs.claims import OUTSIDE
from store.blobs.outside_blobs import Kept, OutsideBlobs
from store.blobs.packing import PackedBlob, pack, unpack
from store.directory.damage_record import Faults
from store.sql.database import Database
from store.sql.tables import bodies, pages

_READ_SHARE = 0.01
"""How many of the pages that it costs to read are read when all are verified; of the others, whether they are there."""
_AT_ONCE = 500
TABLES = (bodies, pages)
"""The tables that hold pages."""
_ADD = insert(pages)
_HELD = (
    select(func.length(bodies.c.content).label("size"))
    .where(bodies.c.digest == bindparam("digest"))
    .with_for_update(read=True, key_share=True)
)
_DAMAGES = (ValueError, TypeError)
"""What bytes that are not ours any more make of the steps that read them."""


class PageArchive:
    """Pages by number; safe to use from several threads."""

    def __init__(self, database: Database, faults: Faults | None = None, outside: OutsideBlobs | None = None) -> None:
        """`outside` is what keeps bytes outside of the database; without it they are kept in it."""
        self._database = database
        self._faults = faults
        self.outside = outside or OutsideBlobs(database)

    @property
    def verified_every(self) -> timedelta:
        """How often all pages are to be verified."""
        return self.outside.verified_every

    def save(self, page: Page) -> int:
        """Keep a page and return its number; equal bytes are kept once."""
        return self.save_all([page])[0]

    def save_all(self, kept: Iterable[Page]) -> list[int]:
        """Keep pages in one transaction and return their numbers; their bytes are kept before. Raises StoreError."""
        packed = [_pack(page) for page in kept]  # compressed before the transaction: nobody has to wait for that
        bodies_kept = self.outside.keep([page.body for page in packed])
        with self._database.write() as connection:
            return [_insert(connection, page, bodies_kept) for page in packed]

    def load(self, page_id: int) -> Page | None:
        """The page of that number, or None where it was pruned.

        One that is damaged is entered among the faults of the store and is None too: what is left of it is no
        evidence, and the story goes on without. Raises StoreError where the file itself can't be read.
        """
        try:
            return self._read(page_id)
        except DamagedPageError as error:
            self._tell(page_id, error.reason)
            return None
        except (BlobPlaceError, DatabaseServerError, LostDatabaseError):
            raise
        except StoreError as error:
            self._tell(page_id, str(error))
            raise

    def damage_of(self, page_id: int) -> str | None:
        """What is wrong with a page as it is kept, or None. Raises StoreError where nothing can be read.

        Of most of the pages that it costs to read it is only asked whether they are there.
        """
        try:
            self._read(page_id, thorough=self.outside.is_local or random() < _READ_SHARE)  # noqa: S311 (no secret)
        except DamagedPageError as error:
            return error.reason
        return None

    def following(self, page_id: int) -> int | None:
        """The number of the next page, or None after the last. Raises StoreError."""
        with self._database.read() as connection:
            return connection.execute(select(func.min(pages.c.id)).where(pages.c.id > page_id)).scalar()

    def _read(self, page_id: int, *, thorough: bool = True) -> Page | None:
        try:
            row = self._row(page_id)
            if row is None or row.content != OUTSIDE:
                return None if row is None else _page(row, row.content)
            content = self.outside.get(row.digest) if thorough else self._seen(row.digest)
            if content is not None:
                return _with_content(row, content)
            row = self._row(page_id)  # dropped or moved meanwhile?
            if row is None or row.content != OUTSIDE:
                return None if row is None else _page(row, row.content)
            raise DamagedPageError(page_id, "its bytes are missing")
        except DamagedBlobError as error:
            raise DamagedPageError(page_id, error.reason) from error
        except _DAMAGES as error:
            raise DamagedPageError(page_id, str(error).partition("\n")[0]) from error

    def _row(self, page_id: int) -> Row[Any] | None:
        query = select(pages, bodies.c.content).join(bodies, isouter=True).where(pages.c.id == page_id)
        with self._database.read() as connection:
            return connection.execute(query).first()

    def _seen(self, digest: bytes) -> bytes | None:
        """Something in place of bytes that are there."""
        return b"" if self.outside.has(digest) else None

    def _tell(self, page_id: int, reason: str) -> None:
        structlog.get_logger("store").error("a page as fetched is damaged", page=page_id, reason=reason)
        if self._faults is not None:
            self._faults.add(page_id, reason)

    def link_of(self, page_id: int) -> Link | None:
        """The link that led to a page, or None where it was pruned."""
        with self._database.read() as connection:
            found = connection.execute(select(pages.c.link).where(pages.c.id == page_id)).scalar()
        return None if found is None else Link.model_validate_json(found)

    def drop(self, page_id: int) -> None:
        """Forget a page; its bytes go with the last page that had them, at once or with what is collected later."""
        self._forget([page_id])
        try:
            self.outside.collect()
        except BlobPlaceError as error:
            structlog.get_logger("store").warning("dropped bytes are still kept", reason=error.trouble)

    def fetched_from(self, is_of: Callable[[str], bool]) -> set[int]:
        """The numbers of all pages fetched from an address that `is_of` knows.

        Goes through the addresses of all pages: a matter of seconds for millions.
        """
        query = select(pages.c.id, pages.c.url, pages.c.final_url)
        with self._database.read() as connection:
            return {row.id for row in connection.execute(query) if is_of(row.url) or is_of(row.final_url)}

    def drop_all(self, page_ids: Collection[int]) -> None:
        """Forget pages, with all bytes that no page has any more. Idempotent.

        Raises BlobPlaceError where bytes could not be removed from outside: the pages are forgotten then, and the bytes
        go with the next call.
        """
        self._forget(sorted(page_ids))
        self.outside.collect()

    def _forget(self, page_ids: Sequence[int]) -> None:
        """Remove rows, and leave the bytes outside that none names any more to be collected; all or none."""
        with self._database.write() as connection:
            for start in range(0, len(page_ids), _AT_ONCE):
                _drop(connection, page_ids[start : start + _AT_ONCE])

    def count(self) -> int:
        """Number of pages kept."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(pages)).scalar() or 0


class _Packed(NamedTuple):
    row: dict[str, Any]
    body: PackedBlob


def _pack(page: Page) -> _Packed:
    body = pack(page.content)
    row = {
        "url": page.url,
        "final_url": page.final_url,
        "status": page.status,
        "headers": json.dumps(dict(page.headers), ensure_ascii=True),
        "link": page.link.model_dump_json(exclude_defaults=True),
        "fetched_at": page.fetched_at,
        "digest": body.digest,
    }
    return _Packed(row, body)


def _insert(connection: Connection, page: _Packed, kept: Kept) -> int:
    _name(connection, page.body, kept)
    key = connection.execute(_ADD, page.row).inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave no number to a new page")
    return int(key[0])


def _name(connection: Connection, body: PackedBlob, kept: Kept) -> None:
    """Let a row name bytes, and hold it until the end of the transaction: nobody drops it meanwhile.

    Bytes that were not kept outside, or whose claim is ours no more, are kept in the database.
    """
    settled = False
    while (row := connection.execute(_HELD, {"digest": body.digest}).first()) is None:
        ours = kept.ticket if body.digest in kept.digests else None
        is_outside = ours is not None and claims.settle(connection, body.digest, ours)
        is_new = sql_blobs.put(connection, body._replace(content=OUTSIDE) if is_outside else body)
        settled = settled or is_outside
        if is_new and settled == is_outside:
            return  # the row is ours, and no claim is left over
    if settled and row.size > 0:  # another was faster, and kept them in the database
        claims.leave(connection, [body.digest])


def _drop(connection: Connection, page_ids: Sequence[int]) -> None:
    chosen = pages.c.id.in_(page_ids)
    digests = set(connection.execute(select(pages.c.digest).where(chosen)).scalars())
    connection.execute(delete(pages).where(chosen))
    of_these = bodies.c.digest.in_(digests)
    # Held first: who names one of them at this moment is seen by the statements behind.
    connection.execute(select(bodies.c.digest).where(of_these).order_by(bodies.c.digest).with_for_update())
    unused = of_these, ~exists().where(pages.c.digest == bodies.c.digest)
    outside = select(bodies.c.digest).where(*unused, func.length(bodies.c.content) == 0)
    claims.leave(connection, connection.execute(outside).scalars().all())
    connection.execute(delete(bodies).where(*unused))


def _page(row: Row[Any], kept: bytes | None) -> Page:
    if kept is None:
        raise ValueError("its bytes are missing")
    return _with_content(row, unpack(row.digest, kept))


def _with_content(row: Row[Any], content: bytes) -> Page:
    return Page(
        link=Link.model_validate_json(row.link),
        url=row.url,
        final_url=row.final_url,
        status=row.status,
        headers=json.loads(row.headers),
        fetched_at=row.fetched_at,
        content=content,
    )
