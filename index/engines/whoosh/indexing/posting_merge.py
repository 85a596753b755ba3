"""Posting merge: the posting lists of several segments become one list each.

Each is sorted already, by class and word; so the lists of a range of classes are a range of rows in every segment. They
are put in the order of the new numbers, and written before the next range is read.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.indexing.merge_maps import MergeSource, WordMap
from index.engines.whoosh.indexing.postings_builder import word_frequencies
from index.engines.whoosh.postings.arrays import Array, NewArrays
from index.engines.whoosh.postings.postings_reader import batches, first_of_each, gather_ranges
from index.engines.whoosh.schema import MASK_BITS
from index.engines.whoosh.segments.segment import SegmentView


class MergedRows(NamedTuple):
    """Some postings of a field: the new numbers of their words and stories, and where their positions lie."""

    words: Array
    docs: Array
    starts: Array
    counts: Array


class FieldMerge:
    """Merges the lists of one field."""

    def __init__(self, file: NewArrays, sources: Sequence[MergeSource], maps: Sequence[WordMap], name: str) -> None:
        self._file, self._name = file, name
        self._parts = list(zip(sources, maps, strict=True))
        self._words: list[Array] = [np.empty(0, np.int32)]
        self._starts: list[Array] = [np.empty(0, np.int64)]
        self._rows = self._occurrences = 0
        arrays = [source.view.arrays for source in sources]
        rows = sum(len(own[f"{name}.docs"]) for own in arrays)
        occurrences = sum(len(own[f"{name}.positions"]) for own in arrays)
        file.reserve(f"{name}.docs", np.dtype(np.int32), rows)
        file.reserve(f"{name}.places", np.dtype(np.uint32 if occurrences < 1 << 32 else np.int64), rows + 1)
        file.reserve(f"{name}.positions", np.result_type(*(own[f"{name}.positions"] for own in arrays)), occurrences)
        file.extend(f"{name}.places", np.zeros(1, np.int64))

    def add(self, classes: tuple[int, int]) -> None:
        """Merge and write the lists of a range of classes."""
        parts: list[MergedRows] = []
        positions: list[Array] = []
        for source, found in self._parts:
            rows, own = self._read(source, found, classes, sum(map(len, positions)))
            parts.append(rows)
            positions.append(own)
        words = np.concatenate([part.words for part in parts])
        # Each part is in order already; the sort finds its runs and merges them.
        order = np.argsort(words, kind="stable")
        words = words[order]
        counts = np.concatenate([part.counts for part in parts])[order]
        starts = np.concatenate([part.starts for part in parts])[order]
        firsts = first_of_each(words)
        self._words.append(words[firsts])
        self._starts.append(firsts + self._rows)
        places = np.cumsum(counts, dtype=np.int64) + self._occurrences
        self._file.extend(f"{self._name}.docs", np.concatenate([part.docs for part in parts])[order])
        self._file.extend(f"{self._name}.places", places)
        self._file.extend(f"{self._name}.positions", gather_ranges(starts, counts, np.concatenate(positions)))
        self._rows += len(words)
        self._occurrences = int(places[-1]) if len(places) else self._occurrences

    def _read(
        self, source: MergeSource, found: WordMap, classes: tuple[int, int], base: int
    ) -> tuple[MergedRows, Array]:
        """The rows of a segment, and the positions that they refer to, counted from `base`."""
        arrays, name = source.view.arrays, self._name
        bounds = source.view.words_of_class[found.classes.searchsorted(classes)]
        first, end = arrays[f"{name}.words"].searchsorted(bounds).tolist()
        own = arrays[f"{name}.words"][first:end]
        starts = arrays[f"{name}.starts"][first : end + 1]
        docs = source.docs[arrays[f"{name}.docs"][starts[0] : starts[-1]]]
        places = arrays[f"{name}.places"][starts[0] : starts[-1] + 1].astype(np.int64)
        kept = docs >= 0
        rows = MergedRows(
            np.repeat(found.words[own], np.diff(starts))[kept],
            docs[kept].astype(np.int32),
            places[:-1][kept] - places[0] + base,
            np.diff(places)[kept],
        )
        return rows, arrays[f"{name}.positions"][places[0] : places[-1]]

    def finish(self) -> None:
        """Write what is known only now."""
        self._file.put(f"{self._name}.words", np.concatenate(self._words).astype(np.int32))
        self._file.put(f"{self._name}.starts", np.append(np.concatenate(self._starts), self._rows).astype(np.int64))


class TextMerge:
    """Merges the lists over all default fields; `first_words` holds the first word of each new class."""

    def __init__(
        self, file: NewArrays, sources: Sequence[MergeSource], maps: Sequence[WordMap], first_words: Array
    ) -> None:
        self._file, self._first_words = file, first_words
        self._parts = list(zip(sources, maps, strict=True))
        self._starts: list[Array] = [np.zeros(1, np.int64)]
        self._frequencies: list[Array] = [np.empty(0, np.int32)]
        self._rows = 0
        most = sum(len(source.view.arrays["text.docs"]) for source in sources)
        for name, kind in (("docs", np.int32), ("codes", np.uint16), ("masks", np.uint16)):
            file.reserve(f"text.{name}", np.dtype(kind), most)

    def add(self, classes: tuple[int, int]) -> None:
        """Merge and write the lists of a range of classes."""
        parts = [self._read(source, found, classes) for source, found in self._parts]
        numbers, docs, codes, masks = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(numbers, kind="stable")
        masks = masks[order]
        starts = np.searchsorted(numbers[order], np.arange(classes[0], classes[1] + 1))
        self._file.extend("text.docs", docs[order])
        self._file.extend("text.codes", codes[order])
        self._file.extend("text.masks", masks)
        self._starts.append(starts[1:] + self._rows)
        self._frequencies.append(word_frequencies(starts, self._first_words[classes[0] : classes[1] + 1], masks))
        self._rows += len(order)

    def _read(self, source: MergeSource, found: WordMap, classes: tuple[int, int]) -> tuple[Array, Array, Array, Array]:
        """The rows of a segment: their new classes and stories, their codes and masks."""
        arrays = source.view.arrays
        first, end = found.classes.searchsorted(classes).tolist()
        starts = arrays["text.starts"][first : end + 1]
        rows = slice(starts[0], starts[-1])
        docs = source.docs[arrays["text.docs"][rows]]
        kept = docs >= 0
        own = np.repeat(np.arange(first, end, dtype=np.int32), np.diff(starts))[kept]
        masks = _new_masks(source.view, found, self._first_words, own, arrays["text.masks"][rows][kept])
        return found.classes[own], docs[kept].astype(np.int32), arrays["text.codes"][rows][kept], masks

    def finish(self) -> None:
        """Write what is known only now."""
        self._file.put("text.starts", np.concatenate(self._starts).astype(np.int64))
        self._file.put("words.frequency", np.concatenate(self._frequencies))


def merge_forward(file: NewArrays, sources: Sequence[MergeSource], maps: Sequence[WordMap], rows_at_once: int) -> None:
    """Merge the forward indexes and write them, about so many rows at a time."""
    most = sum(len(source.view.arrays["forward.classes"]) for source in sources)
    file.reserve("forward.classes", np.dtype(np.int32), most)
    file.reserve("forward.codes", np.dtype(np.uint16), most)
    lengths = [np.zeros(1, np.int64)]
    for source, found in zip(sources, maps, strict=True):
        arrays = source.view.arrays
        starts = arrays["forward.starts"][source.kept]
        counts = arrays["forward.starts"][source.kept + 1] - starts
        for first, last in batches(counts, rows_at_once):
            part = starts[first:last], counts[first:last]
            file.extend("forward.classes", found.classes[gather_ranges(*part, arrays["forward.classes"])])
            file.extend("forward.codes", gather_ranges(*part, arrays["forward.codes"]))
            arrays.release()
        lengths.append(counts)
    file.put("forward.starts", np.cumsum(np.concatenate(lengths)))


def _new_masks(view: SegmentView, found: WordMap, first_words: Array, classes: Array, masks: Array) -> Array:
    """Masks whose bits stand for the words' new places in their classes."""
    old = view.words_of_class
    places = np.arange(len(found.words)) - old[view.class_of_word]
    new_places = found.words - first_words[found.classes[view.class_of_word]]
    moved = np.zeros(len(found.classes), np.bool_)
    moved[view.class_of_word[places != new_places]] = True
    rows = np.flatnonzero(moved[classes])
    if not len(rows):
        return masks
    changed = np.zeros(len(rows), np.uint16)
    first, sizes = old[classes[rows]], np.diff(old)[classes[rows]]
    for bit in range(MASK_BITS):
        held = np.flatnonzero((masks[rows] >> bit & 1).astype(np.bool_) & (sizes > bit))
        targets = np.minimum(new_places[first[held] + bit], MASK_BITS - 1).astype(np.uint16)
        changed[held] |= np.left_shift(np.uint16(1), targets)
    result = masks.copy()
    result[rows] = changed
    return result
