"""Part lists: posting lists of the parts of words.

A part is the class of a word that others are made of ("umweltschutz" of "Umweltschutzmaßnahmen"). Its list is the union
of their lists over all default fields, made beforehand: a frequent part stands in hundreds of words.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from index.engines.whoosh.indexing.merge_maps import MergeSource, WordMap
from index.engines.whoosh.indexing.story_lists import StoryLists
from index.engines.whoosh.indexing.word_rows import stable_order
from index.engines.whoosh.postings.arrays import Array, NewArrays
from index.engines.whoosh.postings.packed_lists import PARTS, NewLists, packed
from index.engines.whoosh.postings.ranges import batches, expand_ranges, first_of_each
from index.engines.whoosh.postings.text_loops import pack_text
from index.engines.whoosh.schema import MASK_BITS
from index.engines.whoosh.segments.term_dictionary import pack_strings


def pack_parts(arrays: dict[str, Array], parts: Iterable[tuple[str, int]]) -> None:
    """Add the dictionary from the names of parts to the words that they are parts of, pair by pair."""
    pairs = sorted(set(parts))
    counts = Counter(name for name, _ in pairs)
    arrays["parts.bytes"], arrays["parts.offsets"] = pack_strings(counts)
    arrays["parts.starts"] = np.cumsum([0, *counts.values()]).astype(np.int32)
    arrays["parts.words"] = np.array([number for _, number in pairs], np.int32)


def pack_part_lists(arrays: dict[str, Array], rows: StoryLists, size: int) -> None:
    """Add the list of each part, from the dictionary of parts and the lists of classes over so many stories."""
    starts, words = rows.starts, arrays["parts.words"]
    classes = arrays["words.class"][words]
    bits = np.minimum(words - arrays["classes.words"][classes], MASK_BITS - 1).astype(np.uint16)
    of, found = expand_ranges(starts[classes], starts[classes + 1] - starts[classes])
    held = np.flatnonzero(rows.masks[found] >> bits[of] & 1)
    of, found = of[held], found[held]
    count = len(arrays["parts.starts"]) - 1
    parts = np.repeat(np.arange(count, dtype=np.int32), np.diff(arrays["parts.starts"]))[of]
    docs = rows.docs[found]
    order = stable_order(docs, size)
    order = order[stable_order(parts[order], count)]
    parts, docs = parts[order], docs[order]
    opens = first_of_each(parts, docs)
    weights = rows.weights[found][order]
    best = np.maximum.reduceat(weights, opens) if len(opens) else weights
    bounds = np.searchsorted(parts[opens], np.arange(count + 1))
    arrays.update(packed(PARTS, _packed_rows(bounds, docs[opens], best), np.diff(bounds)))


def _packed_rows(bounds: Array, docs: Array, weights: Array) -> tuple[Array, Array]:
    no_masks = np.empty(0, np.uint16)
    return pack_text(bounds, docs, weights, no_masks, np.zeros(len(bounds) - 1, np.uint8))


def merge_part_lists(
    file: NewArrays, sources: Sequence[MergeSource], maps: Sequence[WordMap], count: int, rows_at_once: int
) -> None:
    """Merge the lists of `count` parts and write them, about so many rows at a time."""
    sizes = np.zeros(count, np.int64)
    for source, found in zip(sources, maps, strict=True):
        sizes[found.parts] += source.view.part_lists.sizes(np.arange(len(found.parts)))
    lists = NewLists(file, PARTS)
    for first, last in batches(sizes, rows_at_once):
        rows = [_read(source, found, (first, last)) for source, found in zip(sources, maps, strict=True)]
        parts, docs, weights = (np.concatenate(column) for column in zip(*rows, strict=True))
        order = stable_order(parts - np.int32(first), last - first)
        bounds = np.searchsorted(parts[order], np.arange(first, last + 1))
        lists.add(*_packed_rows(bounds, docs[order], weights[order]), np.diff(bounds))
    lists.finish()


def _read(source: MergeSource, found: WordMap, parts: tuple[int, int]) -> tuple[Array, Array, Array]:
    """The rows of some parts in a segment: the parts' new numbers, the stories' and their weights."""
    first, end = found.parts.searchsorted(parts).tolist()
    docs, weights, _, counts = source.view.part_lists.every(first, end)
    docs = source.docs[docs]
    kept = docs >= 0
    return np.repeat(found.parts[first:end], counts)[kept], docs[kept].astype(np.int32), weights[kept]
