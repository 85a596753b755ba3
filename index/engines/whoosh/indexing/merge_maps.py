"""Merge maps: which of the stories, words and classes of a segment become which of the merged one."""

from typing import NamedTuple

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.segments.segment import SegmentView


class MergeSource(NamedTuple):
    """A segment to be merged: the stories kept, and the new number of each story, -1 for deleted ones."""

    view: SegmentView
    kept: Array
    docs: Array


class WordMap(NamedTuple):
    """New numbers of a segment's words, classes and parts of words; those of classes and parts ascend."""

    words: Array
    classes: Array
    parts: Array
