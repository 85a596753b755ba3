"""Segment: a file of arrays, and what searching asks of it.

The list of the arrays is in postings_builder.py. A segment never changes once it is written; which of its stories are
deleted is not kept here but in the commit.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from index.engines.whoosh.postings.arrays import Array, MappedArrays
from index.engines.whoosh.postings.field_lists import FieldLists
from index.engines.whoosh.postings.former_lists import NO_PARTS, former_sources
from index.engines.whoosh.postings.packed_lists import packed_sources
from index.engines.whoosh.postings.ranges import expand_ranges
from index.engines.whoosh.postings.text_lists import TextLists, mask_widths
from index.engines.whoosh.schema import MASK_BITS, TEXT
from index.engines.whoosh.segments.byte_codes import LENGTHS, join_codes
from index.engines.whoosh.segments.term_dictionary import TermDictionary
from index.relevance.bm25f import Floats
from index.relevance.columns import UNDATED
from index.relevance.term_forms import FOLDED_MARK, PART_MARK, STEM_MARK
from model.fields import KEYWORD_FIELDS

Docs = npt.NDArray[np.integer[Any]]
Dates = npt.NDArray[np.int64]

Key = TypeVar("Key")
Value = TypeVar("Value")

NO_MONTH = -(1 << 40)

NO_DOCS: Docs = np.empty(0, np.int32)


class Postings(NamedTuple):
    """The stories that hold a term, ascending, and the term's weight in each."""

    docs: Docs
    weights: Floats


class FieldValues(NamedTuple):
    """The values of a field over some stories.

    Stories have few different sets of values, so a story's is one number: `sets` holds each set, as numbers in `names`,
    and `set_of` the number of each story's set.
    """

    names: tuple[str, ...]
    sets: tuple[tuple[int, ...], ...]
    set_of: npt.NDArray[np.intp]


