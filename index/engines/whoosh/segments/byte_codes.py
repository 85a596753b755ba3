"""Codes of frequencies and lengths, one byte each.

The weight of a word in a story is its frequencies times the boosts of the fields, which are tenths, so that all
weights below 12.8 are exact; above, where BM25 is all but saturated, steps grow by three percent. Lengths take the
byte that Whoosh gives them. Both bytes together are a posting's code, and a table of 65,536 entries turns codes into
impacts: the table changes with the average length, the postings don't.
"""

import numpy as np
from whoosh.util.numeric import byte_to_length

from index.engines.whoosh.postings.arrays import Array
from index.relevance.bm25f import Floats, length_norms, saturation

TENTHS = 10
_EXACT_CODES = 128
_HIGHEST_TENTHS = 10_000

_tail = np.geomspace(_EXACT_CODES, _HIGHEST_TENTHS, 256 - _EXACT_CODES)
WEIGHTS: Floats = (np.concatenate((np.arange(_EXACT_CODES), _tail)) / TENTHS).astype(np.float32)
"""The weight that each code stands for."""

_MIDPOINTS = (WEIGHTS[1:].astype(np.float64) + WEIGHTS[:-1]) / 2 * TENTHS
LENGTHS: Floats = np.array([byte_to_length(byte) for byte in range(256)], np.float32)
"""The length that each byte stands for."""


def weight_codes(tenths: Array) -> Array:
    """The codes of weights, given in tenths; the nearest weight that there is a code for."""
    codes: Array = np.searchsorted(_MIDPOINTS, tenths).astype(np.uint8)
    return codes


def length_bytes(lengths: Array) -> Array:
    """The bytes that Whoosh keeps for lengths: that of the next higher one that has a byte."""
    return np.minimum(np.searchsorted(LENGTHS, lengths), len(LENGTHS) - 1).astype(np.uint8)


def join_codes(weights: Array, lengths: Array) -> Array:
    """A posting's code: the weight's code and the length's byte."""
    codes: Array = (weights.astype(np.uint16) << 8) | lengths
    return codes


def impact_table(average_length: float) -> Floats:
    """The impact of a posting of each code (see bm25f.saturation), for fields of that average length."""
    return saturation(WEIGHTS[:, None], length_norms(LENGTHS, average_length)[None, :]).ravel()
