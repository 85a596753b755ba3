"""Phrase query: stories in which words stand side by side.

The stories that hold all words of the phrase in a field are found, and only their positions are read (see
segments/phrase_loops.py).
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from index.engines.whoosh.query.deadline import Deadline
from index.engines.whoosh.segments.postings_reader import PostingsReader
from index.engines.whoosh.segments.segment import Docs, SegmentView
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.columns import PASSAGE_GAP

_AT_ONCE = 1 << 18
"""So many stories are searched between two looks at the deadline."""


def phrase_docs(
    snapshot: Snapshot, fields: Sequence[str], words: Sequence[Sequence[str]], slop: int, deadline: Deadline
) -> list[Docs]:
    """The stories in which the words (each a choice of terms) follow each other in one passage of one of the fields.

    Lists in ascending order, which may have stories in common; past the deadline they end. The words may stand at most
    `slop` positions further apart, all gaps together.
    """
    furthest = len(words) - 1 + min(max(slop, 0), PASSAGE_GAP - 1)
    found: list[Docs] = []
    for segment, base in zip(snapshot.segments, snapshot.bases, strict=True):
        numbers = _word_numbers(segment, words)
        if numbers is None:
            continue
        for field in fields:
            parts = _in_field(segment.fields[field], numbers, furthest, segment.size, deadline)
            found += [docs + np.int32(base) for docs in parts if len(docs)]
    return found


def _word_numbers(segment: SegmentView, words: Sequence[Sequence[str]]) -> list[list[int]] | None:
    """The words of the segment that each word of the phrase may be; None where one is nowhere."""
    numbers = []
    for terms in words:
        choice = sorted({word for term in terms for word in segment.field_words(term).tolist()})
        if not choice:
            return None
        numbers.append(choice)
    return numbers


def _in_field(
    lists: PostingsReader, words: Sequence[Sequence[int]], furthest: int, size: int, deadline: Deadline
) -> Iterator[Docs]:
    parts = []
    for choice in words:
        parts.append(lists.ranges(choice))
        if not len(parts[-1]):
            return
    bounds = np.array([0, *accumulate(map(len, parts))])
    ranges = np.concatenate(parts)
    for low in range(0, size, _AT_ONCE):
        if deadline.cuts():
            return
        yield lists.stories_in_order(ranges, bounds, furthest, low, min(low + _AT_ONCE, size))
