"""How are sorted strings kept in arrays, and found again?

All strings one after the other in UTF-8 (which sorts like the characters themselves) and the offsets between them;
looked up by halving, so nothing has to be loaded first.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np

from index.engines.whoosh.arrays import Array

_PAST_ALL = b"\xff"
_SAMPLED = 64
_FEW = 150
"""Up to so many words are faster compared one by one than all at once."""
_SIGNATURE_BITS = 64
_BYTES_OF_CHARACTER = 4
_BITS_IN_BYTE = np.array([bin(byte).count("1") for byte in range(256)], np.uint8)


def encode(string: str) -> bytes:
    """A string as it is kept; what a person typed may hold lone surrogates."""
    return string.encode("utf-8", "surrogatepass")


def pack_strings(strings: Iterable[str]) -> tuple[Array, Array]:
    """Bytes and offsets of strings, in the order given."""
    encoded = list(map(encode, strings))
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum(list(map(len, encoded)), out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets


class Strings:
    """Strings in arrays; all look-ups but those by number are for sorted ones."""

    def __init__(self, blob: Array, offsets: Array) -> None:
        self._bytes, self._array = blob, offsets
        self._blob, self._offsets = blob.data, offsets.data

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> str:
        return self.encoded(number).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        text = self._bytes.tobytes()
        offsets = self._array.tolist()
        for start, end in pairwise(offsets):
            yield text[start:end].decode("utf-8", "surrogatepass")

    def encoded(self, number: int) -> bytes:
        """One string as it is kept."""
        return bytes(self._blob[self._offsets[number] : self._offsets[number + 1]])

    def first_from(self, encoded: bytes) -> int:
        """The number of the first string that is not before `encoded`."""
        sample = bisect_left(self._samples, encoded)
        low, high = max(0, sample - 1) * _SAMPLED, min(sample * _SAMPLED, len(self))
        blob, offsets = self._blob, self._offsets
        while low < high:
            middle = (low + high) // 2
            if bytes(blob[offsets[middle] : offsets[middle + 1]]) < encoded:
                low = middle + 1
            else:
                high = middle
        return low

    @cached_property
    def _samples(self) -> list[bytes]:
        """Every _SAMPLED-th string, at hand for the first half of a look-up."""
        return [self.encoded(number) for number in range(0, len(self), _SAMPLED)]

    def find(self, string: str) -> int:
        """The number of a string, -1 where it is not there."""
        encoded = encode(string)
        number = self.first_from(encoded)
        return number if number < len(self) and self.encoded(number) == encoded else -1

    def prefixed(self, prefix: str) -> range:
        """The numbers of all strings that begin with `prefix`."""
        encoded = encode(prefix)
        return range(self.first_from(encoded), self.first_from(encoded + _PAST_ALL))

    def matching(self, pattern: re.Pattern[str], piece: str, among: range) -> Array:
        """The numbers of the strings in a range that match a pattern as a whole; all matches hold `piece`."""
        text, starts = self._lines
        end = len(text) if among.stop == len(self) else int(starts[among.stop]) - 1
        at = text.find(piece, int(starts[among.start])) if among else -1
        found: list[int] = []
        while 0 <= at < end:
            line_end = text.find("\n", at)
            start = text.rfind("\n", 0, at) + 1
            if pattern.fullmatch(text, start, line_end):
                found.append(start)
            at = text.find(piece, line_end)
        return np.searchsorted(starts, np.array(found, np.int64))

    def near(self, word: str, edits: int) -> Array:
        """The numbers of the strings within that many edits of a word, swaps of neighbours among them."""
        signatures, lengths, plain = self._signatures
        encoded = encode(word)
        wanted = np.bitwise_or.reduce(_bits(np.frombuffer(encoded, np.uint8)), initial=np.uint64(0))
        # An edit of one plain letter changes the length by one byte and at most two bits; another script, more.
        widest = edits * (1 if word.isascii() else _BYTES_OF_CHARACTER)
        widths = np.where(plain, widest, edits * _BYTES_OF_CHARACTER) if not plain.all() else widest
        alike_long = np.flatnonzero(abs(lengths - len(encoded)) <= widths)
        differing = _BITS_IN_BYTE[(signatures[alike_long] ^ wanted).view(np.uint8)].reshape(-1, 8).sum(axis=1)
        allowed = widths[alike_long] if isinstance(widths, np.ndarray) else widths
        candidates = alike_long[differing <= 2 * allowed]
        alike = candidates[plain[candidates]] if word.isascii() and len(candidates) > _FEW else candidates[:0]
        others = np.setdiff1d(candidates, alike, assume_unique=True)
        near = alike[self._distances(encoded, alike) <= edits]
        more = [number for number in others.tolist() if distance(word, self[number], edits) <= edits]
        return np.sort(np.concatenate((near, np.array(more, np.int64))))

    def _distances(self, word: bytes, numbers: Array) -> Array:
        """Edits between an ASCII word and many others, all at once: the table of `distance`, a cell a step."""
        starts, lengths = self._array[numbers], np.diff(self._array)[numbers]
        longest = int(lengths.max(initial=0))
        places = np.minimum(starts[:, None] + np.arange(longest), max(0, len(self._bytes) - 1))
        letters = np.ascontiguousarray(self._bytes[places].T)
        row = np.repeat(np.arange(longest + 1, dtype=np.int16)[:, None], len(numbers), axis=1)
        before = row
        for number, letter in enumerate(word, 1):
            earlier, before, row = before, row, np.full_like(row, number)
            for place in range(1, longest + 1):
                differs = letters[place - 1] != letter
                best = np.minimum(np.minimum(before[place], row[place - 1]) + 1, before[place - 1] + differs)
                if number > 1 < place:
                    swapped = (letters[place - 1] == word[number - 2]) & (letters[place - 2] == letter)
                    best = np.where(swapped, np.minimum(best, earlier[place - 2] + 1), best)
                row[place] = best
        found: Array = row[lengths, np.arange(len(numbers))]
        return found

    @cached_property
    def _lines(self) -> tuple[str, Array]:
        """All strings, a line each, and where each begins."""
        strings = list(self)
        starts = np.zeros(len(strings) + 1, np.int64)
        np.cumsum([len(string) + 1 for string in strings], out=starts[1:])
        return "".join(f"{string}\n" for string in strings), starts

    @cached_property
    def _signatures(self) -> tuple[Array, Array, Array]:
        """Which bytes each string holds (as bits), its length in bytes, and whether it is ASCII."""
        lengths = np.diff(self._array)
        starts = self._array[:-1]
        if not len(self._bytes):
            return np.zeros(len(starts), np.uint64), lengths, np.ones(len(starts), np.bool_)
        # Empty strings have no range of their own; no word is empty.
        starts = np.minimum(starts, len(self._bytes) - 1)
        return (
            np.bitwise_or.reduceat(_bits(self._bytes), starts),
            lengths,
            np.maximum.reduceat(self._bytes, starts) < 128,
        )


def _bits(text: Array) -> Array:
    return np.left_shift(np.uint64(1), (text % _SIGNATURE_BITS).astype(np.uint64))


def distance(left: str, right: str, most: int) -> int:
    """Edits between two words (optimal string alignment); anything above `most` where there are more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    shared = next((at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), None)
    shared = min(len(left), len(right)) if shared is None else shared
    left, right = left[shared:], right[shared:]
    if not left or not right:
        return len(left) + len(right)
    before: list[int] = []
    row = list(range(len(right) + 1))
    for number, character in enumerate(left, 1):
        earlier, before, row = before, row, [number]
        for place, other in enumerate(right, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (character != other))
            if number > 1 < place and character == right[place - 2] and left[number - 2] == other:
                cost = min(cost, earlier[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
