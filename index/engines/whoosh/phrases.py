"""In which stories do words stand side by side?

Each occurrence of a word becomes one number, story << 32 | position; all occurrences of a phrase are then found by
searching in sorted arrays.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.engines.whoosh.documents import PASSAGE_GAP
from index.engines.whoosh.segment import Docs, Positions
from index.engines.whoosh.snapshot import Snapshot

Keys = npt.NDArray[np.int64]
_STORY_BITS = 32


def phrase_docs(snapshot: Snapshot, field: str, words: Sequence[Sequence[str]], slop: int) -> Docs:
    """The stories in which the words (each a choice of terms) follow each other in one passage of a field.

    They may stand at most `slop` positions further apart, all gaps taken together; a story may come more than once.
    """
    occurrences = []
    for terms in words:
        keys = _keys([snapshot.positions(field, term) for term in terms])
        if not len(keys):
            return np.empty(0, np.int32)
        occurrences.append(keys)
    starts = occurrences[0]
    ends = starts
    furthest = len(words) - 1 + min(max(slop, 0), PASSAGE_GAP - 1)
    for keys in occurrences[1:]:
        # The next occurrence after each end is the best one: any later one only lengthens the phrase.
        following = np.searchsorted(keys, ends, side="right")
        exists = following < len(keys)
        starts, ends = starts[exists], keys[following[exists]]
        near = ends - starts <= furthest
        starts, ends = starts[near], ends[near]
    found: Docs = (starts >> _STORY_BITS).astype(np.int32)
    return found


def _keys(occurrences: Sequence[Positions]) -> Keys:
    parts = [(found.docs.astype(np.int64) << _STORY_BITS) | found.positions for found in occurrences if len(found.docs)]
    if not parts:
        return np.empty(0, np.int64)
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))
