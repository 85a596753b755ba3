"""How do named arrays lie in a file?

One file a segment: a magic word, a header in JSON with its checksum, then the arrays one after the other, each at a
multiple of 64 bytes. A file is written once and then only mapped into memory, so that processes share its pages and
opening costs nothing. Byte order is little-endian.

    8 bytes   magic
    4 bytes   length of the header, 4 bytes its CRC-32
    header    {"size": bytes in all, "facts": {...}, "arrays": {name: [type, count, offset, CRC-32]}}
"""

import json
import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from index.errors import DamagedIndexError

Array = npt.NDArray[Any]

_MAGIC = b"WDARRAY1"
_ALIGNMENT = 64


def write_arrays(path: Path, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> None:
    """Write arrays and facts (plain JSON) to a new file; durable on return."""
    little = {name: np.ascontiguousarray(array, array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    table: dict[str, tuple[str, int, int, int]] = {}
    offset = 0
    for name, array in little.items():
        table[name] = (array.dtype.str, len(array), offset, crc32(array.data))
        offset += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = json.dumps({"size": offset, "facts": facts, "arrays": table}).encode()
    start = _first_offset(len(header))
    with path.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(4, "little") + crc32(header).to_bytes(4, "little") + header)
        for name, array in little.items():
            file.seek(start + table[name][2])
            file.write(array.data)
        file.truncate(start + offset)
        file.flush()
        os.fsync(file.fileno())


class MappedArrays:
    """The arrays of one file, mapped. Raises OSError where the file is gone, DamagedIndexError where it is damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            start, header = self._read_header(file.read(16), file)
            size = os.fstat(file.fileno()).st_size
            if size != start + header["size"]:
                raise DamagedIndexError(f"{path}: {size} bytes long, expected {start + header['size']}")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.facts: dict[str, Any] = header["facts"]
        self._checksums: dict[str, int] = {name: entry[3] for name, entry in header["arrays"].items()}
        self._arrays: dict[str, Array] = {
            name: np.frombuffer(self._map, np.dtype(kind), count, start + offset)
            for name, (kind, count, offset, _) in header["arrays"].items()
        }

    def _read_header(self, opening: bytes, file: Any) -> tuple[int, dict[str, Any]]:
        length = int.from_bytes(opening[8:12], "little")
        text = file.read(length) if opening[:8] == _MAGIC else b""
        if not text or crc32(text) != int.from_bytes(opening[12:16], "little"):
            raise DamagedIndexError(f"{self._path}: not a segment, or its header is damaged")
        return _first_offset(length), json.loads(text)

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def verify(self) -> None:
        """Read everything and compare checksums. Raises DamagedIndexError."""
        for name, array in self._arrays.items():
            if crc32(array.data) != self._checksums[name]:
                raise DamagedIndexError(f"{self._path}: {name} is damaged")


def _first_offset(header_length: int) -> int:
    return -(-(16 + header_length) // _ALIGNMENT) * _ALIGNMENT
