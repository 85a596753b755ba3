"""How do several segments become one?

The arrays of the segments are joined, without the stories that were deleted: the words of all dictionaries are
numbered anew, and the posting lists, each sorted already, are put in the order of the new numbers.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.analysis import fold
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.lists import gather_ranges
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
from index.engines.whoosh.segment import SegmentView
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
    for field in TEXT_FIELDS:
        pack_fields(arrays, {field.name: _merge_lists(sources, maps, field.name)})
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


def _merge_lists(sources: Sequence[Source], maps: Sequence[WordMap], name: str) -> Lists:
    """Join the lists of a field, one column after the other: each is as long as all postings together."""
    docs = [source.docs[source.view.arrays[f"{name}.docs"]].astype(np.int32) for source in sources]
    kept = [own >= 0 for own in docs]
    joined = np.concatenate([own[rows] for own, rows in zip(docs, kept, strict=True)])
    del docs
    words = np.concatenate([_row_words(*part, name) for part in zip(sources, maps, kept, strict=True)])
    # Each part is in order already; the sort finds its runs and merges them.
    order = np.argsort(words, kind="stable")
    words, joined = words[order], joined[order]
    counts = np.concatenate(
        [np.diff(source.view.arrays[f"{name}.places"])[rows] for source, rows in zip(sources, kept, strict=True)]
    )[order].astype(np.int32)
    positions = [source.view.arrays[f"{name}.positions"] for source in sources]
    bases = np.cumsum([0, *map(len, positions[:-1])])
    starts = np.concatenate(
        [
            source.view.arrays[f"{name}.places"][:-1][rows].astype(np.int64) + base
            for source, rows, base in zip(sources, kept, bases, strict=True)
        ]
    )[order]
    del order, kept
    gathered = gather_ranges(starts, counts, np.concatenate(positions))
    del starts
    places = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=places[1:])
    firsts = first_of_each(words)
    return Lists(words[firsts], np.append(firsts, len(words)), joined, places, gathered)


def _row_words(source: Source, found: WordMap, kept: Array, name: str) -> Array:
    """The new number of each posting's word in a field of one segment."""
    arrays = source.view.arrays
    return np.repeat(found.words[arrays[f"{name}.words"]], np.diff(arrays[f"{name}.starts"]))[kept]


def _merge_text(arrays: dict[str, Array], sources: Sequence[Source], maps: Sequence[WordMap]) -> None:
    """Join the lists over all default fields."""
    numbers = [_class_numbers(source.view) for source in sources]
    docs = [source.docs[source.view.arrays["text.docs"]].astype(np.int32) for source in sources]
    kept = [own >= 0 for own in docs]
    parts = list(zip(sources, maps, numbers, kept, strict=True))
    class_of = np.concatenate([found.classes[own[rows]] for _, found, own, rows in parts])
    order = np.argsort(class_of, kind="stable")
    count = len(arrays["classes.words"]) - 1
    arrays["text.starts"] = np.searchsorted(class_of[order], np.arange(count + 1)).astype(np.int64)
    arrays["text.docs"] = np.concatenate([own[rows] for own, rows in zip(docs, kept, strict=True)])[order]
    del class_of, docs
    codes = [source.view.arrays["text.codes"][rows] for source, _, _, rows in parts]
    arrays["text.codes"] = np.concatenate(codes)[order]
    firsts = arrays["classes.words"]
    masks = [
        _new_masks(source.view, found, firsts, own[rows], source.view.arrays["text.masks"][rows])
        for source, found, own, rows in parts
    ]
    arrays["text.masks"] = np.concatenate(masks)[order]
    arrays["words.frequency"] = word_frequencies(arrays)


def _class_numbers(view: SegmentView) -> Array:
    """The class of each posting."""
    return np.repeat(np.arange(len(view.classes), dtype=np.int32), np.diff(view.arrays["text.starts"]))


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
