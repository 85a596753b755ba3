"""Forms of words as numbers of strings, which are looked at to be sorted alone, and once in a segment."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.postings.arrays import Array


class StringNumbers(dict[str, int]):
    """Numbers strings in order of appearance."""

    def __missing__(self, string: str) -> int:
        number = self[string] = len(self)
        return number


class Strings(NamedTuple):
    """A string for each of some words, as numbers in a table in which each string stands once."""

    numbers: Array
    table: Sequence[str]

    def of(self, which: Array) -> "Strings":
        """Those of some of the words."""
        return Strings(self.numbers[which], self.table)

    def in_order(self) -> tuple[list[str], Array]:
        """The strings that some word has, sorted; and which of them each word has."""
        used, which = np.unique(self.numbers, return_inverse=True)
        strings = [self.table[number] for number in used.tolist()]
        order = sorted(range(len(strings)), key=strings.__getitem__)
        ranks = np.empty(len(order), np.int32)
        ranks[order] = np.arange(len(order), dtype=np.int32)
        return [strings[place] for place in order], ranks[which]


class FormTable(NamedTuple):
    """The class of each of some words, its exact and its folded form; of those two the table is one.

    `parts` are the classes of the words that a word is made of, for the words that are, each by its number.
    """

    classes: Strings
    exacts: Strings
    folds: Strings
    parts: Sequence[tuple[int, tuple[str, ...]]]


def numbered(columns: Iterable[Iterable[str]]) -> list[Strings]:
    """Several strings for each of some words, of one table."""
    known = StringNumbers()
    numbers = [np.array([known[string] for string in column], np.int32) for column in columns]
    table = list(known)
    return [Strings(column, table) for column in numbers]


def first_alike(classes: Array, exacts: Array) -> tuple[Array, Array]:
    """The first of all words with one class and one exact form, in order of appearance; and which each word is."""
    pairs = classes.astype(np.int64) << 32 | exacts
    _, firsts, which = np.unique(pairs, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return firsts[order], ranks[which]
