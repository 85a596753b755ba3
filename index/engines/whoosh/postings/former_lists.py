"""Lists of segments of former formats, which had each row in arrays of its own: packed as they are asked for.

    text.starts [C+1], .docs, .codes, .masks    the list of class c is the rows starts[c]:starts[c + 1]
    parts.rows, .docs, .codes                   those of parts; format 7 and before had none
    F.starts, F.docs, F.places, F.positions     those of field F; the positions of row r are places[r]:places[r + 1]
    forward.starts, .classes, .codes            the forward index

Such segments stay until the index is made anew, or until they are merged.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from index.engines.whoosh.postings.arrays import Array, MappedArrays
from index.engines.whoosh.postings.field_loops import pack_field
from index.engines.whoosh.postings.packed_lists import ListSources, RawLists
from index.engines.whoosh.postings.ranges import bounds_of, expand_ranges, gather_ranges, in_order
from index.engines.whoosh.postings.text_loops import pack_text
from model.fields import TEXT_FIELDS

NO_PARTS: Mapping[str, Array] = {
    "parts.bytes": np.empty(0, np.uint8),
    "parts.codes": np.empty(0, np.uint16),
    **dict.fromkeys(("parts.offsets", "parts.starts", "parts.rows"), np.zeros(1, np.int64)),
    **dict.fromkeys(("parts.words", "parts.docs"), np.empty(0, np.int32)),
}
"""What segments of format 7 and before hold of the parts of words."""


class FormerLists(ABC):
    """Lists of one kind (see ListSource), that of number n being the rows starts[n]:starts[n + 1]."""

    _starts: Array

    @abstractmethod
    def raw(self, numbers: Array) -> RawLists:
        """Some lists by their numbers."""

    def one(self, number: int) -> tuple[Array, int, int, int]:
        """One list: data, where it begins and ends there, and its number of rows."""
        data, starts, ends, counts = self.raw(np.array([number]))
        return data, int(starts[0]), int(ends[0]), int(counts[0])

    def sizes(self, numbers: Array) -> Array:
        """The number of rows of some lists."""
        return _sizes(self._starts, numbers)


class FormerTextLists(FormerLists):
    """Lists with weights."""

    def __init__(self, arrays: MappedArrays, name: str, starts: str, widths: Array) -> None:
        self._starts, self._widths = arrays[f"{name}.{starts}"], widths
        self._docs, self._codes = arrays[f"{name}.docs"], arrays[f"{name}.codes"]
        self._masks = arrays.get(f"{name}.masks", self._codes)

    def raw(self, numbers: Array) -> RawLists:
        """Some lists by their numbers."""
        counts = self.sizes(numbers)
        rows = expand_ranges(self._starts[numbers], counts)[1]
        weights = (self._codes[rows] >> 8).astype(np.uint8)
        data, bounds = pack_text(bounds_of(counts), self._docs[rows], weights, self._masks[rows], self._widths[numbers])
        return RawLists(data, bounds[:-1], bounds[1:], counts)


class FormerFieldLists(FormerLists):
    """Lists with positions."""

    def __init__(self, arrays: MappedArrays, name: str) -> None:
        self._starts, self._docs = arrays[f"{name}.starts"], arrays[f"{name}.docs"]
        self._places, self._positions = arrays[f"{name}.places"], arrays[f"{name}.positions"]

    def raw(self, numbers: Array) -> RawLists:
        """Some lists by their numbers."""
        of, rows = expand_ranges(self._starts[numbers], self.sizes(numbers))
        held = _sizes(self._places, rows)
        positions = gather_ranges(self._places[rows].astype(np.int64), held, self._positions).astype(np.int32)
        # A word that was there twice became one when segments were merged, with the lists of both one after the other.
        of, docs, held, positions = in_order(of, self._docs[rows], held, positions)
        counts = np.bincount(of, minlength=len(numbers))
        data, bounds = pack_field(bounds_of(counts), docs, bounds_of(held), positions)
        return RawLists(data, bounds[:-1], bounds[1:], counts)


class FormerForwardLists:
    """The forward index (see ForwardSource)."""

    def __init__(self, arrays: MappedArrays) -> None:
        self._starts = arrays["forward.starts"]
        self._classes, self._codes = arrays["forward.classes"], arrays["forward.codes"]

    def rows(self, docs: Array) -> tuple[Array, Array, Array]:
        """The classes of the words of some stories, their weights, and how many each story has."""
        counts = self.sizes(docs)
        rows = expand_ranges(self._starts[docs], counts)[1]
        return self._classes[rows], (self._codes[rows] >> 8).astype(np.uint8), counts

    def sizes(self, docs: Array) -> Array:
        """The number of rows of some stories."""
        return _sizes(self._starts, docs)


def former_sources(arrays: MappedArrays, widths: Array) -> ListSources:
    """Where the lists of a segment come from, whose masks of classes take so many bytes."""
    none = np.zeros(len(arrays["parts.rows"]), np.uint8)
    return ListSources(
        FormerTextLists(arrays, "text", "starts", widths),
        FormerTextLists(arrays, "parts", "rows", none),
        {field.name: FormerFieldLists(arrays, field.name) for field in TEXT_FIELDS},
        FormerForwardLists(arrays),
    )


def _sizes(bounds: Array, numbers: Array) -> Array:
    sizes: Array = bounds[numbers + 1].astype(np.int64) - bounds[numbers].astype(np.int64)
    return sizes
