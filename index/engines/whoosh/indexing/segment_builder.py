"""Segment builder: stories become the arrays of a segment.

Every word of a story becomes one number as it is read. The numbers are sorted once, when the segment is written; that
is an order of magnitude faster than one posting after the other. What the arrays mean is said in postings_builder.py.
"""

from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from index.engines.whoosh.indexing.postings_builder import FieldWords, PackedSegment, SegmentWords, pack
from index.engines.whoosh.schema import HAS_FLAGS, UNCERTAIN_FLAG, WITHDRAWN_FLAG, group_number
from index.engines.whoosh.segments.arrays import Array
from index.relevance.columns import PASSAGE_GAP, to_microseconds
from index.relevance.term_forms import class_name
from model.fields import FIELDS, KEYWORD_FIELDS, PUBLISHED_AT, TEXT_FIELDS
from model.story import StoredStory
from text.analysis import Token, algorithm_of, tokens


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


class _Chunks(dict[str, tuple[int, ...]]):
    """The words of a run of characters without white space, which no token of the analysis crosses.

    News repeats itself: few runs are new, and the others cost one look-up.
    """

    def __init__(self, words: _WordNumbers, language: str | None, *, stemmed: bool) -> None:
        super().__init__()
        self._words = words
        self._language = language
        self._algorithm = algorithm_of(language)
        self._stemmed = stemmed

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        words = tuple(self._words[self._key(token)] for token in tokens(chunk, self._language))
        self[chunk] = words
        return words

    def _key(self, token: Token) -> WordKey:
        if not self._stemmed:
            return WordKey(token.exact, token.folded, class_name(self._algorithm, token.folded))
        parts = tuple(class_name(self._algorithm, part) for part in token.parts) if token.parts else ()
        return WordKey(token.exact, token.folded, class_name(self._algorithm, token.stem), parts)


class _FieldBuffer:
    """The words of one field, story by story; a passage is its story, its first position and its number of words."""

    def __init__(self) -> None:
        self.words = array("i")
        self.passages = array("q")

    def add(self, doc: int, passages: Sequence[str], chunks: _Chunks) -> None:
        start = 0
        for passage in passages:
            before = len(self.words)
            self.words.extend(chain.from_iterable(map(chunks.__getitem__, passage.split())))
            count = len(self.words) - before
            if count:
                self.passages.extend((doc, start, count))
                start += count + PASSAGE_GAP

    def packed(self) -> FieldWords:
        passages = (
            np.frombuffer(self.passages, np.int64).reshape(-1, 3) if self.passages else np.empty((0, 3), np.int64)
        )
        docs, starts, counts = passages.T
        before = np.cumsum(counts) - counts
        positions = np.arange(len(self.words)) - np.repeat(before - starts, counts)
        words: Array = np.frombuffer(self.words, np.int32) if self.words else np.empty(0, np.int32)
        return FieldWords(words, np.repeat(docs, counts).astype(np.int32), positions)


class SegmentBuilder:
    """Collects stories, and packs them into the arrays of one segment."""

    def __init__(self) -> None:
        self._words = _WordNumbers()
        self._chunks: dict[tuple[str | None, bool], _Chunks] = {}
        self._fields = {field.name: _FieldBuffer() for field in TEXT_FIELDS}
        self._ids: list[str] = []
        self._values: dict[str, list[tuple[str, ...]]] = {field.name: [] for field in KEYWORD_FIELDS}
        self._rows: list[tuple[int, int, int, int, int, int]] = []

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def word_count(self) -> int:
        """Number of words collected: what memory goes by."""
        return sum(len(field.words) for field in self._fields.values())

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
                chunks = self._chunks_of(story.language, stemmed=field.kind == "text")
                self._fields[field.name].add(doc, passages, chunks)
        self._ids.append(story.id)
        dates = to_microseconds(story.published_at), to_microseconds(story.first_seen_at)
        self._rows.append((*dates, story.version, flags, group_number(story.copy_group), story.revision))
        return doc

    def _chunks_of(self, language: str | None, *, stemmed: bool) -> _Chunks:
        chunks = self._chunks.get((language, stemmed))
        if chunks is None:
            chunks = self._chunks[language, stemmed] = _Chunks(self._words, language, stemmed=stemmed)
        return chunks

    def pack(self) -> PackedSegment:
        """The segment's arrays and facts."""
        rows = np.array(self._rows, np.int64).reshape(-1, 6)
        columns: dict[str, Any] = {
            "published": rows[:, 0],
            "first_seen": rows[:, 1],
            "versions": rows[:, 2].astype(np.int32),
            "flags": rows[:, 3].astype(np.uint32),
            "groups": rows[:, 4],
            "positions": rows[:, 5],
        }
        fields = {name: field.packed() for name, field in self._fields.items()}
        return pack(SegmentWords(tuple(self._words), fields), tuple(self._ids), self._values, columns)
