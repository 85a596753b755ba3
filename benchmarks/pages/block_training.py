"""Training of the block score, and how well it does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pages.boosting import fit_trees
from benchmarks.pages.labelled_blocks import LabelledPage, labelled_pages
from crawler.extraction.judgement.block_features import Numbers, feature_names
from crawler.extraction.judgement.block_score import BlockTrees

FOLDS = 3
_DIGITS = 9


def train_block_score(wcxb: Path, news: Path, stories: Path) -> dict[str, Any]:
    """The trees of the block score with their figures, which are printed."""
    pages = list(labelled_pages(wcxb, news, stories))
    seen = [page for page in pages if not page.kept_apart]
    apart = [page for page in pages if page.kept_apart]
    trees = trained(seen)
    crossed = figures(seen, cross_validated(seen))
    kept_apart = figures(apart, trees.scores(_rows(apart)))
    print(f"{len(seen)} pages trained on, {len(apart)} kept apart; shares of the blocks by their importance")
    print(f"cross-validated: {crossed}\nkept apart: {kept_apart}")
    names = feature_names()
    return {
        "cross_validated": crossed,
        "kept_apart": kept_apart,
        "intercept": round(trees.intercept, _DIGITS),
        "trees": [
            {
                "features": [names[column] for column in columns],
                "limits": [round(limit, _DIGITS) for limit in limits],
                "leaves": [round(leaf, _DIGITS) for leaf in leaves],
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
    groups = {group: number % FOLDS for number, group in enumerate(sorted({page.group for page in pages}))}
    scores = [np.zeros(0)] * len(pages)
    for fold in range(FOLDS):
        trees = trained([page for page in pages if groups[page.group] != fold])
        for number, page in enumerate(pages):
            if groups[page.group] == fold:
                scores[number] = trees.scores(page.features)
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
