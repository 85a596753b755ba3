"""Logistic regression with an L2 penalty, by Newton's method: the same weights from the same pages, everywhere."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
_STEPS = 50
_CONVERGED = 1e-10


class LogisticModel(NamedTuple):
    """Weights of standardised columns; the columns' mean and scale are folded in."""

    weights: Matrix
    intercept: float

    def scores(self, columns: Matrix) -> Matrix:
        """The probability of each row, between 0 and 1."""
        found: Matrix = 1.0 / (1.0 + np.exp(-(columns @ self.weights + self.intercept)))
        return found


def fit(columns: Matrix, labels: Matrix, importance: Matrix, penalty: float) -> LogisticModel:
    """The model of rows of `columns` with labels 0 or 1; `penalty` is that of a standardised column's weight."""
    mean, scale = columns.mean(axis=0), columns.std(axis=0)
    scale[scale == 0] = 1.0
    rows = np.hstack([(columns - mean) / scale, np.ones((len(columns), 1))])
    ridge = np.diag([penalty] * columns.shape[1] + [0.0])
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        probabilities = 1.0 / (1.0 + np.exp(-rows @ weights))
        slope = rows.T @ (importance * (labels - probabilities)) - ridge @ weights
        curvature = (rows * (importance * probabilities * (1 - probabilities))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curvature, slope)
        weights += step
        if np.abs(step).max() < _CONVERGED:
            break
    return LogisticModel(weights[:-1] / scale, float(weights[-1] - (weights[:-1] * mean / scale).sum()))
