"""Compiled scan of a text for what its keys are made of: its first words, its figures, and the runs that stand for it.

It tells words as the expressions of index/duplicates/words.py do, by a table of what each character is. Each index is
compared with the length of its array before it is used.
"""

import numpy as np
from numpy.typing import NDArray

from text.compiled import compiled

IN_WORD, DECIMAL, DIGIT, FOLDS, OTHER = 1, 2, 4, 8, 16
"""What a character is: part of a word, one that opens a figure, any digit, one that is another without capitals; or one
that the expressions have to be asked about, such as a word by itself."""
OTHERWISE = -1
"""What the expressions have to be asked about."""

CRC_TABLE: NDArray[np.uint32] = np.arange(256, dtype=np.uint32)
for _ in range(8):
    CRC_TABLE = np.where(CRC_TABLE & 1, np.uint32(0xEDB88320) ^ CRC_TABLE >> 1, CRC_TABLE >> 1).astype(np.uint32)
"""Remainders of one byte (ISO 3309), as zlib's crc32 has them."""

_BLANK, _COMMA, _STOP, _ONES = 32, 44, 46, 0xFFFFFFFF


@compiled
def scan(
    text: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    folded: NDArray[np.uint32],
    table: NDArray[np.uint32],
    line: NDArray[np.uint32],
    words: NDArray[np.int32],
    figures: NDArray[np.uint32],
) -> tuple[int, int]:
    """Find the first words and all figures: (number of words, number of figures), or `OTHERWISE` for either.

    `line` gets the words without capitals, a blank between two. The rows of `words` get where each begins and ends
    there, and what makes a mark of it. `figures` get the CRC-32 of each figure without commas and capitals; there may
    be more than it holds.
    """
    at, size, found, counted, length = 0, text.size, 0, 0, 0
    while at < size:
        kind = _kind(kinds, text[at])
        if kind & OTHER:
            return OTHERWISE, OTHERWISE
        if not kind & IN_WORD:
            at += 1
            continue
        begin = at
        at = _end_of_word(text, kinds, begin)
        if found < words.shape[1]:
            start = length + (found > 0)
            if start + 2 * (at - begin) > line.size:
                return OTHERWISE, OTHERWISE
            if found:
                line[length] = _BLANK
            length, mark = _fold(text[begin:at], kinds, folded, line, start)
            if mark == OTHERWISE:
                return OTHERWISE, OTHERWISE
            words[0, found], words[1, found], words[2, found] = start, length, mark
            found += 1
        if kind & DECIMAL and counted >= 0:
            crc = _crc_of_figure(text[begin:at], table)
            counted = counted + 1 if crc != OTHERWISE else OTHERWISE
            if 0 < counted <= figures.size:
                figures[counted - 1] = crc
    return found, counted


@compiled
def choose_runs(
    line: NDArray[np.uint32],
    words: NDArray[np.int32],
    marks: NDArray[np.int64],
    size: int,
    commas: bool,
    table: NDArray[np.uint32],
    chosen: NDArray[np.int64],
) -> int:
    """Which runs of so many marks come first, and how many: those with most figures, then those of the least CRC-32.

    A run is told by the position of its first mark; of equal ones one is told. `marks` are columns of `words`, which
    say where each stands in `line`.
    """
    count = max(marks.size - size + 1, 0)
    ranks = np.empty(count, np.int64)
    for first in range(count):
        crc, figures = _ONES, 0
        for place in range(size):
            mark = marks[first + place]
            if mark < 0 or mark >= words.shape[1] or words[0, mark] < 0 or words[1, mark] > line.size:
                return 0
            figures += (words[2, mark] & DIGIT) != 0
            if place:
                crc = _crc(crc, table, _BLANK)
            for at in range(words[0, mark], words[1, mark]):
                if commas or line[at] != _COMMA:
                    crc = _crc_of_character(crc, table, line[at])
        ranks[first] = (size - figures) << 32 | crc ^ _ONES
    found, least = 0, -1
    while found < chosen.size:
        best = -1
        for first in range(count):
            if ranks[first] > least and (best < 0 or ranks[first] < ranks[best]):
                best = first
        if best < 0:
            break
        chosen[found], least = best, ranks[best]
        found += 1
    return found


@compiled
def _kind(kinds: NDArray[np.uint8], character: int) -> int:
    return int(kinds[character]) if character < kinds.size else OTHER


@compiled
def _end_of_word(text: NDArray[np.uint32], kinds: NDArray[np.uint8], begin: int) -> int:
    """Where the word ends that begins at a place."""
    at, size = begin, text.size
    if _kind(kinds, text[at]) & DECIMAL:
        while at < size and _kind(kinds, text[at]) & DECIMAL:
            at += 1
            if at + 1 < size and (text[at] == _COMMA or text[at] == _STOP) and _kind(kinds, text[at + 1]) & DECIMAL:
                at += 1
    while at < size and _kind(kinds, text[at]) & IN_WORD:
        at += 1
    return at


@compiled
def _fold(
    word: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    folded: NDArray[np.uint32],
    line: NDArray[np.uint32],
    start: int,
) -> tuple[int, int]:
    """Write a word without capitals: where it ends, and what makes a mark of it, if anything."""
    mark, end = _kind(kinds, word[0]) & DIGIT, start
    for character in word:
        kind = _kind(kinds, character)
        if kind & OTHER:
            return end, OTHERWISE
        mark |= kind & FOLDS
        line[end] = folded[0, character]
        end += 1
        if folded[1, character]:
            line[end] = folded[1, character]
            end += 1
    return end, mark


@compiled
def _crc(crc: int, table: NDArray[np.uint32], byte: int) -> int:
    return int(table[(crc ^ byte) & 0xFF]) ^ crc >> 8


@compiled
def _crc_of_character(crc: int, table: NDArray[np.uint32], character: int) -> int:
    """Go on with a character as UTF-8 has it."""
    if character < 0x80:
        return _crc(crc, table, character)
    if character < 0x800:
        crc = _crc(crc, table, 0xC0 | character >> 6)
    else:
        if character < 0x10000:
            crc = _crc(crc, table, 0xE0 | character >> 12)
        else:
            crc = _crc(crc, table, 0xF0 | character >> 18)
            crc = _crc(crc, table, 0x80 | character >> 12 & 0x3F)
        crc = _crc(crc, table, 0x80 | character >> 6 & 0x3F)
    return _crc(crc, table, 0x80 | character & 0x3F)


@compiled
def _crc_of_figure(figure: NDArray[np.uint32], table: NDArray[np.uint32]) -> int:
    """The CRC-32 of a figure without commas and capitals, or `OTHERWISE` of one that is not in ASCII."""
    crc = _ONES
    for character in figure:
        if character >= 0x80:
            return OTHERWISE
        if character != _COMMA:
            crc = _crc(crc, table, character + 32 if 65 <= character <= 90 else character)
    return crc ^ _ONES
