"""Compiled hash of the bytes of a token, the one that rensa gives it (FxHash of rustc-hash 2, github.com/rust-lang).

Of thousands of texts at a time it is computed where their shingles are found: to make a string of each takes longer.
"""

import numpy as np
from numpy.typing import NDArray

from text.compiled import compiled

_FIRST, _SECOND = np.uint64(0x243F6A8885A308D3), np.uint64(0x13198A2E03707344)
_NO_ZERO = np.uint64(0xA4093822299F31D0)
_MULTIPLIER = np.uint64(0xF1357AEA2E62A9C5)
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_BYTE, _TURN, _REST = np.uint64(8), np.uint64(26), np.uint64(38)


@compiled
def token_hash(token: NDArray[np.uint8]) -> np.uint64:
    """The hash of a token's bytes."""
    length = len(token)
    one, other = _FIRST, _SECOND
    if length > 16:
        place = 0
        while place < length - 16:
            mixed = _mixed(one ^ _number(token, place, 8), _NO_ZERO ^ _number(token, place + 8, 8))
            one, other = other, mixed
            place += 16
        one, other = one ^ _number(token, length - 16, 8), other ^ _number(token, length - 8, 8)
    elif length >= 8:
        one, other = one ^ _number(token, 0, 8), other ^ _number(token, length - 8, 8)
    elif length >= 4:
        one, other = one ^ _number(token, 0, 4), other ^ _number(token, length - 4, 4)
    elif length:
        one ^= np.uint64(token[0])
        other ^= np.uint64(token[length - 1]) << _BYTE | np.uint64(token[length // 2])
    found = (_mixed(one, other) ^ np.uint64(length)) * _MULTIPLIER
    return found << _TURN | found >> _REST


@compiled
def _number(token: NDArray[np.uint8], first: int, size: int) -> np.uint64:
    """So many bytes as a number, the lowest first."""
    found = np.uint64(0)
    for place in range(min(first + size, len(token)) - 1, first - 1, -1):
        found = found << _BYTE | np.uint64(token[place])
    return found


@compiled
def _mixed(one: np.uint64, other: np.uint64) -> np.uint64:
    """The lower half of the product of two numbers, and its upper half, in one."""
    lows = (one & _LOW) * (other & _LOW)
    crossed = (one >> _HALF) * (other & _LOW)
    middle = (lows >> _HALF) + (crossed & _LOW) + (one & _LOW) * (other >> _HALF)
    upper = (one >> _HALF) * (other >> _HALF) + (crossed >> _HALF) + (middle >> _HALF)
    return (one * other) ^ upper
