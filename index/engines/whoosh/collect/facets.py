"""Facet counts: how often each value of a facet occurs among the stories found.

Counting is one look-up and one addition a story and facet, and over a large result that is most of a search. So
facets with few values are counted together, as one number that stands for a value of each of them.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from math import prod

import numpy as np

from index.engines.whoosh.collect.result_loops import number_counts, scored_counts, value_counts
from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.segments.segment import NO_MONTH, Docs, FieldValues
from index.engines.whoosh.segments.snapshot import Snapshot
from model.fields import FACET_FIELDS, PUBLISHED

Counts = tuple[tuple[str, int], ...]

_MOST_TOGETHER = 1 << 13


class FacetCounter:
    """Counts facets; `values` holds those of each, PUBLISHED among them."""

    def __init__(self, values: Mapping[str, FieldValues]) -> None:
        self._values = values
        self._sizes = {name: len(one.sets) for name, one in values.items()}

    @cached_property
    def _groups(self) -> list[list[str]]:
        """The facets that are counted together."""
        groups: list[list[str]] = []
        for name in sorted(self._sizes, key=self._sizes.__getitem__):
            if groups and self._together([*groups[-1], name]) <= _MOST_TOGETHER:
                groups[-1].append(name)
            else:
                groups.append([name])
        return groups

    def _together(self, names: Sequence[str]) -> int:
        """How many numbers stand for the values of these facets."""
        return prod(self._sizes[name] for name in names)

    @cached_property
    def _most(self) -> int:
        """What no group's numbers reach."""
        return max(map(self._together, self._groups))

    @cached_property
    def _columns(self) -> Array:
        """For each group and story the number that stands for its values."""
        columns = np.zeros((len(self._groups), len(next(iter(self._values.values())).set_of)), np.uint32)
        for column, names in zip(columns, self._groups, strict=True):
            for name in names:
                column *= np.uint32(self._sizes[name])
                column += self._values[name].set_of.astype(np.uint32)
        return columns.astype(np.uint16) if self._most <= 1 << 16 else columns

    def count(self, docs: Docs) -> Mapping[str, Counts]:
        """All facets of some stories: the most frequent value first, months in order of time."""
        return self._counted(number_counts(self._columns, docs, self._most))

    def count_scored(self, scores: Array) -> Mapping[str, Counts]:
        """The same for the stories whose score is above 0."""
        return self._counted(scored_counts(self._columns, scores, self._most))

    def _counted(self, counts: Array) -> Mapping[str, Counts]:
        found: dict[str, Counts] = {}
        for names, together in zip(self._groups, counts, strict=True):
            stride = self._together(names)
            used = together[:stride]
            for name in names:
                stride //= self._sizes[name]
                found[name] = self._listed[name].counts(used, stride)
        return {name: found[name] for name in self._values}

    @cached_property
    def _listed(self) -> dict[str, "_FacetValues"]:
        return {name: _FacetValues(values, by_count=name != PUBLISHED) for name, values in self._values.items()}


class _FacetValues:
    """The values of a facet, and which of them each set holds; listed by their counts, or in their own order."""

    def __init__(self, values: FieldValues, *, by_count: bool) -> None:
        self._names = values.names
        self._by_count = by_count
        self._starts = np.array([0, *accumulate(map(len, values.sets))])
        self._values = np.array([value for own in values.sets for value in own], np.int64)
        self._ranks = np.empty(len(self._names), np.int64)
        self._ranks[sorted(range(len(self._names)), key=self._names.__getitem__)] = np.arange(len(self._names))

    def counts(self, together: Array, stride: int) -> Counts:
        """How often each value occurs, from how often facets counted together do."""
        totals = value_counts(together, stride, self._starts, self._values, len(self._names))
        found = np.flatnonzero(totals)
        if self._by_count:
            found = found[np.lexsort((self._ranks[found], -totals[found]))]
        return tuple(zip(map(self._names.__getitem__, found.tolist()), totals[found].tolist(), strict=True))


def facets_in(snapshot: Snapshot) -> FacetCounter:
    """What counts facets over the stories of a snapshot, made once."""
    return snapshot.once(_facet_counter)


def _facet_counter(snapshot: Snapshot) -> FacetCounter:
    return FacetCounter({**snapshot.values, PUBLISHED: _months(snapshot)})


def _months(snapshot: Snapshot) -> FieldValues:
    """The months of publication, in order ("2013-01"), as a facet."""
    months = snapshot.months
    dated = months != NO_MONTH
    first = int(months.min(where=dated, initial=np.iinfo(np.intp).max))
    size = max(0, int(months.max(where=dated, initial=-1 << 40)) - first + 1)
    names = tuple(f"{1970 + month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, first + size))
    set_of = np.where(dated, months - first, size)
    return FieldValues(names, (*((number,) for number in range(size)), ()), set_of)


def no_facets() -> Mapping[str, Counts]:
    """The facets of nothing."""
    return {**{field.name: () for field in FACET_FIELDS}, PUBLISHED: ()}
