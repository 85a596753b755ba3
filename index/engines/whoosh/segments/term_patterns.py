"""Matching of all terms of a dictionary with a pattern or within an edit distance.

All strings are compared at once, as one row of code points: characters are elements there, whatever their script, and
nothing is made of Python's own strings.
"""

from functools import cached_property

import numpy as np

from index.engines.whoosh.postings.arrays import Array

ANY_RUN, ANY_ONE = "*", "?"

_KINDS = 32
_KIND_BITS = np.left_shift(np.uint32(1), np.arange(_KINDS, dtype=np.uint32))
_CONTINUATION = 0b1000_0000
"""Bytes of UTF-8 that begin with 10 go on with a character; all others begin one."""


class Spellings:
    """The characters of sorted strings, given by their bytes and offsets (see strings.TermDictionary)."""

    def __init__(self, encoded: Array, offsets: Array) -> None:
        if not len(encoded) or encoded.max() < _CONTINUATION:
            self._text, self._starts = encoded, offsets.astype(np.int64)
            return
        text = encoded.tobytes().decode("utf-8", "surrogatepass")
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        begins = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum((encoded & 0b1100_0000) != _CONTINUATION, out=begins[1:])
        self._text, self._starts = points.astype(np.min_scalar_type(points.max())), begins[offsets]

    def matching(self, pattern: str, among: range) -> Array:
        """The numbers of the strings in a range that a pattern of ANY_RUN and ANY_ONE describes as a whole."""
        first, *middle = pattern.split(ANY_RUN)
        numbers: Array = np.arange(among.start, among.stop)
        places, ends = self._starts[numbers], self._starts[numbers + 1]
        if not middle:
            whole: Array = numbers[self._stands(first, places, ends) & (ends - places == len(first))]
            return whole
        last = middle.pop()
        fits = self._stands(first, places, ends)
        fits &= self._stands(last, ends - len(last), ends, places + len(first))
        numbers, places, ends = numbers[fits], places[fits] + len(first), ends[fits] - len(last)
        for piece in filter(None, middle):
            # The earliest place of each piece leaves the most room for those that follow.
            places = self._next(piece, places) + len(piece)
            fits = places <= ends
            numbers, places, ends = numbers[fits], places[fits], ends[fits]
        return numbers

    def _stands(self, piece: str, places: Array, ends: Array, lowest: Array | int = 0) -> Array:
        """Where a piece (ANY_ONE among its characters) stands at given places, no lower than `lowest`."""
        fits: Array = (places >= lowest) & (places + len(piece) <= ends)
        for offset, character in enumerate(piece):
            if character != ANY_ONE:
                fits[fits] = self._text[places[fits] + offset] == ord(character)
        return fits

    def _next(self, piece: str, places: Array) -> Array:
        """Where a piece stands next from each place on (ascending); past the end of the text where it doesn't."""
        past = len(self._text) + 1
        known = [offset for offset, character in enumerate(piece) if character != ANY_ONE]
        if not known or not len(places):
            return places
        low, high = int(places[0]), len(self._text) - len(piece) + 1
        found = np.flatnonzero(self._text[low + known[0] : max(low, high) + known[0]] == ord(piece[known[0]])) + low
        for offset in known[1:]:
            found = found[self._text[found + offset] == ord(piece[offset])]
        found = np.append(found, past)
        following: Array = found[found.searchsorted(places)]
        return following

    def near(self, word: str, edits: int) -> Array:
        """The numbers of the strings within that many edits of a word (optimal string alignment).

        An edit is a letter more, less or another one, or two neighbours that have changed places.
        """
        kinds = _kinds(np.array(list(map(ord, word)), np.uint32))
        wanted = np.bitwise_or.reduce(kinds, initial=np.uint32(0))
        # An edit changes the length by one at most, and what kinds of letters there are by two.
        numbers: Array = np.flatnonzero(np.abs(np.diff(self._starts) - len(word)) <= edits)
        numbers = numbers[np.bitwise_count(self._letters[numbers] ^ wanted) <= 2 * edits]
        return numbers[self._distances(word, numbers) <= edits]

    @cached_property
    def _letters(self) -> Array:
        """Which kinds of letters each string holds, as bits."""
        if not len(self._text):
            return np.zeros(len(self._starts) - 1, np.uint32)
        # Empty strings have no range of their own; no word is empty.
        starts = np.minimum(self._starts[:-1], len(self._text) - 1)
        return np.bitwise_or.reduceat(_kinds(self._text), starts)

    def _distances(self, word: str, numbers: Array) -> Array:
        """Edits between a word and many others, all at once: Wagner and Fischer's table, a cell a step."""
        starts, lengths = self._starts[numbers], np.diff(self._starts)[numbers]
        longest = int(lengths.max(initial=0))
        places = np.minimum(starts[:, None] + np.arange(longest), max(0, len(self._text) - 1))
        letters = np.ascontiguousarray(self._text[places].T)
        row = np.repeat(np.arange(longest + 1, dtype=np.int16)[:, None], len(numbers), axis=1)
        before = row
        for number, letter in enumerate(map(ord, word), 1):
            earlier, before, row = before, row, np.full_like(row, number)
            for place in range(1, longest + 1):
                differs = letters[place - 1] != letter
                best = np.minimum(np.minimum(before[place], row[place - 1]) + 1, before[place - 1] + differs)
                if number > 1 < place:
                    swapped = (letters[place - 1] == ord(word[number - 2])) & (letters[place - 2] == letter)
                    best = np.where(swapped, np.minimum(best, earlier[place - 2] + 1), best)
                row[place] = best
        found: Array = row[lengths, np.arange(len(numbers))]
        return found


def _kinds(letters: Array) -> Array:
    """A bit for each letter, of one of 32 kinds; those of the Latin alphabet are of a kind each."""
    bits: Array = _KIND_BITS[letters % _KINDS]
    return bits
