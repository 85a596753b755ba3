"""Packed lists: the posting lists of one kind in a segment, as bytes.

Three arrays of the segment: `X.lists`, all lists one after the other, `X.starts`, where each begins and the last one
ends, and `X.counts`, the number of rows of each (but for the forward index, whose lists tell it themselves).
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np

from index.engines.whoosh.postings.arrays import Array, MappedArrays, NewArrays
from index.engines.whoosh.postings.doc_blocks import SPARE
from index.engines.whoosh.postings.forward_lists import ForwardLists, ForwardSource
from model.fields import TEXT_FIELDS

PARTS = "parts.text"
"""The name of the lists of parts; `parts.starts` are those of their dictionary."""
_SHORT_BELOW = 1 << 32


class RawLists(NamedTuple):
    """Some lists: list n is data[starts[n]:ends[n]], and has counts[n] rows."""

    data: Array
    starts: Array
    ends: Array
    counts: Array


class ListSource(Protocol):
    """Where the lists of one kind come from."""

    def raw(self, numbers: Array) -> RawLists:
        """Some lists by their numbers."""

    def one(self, number: int) -> tuple[Array, int, int, int]:
        """One list: data, where it begins and ends there, and its number of rows."""

    def sizes(self, numbers: Array) -> Array:
        """The number of rows of some lists."""


class PackedLists:
    """The lists of one kind of a segment that is given by its arrays."""

    def __init__(self, arrays: MappedArrays, name: str) -> None:
        self._data, self._starts = arrays[f"{name}.lists"], arrays[f"{name}.starts"]
        self._counts = arrays[f"{name}.counts"]

    def raw(self, numbers: Array) -> RawLists:
        """Some lists by their numbers."""
        starts = self._starts[numbers].astype(np.int64)
        return RawLists(self._data, starts, self._starts[numbers + 1].astype(np.int64), self.sizes(numbers))

    def one(self, number: int) -> tuple[Array, int, int, int]:
        """One list: data, where it begins and ends there, and its number of rows."""
        return self._data, self._starts.item(number), self._starts.item(number + 1), self._counts.item(number)

    def sizes(self, numbers: Array) -> Array:
        """The number of rows of some lists."""
        sizes: Array = self._counts[numbers].astype(np.int64)
        return sizes


class ListSources(NamedTuple):
    """Where a segment's lists come from: those of classes, of parts, of each field, and the forward index."""

    text: ListSource
    parts: ListSource
    fields: Mapping[str, ListSource]
    forward: ForwardSource


def packed_sources(arrays: MappedArrays, classes: int) -> ListSources:
    """Where the lists of a segment of so many classes come from."""
    return ListSources(
        PackedLists(arrays, "text"),
        PackedLists(arrays, PARTS),
        {field.name: PackedLists(arrays, field.name) for field in TEXT_FIELDS},
        ForwardLists(arrays["forward.lists"], arrays["forward.starts"], classes),
    )


class NewLists:
    """The lists of one kind as a segment is written, some at a time; nothing else may be written meanwhile."""

    def __init__(self, file: NewArrays, name: str) -> None:
        self._file, self._name = file, name
        self._bounds = [np.zeros(1, np.int64)]
        self._end = 0
        self._counts = [np.empty(0, np.int32)]
        file.begin(f"{name}.lists", np.dtype(np.uint8))

    def add(self, data: Array, bounds: Array, counts: Array) -> None:
        """Write the next lists: bytes (SPARE behind them), where each begins, and the number of rows of each."""
        self._file.extend(data[: bounds[-1]])
        self._bounds.append(bounds[1:] + self._end)
        self._end += int(bounds[-1])
        self._counts.append(counts.astype(np.int32))

    def finish(self) -> None:
        """Write what is known only now."""
        self._file.extend(np.zeros(SPARE, np.uint8))
        bounds = np.concatenate(self._bounds)
        self._file.put(f"{self._name}.starts", fitting(bounds))
        self._file.put(f"{self._name}.counts", np.concatenate(self._counts))


def packed(name: str, lists: tuple[Array, Array], counts: Array) -> dict[str, Array]:
    """The arrays of lists that have been packed: their bytes, where each begins, and the number of rows of each."""
    data, bounds = lists
    return {f"{name}.lists": data, f"{name}.starts": fitting(bounds), f"{name}.counts": counts.astype(np.int32)}


def fitting(bounds: Array) -> Array:
    """Ascending numbers in the smaller type, if it holds them."""
    return bounds.astype(np.uint32 if not len(bounds) or bounds[-1] < _SHORT_BELOW else np.int64)
