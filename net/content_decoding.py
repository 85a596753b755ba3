"""Content decoding: the bytes of a response's body, without their Content-Encoding, and complete.

Bodies are streamed and decoded here instead of in requests: a cap on decoded bytes ends a gzip bomb after a few
kilobytes of it, and a compressed stream that stops before its end is an error, not a shorter page.
"""

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO

from zstandard import ZstdDecompressor, ZstdError

from model.errors import FetchError, TooLargeError

ACCEPT_ENCODING = "gzip, deflate"
_STEP_BYTES = 65536
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"  # RFC 8878, section 3.1.1
_LARGEST_WINDOW = 8_388_608
_MOST_LAYERS = 2


def read_body(chunks: Iterable[bytes], encoding: str | None, *, limit: int, url: str, truncate: bool = False) -> bytes:
    """The decoded body of at most `limit` bytes; `truncate` cuts it there instead of raising.

    Raises TooLargeError over the limit, and FetchError for a coding we did not ask for or a broken one
    (RFC 9110, section 8.4).
    """
    body = BytesIO()
    for piece in _decoded(chunks, encoding, url):
        if body.tell() + len(piece) > limit:
            if truncate:
                body.write(piece[: limit - body.tell()])
                break
            raise TooLargeError(f"more than {limit} bytes", url=url)
        body.write(piece)
    return body.getvalue()


def gunzipped(content: bytes, *, limit: int, url: str) -> bytes:
    """A gzip file's content (bytes of anything else as they are), at most `limit` bytes.

    Raises TooLargeError and FetchError as read_body does.
    """
    if not content.startswith(_GZIP_MAGIC):
        return content
    return read_body([content], "gzip", limit=limit, url=url)


def decompressed(content: bytes, *, limit: int, url: str) -> bytes:
    """What is in a gzip, zlib or Zstandard file (bytes of anything else as they are), at most `limit` bytes.

    Some servers send a compressed file as it lies on their disk, without Content-Encoding; some compress it twice.
    Raises TooLargeError and FetchError as read_body does.
    """
    for _ in range(_MOST_LAYERS):
        if content.startswith(_GZIP_MAGIC) or (content[:1] == b"\x78" and _has_zlib_header(content)):
            content = read_body([content], "deflate", limit=limit, url=url)
        elif content.startswith(_ZSTD_MAGIC):
            content = _zstd_content(content, limit, url)
        else:
            break
    return content


def _zstd_content(content: bytes, limit: int, url: str) -> bytes:
    try:
        with ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(
            content, read_across_frames=True
        ) as reader:
            found = reader.read(limit + 1)
    except ZstdError as error:
        raise FetchError(f"the compressed body is broken: {error}", url=url) from error
    if len(found) > limit:
        raise TooLargeError(f"more than {limit} bytes", url=url)
    return found


def _decoded(chunks: Iterable[bytes], encoding: str | None, url: str) -> Iterator[bytes]:
    name = (encoding or "identity").strip().lower()
    if name in ("identity", "none", "utf-8"):  # the last two are said by some servers and mean nothing
        return iter(chunks)
    if name not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"content encoding {name[:60]!r} was not asked for", url=url)
    return _inflated(chunks, url)


def _inflated(chunks: Iterable[bytes], url: str) -> Iterator[bytes]:
    """Decode gzip (of one member or several), zlib, or the bare deflate that some servers send in its place."""
    inflater = None
    try:
        for chunk in chunks:
            data = chunk
            while data:
                if inflater is None:
                    inflater = zlib.decompressobj(_window_bits(data))
                yield inflater.decompress(data, _STEP_BYTES)
                if inflater.eof:
                    # Another member follows, or padding, which is left alone (RFC 1952, section 2.2).
                    data = inflater.unused_data.lstrip(b"\0")
                    if not data.startswith(_GZIP_MAGIC):
                        return
                    inflater = None
                else:
                    data = inflater.unconsumed_tail
    except zlib.error as error:
        raise FetchError(f"the compressed body is broken: {error}", url=url) from error
    if inflater is not None and not inflater.eof:
        raise FetchError("the compressed body ends too early", url=url)


def _window_bits(data: bytes) -> int:
    return _GZIP_OR_ZLIB if data.startswith(_GZIP_MAGIC) or _has_zlib_header(data) else -zlib.MAX_WBITS


def _has_zlib_header(data: bytes) -> bool:
    """Whether data begins as RFC 1950, section 2.2 has it."""
    return len(data) > 1 and data[0] & 0x0F == 8 and (data[0] * 256 + data[1]) % 31 == 0
