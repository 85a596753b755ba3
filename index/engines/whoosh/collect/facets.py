"""How often does each value of a facet occur among the stories found?

Counting is one look-up and one addition a story and facet, and over a large result that is most of a search. So
facets with few values are counted together, as one number that stands for a value of each of them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.engines.whoosh.segments.arrays import Array
from index.engines.whoosh.segments.segment import Docs
from model.fields import FACET_FIELDS, PUBLISHED

Ordinals = npt.NDArray[np.intp]
Counts = tuple[tuple[str, int], ...]

_MOST_TOGETHER = 1 << 13
_PICKED_SLOWLY = 0.03, 0.1


class Values(NamedTuple):
    """The values of a facet over all stories.

    Stories have few different sets of values, so a story's is one number: `sets` holds each set, as numbers in `names`,
    and `set_of` the number of each story's set.
    """

    names: tuple[str, ...]
    sets: tuple[tuple[int, ...], ...]
    set_of: Ordinals


@dataclass(frozen=True, slots=True)
class _Group:
    """Facets counted together: `numbers` holds for each story its values as one number."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    numbers: Array


class FacetCounter:
    """Counts facets; `values` holds those of each, PUBLISHED among them."""

    def __init__(self, values: Mapping[str, Values]) -> None:
        self._values = values

    @cached_property
    def _groups(self) -> list[_Group]:
        sizes = {name: len(values.sets) for name, values in self._values.items()}
        groups: list[list[str]] = []
        for name in sorted(sizes, key=sizes.__getitem__):
            if groups and prod(sizes[other] for other in groups[-1]) * sizes[name] <= _MOST_TOGETHER:
                groups[-1].append(name)
            else:
                groups.append([name])
        return [self._group(names, [sizes[name] for name in names]) for names in groups]

    def _group(self, names: Sequence[str], sizes: Sequence[int]) -> _Group:
        numbers = self._values[names[0]].set_of
        for name, size in zip(names[1:], sizes[1:], strict=True):
            numbers = numbers * size + self._values[name].set_of
        return _Group(tuple(names), tuple(sizes), numbers)

    def count(self, docs: Docs) -> Mapping[str, Counts]:
        """All facets of some stories: the most frequent value first, months in order of time."""
        counts: dict[str, Array] = {}
        for group in self._groups:
            together = np.bincount(group.numbers.take(docs, mode="clip"), minlength=prod(group.sizes))
            table = together.reshape(group.sizes)
            for axis, name in enumerate(group.names):
                others = tuple(other for other in range(len(group.names)) if other != axis)
                counts[name] = table.sum(axis=others)
        facets: dict[str, Counts] = {}
        for name, values in self._values.items():
            named = _named(values, counts[name])
            facets[name] = named if name == PUBLISHED else tuple(sorted(named, key=lambda pair: (-pair[1], pair[0])))
        return facets


def no_facets() -> Mapping[str, Counts]:
    """The facets of nothing."""
    return {**{field.name: () for field in FACET_FIELDS}, PUBLISHED: ()}


def picked(mask: Array) -> Docs:
    """The stories of a mask.

    NumPy's flatnonzero takes another way for masks that are up to a tenth full, which near that tenth is much slower;
    a mask that is made fuller is picked at the speed of full ones.
    """
    count = int(np.count_nonzero(mask))
    if not _PICKED_SLOWLY[0] < count / max(1, len(mask)) <= _PICKED_SLOWLY[1]:
        return np.flatnonzero(mask)
    fuller = np.ones(len(mask) + len(mask) // 8, np.bool_)
    fuller[: len(mask)] = mask
    return np.flatnonzero(fuller)[:count]


def _named(values: Values, counts: Array) -> Counts:
    """The counts of the values, from those of the sets."""
    total: Counter[int] = Counter()
    for number in np.flatnonzero(counts).tolist():
        for value in values.sets[number]:
            total[value] += int(counts[number])
    return tuple((values.names[value], total[value]) for value in sorted(total))
