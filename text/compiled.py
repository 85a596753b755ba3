"""Compiled loops: functions over arrays that run as machine code.

Numba translates such a function when it is first called with arguments of some types, in a fraction of a second, and
keeps the result beside the source or, where Python may not write there, in the user's cache; later processes load it.
It runs without the interpreter's lock. Nobody checks an index within it: whoever writes one proves that it stays
within its arrays, whatever a damaged file holds.

What is kept holds the loops that a loop calls, too, and Numba looks at the source of the outer one alone; so the code
of all of them is in what is compared (StampedLocator).
"""

import fcntl
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import caching

# The compiler is fifty thousand objects that stay: the collector would look through them again and again.
gc.freeze()

_ROOT = Path(__file__).parents[1]
_FOLDERS = ("index", "search", "text")
"""Where the loops are."""


class StampedLocator:
    """Where Numba keeps what it has compiled, and by what it knows that it is out of date: any change of any loop."""

    def get_source_stamp(self) -> Any:
        """The stamp of a loop's own file, and that of all files that there may be loops in."""
        return super().get_source_stamp(), _stamp_of_all()  # type: ignore[misc]


class GivenLocator(StampedLocator, caching.UserProvidedCacheLocator):
    """In the folder that NUMBA_CACHE_DIR names."""


class BesideLocator(StampedLocator, caching.InTreeCacheLocator):
    """Beside the source."""


class UserLocator(StampedLocator, caching.UserWideCacheLocator):
    """In the user's cache."""


_LOCATORS = ",".join(f"{__name__}.{locator.__name__}" for locator in (GivenLocator, BesideLocator, UserLocator))
setattr(numba.config, "CACHE_LOCATOR_CLASSES", _LOCATORS)  # noqa: B010


@lru_cache(maxsize=1)
def _stamp_of_all() -> str:
    files = (path for folder in _FOLDERS for path in (_ROOT / folder).rglob("*.py"))
    stamps = ((str(path.relative_to(_ROOT)), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return sha256(repr(sorted(stamps)).encode()).hexdigest()


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
