"""Election of the headline among the statements of a page.

Publishers state it several times: in a heading, in JSON-LD, for social networks and in the title element, some of them
with the site's name or a section beside it, or rewritten for search engines. Each candidate has a score that adds up
from its features; the weights were trained by benchmarks/train_extraction.py, and the table says on what and how
well they do. The share of the winner among all candidates (softmax) is how sure the election is.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from crawler.extraction.document.document import Document
from crawler.extraction.document.tree import Element
from crawler.extraction.headlines.headline_features import HeadlineCandidate, headline_candidates
from crawler.extraction.headlines.shown_headlines import ShownHeading

_TABLE = Path(__file__).parents[1] / "tables" / "headline_score.json"
_ORDER = ("json-ld", "og", "twitter", "meta", "microdata", "title", "json-ld name", "page name", "link")
_HEADING_ORDER = ("h1", "named", "h2", "h3", "large")


class Headline(NamedTuple):
    """The headline, the rule that found it, how sure the election is (0 to 1), and the element that shows it."""

    text: str | None
    rule: str
    certainty: float
    element: Element | None


def read_headline(document: Document) -> Headline:
    """The headline that most speaks for; its text is None where the page states none at all.

    The tree has to be whole: names that look like boilerplate only lower a candidate's score.
    """
    candidates = headline_candidates(document)
    if not candidates:
        return Headline(None, "", 0.0, _main_heading(candidates))
    scores = [headline_score(candidate.features) for candidate in candidates]
    best = max(scores)
    winner = candidates[scores.index(best)]
    text, rule = _written(winner)
    element = _element(winner)
    return Headline(
        text,
        rule,
        1 / sum(math.exp(score - best) for score in scores),
        element if element is not None else _main_heading(candidates),
    )


@cache
def _weights() -> Mapping[str, float]:
    weights: dict[str, float] = json.loads(_TABLE.read_text(encoding="utf-8"))["weights"]
    return weights


def headline_score(features: Mapping[str, float]) -> float:
    """How much speaks for a candidate; only differences between those of one page mean anything."""
    weights = _weights()
    return sum(weights.get(name, 0.0) * value for name, value in features.items() if value)


def _written(winner: HeadlineCandidate) -> tuple[str, str]:
    """The winner's text and rule: as the page shows it, unless it is written out, or without a gap, elsewhere only."""
    shown = sorted(winner.headings, key=lambda place: _HEADING_ORDER.index(place[0].kind))
    told = [(text, _rule(heading)) for heading, _, text in shown]
    stated = (statement for statement in winner.statements if statement.kind in _ORDER)
    told += [(item.text, item.rule) for item in sorted(stated, key=lambda item: _ORDER.index(item.kind))]
    told += [(item.text, "markup:h1") for item in winner.statements if item.kind not in _ORDER]
    written_out = [pair for pair in told if not _in_capitals(pair[0])] or told
    first = "".join(written_out[0][0].split())
    alike = [pair for pair in written_out if "".join(pair[0].split()) == first]
    return min(alike, key=lambda pair: len(pair[0]))


def _rule(heading: ShownHeading) -> str:
    return f"markup:{heading.kind}" if heading.kind in ("h1", "h2", "h3") else "markup:headline"


def _in_capitals(text: str) -> bool:
    return text.isupper() and " " in text


def _element(winner: HeadlineCandidate) -> Element | None:
    places = sorted(winner.headings, key=lambda place: (place[0].hidden, _HEADING_ORDER.index(place[0].kind)))
    return places[0][0].element if places else None


def _main_heading(candidates: Sequence[HeadlineCandidate]) -> Element | None:
    """The element that heads the story where none shows the headline's words: the likeliest h1."""
    scored = [
        (headline_score(candidate.features), heading.element)
        for candidate in candidates
        for heading, _, _ in candidate.headings
        if heading.kind == "h1" and not heading.home
    ]
    return max(scored, key=lambda pair: pair[0])[1] if scored else None
