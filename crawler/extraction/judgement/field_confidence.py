"""Confidence of fields: how likely the value of each is right, from 0 to 1.

Measured, not felt: tables/field_confidence.json holds, for every rule that finds a field, the share of its values that
were right on pages with known values, and curves for what the election of the headline and the evidence of the body
say. benchmarks/train_extraction.py writes it and shows how well the numbers hold on publishers that it has not seen.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.texts import ends_sentence, text_weight

_TABLE = Path(__file__).parents[1] / "tables" / "field_confidence.json"
_SHORT = 60
_OF_A_SITE_RULE = 0.99
DIGITS = 3
"""Digits that are kept."""


class FieldEvidence(NamedTuple):
    """What is known beyond rules: how sure the headline's election is, how the byline stands, numbers of the body."""

    headline: float
    byline: str
    body: Mapping[str, float]


def body_evidence(body: Sequence[str], blocks: Sequence[TextBlock], score: float, shown: int) -> dict[str, float]:
    """Numbers of a body: `score` is the story's, `shown` the characters of the page."""
    kept = sum(map(text_weight, body)) or 1
    found = sum(text_weight(block.text) for block in blocks) or 1
    number = len(body) or 1
    return {
        "story": score,
        "characters": math.log1p(kept / 100),
        "paragraphs": math.log1p(number),
        "kept": min(1.5, kept / found),
        "linked": sum(block.linked for block in blocks) / found,
        "short": sum(len(text) < _SHORT for text in body) / number,
        "sentences": sum(ends_sentence(text) for text in body) / number,
        "share of page": min(1.0, kept / max(kept, shown)),
    }


def confidence_of(
    field: str, rule: str, evidence: FieldEvidence | None = None, table: Mapping[str, Any] | None = None
) -> float | None:
    """The probability that a value found by `rule` is right; None for fields of which nothing is known.

    `table` is one of the bundled table's form, which is used where none is given.
    """
    known = _table() if table is None else table
    if rule.startswith("site:"):
        return _OF_A_SITE_RULE
    if evidence is not None and field == "headline":
        return _on_curve(known["curves"]["headline"], evidence.headline)
    if evidence is not None and field == "body":
        return _on_curve(known["curves"]["body"], body_score(evidence.body, known["body"]))
    shares: Mapping[str, float] | None = known["shares"].get(field)
    if shares is None:
        return None
    names = [rule_name(field, rule, evidence), rule_name(field, rule), rule.partition(":")[0]]
    return next((shares[name] for name in names if name in shares), shares["any"])


def rule_name(field: str, rule: str, evidence: FieldEvidence | None = None) -> str:
    """What a rule is called in the table: without what was taken instead, of bylines with their standing."""
    name = rule.partition(";")[0]
    return f"{name.partition(':')[0]}, {evidence.byline}" if field == "byline" and evidence is not None else name


def body_score(numbers: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighted sum of the numbers of a body."""
    return weights["intercept"] + sum(weights.get(name, 0.0) * value for name, value in numbers.items())


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table


def _on_curve(points: Sequence[Sequence[float]], score: float) -> float:
    """The share that belongs to a score: between two points of the curve, on the line from one to the other."""
    before = after = points[0]
    for point in points:
        after = point
        if point[0] >= score:
            break
        before = point
    if after[0] <= before[0] or score >= after[0]:
        return after[1]
    return before[1] + (after[1] - before[1]) * max(0.0, score - before[0]) / (after[0] - before[0])
