"""Term scorers: the stories that hold a word in any of the default fields, and their scores.

All forms of a word are scored as one word: the frequency is that of the whole class of words, the factor that of the
best form present, the rarity that of all forms together.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.text_lists import PackedRows
from index.engines.whoosh.query.boolean_query import Clause, Found, locate
from index.engines.whoosh.query.score_loops import (
    add_found,
    add_rows,
    best_of_both,
    keep_scored,
    narrow,
    raise_some,
    score_rows,
)
from index.engines.whoosh.schema import MASK_BITS
from index.engines.whoosh.segments.segment import Docs, SegmentView
from index.engines.whoosh.segments.snapshot import Mask, Snapshot
from index.relevance.bm25f import Floats, highest_score, idf
from index.relevance.term_forms import Form, WordForms, word_frequency

_SAME = np.ones(1, np.float32)
"""The table where all masks are worth alike."""


class ScoredList(NamedTuple):
    """A posting list (see PackedRows), and what its masks are worth: entries of the table, times the scale."""

    data: Array
    start: int
    end: int
    size: int
    width: int
    lengths: Array
    table: Floats
    scale: float


class WordLists(NamedTuple):
    """The lists of each segment that hold a word in any form; `only` where there is but one, in one segment."""

    lists: Sequence[Sequence[ScoredList]]
    only: ScoredList | None
    size: int
    idf: float
    ceiling: float


class TermScorer(Clause):
    """One word, given by its forms (see boolean_query.Clause)."""

    def __init__(self, snapshot: Snapshot, word: WordForms) -> None:
        self._snapshot = snapshot
        self._lists, self._only, self.size, self.idf, self.ceiling = _remembered(snapshot, word)

    def rows(self) -> Found:
        """All stories that hold the word."""
        if self._only is not None:
            return Found(*score_rows(0, self._snapshot.impacts, *self._only))
        parts = [
            self._best(lists, base) for lists, base in zip(self._lists, self._snapshot.bases, strict=True) if lists
        ]
        if len(parts) == 1:
            return Found(*parts[0])
        if not parts:
            return Found(np.empty(0, np.int32), np.empty(0, np.float32))
        return Found(np.concatenate([docs for docs, _ in parts]), np.concatenate([scores for _, scores in parts]))

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories hold the word, and their scores."""
        scores = self._scores(docs)
        return scores > 0, scores

    def _scores(self, docs: Docs) -> Floats:
        snapshot, scores = self._snapshot, np.zeros(len(docs), np.float32)
        bounds = np.searchsorted(docs, [*snapshot.bases, snapshot.size]).tolist()
        for lists, base, (start, end) in zip(self._lists, snapshot.bases, pairwise(bounds), strict=True):
            if start < end:
                for item in lists:
                    raise_some(scores[start:end], docs[start:end], base, snapshot.impacts, *item)
        return scores

    def narrow(self, found: Found) -> Found:
        """Those of some stories that hold the word too, their scores added."""
        docs, scores = found
        docs = docs.astype(np.int32, copy=False)
        ranked = np.zeros(len(docs), np.float32) if scores is None else scores
        if self._only is None:
            return Found(*keep_scored(docs, ranked, self._scores(docs)))
        return Found(*narrow(docs, ranked, self._snapshot.impacts, *self._only))

    def add_to(self, totals: Floats, hits: Array) -> bool:
        """Add the scores to those of all stories, and one to their hits."""
        snapshot = self._snapshot
        if self._only is not None:
            add_rows(totals, hits, snapshot.impacts, *self._only)
            return True
        for lists, base, segment in zip(self._lists, snapshot.bases, snapshot.segments, strict=True):
            part = slice(base, base + segment.size)
            if len(lists) == 1:
                add_rows(totals[part], hits[part], snapshot.impacts, *lists[0])
            elif lists:
                docs, scores = self._best(lists, base)
                add_found(totals, hits, docs, scores)
        return True

    def _best(self, lists: Sequence[ScoredList], base: int) -> tuple[Array, Floats]:
        """The stories of a segment that are in any of its lists, and the best score that these give each."""
        docs, best = score_rows(base, self._snapshot.impacts, *lists[0])
        for item in lists[1:]:
            docs, best = best_of_both(docs, best, *score_rows(base, self._snapshot.impacts, *item))
        return docs, best


class MultiTermScorer(Clause):
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


def _remembered(snapshot: Snapshot, word: WordForms) -> WordLists:
    found: WordLists | None = snapshot.recent.get(word)
    if found is None:
        found = snapshot.recent[word] = _word_lists(snapshot, word.forms)
    return found


def _word_lists(snapshot: Snapshot, forms: Sequence[Form]) -> WordLists:
    found = [_class_lists(segment, forms) for segment in snapshot.segments]
    counts = list(map(sum, zip(*(own for _, own in found), strict=True)))
    frequency = word_frequency(forms, counts) if counts else 0
    word_idf = idf(min(frequency, snapshot.size), snapshot.size) if frequency else 0.0
    lists = [[_scored(item, word_idf) for item in own] for own, _ in found]
    only = lists[0][0] if len(lists) == 1 and len(lists[0]) == 1 else None
    return WordLists(lists, only, sum([item.size for own in lists for item in own]), word_idf, highest_score(word_idf))


def _scored(item: "ClassList", word_idf: float) -> ScoredList:
    table = _SAME if item.table is None else item.table
    return ScoredList(*item.rows, table, float(np.float32(word_idf * item.factor)))


class ClassList(NamedTuple):
    """The list of a class or a part, and what each mask is worth: one factor for all, or a table."""

    rows: PackedRows
    factor: float
    table: Floats | None


def _class_lists(segment: SegmentView, forms: Sequence[Form]) -> tuple[list[ClassList], list[int]]:
    """The lists of a segment that hold any of the forms, and how many stories hold each form."""
    whole: dict[int, float] = {}
    single: dict[int, dict[int, float]] = {}
    parts: list[ClassList] = []
    frequencies = []
    for form in forms:
        factor, frequency = form.factor, 0
        if not form.is_stemmed:
            for term in form.terms:
                for word in segment.words(term).tolist():
                    factors = single.setdefault(segment.class_of_word.item(word), {})
                    factors[word] = max(factor, factors.get(word, 0.0))
                    frequency += segment.frequency(word)
        elif form.is_part:
            for term in form.terms:
                if (number := segment.find_part(term)) >= 0:
                    parts.append(ClassList(segment.part_lists.rows(number), factor, None))
                    frequency += parts[-1].rows.size
        else:
            for term in form.terms:
                if (number := segment.find_class(term)) >= 0:
                    whole[number] = max(factor, whole.get(number, 0.0))
                    frequency += segment.class_size(number)
        frequencies.append(frequency)
    lists = [
        _class_list(segment, number, whole.get(number, 0.0), single.get(number, {}))
        for number in sorted(whole.keys() | single.keys())
    ]
    return [item for item in (*lists, *parts) if item.rows.size], frequencies


def _class_list(segment: SegmentView, number: int, whole: float, single: dict[int, float]) -> ClassList:
    first, end = segment.words_of_class[number : number + 2].tolist()
    factors = tuple([max(whole, single.get(word, 0.0)) for word in range(first, end)])
    rows = segment.text.rows(number)
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
