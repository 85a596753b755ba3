"""Blobs in the database of pages: zstd-compressed bytes by their SHA-256. See store.base.Blobs.

The functions work inside a transaction of the archive, where a page and its bytes are kept by one commit.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import zstandard
from sqlalchemy import Connection, delete, select

from model.errors import DamagedBlobError
from store.sql.database import Database
from store.sql.dialects.expressions import upsert
from store.sql.tables import bodies

_LEVEL = 3
_KEEP = upsert(bodies).on_conflict_do_nothing()
_MAX_BYTES = 1 << 31


class PackedBlob(NamedTuple):
    """Bytes as they are kept: a row of `bodies`."""

    digest: bytes
    content: bytes
    size: int


class SqlBlobs:
    """Blobs by digest; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_all(self, contents: Sequence[bytes]) -> Sequence[bytes]:
        """Keep contents in one transaction; returns their digests."""
        packed = [pack(content) for content in contents]
        if packed:
            with self._database.write() as connection:
                put(connection, packed)
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


def pack(content: bytes) -> PackedBlob:
    """Bytes as they are kept; takes longer than keeping them, so it is done before a transaction begins."""
    compressed = zstandard.ZstdCompressor(level=_LEVEL).compress(content)
    return PackedBlob(hashlib.sha256(content).digest(), compressed, len(content))


def unpack(digest: bytes, kept: bytes) -> bytes:
    """The bytes that were kept. Raises DamagedBlobError where they are others."""
    try:
        content = zstandard.ZstdDecompressor().decompress(kept, max_output_size=_MAX_BYTES)
    except zstandard.ZstdError as error:
        raise DamagedBlobError(digest, str(error)) from error
    if hashlib.sha256(content).digest() != digest:
        raise DamagedBlobError(digest, "the bytes are not those that were fetched")
    return content


def put(connection: Connection, packed: Iterable[PackedBlob]) -> None:
    """Keep packed blobs; those that are kept already stay."""
    for blob in packed:
        connection.execute(_KEEP, blob._asdict())


def drop(connection: Connection, digest: bytes) -> None:
    """Remove one blob."""
    connection.execute(delete(bodies).where(bodies.c.digest == digest))
