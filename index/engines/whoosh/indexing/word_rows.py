"""Rows of words: compiled loops that put words in rows, number them and sort them.

All sorting here is counting, as words, stories and classes are numbers below a known one; equal keys keep their order.
"""

from typing import NamedTuple

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from text.compiled import compiled


class PassageRows(NamedTuple):
    """The passages of stories: the field, the story and the number of words of each."""

    fields: Array
    docs: Array
    counts: Array


@compiled
def words_of_runs(runs: Array, counts: Array, starts: Array, words: Array) -> tuple[Array, Array]:
    """The words of runs in a row, and how many each passage has, of which counts[i] are the runs.

    The words of run r are words[starts[r]:starts[r + 1]].
    """
    total = 0
    for run in runs:
        total += starts[run + 1] - starts[run]
    found, sizes = np.empty(total, np.int32), np.empty(len(counts), np.int32)
    row = done = 0
    for passage in range(len(counts)):
        before = done
        for run in runs[row : row + counts[passage]]:
            for word in words[starts[run] : starts[run + 1]]:
                found[done] = word
                done += 1
        row += counts[passage]
        sizes[passage] = done - before
    return found, sizes


@compiled
def number_anew(words: Array, known: int) -> tuple[Array, Array]:
    """Words, which are numbers below `known`, numbered in order of appearance; and the old number of each new one."""
    numbers, firsts = np.full(known, -1, np.int32), np.empty(known, np.int32)
    renumbered = np.empty(len(words), np.int32)
    count = 0
    for row in range(len(words)):
        word = words[row]
        if numbers[word] < 0:
            numbers[word] = count
            firsts[count] = word
            count += 1
        renumbered[row] = numbers[word]
    return renumbered, firsts[:count].copy()


@compiled
def rows_of_field(
    words: Array, fields: Array, docs: Array, counts: Array, field: int, gap: int
) -> tuple[Array, Array, Array]:
    """The words of one field, with the story and the position of each; passages as in PassageRows.

    Positions count from 0 in each story, and leave a gap behind each passage that has words.
    """
    total = 0
    for passage in range(len(fields)):
        if fields[passage] == field:
            total += counts[passage]
    own_words, own_docs, positions = np.empty(total, np.int32), np.empty(total, np.int32), np.empty(total, np.int32)
    read = done = position = 0
    doc = -1
    for passage in range(len(fields)):
        count = counts[passage]
        if fields[passage] == field and count:
            if docs[passage] != doc:
                doc, position = docs[passage], 0
            for row in range(count):
                own_words[done] = words[read + row]
                own_docs[done] = doc
                positions[done] = position + row
                done += 1
            position += count + gap
        read += count
    return own_words, own_docs, positions


@compiled
def _starts(keys: Array, most: int) -> Array:
    """Where the rows of each key begin once they are sorted, and at last their number."""
    starts = np.zeros(most + 1, np.int64)
    for key in keys:
        if not 0 <= key < most:
            raise ValueError("a key is out of range")
        starts[key + 1] += 1
    for key in range(most):
        starts[key + 1] += starts[key]
    return starts


@compiled
def stable_order(keys: Array, most: int) -> Array:
    """The rows in order of their keys, which are numbers below `most`."""
    starts = _starts(keys, most)
    order = np.empty(len(keys), np.int64)
    for row in range(len(keys)):
        key = keys[row]
        order[starts[key]] = row
        starts[key] += 1
    return order


@compiled
def sort_rows(keys: Array, docs: Array, positions: Array, most: int) -> tuple[Array, Array, Array]:
    """Three columns in order of the keys, which are numbers below `most`."""
    starts = _starts(keys, most)
    sorted_keys, sorted_docs, sorted_positions = np.empty_like(keys), np.empty_like(docs), np.empty_like(positions)
    for row in range(len(keys)):
        key = keys[row]
        target = starts[key]
        starts[key] = target + 1
        sorted_keys[target] = key
        sorted_docs[target] = docs[row]
        sorted_positions[target] = positions[row]
    return sorted_keys, sorted_docs, sorted_positions
