"""Forward index of a segment: the classes of each story's words, with weights."""

from typing import Protocol

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.text_loops import unpack_forward


class ForwardSource(Protocol):
    """Where the lists of stories come from."""

    def rows(self, docs: Array) -> tuple[Array, Array, Array]:
        """The classes of the words of some stories, ascending in each, their weights, and how many each story has."""

    def sizes(self, docs: Array) -> Array:
        """At most so many rows some stories have."""


class ForwardLists:
    """The lists of all stories, as a segment has them in bytes; classes are numbers below `classes`."""

    def __init__(self, data: Array, starts: Array, classes: int) -> None:
        self._data, self._starts, self._classes = data, starts, classes

    def rows(self, docs: Array) -> tuple[Array, Array, Array]:
        """The classes of the words of some stories, ascending in each, their weights, and how many each story has."""
        starts, ends = self._starts[docs].astype(np.int64), self._starts[docs + 1].astype(np.int64)
        return unpack_forward(self._data, starts, ends, self._classes)

    def sizes(self, docs: Array) -> Array:
        """At most so many rows some stories have: a row takes two bytes and more."""
        sizes: Array = (self._starts[docs + 1].astype(np.int64) - self._starts[docs]) // 2
        return sizes
