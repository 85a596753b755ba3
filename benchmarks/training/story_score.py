"""Training of the story score, a logistic regression over the evidence of a page, and how well it does."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.pages.judged import JudgedPage, judged_pages
from benchmarks.training.logistic import LogisticModel, Matrix, fit
from benchmarks.training.training_sets import DIGITS, KEPT_APART, PAGES, PLAIN_STORIES, TrainingSets, folds

DATA = f"{PAGES}; {PLAIN_STORIES}; {KEPT_APART}"
PENALTY = 10.0
FOLDS = 5
KINDS = ("collection", "listing", "forum", "product", "service", "documentation")
IMPORTANCE = {"collection": 2.5, "listing": 2.5, "article": 1.0}
OTHERS, PLAIN = 1.2, 0.5
SHARES = (0.003, 0.01, 0.03, 0.05)


def train(sets: TrainingSets) -> dict[str, Any]:
    """The weights of the story score with their figures, which are printed."""
    pages = list(judged_pages(*sets))
    names = sorted(pages[0].evidence)
    seen = [page for page in pages if not page.kept_apart]
    model = trained(seen, names)
    crossed = dict(figures(seen, cross_validated(seen, names)))
    apart = [page for page in pages if page.kept_apart]
    kept_apart = dict(figures(apart, model.scores(columns(apart, names))))
    print(f"{len(seen)} pages trained on, {len(apart)} kept apart; share of each kind at or over the score")
    for title, found in (("cross-validated", crossed), ("kept apart", kept_apart)):
        for share, kinds in found.items():
            print(f"{title}, {share} of articles below: {kinds}")
    return {
        "data": DATA,
        "cross_validated": crossed,
        "kept_apart": kept_apart,
        "intercept": round(model.intercept, DIGITS),
        "weights": {name: round(float(weight), DIGITS) for name, weight in zip(names, model.weights, strict=True)},
    }


def columns(pages: Sequence[JudgedPage], names: Sequence[str]) -> Matrix:
    """One row a page, one column a name."""
    return np.array([[page.evidence[name] for name in names] for page in pages])


def trained(pages: Sequence[JudgedPage], names: Sequence[str]) -> LogisticModel:
    """The model of some pages."""
    labels = np.array([float(page.kind == "article") for page in pages])
    importance = np.array([importance_of(page) for page in pages])
    return fit(columns(pages, names), labels, importance, PENALTY)


def importance_of(page: JudgedPage) -> float:
    """How much a page counts: listings are few, plain stories many and alike."""
    return PLAIN if page.is_plain else IMPORTANCE.get(page.kind, OTHERS)


def cross_validated(pages: Sequence[JudgedPage], names: Sequence[str]) -> Matrix:
    """The score of each page by a model of the other publishers."""
    scores = np.zeros(len(pages))
    for others, own in folds([page.group for page in pages], FOLDS):
        model = trained([pages[place] for place in others], names)
        scores[own] = model.scores(columns([pages[place] for place in own], names))
    return scores


def figures(pages: Sequence[JudgedPage], scores: Matrix) -> Iterator[tuple[str, dict[str, float]]]:
    """For each share of articles given up: the score below which they fall, and what is taken of other kinds."""
    kinds = np.array([page.kind for page in pages])
    for share in SHARES:
        limit = float(np.quantile(scores[kinds == "article"], share))
        taken = {kind: round(float((scores[kinds == kind] >= limit).mean()), 2) for kind in KINDS}
        yield str(share), {"score": round(limit, 3), **taken}