class Recent(dict[Key, Value]):
    """A memory of at most so many look-ups; when it is full it is emptied, which costs less than keeping order."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: Key, value: Value) -> None:
        if len(self) >= self._most:
            self.clear()
        super().__setitem__(key, value)


class SegmentView:
    """One segment file, mapped for reading; what is found out about `cached_words` words is remembered.

    Raises OSError where the file is gone, DamagedIndexError.
    """

    def __init__(self, path: Path, cached_words: int = 1) -> None:
        arrays = MappedArrays(path, absent=NO_PARTS)
        self.arrays = arrays
        self._found_lists: Recent[tuple[str, ...], Mapping[str, Array]] = Recent(cached_words)
        self.size: int = arrays.facts["size"]
        self.ids = self._strings("ids")
        self.published: Dates = arrays["published"]
        self.first_seen: Dates = arrays["first_seen"]
        self.versions = arrays["versions"]
        self.flags = arrays["flags"]
        self.groups = arrays["groups"]
        self.exacts, self.classes, self.folds = (
            self._strings("exacts"),
            self._strings("classes"),
            self._strings("folds"),
        )
        self.parts = self._strings("parts")
        self.words_of_class = arrays["classes.words"]
        self.class_of_word = arrays["words.class"]
        self._by_exact = self.exacts, arrays["exacts.starts"], arrays["exacts.words"]
        self._by_fold = self.folds, arrays["folds.starts"], arrays["folds.words"]
        self._frequencies = arrays["words.frequency"]
        self._open_lists()
        self._keywords = {field.name: self._strings(field.name) for field in KEYWORD_FIELDS}
        self.names = {field.name: tuple(self._strings(f"{field.name}.names")) for field in KEYWORD_FIELDS}

    def _open_lists(self) -> None:
        arrays, widths = self.arrays, mask_widths(np.diff(self.words_of_class))
        lengths = arrays["text.lengths"]
        sources = (
            packed_sources(arrays, len(self.classes)) if "text.lists" in arrays else former_sources(arrays, widths)
        )
        self.text = TextLists(sources.text, widths, lengths)
        self.part_lists = TextLists(sources.parts, np.zeros(len(self.parts), np.uint8), lengths)
        self.fields = {
            name: FieldLists(source, arrays[f"{name}.words"], self.size) for name, source in sources.fields.items()
        }
        self.forward = sources.forward

    def _strings(self, name: str) -> TermDictionary:
        return TermDictionary(self.arrays[f"{name}.bytes"], self.arrays[f"{name}.offsets"])

    def value_sets(self, field: str) -> list[tuple[int, ...]]:
        """The sets of values that stories have in a keyword field, as numbers in `names`."""
        starts, values = self.arrays[f"{field}.set_starts"].tolist(), self.arrays[f"{field}.set_values"].tolist()
        return [tuple(values[start:end]) for start, end in pairwise(starts)]

    def document(self, story_id: str) -> int | None:
        """The number of the newest document with that id, deleted or not."""
        order, encoded = self.arrays["ids.order"], story_id.encode("utf-8", "surrogatepass")
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            if self.ids.encoded(order[middle]) <= encoded:
                low = middle + 1
            else:
                high = middle
        return int(order[low - 1]) if low and self.ids.encoded(order[low - 1]) == encoded else None

    @property
    def positions(self) -> Array:
        """The position of each story's write in the change feed; for writers, as older formats have none."""
        return self.arrays["positions"]

    @cached_property
    def by_date(self) -> Array:
        """The stories in order of what their age is counted from, the oldest first."""
        return np.argsort(age_dates(self.published, self.first_seen)).astype(np.int32)

    @cached_property
    def months(self) -> Dates:
        """Months since January 1970 of each story's publication; NO_MONTH for undated ones."""
        months = self.published.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        return np.where(self.published == UNDATED, NO_MONTH, months)

    @cached_property
    def id_ranks(self) -> Array:
        """The place of each story in the order of the segment's ids."""
        ranks = np.empty(self.size, np.int32)
        ranks[self.arrays["ids.order"]] = np.arange(self.size, dtype=np.int32)
        return ranks

    @cached_property
    def algorithms(self) -> frozenset[str]:
        """The stemming algorithms of the languages of its stories; none where no story has a word."""
        found, number = set(), 0
        while number < len(self.classes):
            algorithm = self.classes[number].partition(":")[0]
            found.add(algorithm)
            number = self.classes.prefixed(f"{algorithm}:").stop
        return frozenset(found)

    def field_length(self, field: str) -> int:
        """Number of words in a field, over all stories, as exactly as lengths are kept."""
        return int(self.arrays.facts["lengths"].get(field, 0))

    def lengths(self, field: str) -> Floats:
        """The number of words of a field in each story, as exactly as lengths are kept."""
        return LENGTHS[self.arrays[f"{field}.lengths"]]

    def words(self, term: str) -> Array:
        """The words that an exact or folded term stands for."""
        strings, starts, words = self._by_fold if term.startswith(FOLDED_MARK) else self._by_exact
        number = strings.find(term.removeprefix(FOLDED_MARK))
        return words[starts.item(number) : starts.item(number + 1)] if number >= 0 else NO_DOCS

    def lists_of(self, terms: tuple[str, ...]) -> Mapping[str, Array]:
        """The numbers of the lists of words of any of the terms, in each text field that holds any."""
        found = self._found_lists.get(terms)
        if found is None:
            words = sorted({word for term in terms for word in self.field_words(term).tolist()})
            numbers = {name: lists.numbers(words) for name, lists in self.fields.items()} if words else {}
            found = self._found_lists[terms] = {name: own for name, own in numbers.items() if len(own)}
        return found

    def find_class(self, term: str) -> int:
        """The number of the class that a stem stands for, or -1."""
        return self.classes.find(term.removeprefix(STEM_MARK))

    def find_part(self, term: str) -> int:
        """The number of a part, or -1."""
        return self.parts.find(term.removeprefix(PART_MARK))

    def parts_of_words(self) -> Iterator[tuple[str, int]]:
        """All names of parts, each with the number of a word that it is a part of."""
        of = chain.from_iterable(map(repeat, self.parts, np.diff(self.arrays["parts.starts"]).tolist()))
        return zip(of, self.arrays["parts.words"].tolist(), strict=True)

    def class_size(self, number: int) -> int:
        """Number of stories that hold any word of a class, deleted ones included."""
        return self.text.size(number)

    def frequency(self, word: int) -> int:
        """Number of stories that hold a word, deleted ones included."""
        frequency: int = self._frequencies.item(word)
        return frequency

    def words_of_stories(self, docs: Docs) -> tuple[Array, Array, Array]:
        """The classes of the words of stories, ascending in each, their codes, and how many each story has."""
        classes, weights, counts = self.forward.rows(docs)
        return classes, join_codes(weights, np.repeat(self.arrays["text.lengths"][docs], counts)), counts

    def best_rows(self, words: Array) -> tuple[Docs, Array]:
        """The stories that hold any of the words, ascending, and the highest code of each.

        A story has one length, so its highest code is that of the highest weight.
        """
        wanted = np.zeros(len(self.classes), np.uint16)
        of_words = self.class_of_word[words]
        places = np.minimum(words - self.words_of_class[of_words], MASK_BITS - 1).astype(np.uint16)
        np.bitwise_or.at(wanted, of_words, np.left_shift(np.uint16(1), places))
        numbers = np.flatnonzero(wanted)
        best = self.text.best_codes(numbers, wanted[numbers])
        held: Docs = np.flatnonzero(best)
        return held, best[held]

    def expand(self, expansion: Callable[[TermDictionary], Array]) -> Array:
        """The words whose exact forms an expansion finds."""
        numbers = expansion(self.exacts)
        starts = self.arrays["exacts.starts"]
        _, words = expand_ranges(starts[numbers], starts[numbers + 1] - starts[numbers], self.arrays["exacts.words"])
        return words

    def document_frequency(self, field: str, term: str) -> int:
        """Number of stories that hold the term in a field, deleted ones included."""
        if field != TEXT:
            return len(self.postings(field, term).docs)
        if term.startswith(STEM_MARK):
            number = self.find_class(term)
            return self.class_size(number) if number >= 0 else 0
        if term.startswith(PART_MARK):
            return self._part_size(term)
        return sum(map(self.frequency, self.words(term).tolist()))

    def _part_size(self, term: str) -> int:
        number = self.find_part(term)
        return self.part_lists.size(number) if number >= 0 else 0

    def postings(self, field: str, term: str) -> Postings:
        """The stories that hold a term in a named field."""
        if field in self._keywords:
            docs = self.keyword_docs(field, [self._keywords[field].find(term)])
            return Postings(docs, np.ones(len(docs), np.float32))
        docs, counts = self.fields[field].rows_of(self.field_words(term))
        if not len(docs):
            return Postings(NO_DOCS, np.empty(0, np.float32))
        order = np.argsort(docs, kind="stable")
        firsts = _firsts(docs[order])
        return Postings(docs[order][firsts], np.add.reduceat(counts[order], firsts).astype(np.float32))

    def keyword_docs(self, field: str, numbers: Iterable[int]) -> Docs:
        """The stories of keyword terms, given by their numbers; -1 is none."""
        starts, docs = self.arrays[f"{field}.starts"], self.arrays[f"{field}.docs"]
        return _concatenate([docs[starts[number] : starts[number + 1]] for number in numbers if number >= 0])

    def keywords(self, field: str) -> TermDictionary:
        """The terms of a keyword field."""
        return self._keywords[field]

    def field_words(self, term: str) -> Array:
        """The words that a term of any form stands for."""
        if term.startswith(PART_MARK):
            number = self.find_part(term)
            start, end = self.arrays["parts.starts"][number : number + 2].tolist() if number >= 0 else (0, 0)
            return self.arrays["parts.words"][start:end]
        if not term.startswith(STEM_MARK):
            return self.words(term)
        number = self.find_class(term)
        if number < 0:
            return NO_DOCS
        return np.arange(self.words_of_class[number], self.words_of_class[number + 1])


def age_dates(published: Dates, first_seen: Dates) -> Dates:
    """What a story's age is counted from: published_at, else first_seen_at (microseconds since 1970)."""
    return np.where(published == UNDATED, first_seen, published)


def _firsts(docs: Docs) -> Array:
    return np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))


def _concatenate(parts: Sequence[Docs]) -> Docs:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else NO_DOCS
