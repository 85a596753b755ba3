"""Records of WARC and ARC files, and the bytes between them that can't be read.

WARC (ISO 28500) and ARC files: plain, packed record by record as the standard wants it, or packed as a whole. warcio
reads the records; a damaged one is left out, and reading goes on at the next that can be found.
"""

import mmap
import os
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
_NO_RECORD = "there is no record of an archive"
_TAIL_BYTES = 4
_WARC = b"WARC"
# What stands behind every record: two empty lines in WARC files (some write them without carriage returns), one in ARC.
_ENDS: dict[bool, bytes | tuple[bytes, ...]] = {True: (b"\r\n\r\n", b"\n\n"), False: b"\n"}


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
                damaged_from = stream.start if packed else min(records.offset, _size(file))
                begin = (_next_member if packed else _next_record)(file, damaged_from + 1)
                yield Damage(damaged_from, begin, str(error).partition("\n")[0])
            else:
                begin = None


def _whole(records: Any, stream: "_Plain | _Members", read: Callable[[Any], Value | None]) -> Iterator[Value]:
    """What is made of the records that stand there whole, up to the first that does not.

    Raises EOFError, zlib.error, ArchiveLoadFailed. warcio takes whatever ends early for the end of the archive, and a
    head that was cut for one with fewer lines, so that both are looked for here.
    """
    beyond: bytes | None = b""
    record = None
    for record in _parsed(records):
        _require_length(record)
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
        beyond = records.next_line
    if stream.fault is not None:
        raise stream.fault
    if record is None and stream.tail:
        raise ArchiveLoadFailed(_NO_RECORD)
    if (beyond or b"").strip():
        raise EOFError(_ENDS_EARLY)
    if record is not None and not stream.tail.endswith(_ENDS[stream.head.startswith(_WARC)]):
        raise EOFError(_ENDS_EARLY)


def _parsed(records: Any) -> Iterator[Any]:
    """The records as warcio reads them; a head that it stumbles over is a damaged one."""
    try:
        yield from records
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ArchiveLoadFailed("the head of a record can't be read") from error


def _require_length(record: Any) -> None:
    """Every record says how long it is (ISO 28500, 5.4); one that doesn't ends in the middle of its head."""
    length = record.rec_headers.get_header("Content-Length")
    if length is None or not length.isdecimal():
        raise EOFError(_ENDS_EARLY if length is None else f"a record says that it is {length[:40]!r} bytes long")


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _end(records: Any) -> zlib.error | EOFError | None:
    """Read what stands between two records; returns what goes wrong with that."""
    try:
        records.read_to_end()
    except (EOFError, zlib.error) as error:
        return error
    return None


class _Plain:
    """A file from one byte on, in its bytes; `head` and `tail` are the first and the last that were read."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        file.seek(start)
        self.start = start
        self.tell = file.tell
        self.head = self.tail = b""
        self.fault: EOFError | zlib.error | None = None
        self._file = file

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        piece = self._file.read(size)
        self.head = (self.head + piece)[:_TAIL_BYTES] if len(self.head) < _TAIL_BYTES else self.head
        self.tail = (self.tail + piece)[-_TAIL_BYTES:]
        return piece


class _Members:
    """The members of a gzip file (RFC 1952) as one stream.

    `start` is where the current one stands in the file, `head` and `tail` are the first and the last bytes read, and
    `fault` is what went wrong: whoever reads may take an EOFError for the end.
    """

    def __init__(self, file: BinaryIO, start: int) -> None:
        file.seek(start)
        self.start = start
        self._file = file
        self._inflater: Any = None
        self._pending = b""
        self._count = 0
        self.head = self.tail = b""
        self.fault: EOFError | zlib.error | None = None

    def tell(self) -> int:
        """Bytes given out so far."""
        return self._count

    def read(self, size: int) -> bytes:
        """At most `size` bytes, all of one member; none at the end. Raises zlib.error, EOFError."""
        try:
            piece = self._read(size)
        except (EOFError, zlib.error) as error:
            self.fault = error
            raise
        self._count += len(piece)
        self.head = (self.head + piece)[:_TAIL_BYTES] if len(self.head) < _TAIL_BYTES else self.head
        self.tail = (self.tail + piece)[-_TAIL_BYTES:]
        return piece

    def _read(self, size: int) -> bytes:
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
