"""Sorted pairs of a key and a place, as two arrays, and the bytes that they are kept as."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Rows = NDArray[np.int64]
"""Several columns, row by row."""
Pair = tuple[int, int]

PAIR_BYTES = 16
_KEPT = np.dtype("<i8")


class Pairs(NamedTuple):
    """Pairs in the order of their keys and, under one key, of their places; no two alike."""

    keys: Numbers
    places: Numbers

    @classmethod
    def of(cls, rows: Rows | Sequence[Pair]) -> Self:
        """Rows in any order."""
        given = rows if isinstance(rows, np.ndarray) else np.array(rows, np.int64).reshape(-1, 2)
        return cls.sorted(given[:, 0], given[:, 1])

    @classmethod
    def sorted(cls, keys: Numbers, places: Numbers) -> Self:
        """Columns in any order."""
        order = np.lexsort((places, keys))
        keys, places = keys[order], places[order]
        if keys.size > 1:
            other = np.ones(keys.size, np.bool_)
            other[1:] = (keys[1:] != keys[:-1]) | (places[1:] != places[:-1])
            keys, places = keys[other], places[other]
        return cls(keys, places)

    @classmethod
    def unpacked(cls, content: bytes) -> Self:
        """Pairs as they were packed."""
        numbers = np.frombuffer(content, _KEPT)
        return cls(numbers[: numbers.size // 2], numbers[numbers.size // 2 :])

    @classmethod
    def joined(cls, parts: Iterable["Pairs"]) -> Self:
        """Parts of which each begins behind the last pair of the one before."""
        kept = [part for part in parts if part.size]
        if not kept:
            return cls(np.empty(0, np.int64), np.empty(0, np.int64))
        return cls(np.concatenate([part.keys for part in kept]), np.concatenate([part.places for part in kept]))

    @classmethod
    def merged(cls, parts: Sequence["Pairs"]) -> Self:
        """Parts in any order."""
        joined = cls.joined(parts)
        return cls.sorted(joined.keys, joined.places)

    @property
    def size(self) -> int:
        """How many they are."""
        return self.keys.size

    def part(self, begin: int, end: int) -> "Pairs":
        """Those from one position up to another."""
        return Pairs(self.keys[begin:end], self.places[begin:end])

    def packed(self) -> bytes:
        """All keys, then all places, 8 bytes each."""
        return self.keys.astype(_KEPT).tobytes() + self.places.astype(_KEPT).tobytes()

    def rows(self) -> list[Pair]:
        """As tuples."""
        return list(zip(self.keys.tolist(), self.places.tolist(), strict=True))

    def without(self, gone: "Pairs") -> "Pairs":
        """All but those."""
        kept = np.ones(self.size, np.bool_)
        at = self.ranks(gone)
        at = at[at < self.ranks(gone, after=True)]
        kept[at] = False
        return Pairs(self.keys[kept], self.places[kept])

    def rank(self, pair: Pair, *, after: bool = False) -> int:
        """How many stand before a pair; with `after` the pair itself counts."""
        return int(self.ranks(Pairs(np.array(pair[:1]), np.array(pair[1:])), after=after)[0])

    def ranks(self, wanted: "Pairs", *, after: bool = False) -> Numbers:
        """How many stand before each of others, in whatever order these are; with `after` the pair itself counts."""
        low, high = self.span(wanted.keys)
        return self.ranks_between(low, high, wanted.places, after=after)

    def span(self, keys: Numbers) -> tuple[Numbers, Numbers]:
        """Where the pairs of each key begin and end."""
        return np.searchsorted(self.keys, keys, "left"), np.searchsorted(self.keys, keys, "right")

    def ranks_between(self, low: Numbers, high: Numbers, places: Numbers, *, after: bool = False) -> Numbers:
        """For each place its rank among the pairs of one key, which stand between two positions."""
        while (is_open := low < high).any():
            middle = (low + high) >> 1
            found = self.places[np.where(is_open, middle, 0)]
            goes_on = is_open & ((found <= places) if after else (found < places))
            low = np.where(goes_on, middle + 1, low)
            high = np.where(is_open & ~goes_on, middle, high)
        return low


def ranges(begins: Numbers, ends: Numbers) -> Numbers:
    """All whole numbers from each begin up to its end, one range after the other."""
    counts = np.maximum(ends - begins, 0)
    starts: Numbers = np.repeat(begins - np.cumsum(counts) + counts, counts)
    return starts + np.arange(starts.size)
