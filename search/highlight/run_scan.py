"""Compiled loops over the runs of characters between blanks: which of them hold a word that is wanted?

Texts come as UTF-8, each passage but the last with SEPARATOR behind it, a byte that UTF-8 never has. What is known of a
run stands in a hash table under its key: the word in it where that is one of plain letters with marks around it, else
the whole run. A row of the table is the digest of a key, never 0, and the digest of its stem. A row takes one look into
memory, which is what all this costs. Keys aren't kept: that two of a hundred thousand have the same 64 bits happens
once in 10^9 tables, and the digest begins with a secret `seed`, so that nobody can write such runs.
"""

import numpy as np
from numpy.typing import NDArray

from text.compiled import compiled

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int32]
Digests = NDArray[np.uint64]

SEPARATOR = 0xFF
MARKS = ',.;:?!()[]"-'
"""What stands around a word without changing it, and what no word begins or ends with."""
LONGEST_WORD = 40
"""Characters of a word that is known without what stands around it."""
_BLANK = 0x20
_MARK, _LETTER = 1, 2
_PROBES = 32
"""Places that a key may be in: texts made to fall on the same ones must not hold a search up."""
_KINDS = np.zeros(256, np.uint8)
_KINDS[list(MARKS.encode())] = _MARK
_KINDS[[*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)]] = _LETTER
_PRIME = np.uint64(0x100000001B3)
"""Of the hash function FNV-1a."""


@compiled
def _key_of(text: Bytes, start: int, end: int) -> tuple[int, int]:
    """Where the key of a run begins and ends."""
    first, last = start, end
    while first < last and _KINDS[text[first]] == _MARK:
        first += 1
    while last > first and _KINDS[text[last - 1]] == _MARK:
        last -= 1
    if not 1 < last - first <= LONGEST_WORD:
        return start, end
    for number in range(first, last):
        if _KINDS[text[number]] != _LETTER:
            return start, end
    return first, last


@compiled
def _digest_of(text: Bytes, start: int, end: int, seed: np.uint64) -> np.uint64:
    """The digest of the key of a run."""
    first, last = _key_of(text, start, end)
    digest = seed
    for number in range(first, last):
        digest = (digest ^ np.uint64(text[number])) * _PRIME
    return max(digest, np.uint64(1))


@compiled
def _row_of(digest: np.uint64, known: Digests) -> int:
    """The row of a key, or the free one that it may be put in; -1 where there is none."""
    row = np.int64((digest ^ (digest >> np.uint64(32))) & np.uint64(len(known) - 1))
    for _ in range(_PROBES):
        if known[row, 0] == digest or not known[row, 0]:
            return int(row)
        row = (row + 1) & (len(known) - 1)
    return -1


@compiled
def keep(text: Bytes, stems: Digests, seed: np.uint64, known: Digests) -> int:
    """Keep the stems, by their digests, of the runs in `text`, with SEPARATOR between two; how many were not known.

    One that has no room is left out.
    """
    kept = begun = run = 0
    for number in range(text.size + 1):
        if number < text.size and text[number] != SEPARATOR:
            continue
        digest = _digest_of(text, begun, number, seed)
        row = _row_of(digest, known)
        if row >= 0 and not known[row, 0] and run < stems.size:
            known[row, 0], known[row, 1] = digest, stems[run]
            kept += 1
        run, begun = run + 1, number + 1
    return kept


@compiled
def _bits_of(digests: Digests) -> np.uint64:
    """One number that tells most of what is not among some digests."""
    bits = np.uint64(0)
    for digest in digests:
        bits |= np.uint64(1) << (digest & np.uint64(63))
    return bits


@compiled
def _is_among(digest: np.uint64, digests: Digests, bits: np.uint64) -> bool:
    if not (bits >> (digest & np.uint64(63))) & np.uint64(1):
        return False
    is_among = False
    for other in digests:
        is_among |= other == digest
    return is_among


@compiled
def wanted_runs(
    text: Bytes, wanted: Digests, is_any_wanted: bool, seed: np.uint64, known: Digests, found: Numbers
) -> int:
    """How many runs have a wanted stem or an unknown one, or any if so asked; of each, `found` takes a row.

    Rows hold the ordinal of the passage, where the run begins and ends in it, in characters, and whether its stem is
    known. `wanted` holds the digests of stems.
    """
    count = passage = character = begun = begun_at = 0
    bits = _bits_of(wanted)
    for number in range(text.size + 1):
        byte = text[number] if number < text.size else SEPARATOR
        if byte != _BLANK and byte != SEPARATOR:
            character += (byte & 0xC0) != 0x80
            continue
        if begun < number and count < found.shape[0]:
            row = -1 if is_any_wanted else _row_of(_digest_of(text, begun, number, seed), known)
            is_known = row >= 0 and known[row, 0] != 0
            if not is_known or _is_among(known[row, 1], wanted, bits):
                found[count, 0], found[count, 1], found[count, 2], found[count, 3] = (
                    passage,
                    begun_at,
                    character,
                    is_known,
                )
                count += 1
        if byte == SEPARATOR:
            passage, character = passage + 1, 0
        else:
            character += 1
        begun, begun_at = number + 1, character
    return count
