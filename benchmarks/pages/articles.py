"""Articles with what is expected of their fields: of both sets of pages, of plain stories, and of heads made by hand.

What is kept apart (benchmarks/pages/samples.py), and every second plain story, is scored in sums and never trained on.
"""

import gzip
import html
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.pages.made_heads import made_heads
from benchmarks.pages.samples import FETCHED_AT, SamplePage, read_samples
from ingest.readers.saved_pages import stated_address
from model.page import NO_ADDRESS, Link, Page


class Article(NamedTuple):
    """One article: the set it is of, its publisher, the page as a file without an address, and the expected values."""

    origin: str
    group: str
    kept_apart: bool
    page: Page
    expected: dict[str, Any]


def articles(wcxb: Path, pages: Path, stories: Path, plain: int) -> Iterator[Article]:
    """All articles of both sets, and one plain story in `plain`."""
    for origin, folder in (("wcxb", wcxb), ("pages", pages)):
        for sample in read_samples(folder):
            if sample.expected.get("type", "article") == "article":
                yield _of_sample(origin, sample)
    with gzip.open(stories, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(islice(lines, 0, None, plain)):
            story = json.loads(line)
            yield Article("plain", f"plain {number}", number % 2 == 0, _plain(story), story)


def made_articles() -> Iterator[Article]:
    """The pages of made_heads.py, none of them kept apart."""
    for number, made in enumerate(made_heads()):
        expected = {"headline": made.headline}
        yield Article("made", f"made {number}", False, _of(NO_ADDRESS, made.content), expected)


def _of_sample(origin: str, sample: SamplePage) -> Article:
    page = _of(stated_address(sample.content) or NO_ADDRESS, sample.content)
    return Article(origin, sample.publisher or sample.name, sample.part == "score", page, sample.expected)


def _of(address: str, content: bytes) -> Page:
    link = Link(url=address, source="training")
    return Page(link=link, url=address, final_url=address, fetched_at=FETCHED_AT, content=content)


def _plain(story: dict[str, Any]) -> Page:
    headline = html.escape(story["headline"] or "")
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in story["body"])
    return _of(
        NO_ADDRESS,
        (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline}</title></head>'
            f"<body><article><h1>{headline}</h1>{text}</article></body></html>"
        ).encode(),
    )
