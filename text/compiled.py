"""Compiled loops: functions over arrays that run as machine code.

Numba translates such a function when it is first called with arguments of some types, in a fraction of a second, and
keeps the result beside the source or, where Python may not write there, in the user's cache; later processes load it.
It runs without the interpreter's lock. Nobody checks an index within it: whoever writes one proves that it stays
within its arrays, whatever a damaged file holds.
"""

import fcntl
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

# The compiler is fifty thousand objects that stay: the collector would look through them again and again.
gc.freeze()

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def compiled(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """A function of arrays and numbers, compiled by Numba at its first call."""
    try:
        made = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:
        # No place to keep the code: each process compiles its own.
        made = numba.njit(nogil=True, error_model="numpy")(function)
    return cast("Callable[_Given, _Result]", made)


@contextmanager
def compiling() -> Iterator[None]:
    """A block that calls what may have to be compiled: of several processes one does it, the others load it then."""
    with Path(__file__).open("rb") as file:
        with suppress(OSError):  # a disk without locks
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
