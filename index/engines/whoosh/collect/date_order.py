"""Order of dates: the newest or oldest stories that match, where the scores of all stories are at hand.

A wire desk looks at what came last. So the stories of each segment are gone through from that end, and as many as one
in twenty match: a few hundred are looked at, where sorting would take the dates of all that match.
"""

import numpy as np

from index.engines.whoosh.collect.result_loops import first_in_order
from index.engines.whoosh.segments.segment import Docs
from index.engines.whoosh.segments.snapshot import Snapshot
from index.relevance.bm25f import Floats

_AS_FAR = 8
"""It is given up where it takes this many times longer than if those that match were spread evenly."""
_PART, _FEW = 64, 1024
"""It isn't begun where that is more than one story in so many, and not few: the dates of those that match are few then,
and soon sorted."""


def first_by_date(snapshot: Snapshot, scores: Floats, number: int, matching: int, *, newest: bool) -> Docs | None:
    """The stories, ascending, that the first `number` of those with a score above 0 are among, and few others.

    `matching` is how many have one. None where too many without would have to be passed: where few match, or those that
    do are old and the newest are asked for.
    """
    most = _AS_FAR * number * len(scores) // max(1, matching)
    if most > max(_FEW, len(scores) // _PART):
        return None
    found = []
    for segment, base in zip(snapshot.segments, snapshot.bases, strict=True):
        own = slice(base, base + segment.size)
        dates = snapshot.dates[own]
        rows, are_all = first_in_order(scores[own], segment.by_date, dates, number, most, newest)
        if not are_all:
            return None
        found.append(np.sort(rows) + base)
    return np.concatenate(found)
