"""Phrase spans: where words stand in order, at most so many positions further apart than side by side."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

Path = tuple[int, ...]
"""The positions of the words of a phrase, in order."""


def paths(positions: Sequence[Sequence[int]], slop: int) -> Iterator[Path]:
    """Where words stand in order, at most `slop` positions further apart than side by side.

    `positions` are those of each word, ascending. Those that overlap an earlier one are left out.
    """
    behind = -1
    for first in positions[0]:
        path = _path(first, positions, slop) if first > behind else None
        if path:
            behind = path[-1]
            yield path


def _path(first: int, positions: Sequence[Sequence[int]], slop: int) -> Path | None:
    """The nearest position of each word after the one before it, from `first` on; None where they are too far apart."""
    path = [first]
    for options in positions[1:]:
        following = bisect_right(options, path[-1])
        if following == len(options) or options[following] - first - len(path) > slop:
            return None
        path.append(options[following])
    return tuple(path)
