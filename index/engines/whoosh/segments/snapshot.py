"""Snapshot of an index as of one commit.

All segments of the commit side by side: stories are numbered through, columns are joined. A snapshot never changes; a
new commit makes a new one, which shares the segments that stayed.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from threading import Lock
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.schema import TEXT, WITHDRAWN_FLAG
from index.engines.whoosh.segments.byte_codes import impact_table
from index.engines.whoosh.segments.segment import Dates, Docs, FieldValues, Recent, SegmentView, age_dates
from index.relevance.bm25f import Floats, length_norms
from model.fields import FACET_FIELDS
from text.analysis import NO_ALGORITHM

Scalar = TypeVar("Scalar", bound=np.generic)
Made = TypeVar("Made")
Mask = npt.NDArray[np.bool_]


class Snapshot:
    """The stories of the commit of that number; `deleted` holds the deleted document numbers of each segment.

    What is found out about `cached_words` words is remembered.
    """

    def __init__(
        self,
        segments: Sequence[SegmentView],
        deleted: Sequence[Iterable[int]],
        *,
        number: int,
        checkpoint: int,
        cached_words: int = 1,
    ) -> None:
        self.segments = tuple(segments)
        self.number = number
        self.checkpoint = checkpoint
        sizes = [segment.size for segment in segments]
        self.bases = [sum(sizes[:number]) for number in range(len(sizes))]
        self.size = sum(sizes)
        self.alive: Mask = np.ones(self.size, np.bool_)
        for base, numbers in zip(self.bases, deleted, strict=True):
            self.alive[np.array([base + number for number in numbers], np.int64)] = False
        self.published: Dates = _concatenated([segment.published for segment in segments], np.int64)
        self.first_seen: Dates = _concatenated([segment.first_seen for segment in segments], np.int64)
        self.versions = _concatenated([segment.versions for segment in segments], np.int32)
        self.flags = _concatenated([segment.flags for segment in segments], np.uint32)
        self.live: Mask = self.alive & ((self.flags & np.uint32(WITHDRAWN_FLAG)) == 0)
        self.hidden: Docs = np.flatnonzero(~self.live)
        self.deleted: Docs = np.flatnonzero(~self.alive)
        self.recent: Recent[Any, Any] = Recent(cached_words)
        """What term_scorer.py has found out about words of queries."""
        self._made: dict[Callable[[Snapshot], Any], Any] = {}
        self._norms: dict[str, Floats] = {}
        self._lock = Lock()

    def _join_values(self, name: str) -> FieldValues:
        names: dict[str, int] = {}
        sets: dict[tuple[int, ...], int] = {}
        set_of = []
        for segment in self.segments:
            numbers = [names.setdefault(value, len(names)) for value in segment.names[name]]
            own = [sets.setdefault(tuple(numbers[n] for n in values), len(sets)) for values in segment.value_sets(name)]
            set_of.append(np.array(own, np.intp)[segment.arrays[f"{name}.sets"]])
        return FieldValues(tuple(names), tuple(sets), _concatenated(set_of, np.intp))

    @cached_property
    def count(self) -> int:
        """Number of stories that are not deleted."""
        return int(self.alive.sum())

    @cached_property
    def dates(self) -> Dates:
        """What each story's age is counted from (see segment.age_dates)."""
        return age_dates(self.published, self.first_seen)

    @cached_property
    def values(self) -> dict[str, FieldValues]:
        """The values of each field that facets are counted of."""
        return {field.name: self._join_values(field.name) for field in FACET_FIELDS}

    @cached_property
    def months(self) -> npt.NDArray[np.intp]:
        """Months since January 1970 of each story's publication; NO_MONTH for undated ones."""
        return _concatenated([segment.months for segment in self.segments], np.intp)

    @cached_property
    def groups(self) -> npt.NDArray[np.int64]:
        """The number of each story's group of copies (see schema.group_number)."""
        return _concatenated([segment.groups for segment in self.segments], np.int64)

    def once(self, make: Callable[["Snapshot"], Made]) -> Made:
        """What a function makes of this snapshot, made at the first call and remembered as long as the snapshot is."""
        made = self._made.get(make)
        if made is None:
            made = self._made[make] = make(self)
        return cast(Made, made)

    @cached_property
    def algorithms(self) -> frozenset[str]:
        """The stemming algorithms of all languages that the stories are written in."""
        found: frozenset[str] = frozenset().union(*(segment.algorithms for segment in self.segments))
        return found or frozenset({NO_ALGORITHM})

    @cached_property
    def id_ranks(self) -> Docs:
        """The place of each story in the order of all ids; for ties without end."""
        ids = self.ids(range(self.size))
        ranks = np.empty(self.size, np.int32)
        ranks[sorted(range(self.size), key=ids.__getitem__)] = np.arange(self.size, dtype=np.int32)
        return ranks

    def first_by_id(self, docs: Docs, number: int) -> Array:
        """Where those stand among some stories (ascending) that the first `number` in order of ids are among."""
        found = [np.arange(0)]
        for segment, part, local in self.split(docs):
            ranks = segment.id_ranks[local]
            first = np.argpartition(ranks, number - 1)[:number] if number < len(ranks) else np.arange(len(ranks))
            found.append(first + part.start)
        return np.concatenate(found)

    def split(self, docs: Docs) -> Iterator[tuple[SegmentView, slice, Docs]]:
        """Segment by segment: the part of some stories (ascending) that it holds, and their numbers in it."""
        bounds = np.searchsorted(docs, [*self.bases, self.size]).tolist()
        for segment, base, (start, end) in zip(self.segments, self.bases, pairwise(bounds), strict=True):
            if start < end:
                yield segment, slice(start, end), docs[start:end] - base

    def ids(self, docs: Iterable[int]) -> list[str]:
        """The story ids of documents."""
        if len(self.segments) == 1:
            return self.segments[0].ids.several(docs)
        found = []
        for doc in docs:
            number = bisect_right(self.bases, doc) - 1
            found.append(self.segments[number].ids[doc - self.bases[number]])
        return found

    def document(self, story_id: str) -> int | None:
        """The document of a story that is not deleted."""
        for segment, base in zip(self.segments, self.bases, strict=True):
            local = segment.document(story_id)
            if local is not None and self.alive[base + local]:
                return base + local
        return None

    def document_frequency(self, field: str, term: str) -> int:
        """Number of stories that hold the term, deleted ones included."""
        return sum(segment.document_frequency(field, term) for segment in self.segments)

    def average_length(self, field: str) -> float:
        """The mean number of words of a field."""
        return sum(segment.field_length(field) for segment in self.segments) / max(1, self.size)

    @cached_property
    def impacts(self) -> Floats:
        """The impact of each posting code of the default fields' lists (see byte_codes.impact_table)."""
        return impact_table(self.average_length(TEXT))

    def norms(self, field: str) -> Floats:
        """The length norms of all stories in a field (see bm25f.length_norms)."""
        with self._lock:
            if field not in self._norms:
                lengths = _concatenated([segment.lengths(field) for segment in self.segments], np.float32)
                self._norms[field] = length_norms(lengths, self.average_length(field))
            return self._norms[field]


def _concatenated(parts: Sequence[npt.NDArray[Any]], dtype: type[Scalar]) -> npt.NDArray[Scalar]:
    return np.concatenate([part.astype(dtype, copy=False) for part in parts]) if parts else np.empty(0, dtype)
