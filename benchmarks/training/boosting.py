"""Boosted symmetric trees: a sum of small decision trees for probabilities, the same from the same rows.

All nodes of one level ask the same question (Prokhorenkova et al., "CatBoost", 2018), so that a tree is a few limits
and a table of leaves. Each tree is a Newton step on the logistic loss, with an L2 penalty on its leaves (Chen and
Guestrin, "XGBoost", 2016, equation 7).
"""

import numpy as np

from crawler.extraction.judgement.block_features import Numbers
from crawler.extraction.judgement.block_score import BlockTrees

TREES, DEPTH, RATE = 80, 4, 0.12
PENALTY = 5.0
_LIMITS = 10
_DECIMALS = 3
"""Gains are compared in so many decimals: below, the order of a sum decides, and machines differ."""


def fit_trees(features: Numbers, labels: Numbers, importance: Numbers) -> BlockTrees:
    """The trees of rows of features with labels between 0 and 1."""
    columns, limits = _questions(features)
    answers = (features[:, columns] > limits).astype(np.float32)
    share = float((importance * labels).sum() / importance.sum())
    intercept = float(np.log(share / (1 - share)))
    odds = np.full(len(labels), intercept)
    chosen, leaves = [], []
    for _ in range(TREES):
        probability = 1 / (1 + np.exp(-odds))
        slope = importance * (labels - probability)
        curvature = importance * probability * (1 - probability)
        leaf = np.zeros(len(labels), dtype=np.int64)
        questions = []
        for level in range(DEPTH):
            question = _best_question(answers, leaf, 1 << level, slope, curvature)
            questions.append(question)
            leaf = leaf * 2 + (answers[:, question] > 0)
        steps = np.bincount(leaf, slope, 1 << DEPTH) / (np.bincount(leaf, curvature, 1 << DEPTH) + PENALTY)
        odds += RATE * steps[leaf]
        chosen.append(questions)
        leaves.append(RATE * steps)
    picked = np.array(chosen)
    return BlockTrees(intercept, columns[picked], limits[picked], np.array(leaves))


def _questions(features: Numbers) -> tuple[np.ndarray, Numbers]:
    """The columns and limits that may be asked for: between all values of a column, or at its quantiles."""
    found: list[tuple[int, float]] = []
    for column in range(features.shape[1]):
        values = np.unique(features[:, column])
        if len(values) <= _LIMITS:
            limits = (values[:-1] + values[1:]) / 2
        else:
            limits = np.unique(np.quantile(features[:, column], np.linspace(0, 1, _LIMITS + 1)[1:-1]))
        found += [(column, float(limit)) for limit in limits]
    return np.array([column for column, _ in found]), np.array([limit for _, limit in found])


def _best_question(answers: np.ndarray, leaf: np.ndarray, leaves: int, slope: Numbers, curvature: Numbers) -> int:
    """The question whose answers divide all leaves with the most gain."""
    rows = np.arange(len(leaf))
    masses = np.zeros((2 * leaves, len(leaf)), dtype=np.float32)
    masses[leaf, rows] = slope
    masses[leaves + leaf, rows] = curvature
    yes = (masses @ answers).astype(np.float64)
    whole = masses.sum(axis=1, dtype=np.float64)[:, None]
    gains = sum(
        sign * side[:leaves] ** 2 / (side[leaves:] + PENALTY)
        for sign, side in ((1, yes), (1, whole - yes), (-1, whole))
    )
    return int(np.round(gains.sum(axis=0), _DECIMALS).argmax())
