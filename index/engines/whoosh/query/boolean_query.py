"""Boolean query: how the clauses of a query are combined.

A clause is a set of stories, perhaps with scores, that can be asked in two ways: for all its stories, or about some
stories given. So the rarest clause of an And is read, and the others are only asked about its stories.
"""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple, Protocol

import numpy as np

from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.query.score_loops import add_bonus, unite
from index.engines.whoosh.segments.segment import Docs
from index.engines.whoosh.segments.snapshot import Mask
from index.relevance.bm25f import FEW_WORDS, Floats, all_words_bonus

_MUCH_RARER = 8
"""Halving in a sorted list beats marking all of it where there are this many times fewer stories to look for."""


class Found(NamedTuple):
    """Stories, ascending, and their scores; None where the clause restricts and doesn't rank."""

    docs: Docs
    scores: Floats | None


class Clause(Protocol):
    """A part of a query, worked out over one snapshot."""

    size: int
    """At most so many stories match."""
    ceiling: float
    """No score is higher."""

    def rows(self) -> Found:
        """All stories that match."""

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories (ascending) match, and their scores; those of others are of no account."""

    def narrow(self, found: Found) -> Found:
        """Those of some stories that match too, their scores added."""
        docs, scores = found
        held, more = self.at(docs)
        return Found(
            docs[held], add_scores(None if scores is None else scores[held], None if more is None else more[held])
        )

    def add_to(self, totals: Floats, hits: Array) -> bool:
        """Add the scores to those of all stories, and one to the hits of each that matches, if these are counted.

        False where not all stories that match have a score above 0, so that the scores don't tell which do.
        """
        docs, scores = self.rows()
        if scores is None or (len(scores) and scores.min() <= 0):
            return False
        totals[docs] += scores
        if len(hits):
            hits[docs] += 1
        return True


class DocsClause(Clause):
    """Stories that have been found already."""

    def __init__(self, found: Found, ceiling: float = 0.0) -> None:
        self._found = found
        self.size = len(found.docs)
        self.ceiling = ceiling

    def rows(self) -> Found:
        """All of them."""
        return self._found

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories are among them."""
        places, found = locate(self._found.docs, docs)
        scores = self._found.scores
        return found, None if scores is None or not len(scores) else scores[places]


class MaskClause(Clause):
    """A restriction, given as a mask over all stories."""

    ceiling = 0.0

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self.size = len(mask)

    def rows(self) -> Found:
        """All stories of the mask."""
        return Found(np.flatnonzero(self._mask), None)

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories the mask holds."""
        return self._mask[docs], None


class All(Clause):
    """Stories that match every clause; their scores are added up."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self._clauses = sorted(clauses, key=lambda clause: clause.size)
        self.size = self._clauses[0].size
        self.ceiling = sum(clause.ceiling for clause in clauses)

    def rows(self) -> Found:
        """The stories of the rarest clause that the others hold too."""
        found = self._clauses[0].rows()
        for clause in self._clauses[1:]:
            if not len(found.docs):
                break
            found = clause.narrow(found)
        return found

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories match every clause."""
        answers = [clause.at(docs) for clause in self._clauses]
        return np.logical_and.reduce([found for found, _ in answers]), reduce(add_scores, (s for _, s in answers))


class Some(Clause):
    """Stories that match at least one clause; scores are added up, and those that match all come first if so asked."""

    def __init__(self, clauses: Sequence[Clause], stories: int, *, all_first: bool = False) -> None:
        self._clauses = sorted(clauses, key=lambda clause: clause.size)
        self._stories = stories
        self.size = min(stories, sum(clause.size for clause in clauses))
        ceiling = sum(clause.ceiling for clause in clauses)
        self.bonus = all_words_bonus(ceiling) if all_first and 1 < len(clauses) <= FEW_WORDS else 0.0
        self.ceiling = ceiling + self.bonus

    def rows(self) -> Found:
        """The stories of all clauses."""
        docs, scores = self._clauses[0].rows()
        if len(self._clauses) == 1:
            return Found(docs, scores)
        ranked = self.bonus > 0 or scores is not None
        docs, scores, hits = _numbers(docs), _or_zeros(docs, scores), np.ones(len(docs), np.uint8)
        for clause in self._clauses[1:]:
            others, more = clause.rows()
            ranked = ranked or more is not None
            docs, scores, hits = unite(docs, scores, hits, _numbers(others), _or_zeros(others, more))
        if self.bonus:
            scores[hits == len(self._clauses)] += np.float32(self.bonus)
        return Found(docs, scores if ranked else None)

    def totals(self) -> Floats | None:
        """The scores of all stories at once, 0 where none of the clauses matches; None where scores don't tell that.

        Picking the stories out of an array takes longer than adding up the scores, and for the best few it is
        not needed.
        """
        totals = np.zeros(self._stories, np.float32)
        hits = np.zeros(self._stories if self.bonus else 0, np.uint8)
        if not all(clause.add_to(totals, hits) for clause in self._clauses):
            return None
        if self.bonus:
            add_bonus(totals, hits, len(self._clauses), np.float32(self.bonus))
        return totals

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories match any clause."""
        answers = [clause.at(docs) for clause in self._clauses]
        scores: Floats | None = None
        for found, more in answers:
            if more is not None:
                scores = add_scores(scores, np.where(found, more, np.float32(0)))
        if self.bonus:
            every = np.logical_and.reduce([found for found, _ in answers])
            scores = add_scores(scores, every * np.float32(self.bonus))
        return np.logical_or.reduce([found for found, _ in answers]), scores


class Without(Clause):
    """Stories that do not match a clause."""

    ceiling = 0.0

    def __init__(self, clause: Clause, stories: int) -> None:
        self._clause = clause
        self.size = stories

    def rows(self) -> Found:
        """All other stories."""
        mask = np.ones(self.size, np.bool_)
        mask[self._clause.rows().docs] = False
        return Found(np.flatnonzero(mask), None)

    def at(self, docs: Docs) -> tuple[Mask, Floats | None]:
        """Which of some stories don't match."""
        return ~self._clause.at(docs)[0], None


def add_scores(left: Floats | None, right: Floats | None) -> Floats | None:
    """The sum of scores, either of which may be missing."""
    if left is None or right is None:
        return right if left is None else left
    return left + right


def _numbers(docs: Docs) -> Docs:
    return docs.astype(np.int32, copy=False)


def _or_zeros(docs: Docs, scores: Floats | None) -> Floats:
    return np.zeros(len(docs), np.float32) if scores is None else scores


def locate(among: Docs, docs: Docs) -> tuple[Docs, Mask]:
    """Where stories stand in an ascending list, and which do; the places of those that don't are of no account."""
    if not len(among):
        return np.zeros(len(docs), np.intp), np.zeros(len(docs), np.bool_)
    if len(docs) * _MUCH_RARER < len(among) or not len(docs):
        places: Docs = np.searchsorted(among, docs)
        places[places == len(among)] = 0
        return places, among[places] == docs
    table = np.full(max(int(among[-1]), int(docs[-1])) + 1, -1, np.int32)
    table[among] = np.arange(len(among), dtype=np.int32)
    places = table[docs]
    return places, places >= 0
