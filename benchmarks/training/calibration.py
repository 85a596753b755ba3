"""Calibration: from scores and outcomes to shares that can be believed.

Isotonic regression by pooling adjacent violators (Ayer et al., 1955), over groups that are smaller where scores are
low; shares of few outcomes are drawn to the share of all.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.training.logistic import Matrix

_CUTS = (0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8)
_DRAWN = 6.0
_FEWEST = 8
_CERTAIN = 0.995


def curve(scores: Sequence[float], outcomes: Sequence[float]) -> list[list[float]]:
    """Points (score, share) that rise with the score."""
    order = np.argsort(np.array(scores), kind="stable")
    groups = [group for group in np.split(order, [int(cut * len(order)) for cut in _CUTS]) if len(group)]
    found = np.array(outcomes)
    pools: list[list[float]] = []
    for group in groups:
        pools.append([float(np.array(scores)[group].mean()), float(found[group].mean()), float(len(group))])
        while len(pools) > 1 and pools[-2][1] > pools[-1][1]:
            last, before = pools.pop(), pools.pop()
            total = before[2] + last[2]
            pools.append(
                [(a * before[2] + b * last[2]) / total for a, b in zip(before[:2], last[:2], strict=True)] + [total]
            )
    return [[round(score, 4), round(min(share, _CERTAIN), 3)] for score, share, _ in pools]


def shares(told: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The share of right values by rule, by what stands before its colon, and of "any"."""
    groups: dict[str, list[float]] = defaultdict(list)
    for rule, outcome in told:
        for name in {rule, rule.partition(":")[0], "any"}:
            groups[name].append(outcome)
    mean = float(np.mean(groups["any"]))
    drawn = {name: (sum(found) + _DRAWN * mean) / (len(found) + _DRAWN) for name, found in groups.items()}
    return {
        name: round(min(share, _CERTAIN), 3) for name, share in sorted(drawn.items()) if len(groups[name]) >= _FEWEST
    }


def ridge(rows: Matrix, values: Matrix, penalty: float) -> tuple[Matrix, float]:
    """Weights and intercept of a linear regression; `penalty` is that of a column scaled to unit deviation."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale == 0] = 1.0
    scaled = (rows - mean) / scale
    weights = np.linalg.solve(scaled.T @ scaled + penalty * np.eye(rows.shape[1]), scaled.T @ (values - values.mean()))
    found: Matrix = weights / scale
    return found, float(values.mean() - found @ mean)
