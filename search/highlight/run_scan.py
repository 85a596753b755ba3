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
_OTHER, _MARK, _LETTER, _BLANK, _BETWEEN = range(5)
"""Kinds of bytes; what stands between two passages is in none."""
_PROBES = 32
"""Places that a key may be in: texts made to fall on the same ones must not hold a search up."""
_KINDS = np.zeros(256, np.uint8)
_KINDS[list(MARKS.encode())] = _MARK
_KINDS[ord(" ")], _KINDS[SEPARATOR] = _BLANK, _BETWEEN
_KINDS[[*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)]] = _LETTER
_PRIME = np.uint64(0x100000001B3)
"""Of the hash function FNV-1a."""


@compiled
def _all_runs(text: Bytes, seed: np.uint64, places: Numbers, digests: Digests) -> int:
    """How many runs there are; of each, `places` takes the passage, start and end, and `digests` that of its key.

    Words are digested while their end is looked for: the processor guesses wrongly at each end that it can't foresee.
    """
    count = passage = character = begun = begun_at = letters = 0
    has_ended, is_word, digest = False, True, seed
    for number in range(text.size + 1):
        byte = text[number] if number < text.size else SEPARATOR
        kind = _KINDS[byte]
        if kind == _LETTER:
            digest = (digest ^ np.uint64(byte)) * _PRIME
            letters += 1
            is_word &= not has_ended
        elif kind == _MARK:
            has_ended = letters > 0
        elif kind == _OTHER:
            is_word = False
        else:
            if begun < number and count < digests.size:
                if not is_word or not 1 < letters <= LONGEST_WORD:
                    digest = seed
                    for place in range(begun, number):
                        digest = (digest ^ np.uint64(text[place])) * _PRIME
                places[count, 0], places[count, 1], places[count, 2] = passage, begun_at, character
                digests[count] = max(digest, np.uint64(1))
                count += 1
            passage, character = (passage, character + 1) if kind == _BLANK else (passage + 1, 0)
            begun, begun_at, letters = number + 1, character, 0
            has_ended, is_word, digest = False, True, seed
            continue
        character += (byte & 0xC0) != 0x80
    return count


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
    places, digests, kept = np.empty((stems.size, 3), np.int32), np.empty(stems.size, np.uint64), 0
    for run in range(_all_runs(text, seed, places, digests)):
        row = _row_of(digests[run], known)
        if row >= 0 and not known[row, 0]:
            known[row, 0], known[row, 1] = digests[run], stems[run]
            kept += 1
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
    known. `wanted` holds the digests of stems. All runs are cut before the first is looked up, so that the looks into
    memory wait side by side.
    """
    digests, bits, kept = np.empty(len(found), np.uint64), _bits_of(wanted), 0
    for run in range(_all_runs(text, seed, found, digests)):
        row = -1 if is_any_wanted else _row_of(digests[run], known)
        is_known = row >= 0 and known[row, 0] != 0
        if not is_known or _is_among(known[row, 1], wanted, bits):
            found[kept] = found[run]
            found[kept, 3] = is_known
            kept += 1
    return kept
