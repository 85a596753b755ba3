"""Measuring of the fields' confidences, and how reliable they are: is what is said to be right in nine of ten cases so?

Right are: the same words of a headline; of a byline only people who are stated; the day of a date, in UTC or as it is
stated; the word F1 of a body; the share of captions with the same words; of a deck at least four of five words.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchmarks.pages.articles import Article, sample_articles
from benchmarks.pages.metric import key
from benchmarks.pages.word_metric import word_f1
from benchmarks.training.calibration import curve, ridge, shares
from benchmarks.training.headline_score import ballot, crossed_shares
from benchmarks.training.training_sets import DIGITS, KEPT_APART, PAGES, TrainingSets, folds
from crawler.extraction import parse
from crawler.extraction.judgement.field_confidence import FieldEvidence, body_score, confidence_of, rule_name
from crawler.extraction.story import read_field_evidence
from model.errors import CrawlError
from model.story import Story

DATA = f"{PAGES}; {KEPT_APART}"
PENALTY = 20.0
FOLDS = 5
TENTHS = 10
BY_RULE = ("byline", "deck", "captions")
FIELDS = ("headline", "byline", "published_at", "body", "deck", "captions")
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

Told = Mapping[str, Sequence[tuple[float, float]]]
"""By field, of each page with a known value: the confidence, and how right the value is."""


class MeasuredPage(NamedTuple):
    """One page that was read as a story, and for each field with a known value how right it is (0 to 1)."""

    group: str
    story: Story
    evidence: FieldEvidence
    right: dict[str, float]


def train(sets: TrainingSets) -> dict[str, Any]:
    """The shares and curves with their figures, which are printed; of the part kept apart by tenths."""
    articles = list(sample_articles(sets.wcxb, sets.pages))
    seen = list(with_crossed_elections([article for article in articles if not article.kept_apart]))
    apart = [page for article in articles if article.kept_apart for page in measured_pages(article)]
    table = measured(seen)
    crossed, kept_apart = cross_validated(seen), told_of(apart, table)
    print(f"{len(seen)} pages measured, {len(apart)} kept apart; confidence/right (values)")
    print(f"cross-validated: {figures(crossed)}\nkept apart: {figures(kept_apart)}\nkept apart, by tenths:")
    for field, pairs in kept_apart.items():
        print(f"{field:14}{by_tenths(pairs)}")
    return {"data": DATA, "cross_validated": figures(crossed), "kept_apart": figures(kept_apart), **table}


def measured_pages(article: Article) -> Iterator[MeasuredPage]:
    """The article, if it is read as a story."""
    try:
        story, evidence = parse(article.page), read_field_evidence(article.page)
    except CrawlError:
        return
    yield MeasuredPage(article.group, story, evidence, dict(right_fields(story, article)))


def with_crossed_elections(articles: Sequence[Article]) -> Iterator[MeasuredPage]:
    """The pages, each with the headline that weights of other publishers elect: its own know the right one."""
    ballots = [ballot(article) for article in articles]
    for told, found in zip(ballots, crossed_shares(ballots), strict=True):
        for page in measured_pages(told.article):
            evidence = page.evidence._replace(headline=float(found.max()))
            yield page._replace(evidence=evidence, right=page.right | {"headline": told.is_won(found)})


def right_fields(story: Story, article: Article) -> Iterator[tuple[str, float]]:
    """Of each field that has a value and a known one: how right it is."""
    expected = article.expected
    if article.headline:
        yield "headline", float(key(story.headline) == key(article.headline))
    people = expected["byline"] if "byline" in expected else [expected.get("author") or ""]
    if story.byline and any(people):
        stated = f" {' '.join(map(key, people))} "
        yield "byline", float(all(f" {key(name)} " in stated for name in story.byline))
    day = str(expected.get("published_at") or expected.get("publish_date") or "")[:10]
    if story.published_at and day:
        yield "published_at", float(day in (story.published_at.isoformat()[:10], (story.published_local or "")[:10]))
    body = "\n".join([*article.deck, article.text])
    if story.body and body:
        texts = ["\n".join(story.body), "\n".join([story.headline, story.deck or "", *story.body])]
        yield "body", max(word_f1(text, body) for text in texts)
    if story.deck and article.deck:
        yield "deck", float(word_f1(story.deck, " ".join(article.deck)) >= 0.8)
    captions = {key(caption["text"]) for caption in expected.get("captions") or () if caption.get("text")}
    if story.captions and captions:
        yield "captions", sum(key(caption.text) in captions for caption in story.captions) / len(story.captions)


def measured(pages: Sequence[MeasuredPage]) -> dict[str, Any]:
    """The shares and curves of some pages."""
    elected = [(page.evidence.headline, page.right["headline"]) for page in pages if "headline" in page.right]
    names = sorted(pages[0].evidence.body)
    with_body = [page for page in pages if "body" in page.right]
    right = [page.right["body"] for page in with_body]
    numbers = np.array([[page.evidence.body[name] for name in names] for page in with_body])
    weights, intercept = ridge(numbers, np.array(right), PENALTY)
    body = {"intercept": round(intercept, DIGITS)}
    body |= {name: round(float(weight), DIGITS) for name, weight in zip(names, weights, strict=True)}
    return {
        "curves": {
            "headline": curve([share for share, _ in elected], [outcome for _, outcome in elected]),
            "body": curve([body_score(page.evidence.body, body) for page in with_body], right),
        },
        "body": body,
        "shares": ESTIMATED | {field: shares(by_rule(pages, field)) for field in BY_RULE},
    }


def by_rule(pages: Iterable[MeasuredPage], field: str) -> Iterator[tuple[str, float]]:
    """The rule, and how right the value is, of each page where the field's value is known."""
    for page in pages:
        rule = page.story.provenance.get(field)
        if rule and field in page.right:
            yield rule_name(field, rule, page.evidence), page.right[field]


def told_of(pages: Iterable[MeasuredPage], table: Mapping[str, Any]) -> Told:
    """What a table says of some pages; dates have a confidence of their own."""
    told: dict[str, list[tuple[float, float]]] = {field: [] for field in FIELDS}
    for page in pages:
        for field in page.right:
            share: float | None = page.story.confidence[field]
            if field != "published_at":
                share = confidence_of(field, page.story.provenance[field], page.evidence, table)
            told[field].append((share or 0.0, page.right[field]))
    return told


def cross_validated(pages: Sequence[MeasuredPage]) -> Told:
    """What tables of other publishers say of each page."""
    told: dict[str, list[tuple[float, float]]] = {field: [] for field in FIELDS}
    for others, own in folds([page.group for page in pages], FOLDS):
        table = measured([pages[place] for place in others])
        for field, pairs in told_of([pages[place] for place in own], table).items():
            told[field] += pairs
    return told


def figures(told: Told) -> dict[str, dict[str, float]]:
    """By field: the number of values, their mean confidence, and the share of right ones."""
    return {
        field: {
            "values": len(pairs),
            "confidence": round(float(np.mean([confidence for confidence, _ in pairs])), 3),
            "right": round(float(np.mean([right for _, right in pairs])), 3),
        }
        for field, pairs in told.items()
    }


def by_tenths(pairs: Sequence[tuple[float, float]]) -> str:
    """Mean confidence, share of right values and their number, by tenths of the confidence."""
    tenths: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for confidence, right in pairs:
        tenths[min(TENTHS - 1, int(confidence * TENTHS))].append((confidence, right))
    return "  ".join(
        f"{np.mean([c for c, _ in found]):.2f}/{np.mean([r for _, r in found]):.2f} ({len(found)})"
        for _, found in sorted(tenths.items())
    )
