"""Term scorers: the stories that hold a word in any of the default fields, and their scores.

All forms of a word are scored as one word: the frequency is that of the whole class of words, the factor that of the
best form present, the rarity that of all forms together.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.query.boolean_query import Found, locate
from index.engines.whoosh.schema import MASK_BITS
from index.engines.whoosh.segments.arrays import Array
from index.engines.whoosh.segments.segment import Docs, PostingRows, SegmentView
from index.engines.whoosh.segments.snapshot import Mask, Snapshot
from index.relevance.bm25f import Floats, highest_score, idf
from index.relevance.term_forms import PART_MARK, STEM_MARK, Form, word_frequency


class ClassList(NamedTuple):
    """The posting list of a class, with what each mask is worth: one factor for all, or a table."""

    rows: PostingRows
    factor: float
    table: Floats | None


class TermScorer:
    """One word, given by its forms (see boolean_query.Clause)."""

    def __init__(self, snapshot: Snapshot, forms: Sequence[Form]) -> None:
        self._snapshot = snapshot
        found = [_remembered(segment, tuple(forms)) for segment in snapshot.segments]
        self._lists = [lists for lists, _ in found]
        self.size = sum(len(item.rows.docs) for lists in self._lists for item in lists)
        counts = [sum(of_form) for of_form in zip(*(own for _, own in found), strict=True)]
        frequency = word_frequency(forms, counts) if counts else 0
        self.idf = idf(min(frequency, snapshot.size), snapshot.size) if frequency else 0.0
        self.ceiling = highest_score(self.idf)

    def rows(self) -> Found:
        """All stories that hold the word."""
        parts = list(self._parts())
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return Found(np.empty(0, np.int32), np.empty(0, np.float32))
        return Found(np.concatenate([docs for docs, _ in parts]), np.concatenate([scores for _, scores in parts]))

    def _parts(self) -> Iterator[Found]:
        snapshot = self._snapshot
        for lists, base, segment in zip(self._lists, snapshot.bases, snapshot.segments, strict=True):
            if len(lists) == 1:
                docs, scores = self._listed(lists[0])
                yield Found(docs + np.int32(base) if base else docs, scores)
            elif lists:
                docs, values = self._best(lists, segment.size)
                yield Found(docs + base, values)

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories hold the word, and their scores."""
        scores = np.zeros(len(docs), np.float32)
        bounds = np.searchsorted(docs, [*self._snapshot.bases, self._snapshot.size]).tolist()
        for number, lists in enumerate(self._lists):
            start, end = bounds[number], bounds[number + 1]
            if start == end:
                continue
            local = docs[start:end] - self._snapshot.bases[number]
            for item in lists:
                places, found = locate(item.rows.docs, local)
                values = self._values(item, item.rows.codes[places], item.rows.masks[places])
                values *= found
                np.maximum(scores[start:end], values, out=scores[start:end])
        return scores > 0, scores

    def _values(self, item: ClassList, codes: Array, masks: Array) -> Floats:
        """The scores of some rows of a list."""
        # The codes are within the table, so the mode spares numpy the check.
        values = self._snapshot.impacts.take(codes, mode="clip")
        if item.table is None:
            values *= np.float32(self.idf * item.factor)
        else:
            values *= (item.table * np.float32(self.idf)).take(masks, mode="clip")
        return values

    def _listed(self, item: ClassList) -> tuple[Docs, Floats]:
        docs, codes, masks = item.rows
        if item.table is not None and not item.table[1:].all():
            chosen = np.flatnonzero(item.table.take(masks, mode="clip"))
            docs, codes, masks = docs[chosen], codes[chosen], masks[chosen]
        return docs, self._values(item, codes, masks)

    def _best(self, lists: Sequence[ClassList], size: int) -> Found:
        best = np.zeros(size, np.float32)
        for item in lists:
            docs, values = self._listed(item)
            np.maximum.at(best, docs, values)
        held: Docs = np.flatnonzero(best > 0)
        return Found(held, best[held])


class MultiTermScorer:
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
            found = [part.best_rows(words) for part, words in zip(self._snapshot.segments, self._words, strict=True)]
            docs = [own + base for (own, _), base in zip(found, self._snapshot.bases, strict=True)]
            values = self._snapshot.impacts.take(np.concatenate([codes for _, codes in found]), mode="clip")
            self._found = Found(np.concatenate(docs), values * np.float32(self._idf))
        return self._found

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories hold any of the words."""
        held, scores = self.rows()
        places, found = locate(held, docs)
        return found, scores[places] if scores is not None and len(scores) else None


def _remembered(segment: SegmentView, forms: tuple[Form, ...]) -> tuple[list[ClassList], list[int]]:
    found: tuple[list[ClassList], list[int]] | None = segment.recent.get(forms)
    if found is None:
        found = segment.recent[forms] = _class_lists(segment, forms)
    return found


def _class_lists(segment: SegmentView, forms: Sequence[Form]) -> tuple[list[ClassList], list[int]]:
    """The lists of a segment that hold any of the forms, and how many stories hold each form."""
    whole: dict[int, float] = {}
    single: dict[int, dict[int, float]] = {}
    parts: list[ClassList] = []
    frequencies = []
    for form in forms:
        frequency = 0
        for term in form.terms:
            if term.startswith(STEM_MARK):
                number = segment.find_class(term)
                if number >= 0:
                    whole[number] = max(form.factor, whole.get(number, 0.0))
                    frequency += segment.class_size(number)
                continue
            if term.startswith(PART_MARK):
                parts.append(ClassList(segment.part_rows(term), form.factor, None))
                frequency += len(parts[-1].rows.docs)
                continue
            words = segment.words(term)
            frequency += segment.frequency(words)
            for word in words.tolist():
                factors = single.setdefault(int(segment.class_of_word[word]), {})
                factors[word] = max(form.factor, factors.get(word, 0.0))
        frequencies.append(frequency)
    lists = (
        _class_list(segment, number, whole.get(number, 0.0), single.get(number, {}))
        for number in sorted(whole.keys() | single.keys())
    )
    return [item for item in (*lists, *parts) if len(item.rows.docs)], frequencies


def _class_list(segment: SegmentView, number: int, whole: float, single: dict[int, float]) -> ClassList:
    first, end = segment.words_of_class[number : number + 2].tolist()
    factors = tuple(max(whole, single.get(word, 0.0)) for word in range(first, end))
    rows = segment.class_rows(number)
    if min(factors) == max(factors):
        return ClassList(rows, factors[0], None)
    return ClassList(rows, 1.0, _factor_table(factors))


@lru_cache(maxsize=256)
def _factor_table(factors: tuple[float, ...]) -> Floats:
    """What each mask is worth: the best factor of the words whose bits are set."""
    table = np.zeros(1, np.float32)
    for bit in range(min(len(factors), MASK_BITS)):
        # The words from the last bit on share it.
        factor = factors[bit] if bit < MASK_BITS - 1 else max(factors[bit:])
        table = np.concatenate((table, np.maximum(table, np.float32(factor))))
    return table
