"""Phrase query: stories in which words stand side by side.

The stories that hold all words of the phrase in a field are found, and only their positions are read (see
postings/phrase_loops.py).
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.query.deadline import Deadline
from index.engines.whoosh.segments.segment import Docs, SegmentView
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.columns import PASSAGE_GAP

_AT_ONCE = 1 << 18
"""So many stories are searched between two looks at the deadline."""


def phrase_docs(
    snapshot: Snapshot, fields: Sequence[str], words: Sequence[tuple[str, ...]], slop: int, deadline: Deadline
) -> list[Docs]:
    """The stories in which the words (each a choice of terms) follow each other in one passage of one of the fields.

    Lists in ascending order, which may have stories in common; past the deadline they end. The words may stand at most
    `slop` positions further apart, all gaps together.
    """
    furthest = len(words) - 1 + min(max(slop, 0), PASSAGE_GAP - 1)
    found: list[Docs] = []
    for segment, base in zip(snapshot.segments, snapshot.bases, strict=True):
        lists = [segment.lists_of(terms) for terms in words]
        for field in fields:
            if all(field in own for own in lists):
                parts = _in_field(segment, field, [own[field] for own in lists], furthest, deadline)
                found += [docs + np.int32(base) if base else docs for docs in parts if len(docs)]
    return found


def _in_field(
    segment: SegmentView, field: str, numbers: Sequence[Array], furthest: int, deadline: Deadline
) -> Iterator[Docs]:
    every = np.concatenate(numbers)
    single = len(every) == len(numbers)
    bounds = np.arange(len(numbers) + 1) if single else np.array([0, *accumulate(map(len, numbers))])
    for low in range(0, segment.size, _AT_ONCE):
        if deadline.cuts():
            return
        high = min(low + _AT_ONCE, segment.size)
        yield segment.fields[field].stories_in_order(every, bounds, furthest, low, high)
