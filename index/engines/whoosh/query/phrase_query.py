"""Phrase query: stories in which words stand side by side.

The stories that hold all words of the phrase in a field are found first, and only their positions are read. Each
occurrence of a word becomes one number, story << 32 | position; the phrase is then found by searching in sorted
arrays.
"""

from collections.abc import Sequence

import numpy as np

from index.engines.whoosh.query.boolean_query import locate
from index.engines.whoosh.query.deadline import Deadline
from index.engines.whoosh.segments.arrays import Array
from index.engines.whoosh.segments.postings_reader import PostingsReader
from index.engines.whoosh.segments.segment import NO_DOCS, Docs, SegmentView
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.columns import PASSAGE_GAP

STORY_BITS = 32
"""An occurrence is one number: the story above these bits, the position below."""
_MOST_OF_LIST = 3
"""Where more than one in so many stories of a list are wanted, all of it is read in one go."""


def phrase_docs(
    snapshot: Snapshot, fields: Sequence[str], words: Sequence[Sequence[str]], slop: int, deadline: Deadline
) -> Docs:
    """The stories in which the words (each a choice of terms) follow each other in one passage of one of the fields.

    A story may come more than once; past the deadline none comes. The words may stand at most `slop` positions
    further apart, all gaps together.
    """
    furthest = len(words) - 1 + min(max(slop, 0), PASSAGE_GAP - 1)
    found = []
    for segment, base in zip(snapshot.segments, snapshot.bases, strict=True):
        numbers = _word_numbers(segment, words)
        if numbers is not None:
            found += [
                _in_field(segment.fields[field], numbers, furthest, deadline) + np.int32(base) for field in fields
            ]
    return np.concatenate(found) if found else NO_DOCS


def _word_numbers(segment: SegmentView, words: Sequence[Sequence[str]]) -> list[list[int]] | None:
    """The words of the segment that each word of the phrase may be; None where one is nowhere."""
    numbers = []
    for terms in words:
        choice = sorted({word for term in terms for word in segment.field_words(term).tolist()})
        if not choice:
            return None
        numbers.append(choice)
    return numbers


def _in_field(lists: PostingsReader, words: Sequence[Sequence[int]], furthest: int, deadline: Deadline) -> Docs:
    rows = []
    for choice in words:
        ranges = lists.ranges(choice)
        if not ranges:
            return NO_DOCS
        rows.append(ranges)
    common = _common_docs(lists, rows)
    if not len(common):
        return NO_DOCS
    occurrences = []
    for ranges in rows:
        if deadline.cuts():
            return NO_DOCS
        occurrences.append(occurrence_keys(lists, ranges, common))
    starts = _side_by_side(occurrences) if furthest == len(words) - 1 else _within(occurrences, furthest)
    docs: Docs = (starts >> STORY_BITS).astype(np.int32)
    return docs


def _side_by_side(occurrences: Sequence[Array]) -> Array:
    """Where each word is followed at once by the next: the places that all have in common, counted from the first."""
    starts = sorted((keys - place for place, keys in enumerate(occurrences)), key=len)
    found = starts[0]
    for keys in starts[1:]:
        places = np.minimum(keys.searchsorted(found), len(keys) - 1)
        found = found[keys[places] == found]
    return found


def _within(occurrences: Sequence[Array], furthest: int) -> Array:
    """Where the words begin to follow each other in order, the last at most `furthest` positions after the first."""
    starts = ends = occurrences[0]
    for keys in occurrences[1:]:
        # The next occurrence after each end is the best one: any later one only lengthens the phrase.
        following = keys.searchsorted(ends, side="right")
        exists = following < len(keys)
        starts, ends = starts[exists], keys[following[exists]]
        near = ends - starts <= furthest
        starts, ends = starts[near], ends[near]
    return starts


def _common_docs(lists: PostingsReader, rows: Sequence[Sequence[tuple[int, int]]]) -> Docs:
    """The stories that hold every word of the phrase somewhere in the field."""
    parts = [[lists.docs[start:end] for start, end in ranges] for ranges in rows]
    parts.sort(key=lambda part: sum(map(len, part)))
    common = parts[0][0] if len(parts[0]) == 1 else np.unique(np.concatenate(parts[0]))
    for part in parts[1:]:
        found = [locate(docs, common)[1] for docs in part]
        common = common[found[0] if len(found) == 1 else np.logical_or.reduce(found)]
        if not len(common):
            break
    return common


def occurrence_keys(lists: PostingsReader, ranges: Sequence[tuple[int, int]], common: Docs) -> Array:
    """All occurrences of a word in some stories (and perhaps in others), as sorted numbers."""
    keys = []
    for start, end in ranges:
        docs = lists.docs[start:end]
        if len(common) * _MOST_OF_LIST > end - start:
            keys.append(_as_numbers(np.repeat(docs, lists.counts(start, end)), lists.all_positions(start, end)))
            continue
        places, found = locate(docs, common)
        of, positions = lists.positions(places[found] + start)
        keys.append(_as_numbers(common[found][of], positions))
    return keys[0] if len(keys) == 1 else np.sort(np.concatenate(keys))


def _as_numbers(docs: Docs, positions: Array) -> Array:
    return (docs.astype(np.int64) << STORY_BITS) | positions
