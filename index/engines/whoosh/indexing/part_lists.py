"""Part lists: posting lists of the parts of words.

A part is the class of a word that others are made of ("umweltschutz" of "Umweltschutzmaßnahmen"). Its list is the union
of their lists over all default fields, made beforehand: a frequent part stands in hundreds of words.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from index.engines.whoosh.indexing.merge_maps import MergeSource, WordMap
from index.engines.whoosh.indexing.word_rows import stable_order
from index.engines.whoosh.postings.arrays import Array, NewArrays
from index.engines.whoosh.postings.postings_reader import batches, expand_ranges, first_of_each
from index.engines.whoosh.schema import MASK_BITS
from index.engines.whoosh.segments.term_dictionary import pack_strings


def pack_parts(arrays: dict[str, Array], parts: Iterable[tuple[str, int]]) -> None:
    """Add the dictionary from the names of parts to the words that they are parts of, pair by pair."""
    pairs = sorted(set(parts))
    counts = Counter(name for name, _ in pairs)
    arrays["parts.bytes"], arrays["parts.offsets"] = pack_strings(counts)
    arrays["parts.starts"] = np.cumsum([0, *counts.values()]).astype(np.int32)
    arrays["parts.words"] = np.array([number for _, number in pairs], np.int32)


def pack_part_lists(arrays: dict[str, Array]) -> None:
    """Add the list of each part, from the dictionary of parts and the lists over all default fields."""
    starts, words = arrays["text.starts"], arrays["parts.words"]
    classes = arrays["words.class"][words]
    bits = np.minimum(words - arrays["classes.words"][classes], MASK_BITS - 1).astype(np.uint16)
    of, rows = expand_ranges(starts[classes], starts[classes + 1] - starts[classes])
    held = np.flatnonzero(arrays["text.masks"][rows] >> bits[of] & 1)
    of, rows = of[held], rows[held]
    parts = np.repeat(np.arange(len(arrays["parts.starts"]) - 1, dtype=np.int32), np.diff(arrays["parts.starts"]))[of]
    docs = arrays["text.docs"][rows]
    order = stable_order(docs, len(arrays["text.lengths"]))
    order = order[stable_order(parts[order], len(arrays["parts.starts"]) - 1)]
    parts, docs = parts[order], docs[order]
    opens = first_of_each(parts, docs)
    codes = arrays["text.codes"][rows][order]
    arrays["parts.rows"] = np.searchsorted(parts[opens], np.arange(len(arrays["parts.starts"]))).astype(np.int64)
    arrays["parts.docs"] = docs[opens]
    # A story has one length, so its highest code is that of the highest weight.
    arrays["parts.codes"] = np.maximum.reduceat(codes, opens) if len(opens) else codes


def merge_part_lists(
    file: NewArrays, sources: Sequence[MergeSource], maps: Sequence[WordMap], count: int, rows_at_once: int
) -> None:
    """Merge the lists of `count` parts and write them, about so many rows at a time."""
    sizes = np.zeros(count, np.int64)
    for source, found in zip(sources, maps, strict=True):
        sizes[found.parts] += np.diff(source.view.arrays["parts.rows"])
    for name, kind in (("docs", np.int32), ("codes", np.uint16)):
        file.reserve(f"parts.{name}", np.dtype(kind), int(sizes.sum()))
    written = [np.zeros(1, np.int64)]
    for first, last in batches(sizes, rows_at_once):
        rows = [_read(source, found, (first, last)) for source, found in zip(sources, maps, strict=True)]
        parts, docs, codes = (np.concatenate(column) for column in zip(*rows, strict=True))
        order = stable_order(parts - np.int32(first), last - first)
        file.extend("parts.docs", docs[order])
        file.extend("parts.codes", codes[order])
        written.append(np.bincount(parts - first, minlength=last - first))
    file.put("parts.rows", np.cumsum(np.concatenate(written)))


def _read(source: MergeSource, found: WordMap, parts: tuple[int, int]) -> tuple[Array, Array, Array]:
    """The rows of some parts in a segment: the parts' new numbers, the stories' and their codes."""
    arrays = source.view.arrays
    first, end = found.parts.searchsorted(parts).tolist()
    starts = arrays["parts.rows"][first : end + 1]
    rows = slice(starts[0], starts[-1])
    docs = source.docs[arrays["parts.docs"][rows]]
    kept = docs >= 0
    numbers = np.repeat(found.parts[first:end], np.diff(starts))[kept]
    return numbers, docs[kept].astype(np.int32), arrays["parts.codes"][rows][kept]
