"""Keys by which a story finds the few that may be its copies, among however many that look like it.

LSH bands (index/duplicates/comparison.py) are made of all words of a beginning: enough where texts differ, but
thousands made from one pattern share them. So each text has keys of what is its own as well: its figures and names, in
runs of neighbours, those with most figures first and the others by their hash (a bottom-k sketch: Cohen and Kaplan,
"Summarizing data using bottom-k sketches", 2007). Of two texts that share most of their runs the chosen ones are mostly
the same. What can't be a copy by its size, its figures or its day is told from `Traits`, a few bytes, without reading
the text.
"""

import struct
from datetime import timedelta
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

import numpy as np

from index.duplicates.comparison import (
    KEY_BITS,
    ComparedText,
    bands,
    is_in_time,
    is_of_a_size,
    most_slips,
    roughly_words,
)
from index.duplicates.word_scan import DIGIT

_FIGURES_A_RUN, _FIGURE_KEYS = 3, 2
_MARKS_A_RUN, _MARK_KEYS = 4, 3
_KEY_BYTES = KEY_BITS // 8 + 1
_SPARE_BITS = _KEY_BYTES * 8 - KEY_BITS

_NEARLY = 0.9
_AT_MOST = 1.2
"""So much more words than roughly counted a text has at most."""
_HEAD = struct.Struct("<IIB")


class Traits(NamedTuple):
    """What is known of a text without reading it.

    `words` is how many it has, roughly; `figures` are hashes, None where there are too many of them.
    """

    words: int
    source: int
    dated: bool
    figures: frozenset[int] | None


def keys(text: ComparedText) -> list[int]:
    """The bands of a text, and after them the keys of what is its own: each positive and below 2**KEY_BITS."""
    beginning = text.scanned.beginning
    told_by = beginning.words[2]
    marks, figures = np.flatnonzero(told_by), np.flatnonzero(told_by & DIGIT)
    is_in_capitals = (marks.size - figures.size) * 2 >= told_by.size
    if is_in_capitals:  # figures alone find what is written otherwise
        marks = figures
    own = {_key(run) for run in beginning.runs(figures, _FIGURES_A_RUN, _FIGURE_KEYS, commas=False)}
    own |= {_key(run) for run in beginning.runs(marks, _MARKS_A_RUN, _MARK_KEYS, commas=not is_in_capitals)}
    return [*bands(text), *sorted(own)]


def _key(run: str) -> int:
    return int.from_bytes(blake2b(run.encode(), digest_size=_KEY_BYTES).digest(), "big") >> _SPARE_BITS


def traits(text: ComparedText) -> Traits:
    """The traits of a text."""
    dated = text.published_at is not None
    return Traits(roughly_words(text.text), crc32(text.source.encode()), dated, text.scanned.figures)


def packed(found: Traits) -> bytes:
    """Traits as the store keeps them."""
    known = found.figures is not None
    head = _HEAD.pack(found.words, found.source, found.dated | known << 1)
    figures = sorted(found.figures or ())
    return head + struct.pack(f"<{len(figures)}H", *figures)


def unpacked(content: bytes) -> Traits:
    """Traits as they were packed."""
    words, source, flags = _HEAD.unpack_from(content)
    rest = content[_HEAD.size :]
    figures = frozenset(struct.unpack(f"<{len(rest) // 2}H", rest)) if flags & 2 else None
    return Traits(words, source, bool(flags & 1), figures)


def may_be_copies(one: Traits, other: Traits, apart: timedelta) -> bool:
    """Whether two texts are worth comparing; `apart` is the time between them, or a little less."""
    shorter, longer = sorted((one, other), key=lambda found: found.words)
    if _may_be_in(shorter, longer, apart):
        return True
    # Of texts of nearly one length either may be the one whose figures count: it goes by their runs.
    return shorter.words > longer.words * _NEARLY and _may_be_in(longer, shorter, apart)


def _may_be_in(shorter: Traits, longer: Traits, apart: timedelta) -> bool:
    strangers = 0
    if shorter.figures is not None and longer.figures is not None:
        strangers = len(shorter.figures - longer.figures)
    own = shorter.source == longer.source
    words = int(shorter.words * _AT_MOST)
    if strangers > most_slips(words) or not is_of_a_size(words, longer.words, own=own):
        return False
    return not (shorter.dated and longer.dated) or is_in_time(words, apart, own=own, strangers=strangers)
