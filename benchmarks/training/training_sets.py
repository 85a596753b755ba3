"""Training sets: where they lie, what a table says of them, and how publishers are divided for cross-validation."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

PAGES = "Web Content Extraction Benchmark, development half; test pages of the Fundus project"
PLAIN_STORIES = "Reuters-21578 as plain stories"
KEPT_APART = "a third of the publishers kept apart"
LICENCE = "Web Content Extraction Benchmark: CC BY 4.0, (c) 2026 Murrough Foley"
DIGITS = 9
"""Decimals of a weight that is written."""


class TrainingSets(NamedTuple):
    """The folders of the two sets of benchmarks/pages/samples.py, and the file of wire stories."""

    wcxb: Path
    pages: Path
    stories: Path


def folds(groups: Sequence[str], number: int) -> Iterator[tuple[list[int], list[int]]]:
    """Of each fold: the places outside and those inside; what is of one group is in one fold."""
    fold_of = {group: place % number for place, group in enumerate(sorted(set(groups)))}
    for fold in range(number):
        inside = [place for place, group in enumerate(groups) if fold_of[group] == fold]
        outside = [place for place, group in enumerate(groups) if fold_of[group] != fold]
        yield outside, inside
