"""Phrase spans: where words stand in order, at most so many places further apart than side by side."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

Path = tuple[int, ...]
"""The places of the words of a phrase, in order."""


def paths(words: Sequence[str], wanted: Sequence[str], slop: int) -> Iterator[Path]:
    """The places where the wanted words stand in order, at most `slop` places further apart than side by side.

    Places that overlap an earlier one are left out.
    """
    places = [[n for n, word in enumerate(words) if word == sought] for sought in wanted]
    behind = -1
    for first in places[0]:
        path = _path(first, places, slop) if first > behind else None
        if path:
            behind = path[-1]
            yield path


def _path(first: int, places: Sequence[Sequence[int]], slop: int) -> Path | None:
    """The nearest place of each word after the one before it, from `first` on; None where they are too far apart."""
    path = [first]
    for options in places[1:]:
        following = bisect_right(options, path[-1])
        if following == len(options) or options[following] - first - len(path) > slop:
            return None
        path.append(options[following])
    return tuple(path)
