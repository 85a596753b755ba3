"""Blobs in the database of pages: zstd-compressed bytes by their SHA-256. See store.base.Blobs.

The functions work inside a transaction of the archive, where a page and its bytes are kept by one commit.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, select

from store.blobs.packing import PackedBlob, pack, unpack
from store.sql.database import Database
from store.sql.dialects.expressions import upsert
from store.sql.tables import bodies

_KEEP = upsert(bodies).on_conflict_do_nothing()


class SqlBlobs:
    """Blobs by digest; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_all(self, contents: Sequence[bytes]) -> Sequence[bytes]:
        """Keep contents in one transaction; returns their digests."""
        packed = [pack(content) for content in contents]
        if packed:
            with self._database.write() as connection:
                for blob in packed:
                    put(connection, blob)
        return [blob.digest for blob in packed]

    def get(self, digest: bytes) -> bytes | None:
        """The bytes of a digest, or None. Raises DamagedBlobError."""
        with self._database.read() as connection:
            kept = connection.execute(select(bodies.c.content).where(bodies.c.digest == digest)).scalar()
        return None if kept is None else unpack(digest, kept)

    def drop(self, digests: Iterable[bytes]) -> None:
        """Remove contents, all or none."""
        with self._database.write() as connection:
            for digest in digests:
                drop(connection, digest)

    def digests(self, after: bytes, limit: int) -> Sequence[bytes]:
        """The next digests after one, in order."""
        query = select(bodies.c.digest).where(bodies.c.digest > after).order_by(bodies.c.digest).limit(limit)
        with self._database.read() as connection:
            return connection.execute(query).scalars().all()


def put(connection: Connection, packed: PackedBlob) -> bool:
    """Keep a packed blob, and say whether it is new; one that is kept already stays."""
    return connection.execute(_KEEP, packed._asdict()).rowcount > 0


def drop(connection: Connection, digest: bytes) -> None:
    """Remove one blob."""
    connection.execute(delete(bodies).where(bodies.c.digest == digest))
