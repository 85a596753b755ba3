"""Score of a page as a story: the probability that it is one.

A logistic regression over the numbers of evidence.py, trained by benchmarks/train_extraction.py; the table of weights
says on what, when, and how well it does on publishers that it has not seen.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

ANNOUNCED_ODDS = 10.0
"""How much likelier a page is a story that a feed or a news sitemap announces: nearly all of what these announce is,
of pages as they come two in three. None of the pages that the weights were trained on says how it was found."""
_TABLE = Path(__file__).parents[1] / "tables" / "story_score.json"


class _Weights(NamedTuple):
    intercept: float
    by_name: Mapping[str, float]


@cache
def _bundled() -> _Weights:
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    return _Weights(table["intercept"], table["weights"])


def story_score(evidence: Mapping[str, float]) -> float:
    """The probability, from 0 to 1, that a page with this evidence is a story."""
    weights = _bundled()
    total = weights.intercept + sum(weight * evidence[name] for name, weight in weights.by_name.items())
    total += math.log(ANNOUNCED_ODDS) * evidence["announced"]
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))
