"""Collapse of near-identical stories: which of the stories found are copies of a better one.

A story's group is a column of the index (see StoredStory.copy_group). Few stories have copies, so only those are looked
at: they stand together, in order of their groups and ids, and the best of each group is found in one pass.
"""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from index.engines.whoosh.collect.result_loops import behind_best
from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.schema import NO_GROUP
from index.engines.whoosh.segments.segment import Docs
from index.engines.whoosh.segments.snapshot import Snapshot


class CopyGroups:
    """The stories of a snapshot that have copies there.

    `groups` is the column over all stories, `alive` says which are not deleted, `ids_of` names stories.
    """

    def __init__(
        self, groups: npt.NDArray[np.int64], alive: npt.NDArray[np.bool_], ids_of: Callable[[Iterable[int]], list[str]]
    ) -> None:
        docs = np.flatnonzero((groups != NO_GROUP) & alive)
        _, numbers, sizes = np.unique(groups[docs], return_inverse=True, return_counts=True)
        several = sizes[numbers] > 1
        docs, numbers = docs[several], numbers[several]
        ids = ids_of(docs.tolist())
        listed = sorted(range(len(docs)), key=lambda row: (numbers[row], ids[row]))
        self._docs: Docs = docs[listed]
        self._numbers: Array = numbers[listed]
        self._place = np.full(len(groups), -1, np.int32)
        self._place[self._docs] = np.arange(len(docs), dtype=np.int32)

    def among(self, docs: Docs) -> Docs:
        """Those of some stories that have copies, in the order that `behind` takes."""
        places = self._place[docs]
        return self._docs[np.sort(places[places >= 0])]

    def marked(self, scores: Array) -> Docs:
        """The same where every story has a score and those that match a positive one."""
        return self._docs[scores[self._docs] > 0]

    def behind(self, docs: Docs, keys: Array) -> Docs:
        """All of these stories but the best of each group: that of the highest key, of equal ones the first by id."""
        behind: Docs = docs[behind_best(self._numbers, self._place, docs, keys)]
        return behind


def copies_in(snapshot: Snapshot) -> CopyGroups:
    """The stories of a snapshot that are copies of others, found once."""
    return snapshot.once(_copy_groups)


def _copy_groups(snapshot: Snapshot) -> CopyGroups:
    return CopyGroups(snapshot.groups, snapshot.alive, snapshot.ids)
