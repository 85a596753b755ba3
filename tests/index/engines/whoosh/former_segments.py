"""Segments as formats 7 and 8 had them: each row of a list in arrays of its own (see postings/former_lists.py)."""

from pathlib import Path

import numpy as np

from index.engines.whoosh.postings.arrays import Array, MappedArrays, write_arrays
from index.engines.whoosh.segments.byte_codes import join_codes
from index.engines.whoosh.segments.segment import SegmentView

_PACKED = (".lists", ".counts")


def make_former(path: Path, *, parts: bool = True) -> None:
    """Write a segment of today anew, as it was written before; without parts as in format 7."""
    view = SegmentView(path)
    arrays = {name: _plain(view.arrays, name) for name in view.arrays if not name.endswith(_PACKED)}
    lengths = arrays["text.lengths"]
    docs, weights, masks, counts = view.text.every(0, len(view.classes))
    arrays |= {"text.docs": docs, "text.codes": join_codes(weights, lengths[docs]), "text.masks": masks}
    arrays["text.starts"] = _starts(counts)
    docs, weights, _, counts = view.part_lists.every(0, len(view.parts))
    arrays |= {"parts.docs": docs, "parts.codes": join_codes(weights, lengths[docs]), "parts.rows": _starts(counts)}
    classes, codes, counts = view.words_of_stories(np.arange(view.size))
    arrays |= {"forward.classes": classes, "forward.codes": codes, "forward.starts": _starts(counts)}
    for name, lists in view.fields.items():
        docs, times, positions, counts = lists.every(0, len(lists.words))
        arrays |= {f"{name}.docs": docs, f"{name}.places": _starts(times).astype(np.uint32)}
        arrays |= {f"{name}.positions": positions.astype(np.uint16), f"{name}.starts": _starts(counts)}
    del arrays["parts.text.starts"]
    if not parts:
        arrays = {name: array for name, array in arrays.items() if not name.startswith("parts.")}
    facts = view.arrays.facts
    path.unlink()
    write_arrays(path, arrays, facts)


def _plain(arrays: MappedArrays, name: str) -> Array:
    wide = name.endswith(".offsets")
    return arrays[name].astype(np.int64) if wide else arrays[name].copy()


def _starts(counts: Array) -> Array:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))).astype(np.int64)
