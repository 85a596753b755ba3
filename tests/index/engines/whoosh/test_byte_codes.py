"""Codes of lengths and weights are those that Whoosh would keep."""

import numpy as np
from whoosh.util.numeric import length_to_byte

from index.engines.whoosh.segments.byte_codes import LENGTHS, TENTHS, WEIGHTS, length_bytes, weight_codes


def test_lengths_take_the_bytes_that_whoosh_gives_them() -> None:
    lengths = np.concatenate((np.arange(3000), np.arange(3000, int(LENGTHS[-1]) + 5000, 97)))
    assert length_bytes(lengths).tolist() == [length_to_byte(int(length)) for length in lengths]


def test_weights_are_exact_where_they_matter_and_near_beyond() -> None:
    tenths = np.arange(10_000)
    kept = WEIGHTS[weight_codes(tenths)] * TENTHS
    assert np.allclose(kept[:129], tenths[:129])
    assert (np.abs(kept - tenths)[1:] / tenths[1:]).max() < 0.02
