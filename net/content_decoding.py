"""Content decoding: the bytes of a response's body, without their Content-Encoding, and complete.

Bodies are streamed and decoded here instead of in requests: a cap on decoded bytes ends a gzip bomb after a few
kilobytes of it, and a compressed stream that stops before its end is an error, not a shorter page.
"""

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO

from model.errors import FetchError, TooLargeError

ACCEPT_ENCODING = "gzip, deflate"
_STEP_BYTES = 65536
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_GZIP_MAGIC = b"\x1f\x8b"


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
    zlib_header = len(data) > 1 and data[0] & 0x0F == 8 and (data[0] * 256 + data[1]) % 31 == 0
    return _GZIP_OR_ZLIB if data.startswith(_GZIP_MAGIC) or zlib_header else -zlib.MAX_WBITS
