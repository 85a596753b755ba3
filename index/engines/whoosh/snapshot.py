"""What does the index hold as of one commit?

All segments of a commit side by side: stories are numbered through, posting lists and columns of the segments are
joined. A snapshot never changes; a new commit makes a new one, which shares the segments that stayed.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from index.engines.whoosh.forms import NO_ALGORITHM, algorithm_of, is_exact
from index.engines.whoosh.ranking import Floats, length_norms
from index.engines.whoosh.schema import UNDATED
from index.engines.whoosh.segment import Dates, Docs, Positions, Postings, SegmentView, Values
from index.fields import FACET_FIELDS

Scalar = TypeVar("Scalar", bound=np.generic)
Mask = npt.NDArray[np.bool_]


class Snapshot:
    """The stories of one commit; `deleted` holds the deleted document numbers of each segment."""

    def __init__(
        self, segments: Sequence[SegmentView], deleted: Sequence[Iterable[int]], *, generation: int, revision: int
    ) -> None:
        self.segments = tuple(segments)
        self.generation = generation
        self.revision = revision
        sizes = [segment.size for segment in segments]
        self.bases = [sum(sizes[:number]) for number in range(len(sizes))]
        self.size = sum(sizes)
        self.alive: Mask = np.ones(self.size, np.bool_)
        for base, numbers in zip(self.bases, deleted, strict=True):
            self.alive[np.array([base + number for number in numbers], np.int64)] = False
        self.published: Dates = _join([segment.published for segment in segments], np.int64)
        self.first_seen: Dates = _join([segment.first_seen for segment in segments], np.int64)
        self.versions = _join([segment.versions for segment in segments], np.int32)
        self.flags = _join([segment.flags for segment in segments], np.uint32)
        self.values = {field.name: self._join_values(field.name) for field in FACET_FIELDS}
        self._norms: dict[str, Floats] = {}
        self._norms_lock = Lock()

    def _join_values(self, name: str) -> Values:
        names: dict[str, int] = {}
        docs, ordinals = [], []
        for base, segment in zip(self.bases, self.segments, strict=True):
            values = segment.values[name]
            numbers = np.array([names.setdefault(value, len(names)) for value in values.names], np.int32)
            docs.append(values.docs + np.int32(base))
            ordinals.append(numbers[values.ordinals])
        return Values(_join(docs, np.int32), _join(ordinals, np.int32), tuple(names))

    @cached_property
    def count(self) -> int:
        """Number of stories that are not deleted."""
        return int(self.alive.sum())

    @cached_property
    def dates(self) -> Dates:
        """What a story's age is reckoned from: published_at, else first_seen_at (microseconds since 1970)."""
        dated: Dates = np.where(self.published == UNDATED, self.first_seen, self.published)
        return dated

    @cached_property
    def months(self) -> Docs:
        """Months since January 1970 of published_at; undated stories have the date's own mark, far in the past."""
        months: Docs = self.published.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        return np.where(self.published == UNDATED, np.iinfo(np.int32).min, months).astype(np.int32)

    @cached_property
    def algorithms(self) -> frozenset[str]:
        """The stemming algorithms of all languages that the stories are written in."""
        return frozenset({NO_ALGORITHM, *map(algorithm_of, self.values["language"].names)})

    def ids(self, docs: Iterable[int]) -> list[str]:
        """The story ids of documents."""
        found = []
        for doc in docs:
            number = np.searchsorted(self.bases, doc, side="right") - 1
            found.append(self.segments[number].ids[doc - self.bases[number]])
        return found

    def document_frequency(self, field: str, term: str) -> int:
        """Number of stories that hold the term, deleted ones included."""
        return sum(segment.document_frequency(field, term) for segment in self.segments)

    def postings(self, field: str, term: str) -> Postings:
        """The stories that hold a term in a field."""
        lists = [segment.postings(field, term) for segment in self.segments]
        return Postings(self._numbered([part.docs for part in lists]), _join([p.weights for p in lists], np.float32))

    def positions(self, field: str, term: str) -> Positions:
        """Every occurrence of a term in a field."""
        lists = [segment.positions(field, term) for segment in self.segments]
        return Positions(self._numbered([part.docs for part in lists]), _join([p.positions for p in lists], np.int32))

    def _numbered(self, parts: Sequence[Docs]) -> Docs:
        return _join([part + np.int32(base) for part, base in zip(parts, self.bases, strict=True)], np.int32)

    def norms(self, field: str) -> Floats:
        """The length norms of all stories in a field (see ranking.length_norms)."""
        with self._norms_lock:
            if field not in self._norms:
                lengths = _join([segment.lengths(field) for segment in self.segments], np.float32)
                total = sum(segment.field_length(field) for segment in self.segments)
                self._norms[field] = length_norms(lengths, total / max(1, self.size))
            return self._norms[field]

    def expand(self, terms_of: Callable[[SegmentView], Iterable[str]]) -> tuple[str, ...]:
        """The exact terms that `terms_of` finds in any of the segments."""
        found = {term for segment in self.segments for term in terms_of(segment)}
        return tuple(sorted(filter(is_exact, found)))


def _join(parts: Sequence[npt.NDArray[Any]], dtype: type[Scalar]) -> npt.NDArray[Scalar]:
    return np.concatenate([part.astype(dtype, copy=False) for part in parts]) if parts else np.empty(0, dtype)
