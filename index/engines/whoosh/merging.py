"""How do several segments become one?

The arrays of the segments are joined, without the stories that were deleted: the words of all dictionaries are
numbered anew, and the posting lists, each sorted already, are put in the order of the new numbers.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.analysis import fold
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.postings import (
    MASK_BITS,
    Lists,
    PackedSegment,
    facts_of,
    first_of_each,
    pack_dictionary,
    pack_fields,
    pack_ids,
    pack_values,
    word_frequencies,
)
from index.engines.whoosh.segment import SegmentView, gather_ranges
from index.fields import FACET_FIELDS, TEXT_FIELDS

_COLUMNS = ("published", "first_seen", "versions", "flags", "text.lengths", *(f"{f.name}.lengths" for f in TEXT_FIELDS))


class Source(NamedTuple):
    """A segment to be merged: the stories kept, and the new number of each story, -1 for deleted ones."""

    view: SegmentView
    kept: Array
    docs: Array


class WordMap(NamedTuple):
    """New numbers of a segment's words and classes."""

    words: Array
    classes: Array


def merge(segments: Sequence[SegmentView], deleted: Sequence[Array]) -> PackedSegment:
    """The arrays of one segment that holds all stories of the given ones but the deleted."""
    sources = _sources(segments, deleted)
    arrays: dict[str, Array] = {}
    for name in _COLUMNS:
        arrays[name] = np.concatenate([source.view.arrays[name][source.kept] for source in sources])
    maps = _merge_words(arrays, segments)
    lists = {
        field.name: _merge_lists(
            [_field_rows(source, found, field.name) for source, found in zip(sources, maps, strict=True)]
        )
        for field in TEXT_FIELDS
    }
    pack_fields(arrays, lists)
    _merge_text(arrays, sources, maps)
    for field in FACET_FIELDS:
        _merge_values(arrays, sources, field.name)
    pack_ids(arrays, [source.view.ids[doc] for source in sources for doc in source.kept.tolist()])
    return PackedSegment(arrays, facts_of(arrays, sum(len(source.kept) for source in sources)))


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


def _sources(segments: Sequence[SegmentView], deleted: Sequence[Array]) -> list[Source]:
    numbers = new_numbers([view.size for view in segments], deleted)
    return [Source(view, np.flatnonzero(own >= 0), own) for view, own in zip(segments, numbers, strict=True)]


def _merge_words(arrays: dict[str, Array], segments: Sequence[SegmentView]) -> list[WordMap]:
    """Join the dictionaries; words of a class keep the order in which the segments bring them."""
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
    pack_dictionary(arrays, classes, class_of[order], [(forms[n], fold(forms[n])) for n in order.tolist()])
    renumbered = np.empty(len(order), np.int32)
    renumbered[order] = np.arange(len(order), dtype=np.int32)
    return [WordMap(renumbered[own], class_map) for own, class_map in zip(word_maps, class_maps, strict=True)]


class _FieldRows(NamedTuple):
    words: Array
    docs: Array
    starts: Array
    counts: Array
    positions: Array


def _field_rows(source: Source, found: WordMap, name: str) -> _FieldRows:
    """The posting lists of a field of one segment, row by row, without deleted stories."""
    arrays = source.view.arrays
    words = np.repeat(found.words[arrays[f"{name}.words"]], np.diff(arrays[f"{name}.starts"]))
    docs = source.docs[arrays[f"{name}.docs"]]
    places = arrays[f"{name}.places"]
    kept = docs >= 0
    counts = np.diff(places).astype(np.int32)
    return _FieldRows(
        words[kept], docs[kept].astype(np.int32), places[:-1][kept], counts[kept], arrays[f"{name}.positions"]
    )


def _merge_lists(parts: Sequence[_FieldRows]) -> Lists:
    words = np.concatenate([part.words for part in parts])
    # Each part is in order already; the sort finds its runs and merges them.
    order = np.argsort(words, kind="stable")
    words = words[order]
    docs = np.concatenate([part.docs for part in parts])[order]
    counts = np.concatenate([part.counts for part in parts])[order]
    bases = np.cumsum([0, *(len(part.positions) for part in parts[:-1])])
    starts = np.concatenate([part.starts + base for part, base in zip(parts, bases, strict=True)])[order]
    del order
    positions = gather_ranges(starts, counts, np.concatenate([part.positions for part in parts]))
    places = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=places[1:])
    firsts = first_of_each(words)
    return Lists(words[firsts], np.append(firsts, len(words)), docs, places, positions)


def _merge_text(arrays: dict[str, Array], sources: Sequence[Source], maps: Sequence[WordMap]) -> None:
    """Join the lists over all default fields."""
    classes, docs, codes, masks = [], [], [], []
    for source, found in zip(sources, maps, strict=True):
        own = source.view.arrays
        numbers = np.repeat(np.arange(len(found.classes), dtype=np.int32), np.diff(own["text.starts"]))
        renumbered = source.docs[own["text.docs"]]
        kept = renumbered >= 0
        classes.append(found.classes[numbers[kept]])
        docs.append(renumbered[kept].astype(np.int32))
        codes.append(own["text.codes"][kept])
        masks.append(_new_masks(source.view, found, arrays["classes.words"], numbers[kept], own["text.masks"][kept]))
    class_of = np.concatenate(classes)
    order = np.argsort(class_of, kind="stable")
    for name, parts in (("docs", docs), ("codes", codes), ("masks", masks)):
        arrays[f"text.{name}"] = np.concatenate(parts)[order]
    count = len(arrays["classes.words"]) - 1
    arrays["text.starts"] = np.searchsorted(class_of[order], np.arange(count + 1)).astype(np.int64)
    arrays["words.frequency"] = word_frequencies(arrays)


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


def _merge_values(arrays: dict[str, Array], sources: Sequence[Source], name: str) -> None:
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
