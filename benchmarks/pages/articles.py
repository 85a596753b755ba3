"""Articles with what is expected of their fields: of both sets of pages, of plain stories, and of heads made by hand.

What is kept apart (benchmarks/pages/samples.py), and every second plain story, is scored in sums and never trained on.
"""

import gzip
import html
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

from benchmarks.pages.made_heads import made_heads
from benchmarks.pages.samples import page_of, read_samples
from model.page import Page


class Article(NamedTuple):
    """One article: the set it is of, its publisher, the page as a file without an address, and the expected values."""

    origin: Literal["wcxb", "pages", "plain", "made"]
    group: str
    kept_apart: bool
    page: Page
    expected: dict[str, Any]

    @property
    def headline(self) -> str:
        """The expected headline."""
        return self.expected.get("headline") or self.expected.get("title") or ""

    @property
    def text(self) -> str:
        """The expected text, without headline and deck."""
        return self.expected.get("main_content") or "\n".join(self.expected.get("body") or ())

    @property
    def deck(self) -> list[str]:
        """The expected lines between headline and text."""
        return self.expected.get("deck") or []


def sample_articles(wcxb: Path, pages: Path) -> Iterator[Article]:
    """All articles of both sets."""
    sets: tuple[tuple[Literal["wcxb", "pages"], Path], ...] = (("wcxb", wcxb), ("pages", pages))
    for origin, folder in sets:
        for sample in read_samples(folder):
            if sample.kind == "article":
                page = page_of(sample.content)
                yield Article(origin, sample.publisher, sample.is_kept_apart, page, sample.expected)


def plain_articles(stories: Path, every: int) -> Iterator[Article]:
    """One wire story (NDJSON, gzipped) in `every`, as a page without any mark-up but headline and paragraphs."""
    with gzip.open(stories, "rt", encoding="utf-8") as lines:
        told = map(json.loads, islice(lines, 0, None, every))
        for number, story in enumerate(story for story in told if story["headline"] and story["body"]):
            yield Article("plain", f"plain {number}", number % 2 == 0, page_of(_plain(story)), story)


def made_articles() -> Iterator[Article]:
    """The pages of made_heads.py, none of them kept apart."""
    for number, made in enumerate(made_heads()):
        yield Article("made", f"made {number}", False, page_of(made.content), {"headline": made.headline})


def _plain(story: dict[str, Any]) -> bytes:
    headline = html.escape(story["headline"])
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in story["body"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline}</title></head>'
        f"<body><article><h1>{headline}</h1>{text}</article></body></html>"
    ).encode()
