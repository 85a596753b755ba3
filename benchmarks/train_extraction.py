"""Training of the judgement whether a page is a story.

    python -m benchmarks.train_extraction WCXB_DIR PAGES_DIR STORIES_FILE [--write]

Reads the pages of benchmarks/pages/judged.py, fits a logistic regression to the evidence of those that are not kept
apart, and prints how well it does on publishers that it has not seen, by cross-validation and on the part kept apart.
`--write` writes the weights, with where they come from, to crawler/extraction/tables/story_score.json. The same pages
give the same weights.

The Web Content Extraction Benchmark is licensed CC BY 4.0, (c) 2026 Murrough Foley.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.pages.judged import JudgedPage, judged_pages
from benchmarks.pages.logistic import LogisticModel, Matrix, fit

WEIGHTS = Path(__file__).resolve().parents[1] / "crawler" / "extraction" / "tables" / "story_score.json"
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
    for name in ("wcxb", "pages", "stories"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    pages = list(judged_pages(arguments.wcxb, arguments.pages, arguments.stories))
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
    if arguments.write:
        write(model, names, crossed, kept_apart)


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


def write(model: LogisticModel, names: Sequence[str], *measured: dict[str, dict[str, float]]) -> None:
    """The weights with where they come from."""
    table = {
        "data": DATA,
        "trained_on": datetime.now(UTC).date().isoformat(),
        "cross_validated": measured[0],
        "kept_apart": measured[1],
        "intercept": round(model.intercept, 9),
        "weights": {name: round(float(weight), 9) for name, weight in zip(names, model.weights, strict=True)},
    }
    WEIGHTS.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
