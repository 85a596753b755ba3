"""Packing of blobs: zstd-compressed bytes by the SHA-256 of what was fetched.

Every place keeps the same form, so that bytes move from one to another as they are, and each of them is a zstd frame
that other tools read, too (RFC 8878).
"""

import hashlib
from typing import NamedTuple

import zstandard

from model.errors import DamagedBlobError

_LEVEL = 3
_MAX_BYTES = 1 << 31


class PackedBlob(NamedTuple):
    """Bytes as they are kept; `size` in bytes before compression."""

    digest: bytes
    content: bytes
    size: int


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
