"""Where do the records of an archive stand, and which of them can't be read?

WARC (ISO 28500) and ARC files: plain, packed record by record as the standard wants it, or packed as a whole. warcio
reads the records; a damaged one is left out, and reading goes on at the next that can be found.
"""

import mmap
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

Value = TypeVar("Value")

GZIP_MAGIC = b"\x1f\x8b"
_STEP_BYTES = 1 << 16
_GZIP = zlib.MAX_WBITS | 16
_MEMBER = GZIP_MAGIC + b"\x08"
_RECORD = b"\nWARC/1."
_PROBE_BYTES = 512
_ENDS_EARLY = "the file ends in the middle of a record"


class Damage(NamedTuple):
    """Bytes of an archive that could not be read, up to `end` or, where that is None, to the end of the file."""

    begin: int
    end: int | None
    reason: str

    def __str__(self) -> str:
        end = "on" if self.end is None else f"to byte {self.end}"
        return f"from byte {self.begin} {end}: {self.reason}"


def read_records(path: Path, read: Callable[[Any], Value | None]) -> Iterator[Value | Damage]:
    """What `read` makes of each of warcio's records, None left out, and what is damaged, in order. Raises OSError.

    Records that `read` was called for but that turn out to be damaged are left out, too.
    """
    with path.open("rb") as file:
        packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        begin: int | None = 0
        while begin is not None:
            stream: _Plain | _Members = _Members(file, begin) if packed else _Plain(file, begin)
            records = ArchiveIterator(stream, arc2warc=True)
            try:
                yield from _whole(records, stream, read)
            except (EOFError, zlib.error, ArchiveLoadFailed) as error:
                damaged_from = stream.start if packed else records.offset
                begin = (_next_member if packed else _next_record)(file, damaged_from + 1)
                yield Damage(damaged_from, begin, str(error).partition("\n")[0])
            else:
                begin = None


def _whole(records: Any, stream: "_Plain | _Members", read: Callable[[Any], Value | None]) -> Iterator[Value]:
    for record in records:
        found = read(record)
        while record.raw_stream.read(_STEP_BYTES):
            continue
        if getattr(record.raw_stream, "limit", 0):  # what is left of the length that the record says it has
            raise EOFError(_ENDS_EARLY)
        own = stream.start
        fault = _end(records)
        if fault and stream.start == own:
            raise fault  # the checksum of this record, not the beginning of the next
        if found is not None:
            yield found
        if fault:
            raise fault


def _end(records: Any) -> zlib.error | EOFError | None:
    """Read what stands between two records; returns what goes wrong with that."""
    try:
        records.read_to_end()
    except (EOFError, zlib.error) as error:
        return error
    return None


class _Plain:
    """A file from one byte on, in the bytes of the file."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        file.seek(start)
        self.start = start
        self.read = file.read
        self.tell = file.tell


class _Members:
    """The members of a gzip file (RFC 1952) as one stream; `start` is where the current one stands in the file."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        file.seek(start)
        self.start = start
        self._file = file
        self._inflater: Any = None
        self._pending = b""
        self._count = 0

    def tell(self) -> int:
        """Bytes given out so far."""
        return self._count

    def read(self, size: int) -> bytes:
        """At most `size` bytes, all of one member; none at the end. Raises zlib.error, EOFError."""
        piece = b""
        while not piece:
            data = self._pending or self._file.read(_STEP_BYTES)
            if self._inflater is None:
                data = data.lstrip(b"\0")  # padding
                if not data:
                    return b""
                self.start = self._file.tell() - len(data)
                self._inflater = zlib.decompressobj(_GZIP)
            piece = self._inflater.decompress(data, size)
            self._pending = self._inflater.unused_data or self._inflater.unconsumed_tail
            if self._inflater.eof:
                self._inflater = None
            elif not data and not piece:
                raise EOFError(_ENDS_EARLY)
        self._count += len(piece)
        return piece


def _next_member(file: BinaryIO, after: int) -> int | None:
    """Where the next gzip member begins that can be unpacked, as far as its first bytes show."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = content.find(_MEMBER, after)
        while found >= 0:
            try:
                if zlib.decompressobj(_GZIP).decompress(content[found : found + _PROBE_BYTES]):
                    return found
            except zlib.error:
                pass
            found = content.find(_MEMBER, found + 1)
    return None


def _next_record(file: BinaryIO, after: int) -> int | None:
    """Where the next WARC record begins; the records of ARC files bear no mark."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = content.find(_RECORD, after)
    return None if found < 0 else found + 1
