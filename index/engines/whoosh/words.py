"""Which stories hold a word in any of the default fields, and how well do they match?

All forms of a word are scored as one word: the frequency is that of the whole class of words, the factor that of the
best form present, the rarity that of all forms together.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.arrays import Array
from index.engines.whoosh.clauses import Found, locate
from index.engines.whoosh.forms import EXACT_FACTOR, STEM_MARK, Form
from index.engines.whoosh.postings import MASK_BITS
from index.engines.whoosh.ranking import Floats, highest_score, idf
from index.engines.whoosh.schema import TEXT
from index.engines.whoosh.segment import Docs, Rows, SegmentView
from index.engines.whoosh.snapshot import Mask, Snapshot


class ClassList(NamedTuple):
    """The posting list of a class, with what each mask is worth: one factor for all, or a table."""

    rows: Rows
    factor: float
    table: Floats | None


class WordClause:
    """One word, given by its forms (see clauses.Clause)."""

    def __init__(self, snapshot: Snapshot, forms: Sequence[Form]) -> None:
        self._snapshot = snapshot
        self._lists = [_class_lists(segment, forms) for segment in snapshot.segments]
        self.size = sum(len(item.rows.docs) for lists in self._lists for item in lists)
        frequency = max(sum(snapshot.document_frequency(TEXT, term) for term in form.terms) for form in forms)
        self._idf = idf(min(frequency, snapshot.size), snapshot.size) if frequency else 0.0
        self.ceiling = highest_score(self._idf)

    def rows(self) -> Found:
        """All stories that hold the word."""
        parts = [
            self._segment_rows(lists, base, segment.size)
            for lists, base, segment in zip(self._lists, self._snapshot.bases, self._snapshot.segments, strict=True)
            if lists
        ]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return Found(np.empty(0, np.int32), np.empty(0, np.float32))
        return Found(np.concatenate([docs for docs, _ in parts]), np.concatenate([scores for _, scores in parts]))

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories hold the word, and their scores."""
        scores = np.zeros(len(docs), np.float32)
        bounds = np.searchsorted(docs, [*self._snapshot.bases, self._snapshot.size])
        for number, lists in enumerate(self._lists):
            start, end = bounds[number], bounds[number + 1]
            if start == end:
                continue
            local = docs[start:end] - self._snapshot.bases[number]
            for item in lists:
                places, found = locate(item.rows.docs, local)
                values = self._values(item, places)
                values[~found] = 0
                np.maximum(scores[start:end], values, out=scores[start:end])
        return scores > 0, scores

    def _values(self, item: ClassList, chosen: Array | slice) -> Floats:
        """The scores of some rows of a list."""
        values = self._snapshot.impacts[item.rows.codes[chosen]]
        if item.table is None:
            values *= np.float32(self._idf * item.factor)
        else:
            values *= (item.table * np.float32(self._idf))[item.rows.masks[chosen]]
        return values

    def _segment_rows(self, lists: Sequence[ClassList], base: int, size: int) -> Found:
        if len(lists) == 1:
            item = lists[0]
            docs, values = item.rows.docs, self._values(item, slice(None))
            if item.table is not None and not item.table[1:].all():
                held = values > 0
                docs, values = docs[held], values[held]
            return Found(docs + np.int32(base) if base else docs, values)
        best = np.zeros(size, np.float32)
        for item in lists:
            docs = item.rows.docs
            best[docs] = np.maximum(best[docs], self._values(item, slice(None)))
        docs = np.flatnonzero(best)
        return Found(docs + base, best[docs])


class ExpandedClause:
    """Many words as one: what a prefix, a pattern or a misspelling stands for."""

    def __init__(self, snapshot: Snapshot, words: Sequence[Array]) -> None:
        self._snapshot = snapshot
        frequency = sum(
            int(segment.arrays["words.frequency"][chosen].sum())
            for segment, chosen in zip(snapshot.segments, words, strict=True)
        )
        self._words = words
        self.size = min(frequency, snapshot.size)
        self._idf = idf(self.size, snapshot.size) if self.size else 0.0
        self.ceiling = highest_score(self._idf)
        self._found: Found | None = None

    def rows(self) -> Found:
        """All stories that hold any of the words."""
        if self._found is None:
            best = np.zeros(self._snapshot.size, np.float32)
            parts = zip(self._snapshot.segments, self._snapshot.bases, self._words, strict=True)
            for segment, base, words in parts:
                if len(words):
                    docs, codes = segment.many_rows(words)
                    values = self._snapshot.impacts[codes] * np.float32(self._idf)
                    np.maximum.at(best[base : base + segment.size], docs, values)
            held = np.flatnonzero(best)
            self._found = Found(held, best[held])
        return self._found

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories hold any of the words."""
        held, scores = self.rows()
        places, found = locate(held, docs)
        return found, scores[places] if scores is not None and len(scores) else None


def _class_lists(segment: SegmentView, forms: Sequence[Form]) -> list[ClassList]:
    """The lists of a segment that hold any of the forms."""
    whole: dict[int, float] = {}
    single: dict[int, dict[int, float]] = {}
    for form in forms:
        for term in form.terms:
            if term.startswith(STEM_MARK):
                number = segment.find_class(term)
                if number >= 0:
                    whole[number] = max(form.factor, whole.get(number, 0.0))
                continue
            for word in segment.words(term).tolist():
                number = int(segment.class_of_word[word])
                factors = single.setdefault(number, {})
                factors[word] = max(form.factor, factors.get(word, 0.0))
    lists = (
        _class_list(segment, number, whole.get(number, 0.0), single.get(number, {}))
        for number in sorted(whole.keys() | single.keys())
    )
    return [item for item in lists if len(item.rows.docs)]


def _class_list(segment: SegmentView, number: int, whole: float, single: dict[int, float]) -> ClassList:
    first, end = segment.words_of_class[number].item(), segment.words_of_class[number + 1].item()
    factors = [max(whole, single.get(word, 0.0)) for word in range(first, end)]
    rows = segment.class_rows(number)
    if min(factors) == max(factors):
        return ClassList(rows, factors[0], None)
    if len(factors) > MASK_BITS:
        factors[MASK_BITS - 1 :] = [max(factors[MASK_BITS - 1 :])]
    table = np.zeros(1, np.float32)
    for factor in factors:
        table = np.concatenate((table, np.maximum(table, np.float32(factor))))
    return ClassList(rows, EXACT_FACTOR, table)
