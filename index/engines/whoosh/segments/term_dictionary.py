"""Term dictionary: sorted strings in arrays.

All strings one after the other in UTF-8 (which sorts like the characters themselves) and the offsets between them;
looked up by halving, so nothing has to be loaded first.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.search_loops import first_string_from, string_at
from index.engines.whoosh.segments.term_patterns import Spellings

_PAST_ALL = b"\xff"
_SHORT_BELOW = 1 << 32


def encode(string: str) -> bytes:
    """A string as it is kept; what a person typed may hold lone surrogates."""
    return string.encode("utf-8", "surrogatepass")


def pack_strings(strings: Iterable[str]) -> tuple[Array, Array]:
    """Bytes and offsets of strings, in the order given."""
    given = list(strings)
    together = "".join(given)
    encoded = given if together.isascii() else list(map(encode, given))
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
    return np.frombuffer(encode(together), np.uint8), offsets.astype(
        np.uint32 if offsets[-1] < _SHORT_BELOW else np.int64
    )


class TermDictionary:
    """TermDictionary in arrays; all look-ups but those by number are for sorted ones."""

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

    def several(self, numbers: Iterable[int]) -> list[str]:
        """Some strings by their numbers."""
        blob, offsets = self._blob, self._offsets
        return [str(blob[offsets[n] : offsets[n + 1]], "utf-8", "surrogatepass") for n in numbers]

    def encoded(self, number: int) -> bytes:
        """One string as it is kept."""
        return bytes(self._blob[self._offsets[number] : self._offsets[number + 1]])

    def first_from(self, encoded: bytes) -> int:
        """The number of the first string that is not before `encoded`."""
        return first_string_from(self._bytes, self._array, np.frombuffer(encoded, np.uint8))

    def find(self, string: str) -> int:
        """The number of a string, -1 where it is not there."""
        return string_at(self._bytes, self._array, np.frombuffer(encode(string), np.uint8))

    def prefixed(self, prefix: str) -> range:
        """The numbers of all strings that begin with `prefix`."""
        encoded = encode(prefix)
        return range(self.first_from(encoded), self.first_from(encoded + _PAST_ALL))

    @cached_property
    def spellings(self) -> Spellings:
        """The strings as patterns and misspellings are compared with them."""
        return Spellings(self._bytes, self._array)
