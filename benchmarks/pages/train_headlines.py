"""Training of the election of headlines.

    python -m benchmarks.pages.train_headlines WCXB_DIR PAGES_DIR STORIES_FILE [--write]

Reads the candidates of the pages of articles.py, fits a conditional logit to those that are not kept apart, and prints
the share of headlines that are right on publishers that it has not seen, by cross-validation and on the part kept
apart.
`--write` writes the weights, with where they come from, to crawler/extraction/tables/headline_score.json. The same
pages give the same weights.

The Web Content Extraction Benchmark is licensed CC BY 4.0, (c) 2026 Murrough Foley.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.pages.articles import Article, articles, made_articles
from benchmarks.pages.choice import Choice, fit_choices, shares
from benchmarks.pages.logistic import Matrix
from crawler.extraction.document.document import read_document
from crawler.extraction.headlines.headline_features import headline_candidates
from crawler.extraction.texts import word_key

WEIGHTS = Path(__file__).resolve().parents[2] / "crawler" / "extraction" / "tables" / "headline_score.json"
PENALTY = 15.0
FOLDS = 5
IMPORTANCE = {"wcxb": 1.0, "pages": 2.0, "plain": 0.5, "made": 0.3}
EVERY_PLAIN = 80
DATA = (
    "Web Content Extraction Benchmark, development half, (c) 2026 Murrough Foley, CC BY 4.0; test pages of the Fundus "
    "project; Reuters-21578 as plain stories; pages made for rare kinds of heads; a third of the hosts kept apart"
)


class Ballot(NamedTuple):
    """The candidates of one page; `right` is the number of the right one, or none (-1)."""

    sample: Article
    features: list[dict[str, float]]
    right: int


def main() -> None:
    """Fit, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("wcxb", "pages", "stories"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    told = articles(arguments.wcxb, arguments.pages, arguments.stories, EVERY_PLAIN)
    ballots = [ballot(sample) for sample in (*told, *made_articles())]
    names = sorted({name for told in ballots for features in told.features for name in features})
    seen = [told for told in ballots if not told.sample.kept_apart]
    weights = trained(seen, names)
    crossed = shares_right(crossed_ballots(seen))
    apart = shares_right((told, weights) for told in ballots if told.sample.kept_apart and told.features)
    print(f"{len(seen)} pages trained on; right, cross-validated: {crossed}; kept apart: {apart}")
    if arguments.write:
        write(weights, names, crossed, apart)


def ballot(sample: Article) -> Ballot:
    """The candidates of a sample."""
    candidates = headline_candidates(read_document(sample.page))
    truth = word_key(sample.expected.get("headline") or sample.expected.get("title") or "")
    keys = [candidate.key for candidate in candidates]
    features = [dict(candidate.features) for candidate in candidates]
    return Ballot(sample, features, keys.index(truth) if truth in keys else -1)


def rows(told: Ballot, names: Sequence[str]) -> Matrix:
    """One row a candidate, one column a name."""
    return np.array([[features.get(name, 0.0) for name in names] for features in told.features])


def trained(ballots: Sequence[Ballot], names: Sequence[str]) -> dict[str, float]:
    """The weights of some pages."""
    choices = [
        Choice(rows(told, names), told.right, IMPORTANCE[told.sample.origin]) for told in ballots if told.right >= 0
    ]
    found = fit_choices(choices, PENALTY)
    return {name: round(float(weight), 9) for name, weight in zip(names, found, strict=True) if abs(weight) > 1e-9}


def crossed_ballots(ballots: Sequence[Ballot]) -> Iterator[tuple[Ballot, dict[str, float]]]:
    """Each page with the weights of other publishers."""
    names = sorted({name for told in ballots for features in told.features for name in features})
    groups = {group: n % FOLDS for n, group in enumerate(sorted({told.sample.group for told in ballots}))}
    for fold in range(FOLDS):
        weights = trained([told for told in ballots if groups[told.sample.group] != fold], names)
        yield from ((told, weights) for told in ballots if groups[told.sample.group] == fold and told.features)


def shares_right(judged: Iterable[tuple[Ballot, dict[str, float]]]) -> dict[str, float]:
    """The share of right headlines by set."""
    right: dict[str, list[bool]] = defaultdict(list)
    for told, weights in judged:
        names = list(weights)
        share = shares(rows(told, names), np.array([weights[name] for name in names]))
        right[told.sample.origin].append(int(share.argmax()) == told.right)
    return {origin: round(float(np.mean(found)), 4) for origin, found in sorted(right.items())}


def write(weights: dict[str, float], names: Sequence[str], *measured: dict[str, float]) -> None:
    """The weights with where they come from."""
    table = {
        "data": DATA,
        "trained_on": datetime.now(UTC).date().isoformat(),
        "cross_validated": measured[0],
        "kept_apart": measured[1],
        "weights": weights,
    }
    WEIGHTS.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
