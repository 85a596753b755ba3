"""Vocabulary: the words that stories are made of, as numbers.

Each run of characters without white space is analysed when it is first met, and its words are known by its number from
then on, in all segments of a load.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.indexing.word_rows import words_of_runs
from index.engines.whoosh.postings.arrays import Array
from index.relevance.term_forms import class_name
from text.analysis import algorithm_of, ascii_words, forms, tokens
from text.analysis.runs import RunTable

_BYTES_A_RUN = 600
"""What a run takes, with what is known of its words."""


class WordKey(NamedTuple):
    """A word as one kind of story uses it: its exact and folded form, and the class of words that it belongs to.

    The class is the algorithm of the story's language and the stem: all its words are found together. `parts` are the
    classes of the words that it is made of.
    """

    exact: str
    folded: str
    word_class: str
    parts: tuple[str, ...] = ()


class _WordNumbers(dict[WordKey, int]):
    """Numbers words in order of appearance."""

    def __missing__(self, key: WordKey) -> int:
        number = self[key] = len(self)
        return number


class _WrittenWords(dict[str, int]):
    """Numbers of the words that ASCII runs of one kind are made of."""

    def __init__(self, number: Callable[[str], int]) -> None:
        super().__init__()
        self._number = number

    def __missing__(self, written: str) -> int:
        number = self[written] = self._number(written)
        return number


class _KindOfWords:
    """Numbers words as one language writes them, stemmed or not."""

    def __init__(self, language: str | None, *, stemmed: bool, number: Callable[[WordKey], int]) -> None:
        self._language = language
        self._algorithm = algorithm_of(language)
        self._stemmed = stemmed
        self._number = number

    def of(self, exact: str, folded: str, stem: str, parts: tuple[str, ...] = ()) -> int:
        """The number of a word with those forms."""
        if not self._stemmed:
            return self._number(WordKey(exact, folded, class_name(self._algorithm, folded)))
        classes = tuple(class_name(self._algorithm, part) for part in parts) if parts else ()
        return self._number(WordKey(exact, folded, class_name(self._algorithm, stem), classes))

    def of_written(self, written: str) -> int:
        """The number of a word in ASCII."""
        return self.of(*forms(written, self._language))


class _RunReader:
    """Reads runs as one language writes them, stemmed or not, into the numbers of their words.

    Nothing here points back to it: a vocabulary, which takes many megabytes, is gone when it is let go of.
    """

    def __init__(self, language: str | None, *, stemmed: bool, number: Callable[[WordKey], int]) -> None:
        self._language = language
        self._kind = _KindOfWords(language, stemmed=stemmed, number=number)
        self._written = _WrittenWords(self._kind.of_written)

    def read(self, run: str) -> Iterable[int]:
        """The words of a run; many runs differ in nothing but the marks around a word."""
        if run.isascii():
            return map(self._written.__getitem__, ascii_words(run))
        return (self._kind.of(*token[:3], token.parts) for token in tokens(run, self._language))


class Vocabulary:
    """The words of many stories, numbered in order of appearance."""

    def __init__(self) -> None:
        self._numbers = _WordNumbers()
        self._keys: list[WordKey] = []
        self._runs = RunTable()
        self._starts, self._words = array("q", [0]), array("i")
        self._kinds: dict[tuple[str | None, bool], int] = {}
        self._readers: list[_RunReader] = []

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return len(self._runs) * _BYTES_A_RUN + self._runs.size

    def kind(self, language: str | None, *, stemmed: bool) -> int:
        """The number of a kind of passages: those of a language whose words are stemmed, or are not."""
        kind = self._kinds.get((language, stemmed))
        if kind is None:
            kind = self._kinds[language, stemmed] = len(self._readers)
            self._readers.append(_RunReader(language, stemmed=stemmed, number=self._numbers.__getitem__))
        return kind

    def read(self, passages: Sequence[str], kinds: Array) -> tuple[Array, Array]:
        """The words of some passages, passages[i] being of kinds[i], in a row; and how many each passage has."""
        known = len(self._runs)
        found = self._runs.number(passages, kinds)
        for kind, run in self._runs.written(known):
            self._words.extend(self._readers[kind].read(run))
            self._starts.append(len(self._words))
        starts = np.frombuffer(self._starts, np.int64)
        words = np.frombuffer(self._words, np.int32) if self._words else np.empty(0, np.int32)
        return words_of_runs(found.runs, found.counts, starts, words)

    def keys(self, numbers: Array) -> list[WordKey]:
        """The words of some numbers."""
        self._keys.extend(islice(self._numbers, len(self._keys), None))
        return [self._keys[number] for number in numbers.tolist()]
