"""Segment merge: several segments become one.

The words of all dictionaries are numbered anew, without the stories that were deleted, and the posting lists are
merged (posting_merge.py), some classes of words after the other, so that little of them is in memory at a time.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index.engines.whoosh.indexing.form_table import numbered
from index.engines.whoosh.indexing.merge_maps import MergeSource, WordMap
from index.engines.whoosh.indexing.part_lists import merge_part_lists, pack_parts
from index.engines.whoosh.indexing.posting_merge import FieldMerge, TextMerge, merge_forward
from index.engines.whoosh.indexing.postings_builder import facts_of, pack_dictionary, pack_ids, pack_values
from index.engines.whoosh.postings.arrays import Array, NewArrays
from index.engines.whoosh.postings.ranges import batches
from index.engines.whoosh.segments.segment import SegmentView
from model.fields import KEYWORD_FIELDS, TEXT_FIELDS
from text.analysis import fold

_COLUMNS = (
    "published",
    "first_seen",
    "versions",
    "flags",
    "groups",
    "positions",
    "text.lengths",
    *(f"{f.name}.lengths" for f in TEXT_FIELDS),
)


_BYTES_A_POSTING = 100
"""What a posting takes while it is merged."""


class SegmentMerge:
    """All stories of some segments but the deleted, to be written as one segment.

    Postings take about `memory_bytes` at a time (the lists of one class of words at least); the dictionaries and the
    columns come on top.
    """

    def __init__(self, segments: Sequence[SegmentView], deleted: Sequence[Array], memory_bytes: int) -> None:
        numbers = new_numbers([view.size for view in segments], deleted)
        self._sources = [
            MergeSource(view, np.flatnonzero(own >= 0), own) for view, own in zip(segments, numbers, strict=True)
        ]
        self._rows_at_once = memory_bytes // _BYTES_A_POSTING
        self.size = sum(len(source.kept) for source in self._sources)

    def write_to(self, path: Path) -> None:
        """Write the segment file; durable on return."""
        sources, arrays = self._sources, dict[str, Array]()
        for name in _COLUMNS:
            arrays[name] = np.concatenate([source.view.arrays[name][source.kept] for source in sources])
        maps = _merge_words(arrays, [source.view for source in sources])
        for field in KEYWORD_FIELDS:
            _merge_values(arrays, sources, field.name)
        pack_ids(arrays, [source.view.ids[doc] for source in sources for doc in source.kept.tolist()])
        facts, first_words = facts_of(arrays, self.size), arrays["classes.words"]
        parts = len(arrays["parts.starts"]) - 1
        with NewArrays(path) as file:
            for name in [*arrays]:
                file.put(name, arrays.pop(name))  # nothing needs them beside the lists
            self._release()
            self._write_lists(file, maps, first_words)
            merge_part_lists(file, sources, maps, parts, self._rows_at_once)
            file.finish(facts)

    def _write_lists(self, file: NewArrays, maps: Sequence[WordMap], first_words: Array) -> None:
        ranges = list(self._parts(maps, len(first_words) - 1))
        text = TextMerge(file, self._sources, maps, first_words)
        self._merge(text, ranges)
        for field in TEXT_FIELDS:
            self._merge(FieldMerge(file, self._sources, maps, field.name), ranges)
        merge_forward(file, self._sources, maps, self._rows_at_once)

    def _merge(self, merge: TextMerge | FieldMerge, ranges: Sequence[tuple[int, int]]) -> None:
        for classes in ranges:
            merge.add(classes)
            self._release()
        merge.finish()

    def _release(self) -> None:
        for source in self._sources:
            source.view.arrays.release()

    def _parts(self, maps: Sequence[WordMap], count: int) -> Iterator[tuple[int, int]]:
        """Ranges of classes, each with about as many postings as may be in memory."""
        rows = np.zeros(count, np.int64)
        for source, found in zip(self._sources, maps, strict=True):
            rows[found.classes] += source.view.text.sizes(np.arange(len(found.classes)))
        return batches(rows, self._rows_at_once)


def new_numbers(sizes: Sequence[int], deleted: Sequence[Array]) -> list[Array]:
    """The number that each story of some segments gets in the merged one; -1 for deleted ones."""
    numbers, base = [], 0
    for size, gone in zip(sizes, deleted, strict=True):
        alive = np.ones(size, np.bool_)
        alive[gone] = False
        count = int(alive.sum())
        own = np.full(size, -1, np.int64)
        own[alive] = np.arange(base, base + count)
        numbers.append(own)
        base += count
    return numbers


def _merge_words(arrays: dict[str, Array], segments: Sequence[SegmentView]) -> list[WordMap]:
    """Merge the dictionaries; words of a class keep the order in which the segments bring them."""
    names = [list(view.classes) for view in segments]
    classes = sorted(set().union(*names))
    numbers = {name: number for number, name in enumerate(classes)}
    class_maps = [np.array([numbers[name] for name in own], np.int32) for own in names]
    words: dict[tuple[int, str], int] = {}
    word_maps = []
    for view, class_map in zip(segments, class_maps, strict=True):
        exacts = list(view.exacts)
        keys = zip(class_map[view.class_of_word].tolist(), view.arrays["words.exact"].tolist(), strict=True)
        word_maps.append(
            np.array([words.setdefault((number, exacts[exact]), len(words)) for number, exact in keys], np.int32)
        )
    class_of = np.array([number for number, _ in words], np.int32)
    order = np.argsort(class_of, kind="stable")
    forms = [exact for _, exact in words]
    exact_forms, folds = numbered((forms, map(fold, forms)))
    pack_dictionary(arrays, classes, class_of[order], exact_forms.of(order), folds.of(order))
    renumbered = np.empty(len(order), np.int32)
    renumbered[order] = np.arange(len(order), dtype=np.int32)
    new_words = [renumbered[own] for own in word_maps]
    part_maps = _merge_parts(arrays, segments, new_words)
    return list(map(WordMap, new_words, class_maps, part_maps))


def _merge_parts(arrays: dict[str, Array], segments: Sequence[SegmentView], word_maps: Sequence[Array]) -> list[Array]:
    """Merge the dictionaries of parts; returns the new numbers of each segment's."""
    names = [list(view.parts) for view in segments]
    numbers = {name: number for number, name in enumerate(sorted(set().union(*names)))}
    pairs = (
        (name, int(word_map[number]))
        for view, word_map in zip(segments, word_maps, strict=True)
        for name, number in view.parts_of_words()
    )
    pack_parts(arrays, pairs)
    return [np.array([numbers[name] for name in own], np.int32) for own in names]


def _merge_values(arrays: dict[str, Array], sources: Sequence[MergeSource], name: str) -> None:
    names: dict[str, int] = {}
    sets: dict[tuple[int, ...], int] = {}
    set_of = []
    for source in sources:
        numbers = [names.setdefault(value, len(names)) for value in source.view.names[name]]
        renumbered = [
            sets.setdefault(tuple(numbers[n] for n in own), len(sets)) for own in source.view.value_sets(name)
        ]
        set_of.append(np.array(renumbered, np.int32)[source.view.arrays[f"{name}.sets"][source.kept]])
    pack_values(arrays, name, tuple(names), tuple(sets), np.concatenate(set_of))
