"""Segment builder: stories become the arrays of a segment.

Every word of a story becomes one number as it is read (vocabulary.py), some stories at a time. The numbers are sorted
once, when the segment is written; that is an order of magnitude faster than one posting after the other. What the
arrays mean is said in postings_builder.py.
"""

from array import array
from typing import Any

import numpy as np

from index.engines.whoosh.indexing.postings_builder import FieldWords, PackedSegment, SegmentWords, pack
from index.engines.whoosh.indexing.vocabulary import Vocabulary
from index.engines.whoosh.indexing.word_rows import number_anew, rows_of_field
from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.schema import HAS_FLAGS, UNCERTAIN_FLAG, WITHDRAWN_FLAG, group_number
from index.relevance.columns import PASSAGE_GAP, to_microseconds
from model.fields import FIELDS, KEYWORD_FIELDS, PUBLISHED_AT, TEXT_FIELDS
from model.story import StoredStory

_READ_AT_ONCE = 1 << 16
"""Characters of the stories that are read together."""
_TEXT_NUMBERS = {field.name: number for number, field in enumerate(TEXT_FIELDS)}
_COLUMNS = 6


_BYTES_A_WORD = 70
"""What a word of a story takes while a segment is collected and sorted."""


class _CollectedPassages:
    """The passages of stories, and their words as numbers of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._texts: list[str] = []
        self._waiting = 0
        self._rows = array("i")
        self._words: list[Array] = [np.empty(0, np.int32)]
        self._counts: list[Array] = [np.empty(0, np.int32)]
        self._read_rows = 0
        self.word_count = 0

    def add(self, field: int, doc: int, passages: tuple[str, ...], language: str | None, *, stemmed: bool) -> None:
        """Take in what a field of a story holds."""
        self._rows.extend((field, doc, self._vocabulary.kind(language, stemmed=stemmed), len(passages)))
        self._texts.extend(passages)
        self._waiting += sum(map(len, passages))
        if self._waiting >= _READ_AT_ONCE:
            self.read()

    def read(self) -> None:
        """Look up the words of what has been taken in."""
        rows = np.array(self._rows[self._read_rows :], np.int32).reshape(-1, 4)
        words, counts = self._vocabulary.read(self._texts, np.repeat(rows[:, 2], rows[:, 3]))
        self._words.append(words)
        self._counts.append(counts)
        self._read_rows = len(self._rows)
        self.word_count += len(words)
        self._texts, self._waiting = [], 0

    def packed(self) -> SegmentWords:
        """All words, field by field, numbered in order of appearance."""
        self.read()
        words, firsts = number_anew(np.concatenate(self._words), len(self._vocabulary))
        fields, docs, _, sizes = np.array(self._rows, np.int32).reshape(-1, 4).T
        passages = np.repeat(fields, sizes), np.repeat(docs, sizes), np.concatenate(self._counts)
        found = {
            name: FieldWords(*rows_of_field(words, *passages, number, PASSAGE_GAP))
            for name, number in _TEXT_NUMBERS.items()
        }
        return SegmentWords(self._vocabulary.forms(firsts), found)


class SegmentBuilder:
    """Collects stories, and packs them into the arrays of one segment."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._passages = _CollectedPassages(vocabulary)
        self._ids: list[str] = []
        self._values: dict[str, list[tuple[str, ...]]] = {field.name: [] for field in KEYWORD_FIELDS}
        self._columns = array("q")

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def memory(self) -> int:
        """About how many bytes it takes to collect and to sort what has been read."""
        return self._passages.word_count * _BYTES_A_WORD

    def add(self, story: StoredStory) -> int:
        """Take a story in; returns its number in the segment."""
        doc = len(self._ids)
        flags = WITHDRAWN_FLAG if story.status == "withdrawn" else 0
        if story.is_uncertain:
            flags |= UNCERTAIN_FLAG
        if story.published_at is not None:
            flags |= HAS_FLAGS[PUBLISHED_AT]
        for field in FIELDS:
            passages = field.passages(story)
            if passages:
                flags |= HAS_FLAGS[field.name]
            if field.kind == "keyword":
                self._values[field.name].append(passages)
            elif passages:
                number, stemmed = _TEXT_NUMBERS[field.name], field.kind == "text"
                self._passages.add(number, doc, passages, story.language, stemmed=stemmed)
        self._ids.append(story.id)
        dates = to_microseconds(story.published_at), to_microseconds(story.first_seen_at)
        self._columns.extend((*dates, story.version, flags, group_number(story.copy_group), story.revision))
        return doc

    def pack(self) -> PackedSegment:
        """The segment's arrays and facts."""
        rows = np.array(self._columns, np.int64).reshape(-1, _COLUMNS)
        columns: dict[str, Any] = {
            "published": rows[:, 0],
            "first_seen": rows[:, 1],
            "versions": rows[:, 2].astype(np.int32),
            "flags": rows[:, 3].astype(np.uint32),
            "groups": rows[:, 4],
            "positions": rows[:, 5],
        }
        return pack(self._passages.packed(), tuple(self._ids), self._values, columns)
