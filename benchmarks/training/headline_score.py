"""Training of the election of headlines, a conditional logit over a page's candidates, and how well it does."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from benchmarks.pages.articles import Article, made_articles, plain_articles, sample_articles
from benchmarks.training.choice import Choice, fit_choices, shares
from benchmarks.training.logistic import Matrix
from benchmarks.training.training_sets import DIGITS, KEPT_APART, PAGES, PLAIN_STORIES, TrainingSets, folds
from crawler.extraction.document.document import read_document
from crawler.extraction.element_marks import ELEMENT_MARKS
from crawler.extraction.headlines.headline_features import headline_candidates
from crawler.extraction.texts import word_key

DATA = f"{PAGES}; {PLAIN_STORIES}; pages made for rare kinds of heads; {KEPT_APART}"
PENALTY = 15.0
FOLDS = 5
IMPORTANCE = {"wcxb": 1.0, "pages": 2.0, "plain": 0.5, "made": 0.3}
EVERY_PLAIN = 80


class Ballot(NamedTuple):
    """The candidates of one page; `right` is the number of the right one, or none (-1)."""

    article: Article
    features: list[dict[str, float]]
    right: int

    def is_won(self, found: Matrix) -> float:
        """1 where the candidate of the highest share is the right one, else 0."""
        return float(int(found.argmax()) == self.right)


def train(sets: TrainingSets) -> dict[str, Any]:
    """The weights of the election with their figures, which are printed."""
    plain = plain_articles(sets.stories, EVERY_PLAIN)
    ballots = [ballot(article) for article in chain(sample_articles(sets.wcxb, sets.pages), plain, made_articles())]
    seen = [told for told in ballots if not told.article.kept_apart]
    apart = [told for told in ballots if told.article.kept_apart]
    weights = trained(seen)
    crossed = shares_right(zip(seen, crossed_shares(seen), strict=True))
    kept_apart = shares_right((told, shares_of(told, weights)) for told in apart)
    print(f"{len(seen)} pages trained on, {len(apart)} kept apart; share of right headlines by set")
    print(f"cross-validated: {crossed}\nkept apart: {kept_apart}")
    return {"data": DATA, "cross_validated": crossed, "kept_apart": kept_apart, "weights": weights}


def ballot(article: Article) -> Ballot:
    """The candidates of an article: all its headings compete, so that more is learned of each page."""
    candidates = headline_candidates(read_document(article.page, ELEMENT_MARKS), all_headings=True)
    truth = word_key(article.headline)
    keys = [candidate.key for candidate in candidates]
    features = [dict(candidate.features) for candidate in candidates]
    return Ballot(article, features, keys.index(truth) if truth in keys else -1)


def trained(ballots: Sequence[Ballot]) -> dict[str, float]:
    """The weights of some pages."""
    names = sorted({name for told in ballots for features in told.features for name in features})
    choices = [
        Choice(_rows(told, names), told.right, IMPORTANCE[told.article.origin]) for told in ballots if told.right >= 0
    ]
    found = fit_choices(choices, PENALTY)
    return {name: round(float(weight), DIGITS) for name, weight in zip(names, found, strict=True) if abs(weight) > 1e-9}


def crossed_shares(ballots: Sequence[Ballot]) -> list[Matrix]:
    """The probability of each candidate of each page, by weights of other publishers."""
    found = [np.zeros(0)] * len(ballots)
    for others, own in folds([told.article.group for told in ballots], FOLDS):
        weights = trained([ballots[place] for place in others])
        for place in own:
            found[place] = shares_of(ballots[place], weights)
    return found


def shares_of(told: Ballot, weights: dict[str, float]) -> Matrix:
    """The probability of each candidate of a page; none where there is no candidate."""
    if not told.features:
        return np.zeros(0)
    return shares(_rows(told, list(weights)), np.array(list(weights.values())))


def shares_right(judged: Iterable[tuple[Ballot, Matrix]]) -> dict[str, float]:
    """The share of right headlines by set, of pages with a candidate."""
    right: dict[str, list[float]] = defaultdict(list)
    for told, found in judged:
        if len(found):
            right[told.article.origin].append(told.is_won(found))
    return {origin: round(float(np.mean(outcomes)), 4) for origin, outcomes in sorted(right.items())}


def _rows(told: Ballot, names: Sequence[str]) -> Matrix:
    """One row a candidate, one column a name."""
    return np.array([[features.get(name, 0.0) for name in names] for features in told.features])
