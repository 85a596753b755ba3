"""Posting merge: the posting lists of several segments become one list each.

Each is sorted already, by class and word; so the lists of a range of classes are a range of rows in every segment. They
are put in the order of the new numbers, and written before the next range is read.
"""

from collections.abc import Sequence

import numpy as np

from index.engines.whoosh.indexing.merge_maps import MergeSource, WordMap
from index.engines.whoosh.indexing.postings_builder import word_frequencies
from index.engines.whoosh.postings.arrays import Array, NewArrays
from index.engines.whoosh.postings.doc_blocks import SPARE
from index.engines.whoosh.postings.field_loops import pack_field
from index.engines.whoosh.postings.packed_lists import NewLists, fitting
from index.engines.whoosh.postings.ranges import batches, bounds_of, first_of_each, gather_ranges, in_order
from index.engines.whoosh.postings.text_lists import mask_widths
from index.engines.whoosh.postings.text_loops import pack_forward, pack_text
from index.engines.whoosh.schema import MASK_BITS
from index.engines.whoosh.segments.segment import SegmentView


class FieldMerge:
    """Merges the lists of one field."""

    def __init__(self, file: NewArrays, sources: Sequence[MergeSource], maps: Sequence[WordMap], name: str) -> None:
        self._file, self._name = file, name
        self._parts = list(zip(sources, maps, strict=True))
        self._words: list[Array] = [np.empty(0, np.int32)]
        self._lists = NewLists(file, name)

    def add(self, classes: tuple[int, int]) -> None:
        """Merge and write the lists of a range of classes."""
        parts = [self._read(source, found, classes) for source, found in self._parts]
        words, docs, counts, positions = (np.concatenate(column) for column in zip(*parts, strict=True))
        places = np.cumsum(counts) - counts
        # Each part is in order already; the sort finds its runs and merges them.
        order = np.argsort(words, kind="stable")
        positions = gather_ranges(places[order], counts[order], positions)
        # Former segments may hold a word twice, which is one word then.
        words, docs, counts, positions = in_order(words[order], docs[order], counts[order], positions)
        firsts = first_of_each(words)
        starts = np.append(firsts, len(words))
        bounds = bounds_of(counts)
        self._words.append(words[firsts])
        self._lists.add(*pack_field(starts, docs, bounds, positions), np.diff(starts))

    def _read(self, source: MergeSource, found: WordMap, classes: tuple[int, int]) -> tuple[Array, Array, Array, Array]:
        """The rows of a segment: the new numbers of their words and stories, how many positions each has, and these."""
        lists = source.view.fields[self._name]
        bounds = source.view.words_of_class[found.classes.searchsorted(classes)]
        first, end = lists.words.searchsorted(bounds).tolist()
        docs, counts, positions, sizes = lists.every(first, end)
        docs = source.docs[docs]
        kept = docs >= 0
        words = np.repeat(found.words[lists.words[first:end]], sizes)[kept]
        return words, docs[kept].astype(np.int32), counts[kept], positions[np.repeat(kept, counts)]

    def finish(self) -> None:
        """Write what is known only now."""
        self._lists.finish()
        self._file.put(f"{self._name}.words", np.concatenate(self._words).astype(np.int32))


class TextMerge:
    """Merges the lists over all default fields; `first_words` holds the first word of each new class."""

    def __init__(
        self, file: NewArrays, sources: Sequence[MergeSource], maps: Sequence[WordMap], first_words: Array
    ) -> None:
        self._file, self._first_words = file, first_words
        self._parts = list(zip(sources, maps, strict=True))
        self._frequencies: list[Array] = [np.empty(0, np.int32)]
        self._lists = NewLists(file, "text")

    def add(self, classes: tuple[int, int]) -> None:
        """Merge and write the lists of a range of classes."""
        parts = [self._read(source, found, classes) for source, found in self._parts]
        numbers, docs, weights, masks = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(numbers, kind="stable")
        masks = masks[order]
        starts = np.searchsorted(numbers[order], np.arange(classes[0], classes[1] + 1))
        words = self._first_words[classes[0] : classes[1] + 1]
        self._frequencies.append(word_frequencies(starts, words, masks))
        lists = pack_text(starts, docs[order], weights[order], masks, mask_widths(np.diff(words)))
        self._lists.add(*lists, np.diff(starts))

    def _read(self, source: MergeSource, found: WordMap, classes: tuple[int, int]) -> tuple[Array, Array, Array, Array]:
        """The rows of a segment: their new classes and stories, their weights and masks."""
        first, end = found.classes.searchsorted(classes).tolist()
        docs, weights, masks, counts = source.view.text.every(first, end)
        docs = source.docs[docs]
        kept = docs >= 0
        own = np.repeat(np.arange(first, end, dtype=np.int32), counts)[kept]
        masks = _new_masks(source.view, found, self._first_words, own, masks[kept])
        return found.classes[own], docs[kept].astype(np.int32), weights[kept], masks

    def finish(self) -> None:
        """Write what is known only now."""
        self._lists.finish()
        self._file.put("words.frequency", np.concatenate(self._frequencies))


def merge_forward(file: NewArrays, sources: Sequence[MergeSource], maps: Sequence[WordMap], rows_at_once: int) -> None:
    """Merge the forward indexes and write them, about so many rows at a time."""
    file.begin("forward.lists", np.dtype(np.uint8))
    starts = [np.zeros(1, np.int64)]
    for source, found in zip(sources, maps, strict=True):
        forward = source.view.forward
        for first, last in batches(forward.sizes(source.kept), rows_at_once):
            classes, weights, counts = forward.rows(source.kept[first:last])
            bounds = bounds_of(counts)
            data, ends = pack_forward(bounds, found.classes[classes], weights)
            file.extend(data[: ends[-1]])
            starts.append(ends[1:] + starts[-1][-1])
            source.view.arrays.release()
    file.extend(np.zeros(SPARE, np.uint8))
    file.put("forward.starts", fitting(np.concatenate(starts)))


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
