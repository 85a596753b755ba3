"""Metric of page reading: how near what a parser read is to what the page says.

Averages over the pages that have a field. headline: the same words. date: the same calendar day, in the expected
offset or in UTC. byline: micro F1 over names. body: shingles of four words, precision and recall averaged over pages,
F1 of the two means (the metric of the public article-extraction-benchmark), the better of with and without the deck.
caption: micro F1 of one-to-one matches, strict (the same words) and lenient (token F1 of 0.8, or the expected text
inside one at most twice as long), on pages that have captions. credit: lenient, over the set of credits. leak: share
of captions found inside the body.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

_WORD = re.compile(r"\w+")
_SHINGLE = 4
_LEAKABLE_WORDS = 5


def words(text: str | None) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(unicodedata.normalize("NFKC", html.unescape(text or "")).casefold())


def key(text: str | None) -> str:
    """The same as one text."""
    return " ".join(words(text))


def f1(precision: float, recall: float) -> float:
    """The harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


class FieldScore:
    """Expected, given and matching items of all pages."""

    def __init__(self) -> None:
        self.expected = self.given = self.matching = 0

    def add(self, expected: int, given: int, matching: int) -> None:
        """Count one page."""
        self.expected += expected
        self.given += given
        self.matching += matching

    def f1(self) -> float:
        """Micro-averaged F1."""
        return f1(
            self.matching / self.given if self.given else 0.0, self.matching / self.expected if self.expected else 0.0
        )


def score(expected: Mapping[str, Mapping[str, Any]], read: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """The figures of one parser: name of the page -> what was expected, what was read."""
    headlines: list[bool] = []
    days: list[bool] = []
    precisions: list[float] = []
    recalls: list[float] = []
    leaks: list[bool] = []
    byline, strict, lenient, credit = FieldScore(), FieldScore(), FieldScore(), FieldScore()
    for page, want in expected.items():
        got = read.get(page) or {}
        headlines.append(key(got.get("headline")) == key(want["headline"]))
        if want.get("published_at"):
            days.append(_same_day(str(want["published_at"]), got.get("published_at")))
        names, found = ({key(name) for name in side.get("byline") or ()} - {""} for side in (want, got))
        byline.add(len(names), len(found), len(names & found))
        precision, recall = _body(want, got)
        precisions += [] if precision is None else [precision]
        recalls += [] if recall is None else [recall]
        texts = _texts(want, "text")
        if not texts:
            continue
        known, given, same, near = _match(texts, _texts(got, "text"))
        strict.add(known, given, same)
        lenient.add(known, given, near)
        known, given, _, near = _match(_texts(want, "credit"), _texts(got, "credit"))
        credit.add(known, given, near)
        leaks += _leaks(want, got, texts)
    return {
        "headline": _mean(headlines),
        "date": _mean(days),
        "byline": byline.f1(),
        "body": f1(_mean(precisions), _mean(recalls)),
        "caption": strict.f1(),
        "caption, lenient": lenient.f1(),
        "credit": credit.f1(),
        "leak": _mean(leaks),
    }


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def _texts(page: Mapping[str, Any], name: str) -> list[str]:
    return [caption[name] for caption in page.get("captions") or () if caption.get(name)]


def _same_day(expected: str, given: str | None) -> bool:
    try:
        want, got = (datetime.fromisoformat(str(value).replace("Z", "+00:00")) for value in (expected, given))
    except ValueError:
        return False
    both = want.tzinfo is not None and got.tzinfo is not None
    return want.date() == got.date() or (both and want.astimezone(UTC).date() == got.astimezone(UTC).date())


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = words(text)
    count = max(1, len(tokens) - _SHINGLE + 1) if tokens else 0
    return Counter(tuple(tokens[start : start + _SHINGLE]) for start in range(count))


def _body(want: Mapping[str, Any], got: Mapping[str, Any]) -> tuple[float | None, float | None]:
    body = "\n".join(got.get("body") or ())
    given = [_shingles(body), _shingles(f"{got.get('deck') or ''}\n{body}")]
    true = [_shingles("\n".join(want["body"])), _shingles("\n".join([*want["deck"], *want["body"]]))]
    best: tuple[float | None, float | None] = (None, None)
    for left in true:
        for right in given:
            common = (left & right).total()
            precision = common / right.total() if right else None
            recall = common / left.total() if left else None
            if best == (None, None) or f1(precision or 0, recall or 0) > f1(best[0] or 0, best[1] or 0):
                best = (precision, recall)
    return best


def _match(expected: list[str], given: list[str]) -> tuple[int, int, int, int]:
    """Expected, given, strict and lenient matches, each text once and used once."""
    want = list(dict.fromkeys(filter(None, map(key, expected))))
    left = list(dict.fromkeys(filter(None, map(key, given))))
    number = len(left)
    strict = [text for text in want if text in left]
    left = [text for text in left if text not in strict]
    lenient = len(strict)
    for text in want:
        if text in strict or not left:
            continue
        best = max(left, key=lambda other: _likeness(text, other))
        if _likeness(text, best) > 0:
            lenient += 1
            left.remove(best)
    return len(want), number, len(strict), lenient


def _likeness(expected: str, given: str) -> float:
    """Token F1 where it counts as a lenient match, else 0."""
    want, got = Counter(expected.split()), Counter(given.split())
    share = 2 * (want & got).total() / (want.total() + got.total())
    inside = f" {expected} " in f" {given} " and 2 * want.total() >= got.total()
    return share if share >= 0.8 or inside else 0.0


def _leaks(want: Mapping[str, Any], got: Mapping[str, Any], captions: list[str]) -> list[bool]:
    true = key("\n".join(["\n".join(want["body"]), "\n".join([*want["deck"], *want["body"]])]))
    inside = key("\n".join(got.get("body") or ()))
    leakable = [key(text) for text in captions if len(words(text)) >= _LEAKABLE_WORDS]
    return [text in inside for text in leakable if text not in true]
