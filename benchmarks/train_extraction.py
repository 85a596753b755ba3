"""Training of what extraction has learned: which blocks of a page are story, and whether a page is one.

    python -m benchmarks.train_extraction block_score WCXB_DIR PAGES_DIR STORIES_FILE [--write]
    python -m benchmarks.train_extraction story_score WCXB_DIR PAGES_DIR STORIES_FILE [--write]

Each fits a model to the pages that are not kept apart, and prints how well it does on publishers that it has not seen,
by cross-validation and on the part kept apart. block_score: boosted trees over the blocks of
benchmarks/pages/labelled_blocks.py. story_score: a logistic regression over the evidence of benchmarks/pages/judged.py;
it weighs the text that was read, and is therefore trained after block_score. `--write` writes the weights, with where
they come from, to crawler/extraction/tables. The same pages give the same weights.

The Web Content Extraction Benchmark is licensed CC BY 4.0, (c) 2026 Murrough Foley.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pages.block_training import train_block_score
from benchmarks.pages.judged import JudgedPage, judged_pages
from benchmarks.pages.logistic import LogisticModel, Matrix, fit

TABLES = Path(__file__).resolve().parents[1] / "crawler" / "extraction" / "tables"
PENALTY = 10.0
FOLDS = 5
KINDS = ("collection", "listing", "forum", "product", "service", "documentation")
IMPORTANCE = {"collection": 2.5, "listing": 2.5, "article": 1.0}
OTHERS, PLAIN = 1.2, 0.5
SHARES = (0.003, 0.01, 0.03, 0.05)
DATA = (
    "Web Content Extraction Benchmark, development half, (c) 2026 Murrough Foley, CC BY 4.0; test pages of the Fundus "
    "project as news pages; Reuters-21578 as plain stories; a third of the hosts kept apart"
)


def main() -> None:
    """Fit, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=["block_score", "story_score"])
    for name in ("wcxb", "pages", "stories"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    train = train_block_score if arguments.model == "block_score" else train_story_score
    table = train(arguments.wcxb, arguments.pages, arguments.stories)
    if arguments.write:
        path = TABLES / f"{arguments.model}.json"
        described = {"data": DATA, "trained_on": datetime.now(UTC).date().isoformat(), **table}
        path.write_text(json.dumps(described, indent=1 if arguments.model == "block_score" else 2) + "\n", "utf-8")


def train_story_score(wcxb: Path, news: Path, stories: Path) -> dict[str, Any]:
    """The weights of the story score with their figures, which are printed."""
    pages = list(judged_pages(wcxb, news, stories))
    names = sorted(pages[0].evidence)
    seen = [page for page in pages if not page.kept_apart]
    model = trained(seen, names)
    crossed = dict(figures(seen, cross_validated(seen, names)))
    apart = [page for page in pages if page.kept_apart]
    kept_apart = dict(figures(apart, model.scores(columns(apart, names))))
    print(f"{len(seen)} pages trained on, {len(apart)} kept apart; share of each kind at or over the score")
    for title, found in (("cross-validated", crossed), ("kept apart", kept_apart)):
        for share, kinds in found.items():
            print(f"{title}, {share} of articles below: {kinds}")
    return {
        "cross_validated": crossed,
        "kept_apart": kept_apart,
        "intercept": round(model.intercept, 9),
        "weights": {name: round(float(weight), 9) for name, weight in zip(names, model.weights, strict=True)},
    }


def columns(pages: Sequence[JudgedPage], names: Sequence[str]) -> Matrix:
    """One row a page, one column a name."""
    return np.array([[page.evidence[name] for name in names] for page in pages])


def trained(pages: Sequence[JudgedPage], names: Sequence[str]) -> LogisticModel:
    """The model of some pages."""
    labels = np.array([float(page.kind == "article") for page in pages])
    importance = np.array([importance_of(page) for page in pages])
    return fit(columns(pages, names), labels, importance, PENALTY)


def importance_of(page: JudgedPage) -> float:
    """How much a page counts: listings are few, plain stories many and alike."""
    return PLAIN if page.group.startswith("plain ") else IMPORTANCE.get(page.kind, OTHERS)


def cross_validated(pages: Sequence[JudgedPage], names: Sequence[str]) -> Matrix:
    """The score of each page by a model of the other publishers."""
    groups = {group: number % FOLDS for number, group in enumerate(sorted({page.group for page in pages}))}
    scores = np.zeros(len(pages))
    for fold in range(FOLDS):
        others = [page for page in pages if groups[page.group] != fold]
        own = [number for number, page in enumerate(pages) if groups[page.group] == fold]
        scores[own] = trained(others, names).scores(columns([pages[number] for number in own], names))
    return scores


def figures(pages: Sequence[JudgedPage], scores: Matrix) -> Iterator[tuple[str, dict[str, float]]]:
    """For each share of articles given up: the score below which they fall, and what is taken of other kinds."""
    kinds = np.array([page.kind for page in pages])
    for share in SHARES:
        limit = float(np.quantile(scores[kinds == "article"], share))
        taken = {kind: round(float((scores[kinds == kind] >= limit).mean()), 2) for kind in KINDS}
        yield str(share), {"score": round(limit, 3), **taken}


if __name__ == "__main__":
    main()
