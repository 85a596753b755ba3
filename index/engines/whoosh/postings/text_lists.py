"""Lists over all default fields, of one segment: those of classes of words, and those of parts of words."""

from typing import NamedTuple

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.packed_lists import ListSource
from index.engines.whoosh.postings.text_loops import raise_codes, unpack_text
from index.engines.whoosh.schema import MASK_BITS

_BITS_OF_A_BYTE = 8


class PackedRows(NamedTuple):
    """One list as the loops of scores take it: data[start:end], of so many rows, whose masks take `width` bytes each.

    `lengths` holds the byte of each story's length.
    """

    data: Array
    start: int
    end: int
    size: int
    width: int
    lengths: Array


class TextLists:
    """The lists of one kind; `widths` are the bytes of each one's masks, `lengths` the byte of each story's length."""

    def __init__(self, source: ListSource, widths: Array, lengths: Array) -> None:
        self._source, self._widths, self._lengths = source, widths, lengths

    def rows(self, number: int) -> PackedRows:
        """One list."""
        data, start, end, count = self._source.one(number)
        return PackedRows(data, start, end, count, self._widths.item(number), self._lengths)

    def best_codes(self, numbers: Array, wanted: Array) -> Array:
        """The highest code of each story in any of some lists, where its mask has a bit that is wanted; else 0."""
        best = np.zeros(len(self._lengths), np.uint16)
        raise_codes(best, *self._source.raw(numbers), self._widths[numbers], wanted, self._lengths)
        return best

    def every(self, first: int, end: int) -> tuple[Array, Array, Array, Array]:
        """The stories, weights and masks of neighbouring lists, one after the other, and the number of rows of each."""
        numbers = np.arange(first, end)
        raw = self._source.raw(numbers)
        return *unpack_text(*raw, self._widths[first:end], len(self._lengths)), raw.counts

    def sizes(self, numbers: Array) -> Array:
        """The number of rows of some lists."""
        return self._source.sizes(numbers)

    def size(self, number: int) -> int:
        """The number of rows of one list."""
        return self._source.one(number)[3]


def mask_widths(class_sizes: Array) -> Array:
    """How many bytes the masks of classes of so many words take."""
    widths = np.zeros(len(class_sizes), np.uint8)
    widths[class_sizes > 1] = 1
    widths[class_sizes > _BITS_OF_A_BYTE] = MASK_BITS // _BITS_OF_A_BYTE
    return widths
