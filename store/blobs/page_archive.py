"""Archive of pages as fetched: what a page said when it was read.

Pages are evidence: the bytes as fetched with the link that led there, the addresses, status, headers and time.
Bytes are content-addressed (SHA-256) and compressed with zstd, in a file of their own, and are written before the
story that was read from them.
"""

import json
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Connection, Row, delete, func, insert, select

from model.errors import DamagedBlobError, DamagedPageError, LostDatabaseError, StoreError
from model.page import Link, Page
from store.blobs import sql_blobs
from store.blobs.sql_blobs import PackedBlob
from store.directory.damage_record import Faults
from store.sql.database import Database
from store.sql.tables import bodies, pages

TABLES = (bodies, pages)
"""The tables that hold pages."""
_DAMAGES = (ValueError, TypeError)
"""What bytes that are not ours any more make of the steps that read them."""


class PageArchive:
    """Pages by number; safe to use from several threads."""

    def __init__(self, database: Database, faults: Faults | None = None) -> None:
        self._database = database
        self._faults = faults

    def save(self, page: Page) -> int:
        """Keep a page and return its number; equal bytes are kept once."""
        return self.save_all([page])[0]

    def save_all(self, kept: Iterable[Page]) -> list[int]:
        """Keep pages in one transaction and return their numbers."""
        packed = [_pack(page) for page in kept]  # compressed before the transaction: nobody has to wait for that
        with self._database.write() as connection:
            return [_insert(connection, page) for page in packed]

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
        except LostDatabaseError:
            raise
        except StoreError as error:
            self._tell(page_id, str(error))
            raise

    def damage_of(self, page_id: int) -> str | None:
        """What is wrong with a page as it is kept, or None. Raises StoreError where nothing can be read."""
        try:
            self._read(page_id)
        except DamagedPageError as error:
            return error.reason
        return None

    def following(self, page_id: int) -> int | None:
        """The number of the next page, or None after the last. Raises StoreError."""
        with self._database.read() as connection:
            return connection.execute(select(func.min(pages.c.id)).where(pages.c.id > page_id)).scalar()

    def _read(self, page_id: int) -> Page | None:
        query = select(pages, bodies.c.content).join(bodies, isouter=True).where(pages.c.id == page_id)
        try:
            with self._database.read() as connection:
                row = connection.execute(query).first()
            return None if row is None else _page(row)
        except DamagedBlobError as error:
            raise DamagedPageError(page_id, error.reason) from error
        except _DAMAGES as error:
            raise DamagedPageError(page_id, str(error).partition("\n")[0]) from error

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
        """Forget a page; its bytes go with the last page that had them."""
        with self._database.write() as connection:
            _drop(connection, page_id)

    def fetched_from(self, is_of: Callable[[str], bool]) -> set[int]:
        """The numbers of all pages fetched from an address that `is_of` knows.

        Goes through the addresses of all pages: a matter of seconds for millions.
        """
        query = select(pages.c.id, pages.c.url, pages.c.final_url)
        with self._database.read() as connection:
            return {row.id for row in connection.execute(query) if is_of(row.url) or is_of(row.final_url)}

    def drop_all(self, page_ids: Collection[int]) -> None:
        """Forget pages, all or none."""
        with self._database.write() as connection:
            for page_id in page_ids:
                _drop(connection, page_id)

    def count(self) -> int:
        """Number of pages kept."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(pages)).scalar() or 0


class _Packed(NamedTuple):
    row: dict[str, Any]
    body: PackedBlob


def _pack(page: Page) -> _Packed:
    body = sql_blobs.pack(page.content)
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


def _insert(connection: Connection, page: _Packed) -> int:
    sql_blobs.put(connection, [page.body])
    key = connection.execute(insert(pages), page.row).inserted_primary_key
    if key is None:
        raise RuntimeError("SQLite gave no number to a new page")
    return int(key[0])


def _drop(connection: Connection, page_id: int) -> None:
    digest = connection.execute(select(pages.c.digest).where(pages.c.id == page_id)).scalar()
    if digest is None:
        return
    connection.execute(delete(pages).where(pages.c.id == page_id))
    left = connection.execute(select(func.count()).select_from(pages).where(pages.c.digest == digest)).scalar()
    if not left:
        sql_blobs.drop(connection, digest)


def _page(row: Row[tuple[object, ...]]) -> Page:
    if row.content is None:
        raise ValueError("its bytes are missing")
    content = sql_blobs.unpack(row.digest, row.content)
    return Page(
        link=Link.model_validate_json(row.link),
        url=row.url,
        final_url=row.final_url,
        status=row.status,
        headers=json.loads(row.headers),
        fetched_at=row.fetched_at,
        content=content,
    )
