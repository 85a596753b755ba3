"""Compiled loops over the runs of characters between blanks: which of them hold a word that is wanted?

Texts come as UTF-8, each passage but the last with SEPARATOR behind it, a byte that UTF-8 never has. What is known of a
run is kept by its key: the word in it where that is one of plain letters with marks around it, else the whole run. Keys
lie one behind the other in `letters`, key n up to `ends[n]`; `places` is a hash table of their numbers and one, or 0,
and `stems` says the number of each key's stem.
"""

import numpy as np
from numpy.typing import NDArray

from text.compiled import compiled

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int32]

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
_OFFSET, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
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
def _place_of(text: Bytes, start: int, end: int, places: Numbers, ends: Numbers, letters: Bytes) -> int:
    """The place of a key, or the free one that it may be put in; -1 where there is none."""
    digest = _OFFSET
    for number in range(start, end):
        digest = (digest ^ np.uint64(text[number])) * _PRIME
    place = np.int64((digest ^ (digest >> np.uint64(32))) & np.uint64(places.size - 1))
    for _ in range(_PROBES):
        key = places[place] - 1
        if key < 0:
            return int(place)
        begins = ends[key - 1] if key else 0
        if ends[key] - begins == end - start:
            same = 0
            while same < end - start and letters[begins + same] == text[start + same]:
                same += 1
            if same == end - start:
                return int(place)
        place = (place + 1) & (places.size - 1)
    return -1


@compiled
def keep(text: Bytes, stem: int, count: int, places: Numbers, ends: Numbers, stems: Numbers, letters: Bytes) -> bool:
    """Keep the stem of the run that `text` is as key `count`; False where it is known, or has no room."""
    start, end = _key_of(text, 0, text.size)
    begins = ends[count - 1] if count else 0
    place = _place_of(text, start, end, places, ends, letters)
    if place < 0 or places[place] or count >= ends.size or begins + end - start > letters.size:
        return False
    letters[begins : begins + end - start] = text[start:end]
    ends[count] = begins + end - start
    stems[count] = stem
    places[place] = count + 1
    return True


@compiled
def wanted_runs(
    text: Bytes,
    wanted: Bytes,
    places: Numbers,
    ends: Numbers,
    stems: Numbers,
    letters: Bytes,
    found: Numbers,
) -> int:
    """How many runs have a wanted stem or an unknown one; of each, `found` takes a row.

    Rows hold the ordinal of the passage, where the run begins and ends in it, in characters, and whether its stem is
    known. `wanted` holds 1 for the number of each stem that is wanted; without any, all runs are.
    """
    count = passage = character = begun = begun_at = 0
    for number in range(text.size + 1):
        byte = text[number] if number < text.size else SEPARATOR
        if byte != _BLANK and byte != SEPARATOR:
            character += (byte & 0xC0) != 0x80
            continue
        if begun < number and count < found.shape[0]:
            stem = -1
            if wanted.size:
                start, end = _key_of(text, begun, number)
                place = _place_of(text, start, end, places, ends, letters)
                stem = stems[places[place] - 1] if place >= 0 and places[place] else -1
            is_known = 0 <= stem < wanted.size
            if not is_known or wanted[stem]:
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
