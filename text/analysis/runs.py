"""Runs of texts: characters without white space between them, which no word crosses.

News repeats itself: few runs of a text are new, and the others are found by their letters in a compiled loop. Each has
a number, by which its words are known once it has been analysed. Marks at the ends, of which no word is made, are left
out.
"""

import secrets
import string
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from text.compiled import compiled

Numbers = npt.NDArray[Any]

_FEWEST_SLOTS = 1 << 12
_PRIME = np.uint64(0x100000001B3)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_ONE = np.uint64(1)
_FULL_STOP = ord(".")
_BYTES = [chr(byte) if byte < 0x80 else "" for byte in range(256)]
_IS_BLANK = np.array([byte.isspace() for byte in _BYTES])
_IS_MARK = np.array([byte != "" and byte in string.punctuation.replace("_", "") for byte in _BYTES])
_MAY_BE_INITIAL = np.array([byte == "" or byte.isupper() for byte in _BYTES])
"""Of each byte of UTF-8: is it white space, a mark, (a part of) a capital letter, before which a full stop counts?"""


class RunsOfPassages(NamedTuple):
    """The numbers of the runs of some passages, one after the other, and how many each passage has."""

    runs: Numbers
    counts: Numbers


class RunTable:
    """Numbers of runs, in order of appearance; the same characters in passages of another group are another run."""

    def __init__(self) -> None:
        self._count = 0
        # Each slot: a run's hash, and its number and one, or 0 where it is free.
        self._slots = np.zeros((_FEWEST_SLOTS, 2), np.uint64)
        self._groups = np.empty(0, np.int32)
        self._starts = np.zeros(1, np.int64)
        self._letters = np.empty(0, np.uint8)
        # Nobody can write stories whose runs all fall on one slot.
        self._seed = np.uint64(secrets.randbits(64))

    def __len__(self) -> int:
        return self._count

    @property
    def size(self) -> int:
        """Bytes that the characters of all runs take."""
        return int(self._starts[self._count])

    def number(self, passages: Sequence[str], groups: Numbers) -> RunsOfPassages:
        """The runs of some passages, those of passages[i] in groups[i]."""
        encoded = [passage.encode("utf-8", "surrogatepass") for passage in passages]
        ends = np.cumsum(np.array(list(map(len, encoded)), np.int64))
        text = np.frombuffer(b"".join(encoded), np.uint8)
        # Runs of a passage are a byte long each at least, with another one between them.
        most = (len(text) + len(passages)) // 2
        places, hashes = np.empty((most, 3), np.int64), np.empty(most, np.uint64)
        counts = np.empty(len(passages), np.int32)
        found = _find(text, ends, groups.astype(np.int32), self._seed, places, hashes, counts)
        self._make_room(found, len(text))
        runs = np.empty(found, np.int32)
        table = (self._slots, self._groups, self._starts, self._letters)
        self._count = _number(text, places, hashes, *table, self._count, runs)
        return RunsOfPassages(runs, counts)

    def written(self, first: int) -> Iterator[tuple[int, str]]:
        """The group and the characters of each run from number `first` on."""
        bounds = self._starts[first : self._count + 1]
        letters = self._letters[bounds[0] : bounds[-1]].tobytes()
        groups = self._groups[first : self._count].tolist()
        for group, (start, end) in zip(groups, pairwise((bounds - bounds[0]).tolist()), strict=True):
            yield group, letters[start:end].decode("utf-8", "surrogatepass")

    def _make_room(self, runs: int, letters: int) -> None:
        """Let so many more runs of so many letters fit in, the slots half full at most."""
        count, size = self._count + runs, self.size + letters
        if count > len(self._groups):
            self._groups = np.resize(self._groups, 2 * count)
            self._starts = np.resize(self._starts, 2 * count + 1)
        if size > len(self._letters):
            self._letters = np.resize(self._letters, 2 * size)
        if 2 * count > len(self._slots):
            slots = np.zeros((1 << (2 * count - 1).bit_length(), 2), np.uint64)
            _move(self._slots, slots)
            self._slots = slots


