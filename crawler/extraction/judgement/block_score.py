"""Score of the blocks of a page: the probability of each that it is the story's.

A sum over small decision trees, each of which asks the same few questions of every block (is its feature over this
limit?), trained by benchmarks/train_extraction.py; the table says on what, when, and how well it does on publishers
that it has not seen. It is one observation among others: body/block_ledger.py adds them up.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.judgement.block_features import Numbers, StoryHints, block_features, feature_names

_TABLE = Path(__file__).parents[1] / "tables" / "block_score.json"
_SURE = 30.0


class BlockTrees(NamedTuple):
    """Trees of one depth: `columns` and `limits` hold a row a tree, `leaves` the log-odds of its 2^depth answers."""

    intercept: float
    columns: NDArray[np.int64]
    limits: Numbers
    leaves: Numbers

    def scores(self, features: Numbers) -> Numbers:
        """The probability of each row of features, between 0 and 1."""
        asked = features.take(self.columns.ravel(), axis=1).reshape(len(features), *self.columns.shape)
        answers = asked > self.limits
        number, size = self.leaves.shape
        # Of each tree the place of its first leaf, and behind it what the answers say, the first as the highest bit.
        places = np.zeros((len(features), number), dtype=np.intp)
        for question in range(self.columns.shape[1]):
            places += places
            places += answers[:, :, question]
        chosen = self.leaves.ravel().take(places + np.arange(number) * size)
        total = np.clip(self.intercept + chosen.sum(axis=1), -_SURE, _SURE)
        found: Numbers = 1.0 / (1.0 + np.exp(-total))
        return found


def block_scores(blocks: Sequence[TextBlock], hints: StoryHints) -> dict[int, float]:
    """Position -> score of the blocks of the story's element; what a step took for something else has none."""
    own = {position: block for position, block in enumerate(blocks) if block.seen is None}
    if not own:
        return {}
    features = block_features(list(own.values()), hints)
    return dict(zip(own, bundled_trees().scores(features).tolist(), strict=True))


@cache
def bundled_trees() -> BlockTrees:
    """The trees of the table."""
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    position = {name: column for column, name in enumerate(feature_names())}
    trees = table["trees"]
    return BlockTrees(
        table["intercept"],
        np.array([[position[name] for name in tree["features"]] for tree in trees], dtype=np.int64),
        np.array([tree["limits"] for tree in trees], dtype=float),
        np.array([tree["leaves"] for tree in trees], dtype=float),
    )
