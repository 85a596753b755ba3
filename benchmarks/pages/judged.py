"""Pages with what they are: stories, and kinds of page that are none.

Those of both sets of samples.py, and plain stories of articles.py, as evidence of the story score. What is kept apart
there is scored and never trained on.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.pages.articles import plain_articles
from benchmarks.pages.samples import page_of, read_samples
from crawler.extraction.story import read_evidence
from model.errors import CrawlError
from model.page import NO_ADDRESS, Page

EVERY_PLAIN = 19


class JudgedPage(NamedTuple):
    """The evidence of one page; `kind` is "article" for stories, `group` its publisher."""

    kind: str
    group: str
    is_plain: bool
    kept_apart: bool
    evidence: dict[str, float]


def judged_pages(wcxb: Path, pages: Path, stories: Path) -> Iterator[JudgedPage]:
    """Every page that can be read, with the address that it states, with its own, and without any."""
    for folder in (wcxb, pages):
        for sample in read_samples(folder):
            read = [page_of(sample.content, address) for address in (None, sample.url, NO_ADDRESS)]
            for page in {page.url: page for page in read}.values():
                evidence = _evidence(page)
                if evidence is not None:
                    yield JudgedPage(sample.kind, sample.publisher, False, sample.is_kept_apart, evidence)
    for article in plain_articles(stories, EVERY_PLAIN):
        evidence = _evidence(article.page)
        if evidence is not None:
            yield JudgedPage("article", article.group, True, article.kept_apart, evidence)


def _evidence(page: Page) -> dict[str, float] | None:
    try:
        return read_evidence(page)
    except CrawlError:
        return None
