"""Training of the block score, and how well it does."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from benchmarks.pages.articles import plain_articles, sample_articles
from benchmarks.pages.labelled_blocks import LabelledPage, labelled_pages
from benchmarks.training.boosting import fit_trees
from benchmarks.training.training_sets import DIGITS, KEPT_APART, PAGES, PLAIN_STORIES, TrainingSets, folds
from crawler.extraction.judgement.block_features import Numbers, feature_names
from crawler.extraction.judgement.block_score import BlockTrees

DATA = f"{PAGES}; {PLAIN_STORIES}; {KEPT_APART}"
FOLDS = 3
EVERY_PLAIN = 32


def train(sets: TrainingSets) -> dict[str, Any]:
    """The trees of the block score with their figures, which are printed."""
    articles = chain(sample_articles(sets.wcxb, sets.pages), plain_articles(sets.stories, EVERY_PLAIN))
    pages = list(labelled_pages(articles))
    seen = [page for page in pages if not page.kept_apart]
    apart = [page for page in pages if page.kept_apart]
    trees = trained(seen)
    crossed = figures(seen, cross_validated(seen))
    kept_apart = figures(apart, trees.scores(_rows(apart)))
    print(f"{len(seen)} pages trained on, {len(apart)} kept apart; shares of the blocks by their importance")
    print(f"cross-validated: {crossed}\nkept apart: {kept_apart}")
    names = feature_names()
    return {
        "data": DATA,
        "cross_validated": crossed,
        "kept_apart": kept_apart,
        "intercept": round(trees.intercept, DIGITS),
        "trees": [
            {
                "features": [names[column] for column in columns],
                "limits": [round(limit, DIGITS) for limit in limits],
                "leaves": [round(leaf, DIGITS) for leaf in leaves],
            }
            for columns, limits, leaves in zip(
                trees.columns.tolist(), trees.limits.tolist(), trees.leaves.tolist(), strict=True
            )
        ],
    }


def trained(pages: Sequence[LabelledPage]) -> BlockTrees:
    """The trees of some pages."""
    return fit_trees(_rows(pages), *_answers(pages))


def cross_validated(pages: Sequence[LabelledPage]) -> Numbers:
    """The score of each block by trees of the other publishers."""
    scores = [np.zeros(0)] * len(pages)
    for others, own in folds([page.group for page in pages], FOLDS):
        trees = trained([pages[place] for place in others])
        for place in own:
            scores[place] = trees.scores(pages[place].features)
    return np.concatenate(scores)


def figures(pages: Sequence[LabelledPage], scores: Numbers) -> dict[str, float]:
    """The mean logistic loss, and at two scores which share of story is kept, and of the rest."""
    labels, importance = _answers(pages)
    sure = np.clip(scores, 1e-6, 1 - 1e-6)
    loss = -(labels * np.log(sure) + (1 - labels) * np.log(1 - sure))
    found = {"loss": round(float(np.average(loss, weights=importance)), 4)}
    for limit in (0.3, 0.8):
        kept = importance * (scores >= limit)
        found[f"story kept at {limit}"] = round(float((kept * labels).sum() / (importance * labels).sum()), 4)
        found[f"rest kept at {limit}"] = round(
            float((kept * (1 - labels)).sum() / (importance * (1 - labels)).sum()), 4
        )
    return found


def _rows(pages: Sequence[LabelledPage]) -> Numbers:
    return np.vstack([page.features for page in pages])


def _answers(pages: Sequence[LabelledPage]) -> tuple[Numbers, Numbers]:
    """Labels and importance of all rows."""
    return np.concatenate([page.labels for page in pages]), np.concatenate([page.importance for page in pages])
