"""Guide to one segment of a run: where its blocks begin, and which keys it can't hold.

A Bloom filter of 16 bits a pair and six probes lets 1 key in 1,100 through that is not there (Kirsch and Mitzenmacher,
"Less hashing, same performance", 2006, for the probes). Most keys are in no segment but the one that they came in.
"""

import struct
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store.sql.key_runs.pairs import PAIR_BYTES, Numbers, Pair, Pairs

_BITS_A_PAIR = 16
_PROBES = 6
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_LEAST = -(1 << 63)
ROUNDED = (1 << 32) - 1
"""No bound of a segment tells a key to these bits."""
_HEAD = struct.Struct("<I")
_MOST_KEPT = 512
"""Of 540 KB at most."""


class Guide(NamedTuple):
    """Fences of blocks, that is pairs before which their own do not begin, and the bits of the filter.

    Neither changes when pairs are dropped, nor tells a key that has been: a fence is the roundest number that keeps two
    blocks apart.
    """

    fences: Pairs
    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, pairs: Pairs, begin: Pair, block: int) -> "Guide":
        """That of pairs, so many of which stand in a block, none before `begin`."""
        count = pairs.size * _BITS_A_PAIR
        flags = np.zeros(count, np.bool_)
        start, step = _hashed(pairs.keys)
        for probe in range(_PROBES):
            flags[_place(start, step, probe, count)] = True
        fences = fences_of(pairs, block)
        fences.keys[0], fences.places[0] = begin
        return cls(fences, np.packbits(flags))

    @classmethod
    def unpacked(cls, content: bytes) -> "Guide":
        """As it was packed."""
        (count,) = _HEAD.unpack_from(content)
        end = _HEAD.size + count * PAIR_BYTES
        return cls(Pairs.unpacked(content[_HEAD.size : end]), np.frombuffer(content, np.uint8, offset=end))

    def packed(self) -> bytes:
        """As bytes."""
        return _HEAD.pack(self.fences.size) + self.fences.packed() + self.bits.tobytes()

    def may_hold(self, keys: Numbers) -> Numbers:
        """The positions of those keys that the segment may hold."""
        left = np.arange(keys.size)
        start, step = _hashed(keys)
        for probe in range(_PROBES):
            at = _place(start, step, probe, self.bits.size * 8)
            is_set = (self.bits[at >> 3] >> (7 - (at & 7)).astype(np.uint8) & 1).astype(np.bool_)
            left, start, step = left[is_set], start[is_set], step[is_set]
            if not left.size:
                break
        return left


def fences_of(pairs: Pairs, block: int) -> Pairs:
    """For each so many pairs a pair that is not above the first of them, and above all before."""
    keys, places = pairs.keys[::block], pairs.places[::block]
    last_keys, last_places = (column[block - 1 : -1 : block] for column in pairs)
    is_same = keys[1:] == last_keys
    between = np.where(is_same, _between(last_places, places[1:]), _LEAST)
    first = keys[:1] & ~ROUNDED
    return Pairs(np.append(first, _between(last_keys, keys[1:])), np.append(np.int64(_LEAST), between))


def _between(low: Numbers, high: Numbers) -> Numbers:
    """The number with most zeros at its end that is above `low` and not above `high`; `high` where both are equal."""
    below = low.astype(np.uint64) ^ high.astype(np.uint64)
    for shift in (1, 2, 4, 8, 16, 32):
        below |= below >> np.uint64(shift)
    return (high.astype(np.uint64) & ~(below >> np.uint64(1))).astype(np.int64)


def _hashed(keys: Numbers) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    mixed = keys.astype(np.uint64) * _MIX
    mixed = (mixed ^ (mixed >> _HALF)) * _MIX
    return mixed & _LOW, (mixed >> _HALF) | np.uint64(1)


def _place(start: NDArray[np.uint64], step: NDArray[np.uint64], probe: int, count: int) -> Numbers:
    """The bit of one probe: 32 bits of the hash, brought below the number of bits."""
    probed = (start + np.uint64(probe) * step) & _LOW
    return ((probed * np.uint64(count)) >> _HALF).astype(np.int64)


class KeptGuides:
    """Guides that this process has read or made, by segments, the number of which is used once and never again.

    So what is kept is right whatever other processes write, and after a transaction that was rolled back or a
    database that was put back from a backup. Safe to use from several threads.
    """

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most = most
        self._guides: OrderedDict[int, Guide] = OrderedDict()
        self._lock = Lock()

    def get(self, segment: int) -> Guide | None:
        """The guide to a segment; None where it has to be read."""
        with self._lock:
            found = self._guides.get(segment)
            if found is not None:
                self._guides.move_to_end(segment)
            return found

    def keep(self, segment: int, guide: Guide) -> None:
        """Keep one, in the place of that which was not asked for the longest."""
        with self._lock:
            self._guides[segment] = guide
            while len(self._guides) > self._most:
                self._guides.popitem(last=False)

    def drop(self, segment: int) -> None:
        """Keep that of a segment no longer."""
        with self._lock:
            self._guides.pop(segment, None)
