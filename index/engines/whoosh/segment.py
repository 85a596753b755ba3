"""What does one segment of the index hold, as arrays?

A view of a Whoosh segment: posting lists, lengths and columns as NumPy arrays. A segment never changes once it is
written, so whatever has been read is kept (posting lists within a budget) for as long as the segment is in use; only
the set of deleted stories changes, and that is not kept here.
"""

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.base import Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader, TermNotFound

from index.engines.whoosh.ranking import Floats
from index.engines.whoosh.schema import (
    DATE_COLUMNS,
    FIRST_SEEN_AT,
    FLAGS,
    ID,
    ID_COLUMN,
    PUBLISHED_AT,
    VALUE_SEPARATOR,
    VERSION,
)
from index.fields import FACET_FIELDS

Docs = npt.NDArray[np.int32]
Dates = npt.NDArray[np.int64]

CACHED_POSTINGS = 4_000_000
"""Postings (and positions) kept decoded for one segment; at most 12 bytes each."""


class Postings(NamedTuple):
    """The stories that hold a term, ascending, and the term's weight in each."""

    docs: Docs
    weights: Floats


class Positions(NamedTuple):
    """Where a term stands: one row an occurrence, ascending by story, then position."""

    docs: Docs
    positions: Docs


class Values(NamedTuple):
    """The values of a keyword field: row by row a story and the ordinal of one of its values in `names`."""

    docs: Docs
    ordinals: Docs
    names: tuple[str, ...]


class SegmentView:
    """One segment, opened for reading. Raises OSError where its files are gone."""

    def __init__(self, storage: FileStorage, schema: Schema, segment: Segment) -> None:
        self._reader = SegmentReader(storage, schema, segment)
        # Whoosh seeks and reads on file objects that all threads share.
        self._lock = Lock()
        self._cache: OrderedDict[tuple[str, str, bool], tuple[Docs, npt.NDArray[Any]]] = OrderedDict()
        self._cached = 0
        self._lengths: dict[str, Floats] = {}
        self.size: int = self._reader.doc_count_all()
        try:
            self._read_columns()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Release the files."""
        with self._lock:
            if not self._reader.is_closed:
                self._reader.close()

    def _read_columns(self) -> None:
        self.ids = tuple(value.decode() for value in self._column(ID_COLUMN))
        self.published: Dates = np.array(list(self._column(PUBLISHED_AT)), np.int64)
        self.first_seen: Dates = np.array(list(self._column(FIRST_SEEN_AT)), np.int64)
        self.versions = np.array(list(self._column(VERSION)), np.int32)
        self.flags = np.array(list(self._column(FLAGS)), np.uint32)
        self.values = {field.name: self._read_values(field.name) for field in FACET_FIELDS}
        self.dates = dict(zip(DATE_COLUMNS, (self.published, self.first_seen), strict=True))

    def _column(self, name: str) -> Iterator[Any]:
        column = self._reader.column_reader(name, translate=False)
        return (column[number] for number in range(self.size))

    def _read_values(self, name: str) -> Values:
        docs: list[int] = []
        ordinals: list[int] = []
        names: dict[str, int] = {}
        for doc, row in enumerate(self._column(name)):
            for value in row.decode().split(VALUE_SEPARATOR) if row else ():
                docs.append(doc)
                ordinals.append(names.setdefault(value, len(names)))
        return Values(np.array(docs, np.int32), np.array(ordinals, np.int32), tuple(names))

    def document_frequency(self, field: str, term: str) -> int:
        """Number of stories that hold the term, deleted ones included."""
        with self._lock:
            return self._reader.doc_frequency(field, term)

    def field_length(self, field: str) -> int:
        """Number of words in the field, over all stories."""
        with self._lock:
            return self._reader.field_length(field)

    def lengths(self, field: str) -> Floats:
        """The field's number of words in each story, as exactly as Whoosh keeps it (one byte)."""
        found = self._lengths.get(field)
        if found is None:
            with self._lock:
                length_of = self._reader.doc_field_length
                found = np.array([length_of(doc, field) or 0 for doc in range(self.size)], np.float32)
            self._lengths[field] = found
        return found

    def document(self, story_id: str) -> int | None:
        """The number of the newest document with that id, deleted or not."""
        docs = self.postings(ID, story_id).docs
        return int(docs[-1]) if len(docs) else None

    def postings(self, field: str, term: str) -> Postings:
        """The stories that hold a term in a field; none where the term is unknown."""
        return Postings(*self._decoded(field, term, False))

    def positions(self, field: str, term: str) -> Positions:
        """Every occurrence of a term in a field."""
        return Positions(*self._decoded(field, term, True))

    def _decoded(self, field: str, term: str, positions: bool) -> tuple[Docs, npt.NDArray[Any]]:
        key = (field, term, positions)
        with self._lock:
            found = self._cache.get(key)
            if found is not None:
                self._cache.move_to_end(key)
                return found
            found = self._decode_positions(field, term) if positions else self._decode_postings(field, term)
            self._cache[key] = found
            self._cached += len(found[0])
            while self._cached > CACHED_POSTINGS and len(self._cache) > 1:
                _, (docs, _rows) = self._cache.popitem(last=False)
                self._cached -= len(docs)
            return found

    def _decode_postings(self, field: str, term: str) -> tuple[Docs, Floats]:
        docs: list[int] = []
        weights: list[float] = []
        try:
            matcher = self._reader.postings(field, term)
        except TermNotFound:
            return np.array(docs, np.int32), np.array(weights, np.float32)
        while matcher.is_active():
            docs.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
        return np.array(docs, np.int32), np.array(weights, np.float32)

    def _decode_positions(self, field: str, term: str) -> tuple[Docs, Docs]:
        docs: list[int] = []
        positions: list[int] = []
        try:
            matcher = self._reader.postings(field, term)
        except TermNotFound:
            return np.array(docs, np.int32), np.array(positions, np.int32)
        while matcher.is_active():
            places = matcher.value_as("positions")
            docs.extend([matcher.id()] * len(places))
            positions.extend(places)
            matcher.next()
        return np.array(docs, np.int32), np.array(positions, np.int32)

    def with_prefix(self, field: str, prefix: str) -> list[str]:
        """All terms of a field that begin with `prefix`."""
        with self._lock:
            return [term.decode() for term in self._reader.expand_prefix(field, prefix)]

    def within(self, field: str, word: str, edits: int) -> list[str]:
        """All terms of a field within that many insertions, deletions and substitutions of a word."""
        with self._lock:
            return list(self._reader.terms_within(field, word, edits))
