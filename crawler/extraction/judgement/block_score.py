"""Score of the blocks of a page: the probability of each that it is the story's.

A sum over small decision trees, each of which asks the same few questions of every block (is its feature over this
limit?), trained by benchmarks/train_extraction.py; the table says on what, when, and how well it does on publishers
that it has not seen. It is one observation among others: body/block_ledger.py adds them up.
"""

import json
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.body.roles import LIKE_STORIES
from crawler.extraction.judgement.block_features import (
    PHRASES,
    Numbers,
    StoryHints,
    feature_names,
    features_without_phrases,
    phrases_of,
)

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

    def at_least(self, unknown: Collection[int]) -> "BlockTrees":
        """Trees whose scores are the least that these give, whatever the columns that are unknown hold."""
        leaves = self.leaves.copy()
        for tree, columns in enumerate(self.columns.tolist()):
            answers = leaves[tree].reshape((2,) * len(columns))
            for question, column in enumerate(columns):
                if column in unknown:
                    answers[...] = answers.min(axis=question, keepdims=True)
        return self._replace(leaves=leaves)


def block_scores(blocks: Sequence[TextBlock], hints: StoryHints) -> dict[int, float]:
    """Position -> score of the blocks of the story's element that score below one half.

    What a step took for something else has none. Phrases are looked for only in those blocks which they can bring
    below one half.
    """
    own = {position: block for position, block in enumerate(blocks) if block.seen is None}
    if not own:
        return {}
    features = features_without_phrases(list(own.values()), hints)
    doubted = np.flatnonzero(_without_phrases().scores(features) < LIKE_STORIES)
    if not len(doubted):
        return {}
    positions = np.array(list(own))[doubted].tolist()
    rows = features[doubted]
    rows[:, PHRASES] = [phrases_of(blocks[position].text) for position in positions]
    scores = bundled_trees().scores(rows).tolist()
    return {position: score for position, score in zip(positions, scores, strict=True) if score < LIKE_STORIES}


@cache
def _without_phrases() -> BlockTrees:
    return bundled_trees().at_least(PHRASES)


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
