"""Conditional logit: weights by which the right one of several candidates scores highest (McFadden, 1974).

Newton's method with halved steps on the penalised likelihood, which is concave: the same weights from the same pages,
everywhere.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.training.logistic import Matrix

_STEPS = 60
_CONVERGED = 1e-9
_SHORTEST_STEP = 1e-4


class Choice(NamedTuple):
    """One page: a row of features for each candidate, the number of the right one, and how much the page counts."""

    rows: Matrix
    right: int
    importance: float


def fit_choices(choices: Sequence[Choice], penalty: float) -> Matrix:
    """The weights of the columns; `penalty` is that of a column scaled to unit deviation."""
    scale = np.vstack([choice.rows for choice in choices]).std(axis=0)
    scale[scale == 0] = 1.0
    scaled = [choice._replace(rows=choice.rows / scale) for choice in choices]
    weights = np.zeros(len(scale))
    reached = _likelihood(scaled, weights, penalty)
    for _ in range(_STEPS):
        step = _newton_step(scaled, weights, penalty)
        length = 1.0
        while length > _SHORTEST_STEP and _likelihood(scaled, weights + length * step, penalty) < reached:
            length /= 2
        weights = weights + length * step
        now = _likelihood(scaled, weights, penalty)
        if now - reached < _CONVERGED:
            break
        reached = now
    found: Matrix = weights / scale
    return found


def shares(rows: Matrix, weights: Matrix) -> Matrix:
    """The probability of each candidate."""
    scores = rows @ weights
    found: Matrix = np.exp(scores - scores.max())
    return found / found.sum()


def _likelihood(choices: Sequence[Choice], weights: Matrix, penalty: float) -> float:
    told = sum(choice.importance * np.log(shares(choice.rows, weights)[choice.right]) for choice in choices)
    return float(told - penalty * weights @ weights / 2)


def _newton_step(choices: Sequence[Choice], weights: Matrix, penalty: float) -> Matrix:
    slope = -penalty * weights
    curvature = penalty * np.eye(len(weights))
    for rows, right, importance in choices:
        share = shares(rows, weights)
        mean = share @ rows
        slope = slope + importance * (rows[right] - mean)
        curvature += importance * ((rows * share[:, None]).T @ rows - np.outer(mean, mean))
    step: Matrix = np.linalg.solve(curvature, slope)
    return step
