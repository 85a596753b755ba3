"""Metric of the Web Content Extraction Benchmark, over its articles, and what was taken of pages that are none.

f1: word F1 of headline, deck and body together against the main content (or of deck and body, or body alone: the best
counts), a mean over pages; a page that was refused scores 0. with, without: share of the snippets that have to be
there and are, that must not be there and are not. title, date, author: the same words, the same day, one of the names
or all together. refused: share of articles that were not read. taken: share of listings and collections that were
read as stories of which the reader is sure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from statistics import mean
from typing import Any

from benchmarks.pages.metric import f1, key, words

COLUMNS = ("f1", "with", "without", "title", "author", "date", "refused", "taken")
_LISTS = ("listing", "collection")
_UNSURE = 0.35


def score(expected: Mapping[str, Mapping[str, Any]], read: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """The figures of one parser: name of the page -> what was expected, what was read (nothing where refused)."""
    values: dict[str, list[float]] = defaultdict(list)
    for page, want in expected.items():
        for name, value in _page(want, read.get(page) or {}):
            values[name].append(value)
    return {name: mean(values[name]) if values[name] else 0.0 for name in COLUMNS}


def _page(want: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    if want["type"] in _LISTS:
        yield "taken", float(bool(got) and got.get("confidence", {}).get("story", 1.0) >= _UNSURE)
    if want["type"] != "article":
        return
    yield "refused", float(not got)
    texts = list(_readings(got))
    yield "f1", max(word_f1(text, want["main_content"]) for text in texts)
    whole = texts[-1].lower()
    for snippet in want["with"] or ():
        yield "with", float(snippet.lower() in whole)
    for snippet in want["without"] or ():
        yield "without", float(snippet.lower() not in whole)
    if want["title"]:
        yield "title", float(key(got.get("headline")) == key(want["title"]))
    if want["author"]:
        names = [key(name) for name in got.get("byline") or ()]
        yield "author", float(key(want["author"]) in [*names, " ".join(names)])
    if want["publish_date"]:
        yield "date", float(str(got.get("published_at") or "")[:10] == want["publish_date"][:10])


def _readings(got: Mapping[str, Any]) -> Iterable[str]:
    """The body, with the deck, and with headline and deck."""
    text = "\n".join(got.get("body") or ())
    yield text
    for name in ("deck", "headline"):
        text = f"{got.get(name) or ''}\n{text}"
        yield text


def word_f1(given: str | None, true: str | None) -> float:
    """F1 of the words of two texts, each as often as it occurs."""
    got, want = Counter(words(given)), Counter(words(true))
    if not got or not want:
        return float(not got and not want)
    common = (got & want).total()
    return f1(common / got.total(), common / want.total())
