"""Words, figures and marks of a text, and its beginning from which its keys are made.

Expressions say what they are. They are found for the keys by a compiled scan, which takes a fifth of the time; in
scripts without blanks by the expressions themselves.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.duplicates.word_scan import (
    CRC_TABLE,
    DECIMAL,
    DIGIT,
    FOLDS,
    IN_WORD,
    OTHER,
    OTHERWISE,
    choose_runs,
    scan,
)

BEGINNING = 100
"""Words from which the keys are made: papers cut stories at the end."""
_BEGINNING_CHARACTERS = 12 * BEGINNING
"""Mostly enough for them."""
_MOST_FIGURES = 250
"""Of tables with more nothing is said by their figures."""
_LONGEST_LINE = 4096
_CHARACTERS = "utf-32-le"

# Thai to Khmer, kana and Han have no blanks between words: each character counts as one.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
WORD = re.compile(rf"\d+(?:[.,]\d+)*[^\W{_UNSPACED}]*|[{_UNSPACED}]|[^\W{_UNSPACED}]+")
UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
# The same where a word begins; a pattern that opens with the digit itself is looked for twice as fast.
_FIGURE = re.compile(rf"\d(?<![^\W{_UNSPACED}]\d)\d*(?:[.,]\d+)*[^\W{_UNSPACED}]*")


class TextBeginning(NamedTuple):
    """The first words of a text without capitals, on one line, a blank between two.

    The rows of `words` say where each begins and ends there, and what makes a mark of it, which is a figure or a name:
    its capitals or its first digit.
    """

    line: str
    words: NDArray[np.int32]
    starts: list[int]
    ends: list[int]

    def shingles(self) -> list[str]:
        """Each run of three words."""
        return [self.line[start:end] for start, end in zip(self.starts, self.ends[2:], strict=False)]

    def runs(self, marks: NDArray[np.int64], size: int, most: int, *, commas: bool) -> list[str]:
        """Those runs of so many marks that stand for a text; none where its marks are too few for one."""
        chosen = np.empty(most, np.int64)
        count = choose_runs(_characters(self.line), self.words, marks, size, commas, CRC_TABLE, chosen)
        runs = [" ".join(map(self._word, marks[first : first + size].tolist())) for first in chosen[:count].tolist()]
        return runs if commas else [run.replace(",", "") for run in runs]

    def _word(self, number: int) -> str:
        return self.line[self.starts[number] : self.ends[number]]


class ScannedText(NamedTuple):
    """The beginning of a text, and hashes of its figures (None where there are too many of them)."""

    beginning: TextBeginning
    figures: frozenset[int] | None


def figures(text: str) -> frozenset[str]:
    """The numbers in a text, and words that begin with one; 1,400 is 1400."""
    return frozenset(figure.replace(",", "").casefold() for figure in _FIGURE.findall(text))


def without_capitals(words: Sequence[str]) -> tuple[str, ...]:
    """Words as they are compared."""
    return tuple(" ".join(words).casefold().split(" ")) if words else ()


def scanned(text: str) -> ScannedText:
    """What the keys of a text are made of."""
    kinds, folded = _tables()
    line, words = np.empty(_LONGEST_LINE, np.uint32), np.empty((3, BEGINNING), np.int32)
    hashes = np.empty(_MOST_FIGURES, np.uint32)
    found, counted = scan(_characters(text), kinds, folded, CRC_TABLE, line, words, hashes)
    if found == OTHERWISE:
        return ScannedText(_read_beginning(text), _hashes(figures(text)))
    length = words[1, found - 1] if found else 0
    beginning = _beginning(line[:length].tobytes().decode(_CHARACTERS), words[:, :found])
    if 0 <= counted <= _MOST_FIGURES:
        return ScannedText(beginning, frozenset((hashes[:counted] & 0xFFFF).tolist()))
    return ScannedText(beginning, _hashes(figures(text)))


def _characters(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode(_CHARACTERS, "surrogatepass"), np.uint32)


def _read_beginning(text: str) -> TextBeginning:
    """The beginning by the expressions."""
    words = WORD.findall(text[:_BEGINNING_CHARACTERS])
    if len(words) <= BEGINNING and len(text) > _BEGINNING_CHARACTERS:
        words = WORD.findall(text)
    words = words[:BEGINNING]
    forms = without_capitals(words)
    starts = [0, *accumulate(len(form) + 1 for form in forms)][:-1]
    ends = [start + len(form) for start, form in zip(starts, forms, strict=True)]
    marks = [form[0].isdigit() * DIGIT | (word != form) * FOLDS for word, form in zip(words, forms, strict=True)]
    return _beginning(" ".join(forms), np.array([starts, ends, marks], np.int32))


def _beginning(line: str, words: NDArray[np.int32]) -> TextBeginning:
    return TextBeginning(line, words, *words[:2].tolist())


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
