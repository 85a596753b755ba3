"""Keys by which a story finds the few that may be its copies, among however many that look like it.

LSH bands of the MinHash of a beginning (Broder, "On the resemblance and containment of documents", 1997) are made of
all its words: enough where texts differ, but thousands made from one pattern share them. So each text has keys of what
is its own as well: its figures and names, in runs of neighbours, those with most figures first and the others by their
hash (a bottom-k sketch: Cohen and Kaplan, "Summarizing data using bottom-k sketches", 2007). Of two texts that share
most of their runs the chosen ones are mostly the same. What can't be a copy by its size, its figures or its day is told
from `Traits`, a few bytes, without reading the text.
"""

import struct
from collections.abc import Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

import numpy as np
from rensa import RMinHash

from index.duplicates.comparison import ComparedText, is_in_time, is_of_a_size, most_slips, roughly_words
from index.duplicates.words import ScannedText

BANDS = 10
_ROWS = 3
_SEED = 1
"""Of beginnings that share seven runs of ten, 98 in 100 have a band in common; of strangers one in millions."""
KEY_BITS = 44
"""The width of a key: room for a time before it in one number that SQLite can hold."""
_KEY_BYTES = KEY_BITS // 8 + 1
_SPARE_BITS = _KEY_BYTES * 8 - KEY_BITS

# Three values and the number of the band in one number, by odd multipliers (Knuth, vol. 3, 6.4).
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_NUMBERS = np.arange(BANDS, dtype=np.uint64) * np.uint64(0x27D4EB2F165667C5)
_SHIFT = np.uint64(64 - KEY_BITS)

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


def keys(texts: Sequence[ScannedText]) -> list[list[int]]:
    """Of each text its bands, and after them the keys of what is its own: each positive and below 2**KEY_BITS."""
    found = zip(texts, _bands(texts), strict=True)
    return [[*bands, *sorted(set(map(_key, text.runs)))] for text, bands in found]


def _bands(texts: Sequence[ScannedText]) -> list[list[int]]:
    """Numbers of which texts with like beginnings have at least one in common."""
    hashes = np.concatenate([np.empty(0, np.uint64), *(text.shingles for text in texts)])
    ends = np.cumsum([0, *(len(text.shingles) for text in texts)]).astype(np.uint64)
    digests = RMinHash.digest_matrix_from_flat_token_hashes(hashes, ends, BANDS * _ROWS, _SEED).to_rows()
    rows = np.array(digests, np.uint64).reshape(-1, BANDS, _ROWS)
    bands: list[list[int]] = ((rows * _MIXERS).sum(axis=2, dtype=np.uint64) + _NUMBERS >> _SHIFT).tolist()
    return bands


def _key(run: bytes) -> int:
    return int.from_bytes(blake2b(run, digest_size=_KEY_BYTES).digest(), "big") >> _SPARE_BITS


def traits(text: ComparedText, scan: ScannedText) -> Traits:
    """The traits of a text."""
    dated = text.published_at is not None
    return Traits(roughly_words(text.text), crc32(text.source.encode()), dated, scan.figures)


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
