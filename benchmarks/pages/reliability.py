"""Reliability of the fields' confidences: is what is said to be right in nine of ten cases right in nine of ten?

    python -m benchmarks.pages.reliability WCXB_DIR PAGES_DIR STORIES_FILE [--write]

Reads the pages of samples.py and prints, of those kept apart, the mean confidence beside the share of right values, by
field and by tenths of the confidence. `--write` measures anew on the others and writes the shares and curves, with
where they come from, to crawler/extraction/tables/field_confidence.json. The same pages give the same table. Right
are: the same words of a headline; of a byline only people who are stated; the day of a date; the word F1 of a body;
the share of captions with the same words; of a deck at least four of five words.

The Web Content Extraction Benchmark is licensed CC BY 4.0, (c) 2026 Murrough Foley.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.pages.calibration import curve, ridge, shares
from benchmarks.pages.choice import shares as candidate_shares
from benchmarks.pages.metric import key
from benchmarks.pages.samples import Sample, samples
from benchmarks.pages.train_headlines import EVERY_PLAIN, ballot, crossed_ballots, rows
from crawler.extraction.judgement.field_confidence import FieldEvidence, body_score, rule_name, word_f1
from crawler.extraction.story import parse, read_field_evidence
from model.errors import CrawlError
from model.story import Story

TABLE = Path(__file__).resolve().parents[2] / "crawler" / "extraction" / "tables" / "field_confidence.json"
PENALTY = 20.0
TENTHS = 10
BY_RULE = ("byline", "deck", "captions", "published_at")
ESTIMATED = {
    "dateline": {"any": 0.95},
    "agencies": {"any": 0.9},
    "published_local": {"any": 0.9},
    "modified_at": {"any": 0.85, "json-ld": 0.9, "meta": 0.9},
    "url": {"any": 0.97, "page": 0.9},
    "language": {"any": 0.97, "text": 0.9},
    "section": {"any": 0.75},
    "tags": {"any": 0.8},
}
"""Fields whose values the pages don't state; their shares are estimates."""
DATA = (
    "Web Content Extraction Benchmark, development half, (c) 2026 Murrough Foley, CC BY 4.0; test pages of the Fundus "
    "project; a third of the hosts kept apart"
)


class Judged(NamedTuple):
    """One page that was read as a story, and for each field with a known value how right it is (0 to 1)."""

    sample: Sample
    story: Story
    evidence: FieldEvidence
    right: dict[str, float]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("wcxb", "pages", "stories"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    told = list(samples(arguments.wcxb, arguments.pages, arguments.stories, EVERY_PLAIN))
    if arguments.write:
        seen = [sample for sample in told if not sample.kept_apart]
        TABLE.write_text(json.dumps(measured(seen), indent=1) + "\n", encoding="utf-8")
        print(f"written to {TABLE.name}; run again without --write to see how reliable it is")
        return
    judged = list(judgements(sample for sample in told if sample.kept_apart and sample.origin != "plain"))
    print(f"{len(judged)} pages kept apart; by tenths: confidence/right (values)")
    print(f"{'field':14}{'values':>8}{'confidence':>12}{'right':>8}   by tenths")
    for line in reliability(judged):
        print(line)


def judgements(told: Iterator[Sample]) -> Iterator[Judged]:
    """The samples that are read as stories."""
    for sample in told:
        try:
            story, evidence = parse(sample.page), read_field_evidence(sample.page)
        except CrawlError:
            continue
        yield Judged(sample, story, evidence, dict(right_fields(story, sample.expected)))


def right_fields(story: Story, expected: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Of each field that has a value and a known one: how right it is."""
    headline = expected.get("headline") or expected.get("title")
    if headline:
        yield "headline", float(key(story.headline) == key(headline))
    people = expected["byline"] if "byline" in expected else [expected.get("author") or ""]
    if story.byline and any(people):
        stated = f" {' '.join(map(key, people))} "
        yield "byline", float(all(f" {key(name)} " in stated for name in story.byline))
    day = str(expected.get("published_at") or expected.get("publish_date") or "")[:10]
    if story.published_at and day:
        yield "published_at", float(day in (story.published_at.isoformat()[:10], (story.published_local or "")[:10]))
    body = expected.get("main_content") or "\n".join([*(expected.get("deck") or ()), *(expected.get("body") or ())])
    if story.body and body:
        texts = ["\n".join(story.body), "\n".join([story.headline, story.deck or "", *story.body])]
        yield "body", max(word_f1(text, body) for text in texts)
    if story.deck and expected.get("deck"):
        yield "deck", float(word_f1(story.deck, " ".join(expected["deck"])) >= 0.8)
    captions = {key(caption["text"]) for caption in expected.get("captions") or () if caption.get("text")}
    if story.captions and captions:
        yield "captions", sum(key(caption.text) in captions for caption in story.captions) / len(story.captions)


def measured(told: Sequence[Sample]) -> dict[str, Any]:
    """The table of shares and curves."""
    judged = list(judgements(sample for sample in told if sample.origin != "plain"))
    crossed = [
        (float(share.max()), float(share.argmax() == ballot_.right))
        for ballot_, weights in crossed_ballots([ballot(sample) for sample in told if sample.origin != "plain"])
        for share in [candidate_shares(rows(ballot_, list(weights)), np.array(list(weights.values())))]
    ]
    names = sorted(judged[0].evidence.body)
    with_body = [page for page in judged if "body" in page.right]
    numbers = np.array([[page.evidence.body[name] for name in names] for page in with_body])
    weights, intercept = ridge(numbers, np.array([page.right["body"] for page in with_body]), PENALTY)
    body = {"intercept": round(intercept, 9)}
    body |= {name: round(float(weight), 9) for name, weight in zip(names, weights, strict=True)}
    scores = [body_score(page.evidence.body, body) for page in with_body]
    return {
        "data": DATA,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "curves": {
            "headline": curve([score for score, _ in crossed], [right for _, right in crossed]),
            "body": curve(scores, [page.right["body"] for page in with_body]),
        },
        "body": body,
        "shares": ESTIMATED | {field: shares(by_rule(judged, field)) for field in BY_RULE},
    }


def by_rule(judged: Sequence[Judged], field: str) -> Iterator[tuple[str, float]]:
    """The rule, and how right the value is, of each page where the field's value is known."""
    for page in judged:
        rule = page.story.provenance.get(field)
        if rule and field in page.right:
            yield rule_name(field, rule, page.evidence), page.right[field]


def reliability(judged: Sequence[Judged]) -> Iterator[str]:
    """A line a field: how many values, their mean confidence, how right they are, and the same by tenths."""
    for field in ("headline", "byline", "published_at", "body", "deck", "captions"):
        pairs = [(page.story.confidence[field], page.right[field]) for page in judged if field in page.right]
        tenths: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for confidence, right in pairs:
            tenths[min(TENTHS - 1, int(confidence * TENTHS))].append((confidence, right))
        shown = "  ".join(
            f"{np.mean([c for c, _ in found]):.2f}/{np.mean([r for _, r in found]):.2f} ({len(found)})"
            for _, found in sorted(tenths.items())
        )
        mean, right = (np.mean([pair[place] for pair in pairs]) for place in (0, 1))
        yield f"{field:14}{len(pairs):8}{mean:12.3f}{right:8.3f}   {shown}"


if __name__ == "__main__":
    main()
