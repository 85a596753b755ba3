"""Garbage of a page: the thousands of objects that reading it makes, nearly all of which go with it.

Python's collector looks at what is new every few hundred objects. While a page is read it would walk trees that are
still needed, time and again, and count as lasting what is garbage a moment later.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let the collector wait until a page is read, and then find its garbage at once, before anything else is made.

    It goes on as soon as the first of several threads is done; one that was off before stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
            gc.collect(0)
