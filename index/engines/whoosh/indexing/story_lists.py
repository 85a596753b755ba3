"""Lists by story: compiled loops that make one posting list of many, a row for each story."""

from typing import NamedTuple

import numpy as np

from index.engines.whoosh.indexing.word_rows import stable_order
from index.engines.whoosh.postings.arrays import Array
from text.compiled import compiled


class StoryLists(NamedTuple):
    """The lists of classes: that of class c is the rows starts[c]:starts[c + 1] of the others.

    Each row is a story, with the sum of its weights and a mask of its members.
    """

    starts: Array
    docs: Array
    weights: Array
    masks: Array


class WeightedRows(NamedTuple):
    """Rows in any order: a class, the weight that a story gets there, and which of the class's members it holds."""

    classes: Array
    docs: Array
    weights: Array
    members: Array


def lists_by_story(rows: WeightedRows, classes: int, size: int) -> StoryLists:
    """The lists of so many classes over so many stories."""
    return StoryLists(*_merge(*rows, stable_order(rows.docs, size), classes))


@compiled
def _merge(
    classes: Array, docs: Array, weights: Array, members: Array, order: Array, class_count: int
) -> tuple[Array, Array, Array, Array]:
    """`order` has the rows in order of their stories, so that each class meets a story's rows one after the other."""
    last = np.full(class_count, -1, np.int32)
    starts = np.zeros(class_count + 1, np.int64)
    for row in order:
        number = classes[row]
        if not 0 <= number < class_count:
            raise ValueError("a class is out of range")
        if last[number] != docs[row]:
            last[number] = docs[row]
            starts[number + 1] += 1
    for number in range(class_count):
        starts[number + 1] += starts[number]
    ends = starts[:-1].copy()
    total = starts[class_count]
    list_docs, sums, masks = np.empty(total, np.int32), np.zeros(total, np.int64), np.zeros(total, np.uint16)
    last[:] = -1
    for row in order:
        number = classes[row]
        if last[number] != docs[row]:
            last[number] = docs[row]
            list_docs[ends[number]] = docs[row]
            ends[number] += 1
        place = ends[number] - 1
        sums[place] += weights[row]
        masks[place] |= np.uint16(1 << members[row])
    return starts, list_docs, sums, masks
