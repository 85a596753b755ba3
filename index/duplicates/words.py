"""Words, figures and marks of a text, and its beginning from which its keys are made.

Expressions say what they are. They are found for the keys by a compiled scan, which takes a fifth of the time; in
scripts without blanks by the expressions themselves.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.duplicates.key_scan import RUNS, SHINGLE, scan_texts, tell
from index.duplicates.word_scan import CRC_TABLE, DECIMAL, DIGIT, FOLDS, IN_WORD, OTHER, OTHERWISE

BEGINNING = 100
"""Words from which the keys are made: papers cut stories at the end."""
_BEGINNING_CHARACTERS = 12 * BEGINNING
"""Mostly enough for them."""
_MOST_FIGURES = 250
"""Of tables with more nothing is said by their figures."""
_LONGEST_LINE = 4096
_BYTES_OF_RUNS = 512
"""Room for the runs that stand for a text, which take a hundred; the expressions are asked about one with more."""
_CHARACTERS, _CHARACTER_BYTES = "utf-32-le", 4

# Thai to Khmer, kana and Han have no blanks between words: each character counts as one.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
WORD = re.compile(rf"\d+(?:[.,]\d+)*[^\W{_UNSPACED}]*|[{_UNSPACED}]|[^\W{_UNSPACED}]+")
UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
# The same where a word begins; a pattern that opens with the digit itself is looked for twice as fast.
_FIGURE = re.compile(rf"\d(?<![^\W{_UNSPACED}]\d)\d*(?:[.,]\d+)*[^\W{_UNSPACED}]*")


class ScannedText(NamedTuple):
    """What the keys of a text are made of.

    `words` is how many its beginning has, `shingles` are hashes of each run of three of them. `runs` are those of its
    own figures and names that stand for it, in UTF-8. `figures` are hashes of all its figures, None where there are too
    many of them.
    """

    words: int
    shingles: NDArray[np.uint64]
    runs: tuple[bytes, ...]
    figures: frozenset[int] | None


def figures(text: str) -> frozenset[str]:
    """The numbers in a text, and words that begin with one; 1,400 is 1400."""
    return frozenset(figure.replace(",", "").casefold() for figure in _FIGURE.findall(text))


def without_capitals(words: Sequence[str]) -> tuple[str, ...]:
    """Words as they are compared."""
    return tuple(" ".join(words).casefold().split(" ")) if words else ()


class _Room(NamedTuple):
    """Room for the shingles and the runs of texts, and for where the runs end: a row each."""

    shingles: NDArray[np.uint64]
    runs: NDArray[np.uint8]
    run_ends: NDArray[np.int64]

    @classmethod
    def of(cls, texts: int, bytes_of_runs: int) -> "_Room":
        """Room for so many texts."""
        shingles = np.empty((texts, BEGINNING - SHINGLE + 1), np.uint64)
        return cls(shingles, np.empty((texts, bytes_of_runs), np.uint8), np.zeros((texts, RUNS), np.int64))

    def scanned(self, text: int, words: int, figures: frozenset[int] | None) -> ScannedText:
        """What is in the room of one text, which has so many words."""
        ends = self.run_ends[text].tolist() if words else [0]
        letters = self.runs[text, : ends[-1]].tobytes()
        runs = tuple(letters[begin:end] for begin, end in pairwise((0, *ends)) if begin < end)
        return ScannedText(words, self.shingles[text, : max(words - SHINGLE + 1, 0)], runs, figures)


def scanned(texts: Sequence[str]) -> list[ScannedText]:
    """What the keys of texts are made of, of some hundreds at a time."""
    line, words = np.empty(_LONGEST_LINE, np.uint32), np.empty((3, BEGINNING), np.int32)
    told, hashes = np.empty((len(texts), 2), np.int64), np.empty((len(texts), _MOST_FIGURES), np.uint32)
    room = _Room.of(len(texts), _BYTES_OF_RUNS)
    ends = np.cumsum(np.array([len(text) for text in texts], np.int64))
    kinds, folded = _tables()
    characters = _characters("".join(texts))
    scan_texts(
        characters, ends, kinds, folded, CRC_TABLE, line, words, told, hashes, room.shingles, room.runs, room.run_ends
    )
    found = []
    for number, (text, (length, counted)) in enumerate(zip(texts, told.tolist(), strict=True)):
        if length == OTHERWISE:
            found.append(_read(text))
            continue
        is_counted = 0 <= counted <= _MOST_FIGURES
        own = (hashes[number, :counted] & 0xFFFF).tolist() if is_counted else _hashes(figures(text))
        found.append(room.scanned(number, length, None if own is None else frozenset(own)))
    return found


def _characters(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode(_CHARACTERS, "surrogatepass"), np.uint32)


def _read(text: str) -> ScannedText:
    """The same of a text that the expressions have to be asked about."""
    words = WORD.findall(text[:_BEGINNING_CHARACTERS])
    if len(words) <= BEGINNING and len(text) > _BEGINNING_CHARACTERS:
        words = WORD.findall(text)
    words = words[:BEGINNING]
    forms = without_capitals(words)
    starts = [0, *accumulate(len(form) + 1 for form in forms)][:-1]
    ends = [start + len(form) for start, form in zip(starts, forms, strict=True)]
    marks = [form[0].isdigit() * DIGIT | (word != form) * FOLDS for word, form in zip(words, forms, strict=True)]
    line = _characters(" ".join(forms))
    room = _Room.of(1, RUNS * _CHARACTER_BYTES * (line.size + 1))
    columns = np.array([starts, ends, marks], np.int32)
    tell(line, columns, len(words), CRC_TABLE, room.shingles[0], room.runs[0], room.run_ends[0])
    return room.scanned(0, len(words), _hashes(figures(text)))


def _hashes(found: frozenset[str]) -> frozenset[int] | None:
    if len(found) > _MOST_FIGURES:
        return None
    return frozenset(crc32(figure.encode()) & 0xFFFF for figure in found)


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """What each character of two bytes is, as the expressions see it, and what it is without capitals, one or two."""
    characters = [chr(code) for code in range(1 << 16)]
    kinds, folded = np.zeros(1 << 16, np.uint8), np.zeros((2, 1 << 16), np.uint32)
    for pattern, kind in ((rf"[^\W{_UNSPACED}]", IN_WORD), (r"\d", DECIMAL), (f"[{_UNSPACED}]", OTHER)):
        for run in re.finditer(f"{pattern}+", "".join(characters)):
            kinds[run.start() : run.end()] |= kind
    for code, character in enumerate(characters):
        form = character.casefold()
        if character.isdigit():
            kinds[code] |= DIGIT
        if len(form) > 2:
            kinds[code] |= OTHER
        elif form != character:
            kinds[code] |= FOLDS
        folded[: len(form[:2]), code] = [*map(ord, form[:2])]
    return kinds, folded
