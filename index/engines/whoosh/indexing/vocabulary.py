"""Vocabulary: the words that stories are made of, as numbers.

Each run of characters without white space is analysed when it is first met, and its words are known by its number from
then on, in all segments of a load. A load goes on with the words of the commit before: most words of any thousand
stories stood in the thousand before.
"""

import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.indexing.form_table import FormTable, StringNumbers, Strings
from index.engines.whoosh.indexing.word_rows import words_of_runs
from index.engines.whoosh.postings.arrays import Array
from index.relevance.term_forms import class_name
from text.analysis import algorithm_of, ascii_words, forms, tokens
from text.analysis.runs import RunTable

_FORMS = 4
_BYTES_A_RUN = 600
"""What a run takes, with what is known of its words."""
_FEWEST_OF_A_LOAD = 500
_MOST_FEW = 4
"""So many commits in a row with fewer stories are what comes up in a load; more are what a desk crawls, whose words are
learnt in no time: the memory is better let go."""


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
        self._classes, self._strings = StringNumbers(), StringNumbers()
        # Of each word: the numbers of its class, its exact and its folded form, and whether it has parts.
        self._forms = array("i")
        self._parts: dict[int, tuple[str, ...]] = {}
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

    def forms(self, numbers: Array) -> FormTable:
        """The forms of the words of some numbers."""
        for exact, folded, word_class, parts in islice(self._numbers, len(self._forms) // _FORMS, None):
            self._forms.extend((self._classes[word_class], self._strings[exact], self._strings[folded], bool(parts)))
            if parts:
                self._parts[len(self._forms) // _FORMS - 1] = parts
        classes, exacts, folds, made = np.array(self._forms, np.int32).reshape(-1, _FORMS)[numbers].T
        strings = list(self._strings)
        return FormTable(
            Strings(classes, list(self._classes)),
            Strings(exacts, strings),
            Strings(folds, strings),
            [(place, self._parts[int(numbers[place])]) for place in np.flatnonzero(made).tolist()],
        )


class SpareVocabulary:
    """The vocabulary of the last commit of a load, for the next one; safe to use from several threads.

    A vocabulary is used by one writer at a time: whoever takes it leaves none.
    """

    def __init__(self, most_bytes: int) -> None:
        """One that takes more bytes is let go of, with all that no story has used for long."""
        self._most_bytes = most_bytes
        self._changing = threading.Lock()
        self._spare: Vocabulary | None = None
        self._few = _MOST_FEW

    def take(self) -> Vocabulary:
        """The spare one, or a new one."""
        with self._changing:
            spare, self._spare = self._spare, None
        return Vocabulary() if spare is None else spare

    def put_back(self, vocabulary: Vocabulary, stories: int) -> None:
        """Leave a vocabulary for the next; `stories` is how many the commit brought that it was read with."""
        with self._changing:
            self._few = self._few + 1 if stories < _FEWEST_OF_A_LOAD else 0
            if self._few <= _MOST_FEW and vocabulary.size <= self._most_bytes:
                self._spare = vocabulary
