"""File format of named arrays.

One file a segment: a head, the arrays one after the other, each at a multiple of 64 bytes, and a table of them in JSON.
A file is written once and then only mapped into memory, so that processes share its pages and opening costs nothing;
it need not be in memory as a whole to be written. Byte order is little-endian.

    8 bytes   magic
    8 bytes   where the table begins, 4 bytes its length, 4 bytes its CRC-32
    ...       the arrays
    table     {"facts": {...}, "arrays": {name: [type, count, offset, CRC-32]}}, up to the end of the file
"""

import json
import mmap
import os
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Self
from zlib import crc32

import numpy as np
import numpy.typing as npt

from model.errors import DamagedIndexError

Array = npt.NDArray[Any]

_MAGIC = b"WDARRAY2"
_HEAD = struct.Struct("<8sQII")
_ALIGNMENT = 64


class NewArrays:
    """A file of arrays as it is written, piece by piece; to be left by `finish`."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._file.write(bytes(_HEAD.size))
        self._table: dict[str, list[Any]] = {}
        self._open = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()

    def put(self, name: str, array: Array) -> None:
        """Write a whole array."""
        self.begin(name, array.dtype)
        self.extend(array)

    def begin(self, name: str, kind: np.dtype[Any]) -> None:
        """Begin an array, which `extend` goes on with until another one is begun."""
        self._file.seek(_aligned(self._file.tell()))
        self._table[name] = [kind.newbyteorder("<").str, 0, self._file.tell(), crc32(b"")]
        self._open = name

    def extend(self, part: Array) -> None:
        """Write the next elements of the array that was begun last."""
        entry = self._table[self._open]
        little = np.ascontiguousarray(part, entry[0])
        self._file.write(little.data)
        entry[1], entry[3] = entry[1] + len(little), crc32(little.data, entry[3])

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Write the table with facts (plain JSON); everything is durable on return."""
        table = json.dumps({"facts": facts, "arrays": self._table}).encode()
        end = self._file.tell()
        self._file.write(table)
        self._file.seek(0)
        self._file.write(_HEAD.pack(_MAGIC, end, len(table), crc32(table)))
        self._file.flush()
        os.fsync(self._file.fileno())


def write_arrays(path: Path, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> None:
    """Write arrays and facts to a new file; durable on return."""
    with NewArrays(path) as file:
        for name, array in arrays.items():
            file.put(name, array)
        file.finish(facts)


class MappedArrays:
    """The arrays of one file, mapped; `absent` stand for those that files of former formats lack.

    Raises OSError where the file is gone, DamagedIndexError where it is damaged.
    """

    def __init__(self, path: Path, absent: Mapping[str, Array] | None = None) -> None:
        self._path = path
        with path.open("rb") as file:
            table = self._read_table(file)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.facts: dict[str, Any] = table["facts"]
        self._checksums: dict[str, int] = {name: entry[3] for name, entry in table["arrays"].items()}
        self._arrays: dict[str, Array] = {**(absent or {})} | {
            name: np.frombuffer(self._map, np.dtype(kind), count, offset)
            for name, (kind, count, offset, _) in table["arrays"].items()
        }

    def _read_table(self, file: BinaryIO) -> dict[str, Any]:
        head = file.read(_HEAD.size)
        magic, start, length, checksum = _HEAD.unpack(head) if len(head) == _HEAD.size else (b"", 0, 0, 0)
        if magic != _MAGIC:
            raise DamagedIndexError(f"{self._path}: not a segment, or its head is damaged")
        size = os.fstat(file.fileno()).st_size
        if size != start + length:
            raise DamagedIndexError(f"{self._path}: {size} bytes long, expected {start + length}")
        file.seek(start)
        text = file.read(length)
        if crc32(text) != checksum:
            raise DamagedIndexError(f"{self._path}: its table is damaged")
        table: dict[str, Any] = json.loads(text)
        return table

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def get(self, name: str, otherwise: Array) -> Array:
        """An array that the file may not have."""
        return self._arrays.get(name, otherwise)

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def release(self) -> None:
        """Give the memory back that pages take which were read; they are read again when they are asked for."""
        self._map.madvise(mmap.MADV_DONTNEED)

    def verify(self) -> None:
        """Read everything and compare checksums. Raises DamagedIndexError."""
        for name, checksum in self._checksums.items():
            if crc32(self._arrays[name].data) != checksum:
                raise DamagedIndexError(f"{self._path}: {name} is damaged")


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT
