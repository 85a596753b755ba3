"""Codec of Whoosh over our segments, for Whoosh's own readers, matchers and query classes.

Our search reads the arrays directly; Whoosh's way through them is the yardstick that it is tested against.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.formats import Positions
from whoosh.matching.mcore import ListMatcher, Matcher
from whoosh.reading import TermInfo, TermNotFound

from index.engines.whoosh.postings.field_loops import STORY_BITS
from index.engines.whoosh.schema import ID, TEXT
from index.engines.whoosh.segments.array_segment import ArraySegment
from index.engines.whoosh.segments.byte_codes import LENGTHS, WEIGHTS
from index.engines.whoosh.segments.segment import NO_DOCS, Postings, SegmentView
from index.engines.whoosh.segments.term_dictionary import TermDictionary, encode
from index.relevance.term_forms import FOLDED_MARK, STEM_MARK
from model.fields import KEYWORD_FIELDS, TEXT_FIELDS

_TEXTS = frozenset({TEXT, *(field.name for field in TEXT_FIELDS)})
_KEYWORDS = frozenset(field.name for field in KEYWORD_FIELDS)


class ArrayCodec(base.Codec):
    """Reads array segments for Whoosh; the writing half of a codec isn't here."""

    def terms_reader(self, storage: Any, segment: ArraySegment) -> "ArrayTermsReader":
        """The inverted half of a segment."""
        return ArrayTermsReader(SegmentView(segment.path(Path(storage.folder))))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> "ArrayDocumentReader":
        """The half that goes by story."""
        return ArrayDocumentReader(SegmentView(segment.path(Path(storage.folder))), segment)


class ArrayTermsReader(base.TermsReader):
    """Terms and postings of a segment, as Whoosh asks for them."""

    def __init__(self, view: SegmentView) -> None:
        self._view = view

    def indexed_field_names(self) -> list[str]:
        """All fields that have terms."""
        return [ID, *sorted(_TEXTS | _KEYWORDS)]

    def _vocabularies(self, field: str) -> list[tuple[str, TermDictionary]]:
        if field in _TEXTS:
            view = self._view
            return [(FOLDED_MARK, view.folds), (STEM_MARK, view.classes), ("", view.exacts)]
        return [("", self._view.keywords(field))] if field in _KEYWORDS else []

    def _terms(self, field: str, start: bytes = b"") -> Iterator[bytes]:
        if field == ID:
            yield from (item for item in map(encode, sorted(self._view.ids)) if item >= start)
        for mark, strings in self._vocabularies(field):
            for term in (encode(mark + string) for string in strings):
                if term >= start and len(self._postings(field, term).docs):
                    yield term

    def _postings(self, field: str, term: bytes) -> Postings:
        text, view = term.decode("utf-8", "surrogatepass"), self._view
        if field == ID:
            doc = view.document(text)
            docs = NO_DOCS if doc is None else np.array([doc], np.int32)
            return Postings(docs, np.ones(len(docs), np.float32))
        if field != TEXT:
            return view.postings(field, text)
        # Whatever the form, the weight is that of all words of the class: a story is about all of them alike.
        if not text.startswith(STEM_MARK):
            docs, codes = view.best_rows(view.words(text))
            return Postings(docs, WEIGHTS[codes >> 8])
        number = view.find_class(text)
        if number < 0:
            return Postings(NO_DOCS, np.empty(0, np.float32))
        docs, weights, _, _ = view.text.every(number, number + 1)
        return Postings(docs, WEIGHTS[weights])

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return len(self._postings(*term).docs) > 0

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Every field and term, in order."""
        return ((field, term) for field in sorted(self.indexed_field_names()) for term in self._terms(field))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of a field from one on."""
        return ((fieldname, term) for term in self._terms(fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Every field and term with its statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """The terms of a field from one on, with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """A term's statistics. Raises TermNotFound."""
        docs, weights = self._postings(fieldname, text)
        if not len(docs):
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        make: Callable[..., TermInfo] = TermInfo
        return make(
            weight=float(weights.sum()),
            df=len(docs),
            minlength=1,
            maxlength=int(LENGTHS[-1]),
            maxweight=float(weights.max()),
            minid=int(docs[0]),
            maxid=int(docs[-1]),
        )

    def cursor(self, fieldname: str, fieldobj: Any) -> base.FieldCursor:
        """Cursors serve Whoosh's automata; fuzzy words are found in term_patterns.py."""
        raise NotImplementedError

    def frequency(self, fieldname: str, text: bytes) -> float:
        """A term's weights, added up."""
        return float(self._postings(fieldname, text).weights.sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Number of stories that hold a term."""
        return (
            len(self._postings(fieldname, text).docs)
            if fieldname == ID
            else self._view.document_frequency(fieldname, text.decode("utf-8", "surrogatepass"))
        )

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> Matcher:
        """A term's postings as one of Whoosh's matchers. Raises TermNotFound."""
        info = self.term_info(fieldname, text)
        docs, weights = self._postings(fieldname, text)
        values = self._positions(fieldname, text) if isinstance(format_, Positions) else None
        make: Callable[..., Matcher] = ListMatcher
        return make(
            docs.tolist(), weights.tolist(), values, format_, scorer=scorer, term=(fieldname, text), terminfo=info
        )

    def _positions(self, field: str, term: bytes) -> list[bytes]:
        lists = self._view.fields[field]
        words = self._view.field_words(term.decode("utf-8", "surrogatepass"))
        keys = lists.occurrences(lists.numbers(words), np.arange(self._view.size))
        docs, positions = keys >> STORY_BITS, keys & ((1 << STORY_BITS) - 1)
        encode_positions: Callable[[list[int]], bytes] = Positions().encode
        return [encode_positions(positions[docs == doc].tolist()) for doc in np.unique(docs)]


class ArrayDocumentReader(base.PerDocumentReader):
    """Lengths, deletions and ids of a segment, as Whoosh asks for them."""

    def __init__(self, view: SegmentView, segment: ArraySegment) -> None:
        self._view = view
        self._segment = segment

    def doc_count(self) -> int:
        """Number of stories that are not deleted."""
        return self._segment.doc_count()

    def doc_count_all(self) -> int:
        """Number of stories, deleted or not."""
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        """Whether any story is deleted."""
        return self._segment.has_deletions()

    def is_deleted(self, docnum: int) -> bool:
        """Whether a story is deleted."""
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> list[int]:
        """The deleted stories."""
        deleted: list[int] = self._segment.deleted_docs().tolist()
        return deleted

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The number of words of a field in a story."""
        if fieldname not in _TEXTS:
            return default
        return int(LENGTHS[self._view.arrays[f"{fieldname}.lengths"][docnum]]) or default

    def field_length(self, fieldname: str) -> int:
        """The number of words of a field in all stories."""
        return self._view.field_length(fieldname)

    def min_field_length(self, fieldname: str) -> int:
        """A lower bound of the lengths of a field."""
        return 0

    def max_field_length(self, fieldname: str) -> int:
        """An upper bound of the lengths of a field."""
        return int(LENGTHS[-1])

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """What a hit shows: the story's id."""
        return {ID: self._view.ids[docnum]}
