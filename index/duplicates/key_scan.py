"""Compiled scan of many texts for what the keys of each are made of: hashes of its shingles, and the runs of its own.

Which marks make a run and which runs stand for a text is said in index/duplicates/candidate_keys.py. Each index is
compared with the length of its array before it is used.
"""

import numpy as np
from numpy.typing import NDArray

from index.duplicates.token_hash import token_hash
from index.duplicates.word_scan import DIGIT, OTHERWISE, choose_runs, scan
from text.compiled import compiled

FIGURES_A_RUN, FIGURE_KEYS = 3, 2
MARKS_A_RUN, MARK_KEYS = 4, 3
RUNS = FIGURE_KEYS + MARK_KEYS
SHINGLE = 3
_BLANK, _COMMA = 32, 44


@compiled
def scan_texts(
    text: NDArray[np.uint32],
    ends: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    folded: NDArray[np.uint32],
    table: NDArray[np.uint32],
    line: NDArray[np.uint32],
    words: NDArray[np.int32],
    told: NDArray[np.int64],
    figures: NDArray[np.uint32],
    hashes: NDArray[np.uint64],
    runs: NDArray[np.uint8],
    run_ends: NDArray[np.int64],
) -> None:
    """Fill a row of the last five arrays for each of some texts, which end at `ends`: see `scan` and `tell`.

    `told` gets the number of words and of figures; `line` and `words` are room for one text.
    """
    begin = 0
    for number in range(min(len(ends), len(told), len(figures), len(hashes), len(runs), len(run_ends))):
        found, counted = scan(text[begin : ends[number]], kinds, folded, table, line, words, figures[number])
        begin = ends[number]
        if found > 0 and not tell(line, words, found, table, hashes[number], runs[number], run_ends[number]):
            found = OTHERWISE
        told[number, 0], told[number, 1] = found, counted


@compiled
def tell(
    line: NDArray[np.uint32],
    words: NDArray[np.int32],
    found: int,
    table: NDArray[np.uint32],
    hashes: NDArray[np.uint64],
    runs: NDArray[np.uint8],
    run_ends: NDArray[np.int64],
) -> bool:
    """Tell what the keys of a text are made of by its first words, which are `found`; False where there is no room.

    `line` and `words` are as `scan` leaves them. `hashes` get those of the shingles, `runs` the letters of the runs one
    after the other, and `run_ends` where each ends.
    """
    if not 0 < found <= words.shape[1] or len(hashes) <= found - SHINGLE or len(run_ends) != RUNS:
        return False
    length = words[1, found - 1]
    if length > len(line):
        return False
    letters, places = _letters(line[:length])
    for first in range(found - SHINGLE + 1):
        begin, end = words[0, first], words[1, first + SHINGLE - 1]
        if not 0 <= begin <= end <= length:
            return False
        hashes[first] = token_hash(letters[places[begin] : places[end]])
    marks, figures = _marks(words, found)
    is_in_capitals = (len(marks) - len(figures)) * 2 >= found
    if is_in_capitals:  # figures alone find what is written otherwise
        marks = figures
    end = 0
    for kind in range(2):
        own, size, most = (figures, FIGURES_A_RUN, FIGURE_KEYS) if kind == 0 else (marks, MARKS_A_RUN, MARK_KEYS)
        commas = kind == 1 and not is_in_capitals
        chosen = np.empty(most, np.int64)
        count = choose_runs(line[:length], words, own, size, commas, table, chosen)
        for place in range(most):
            if place < count:
                end = _put_run(letters, places, words, own[chosen[place] : chosen[place] + size], commas, runs, end)
                if end < 0:
                    return False
            run_ends[kind * FIGURE_KEYS + place] = end
    return True


@compiled
def _letters(line: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """A line as UTF-8, and where each of its characters begins there, with the end."""
    letters, places = np.empty(4 * len(line), np.uint8), np.empty(len(line) + 1, np.int64)
    end = 0
    for number in range(len(line)):
        character = np.int64(line[number])
        places[number] = end
        if character < 0x80:
            letters[end] = character
            end += 1
            continue
        more = 1 if character < 0x800 else 2 if character < 0x10000 else 3
        letters[end] = 0xFF << 7 - more & 0xFF | character >> 6 * more
        for place in range(1, more + 1):
            letters[end + place] = 0x80 | character >> 6 * (more - place) & 0x3F
        end += more + 1
    places[len(line)] = end
    return letters[:end], places


@compiled
def _marks(words: NDArray[np.int32], found: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of the words that are marks, and of those that are figures."""
    marks, figures = np.empty(found, np.int64), np.empty(found, np.int64)
    marked = figured = 0
    for number in range(found):
        if words[2, number]:
            marks[marked] = number
            marked += 1
        if words[2, number] & DIGIT:
            figures[figured] = number
            figured += 1
    return marks[:marked], figures[:figured]


@compiled
def _put_run(
    letters: NDArray[np.uint8],
    places: NDArray[np.int64],
    words: NDArray[np.int32],
    marks: NDArray[np.int64],
    commas: bool,
    runs: NDArray[np.uint8],
    end: int,
) -> int:
    """Write a run of marks, a blank between two, behind those before; returns where it ends, -1 without room."""
    for number in range(len(marks)):
        mark = marks[number]
        for place in range(places[words[0, mark]] - (number > 0), places[words[1, mark]]):
            letter = letters[place] if place >= places[words[0, mark]] else _BLANK
            if letter == _COMMA and not commas:
                continue
            if end >= len(runs):
                return -1
            runs[end] = letter
            end += 1
    return end
