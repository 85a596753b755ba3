"""Confidences of fields: each field with a value has one, and more evidence makes a field surer."""

from collections.abc import Callable

import pytest

from crawler.extraction import parse
from crawler.extraction.judgement.field_confidence import FieldEvidence, body_evidence, confidence_of
from crawler.extraction.site_rules import Rules, SiteRule
from model.page import Page
from model.story import Story

PARAGRAPHS = [
    f"Sentence {n} of the story says what the flood did to the old town and its people, who had seen many."
    for n in range(5)
]
FIELDS = ("headline", "byline", "body", "published_at", "url", "language")


def page(head: str = "", above: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<html lang='en'><head><title>Flood reaches the old town</title>{head}</head><body><article>"
        f"<h1>Flood reaches the old town</h1>{above}{text}</article></body></html>"
    )


DATED = '<meta property="article:published_time" content="2024-05-16T10:00:00Z">'


def test_each_field_with_a_value_has_a_confidence(read: Callable[..., Story]) -> None:
    story = read(page(DATED, '<p class="byline">By Jane Doe</p>'))
    assert set(FIELDS) | {"story"} <= set(story.confidence)
    assert all(0 < share < 1 for share in story.confidence.values())
    assert "deck" not in story.confidence


BYLINES = [
    ("two kinds agree", '<meta name="author" content="Jane Doe">', '<p class="byline">By Jane Doe</p>'),
    ("nobody else speaks", "", '<p class="byline">By Jane Doe</p>'),
]


def test_a_byline_that_is_stated_twice_is_surer(read: Callable[..., Story]) -> None:
    twice, once = (read(page(head, above)).confidence["byline"] for _, head, above in BYLINES)
    assert twice > once


def test_a_site_rule_is_sure(make_page: Callable[..., Page]) -> None:
    rules = Rules({"example.com": SiteRule("example.com", {"headline": ("h1",), "byline": (".who",)})})
    story = parse(make_page(page(above="<p class='who'>Jane Doe</p>")), rules=rules)
    assert (story.confidence["headline"], story.confidence["byline"]) == (0.99, 0.99)


CURVES = [("none", 0.0), ("low", 0.3), ("middling", 0.8), ("high", 0.97), ("all", 1.0)]


def test_the_surer_an_election_the_surer_its_headline() -> None:
    shares = [confidence_of("headline", "markup:h1", FieldEvidence(score, "alone", {})) for _, score in CURVES]
    known = [share for share in shares if share is not None]
    assert known == sorted(known)
    assert len(known) == len(CURVES)
    assert known[-1] > known[0]


UNKNOWN = [("no such field", "slug", "meta:slug", True), ("rule of no table", "deck", "carrier-pigeon:deck", False)]


@pytest.mark.parametrize(
    ("field", "rule", "nothing"), [case[1:] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN]
)
def test_what_no_table_knows(field: str, rule: str, nothing: bool) -> None:
    assert (confidence_of(field, rule) is None) is nothing


def test_numbers_of_a_body_without_text() -> None:
    assert all(number == number for number in body_evidence([], [], 0.5, 0).values())