@compiled
def _move(slots: Numbers, larger: Numbers) -> None:
    """Put all runs into a table with more slots, a power of two."""
    last = np.uint64(len(larger) - 1)
    for number in range(len(slots)):
        if slots[number, 1]:
            slot = slots[number, 0] & last
            while larger[slot, 1]:
                slot = (slot + _ONE) & last
            larger[slot, 0], larger[slot, 1] = slots[number, 0], slots[number, 1]


@compiled
def _trimmed(text: Numbers, start: int, end: int) -> tuple[int, int]:
    """Where a run between two places begins and ends without marks; a full stop may belong to initials: "U.N."."""
    while start < end and _IS_MARK[text[start]]:
        start += 1
    while start < end and _IS_MARK[text[end - 1]]:
        if text[end - 1] == _FULL_STOP and _MAY_BE_INITIAL[text[end - 2]]:
            break
        end -= 1
    return start, end


@compiled
def _hash(text: Numbers, start: int, end: int, hashed: Any) -> Any:
    for place in range(start, end):
        hashed = (hashed ^ np.uint64(text[place])) * _PRIME
    return hashed


@compiled
def _slot_of(
    hashed: Any, text: Numbers, start: int, end: int, slots: Numbers, starts: Numbers, letters: Numbers
) -> Any:
    """The slot of the run between two places of a text: its own, or the free one that it may have.

    Where hash and letters are the same, so is the group that the hash began with: each step can be undone.
    """
    last = np.uint64(len(slots) - 1)
    slot = hashed & last
    while slots[slot, 1]:
        if slots[slot, 0] == hashed:
            run = np.int64(slots[slot, 1]) - 1
            first, place = starts[run], start
            if starts[run + 1] - first == end - start:
                while place < end and letters[first + place - start] == text[place]:
                    place += 1
                if place == end:
                    break
        slot = (slot + _ONE) & last
    return slot


@compiled
def _find(
    text: Numbers, ends: Numbers, groups: Numbers, seed: Any, places: Numbers, hashes: Numbers, counts: Numbers
) -> int:
    """Where the runs of passages that end at `ends` begin and end, their hashes and their groups; returns how many."""
    place = found = 0
    for passage in range(len(ends)):
        end, before, group = ends[passage], found, groups[passage]
        while place < end:
            first, hashed = place, seed ^ np.uint64(group)
            while place < end and not _IS_BLANK[text[place]]:
                hashed = (hashed ^ np.uint64(text[place])) * _PRIME
                place += 1
            last = place
            place += 1
            if first == last:
                continue
            if _IS_MARK[text[first]] or _IS_MARK[text[last - 1]]:
                first, last = _trimmed(text, first, last)
                if first == last:
                    continue
                hashed = _hash(text, first, last, seed ^ np.uint64(group))
            hashed = (hashed ^ (hashed >> _HALF)) * _MULTIPLIER
            hashes[found] = hashed ^ (hashed >> _HALF)
            places[found, 0], places[found, 1], places[found, 2] = first, last, group
            found += 1
        place = end
        counts[passage] = found - before
    return found


@compiled
def _number(
    text: Numbers,
    places: Numbers,
    hashes: Numbers,
    slots: Numbers,
    groups: Numbers,
    starts: Numbers,
    letters: Numbers,
    known: int,
    runs: Numbers,
) -> int:
    """Fill `runs` with the numbers of runs found, giving one to each that is new; returns how many are known then."""
    for found in range(len(runs)):
        first, last, hashed = places[found, 0], places[found, 1], hashes[found]
        slot = _slot_of(hashed, text, first, last, slots, starts, letters)
        if not slots[slot, 1]:
            to = starts[known]
            for letter in range(last - first):
                letters[to + letter] = text[first + letter]
            groups[known], starts[known + 1] = places[found, 2], to + last - first
            known += 1
            slots[slot, 0], slots[slot, 1] = hashed, known
        runs[found] = slots[slot, 1] - _ONE
    return known
