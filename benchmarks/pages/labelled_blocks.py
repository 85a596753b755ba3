"""Blocks of pages with the answer whether they are the story's: what the block score is trained on.

A block is story as far as its runs of three words stand in the expected text; one of fewer than five words has to stand
there whole. Headline and deck are told elsewhere and not asked for. The pages are those of judged.py; a third of the
hosts, and every second plain story, is kept apart.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from benchmarks.pages.judged import FETCHED_AT, is_kept_apart, plain_stories
from benchmarks.pages.metric import words
from crawler.extraction.judgement.block_features import Numbers, block_features
from crawler.extraction.site_rules import DEFAULT_RULES
from crawler.extraction.story import gather, story_hints
from ingest.readers.saved_pages import stated_address
from model.errors import CrawlError
from model.page import NO_ADDRESS, Link, Page

_RUN, _SHORT, _LONG = 3, 5, 120
_OF_A_PAGE, _OF_A_PLAIN_STORY = 30.0, 7.5
_PLAIN = 600


class LabelledPage(NamedTuple):
    """The blocks of a page, a row each: features, labels between 0 and 1, and how much each counts."""

    group: str
    kept_apart: bool
    features: Numbers
    labels: Numbers
    importance: Numbers


def labelled_pages(wcxb: Path, pages: Path, stories: Path) -> Iterator[LabelledPage]:
    """Every article that can be read."""
    for path in sorted(wcxb.glob("pages/*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        if expected["type"] == "article":
            host = (urlsplit(expected["url"] or "").hostname or "").removeprefix("www.")
            yield from _of_file(path, host, expected["main_content"] or "", ())
    for path in sorted(pages.glob("*/*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        publisher = path.stem.partition("_")[0]
        yield from _of_file(path, publisher, "\n".join(expected["body"]), expected["deck"])
    for number, (content, body) in enumerate(plain_stories(stories)):
        if number >= _PLAIN:
            return
        page = _labelled(content, "\n".join(body), (), _OF_A_PLAIN_STORY)
        if page is not None:
            yield page._replace(group=f"plain {number % 97}", kept_apart=number % 2 == 0)


def _of_file(path: Path, publisher: str, text: str, told: Sequence[str]) -> Iterator[LabelledPage]:
    page = _labelled(gzip.decompress(path.with_suffix(".html.gz").read_bytes()), text, told, _OF_A_PAGE)
    if page is not None:
        yield page._replace(group=publisher, kept_apart=is_kept_apart(publisher))


def _labelled(content: bytes, text: str, told: Sequence[str], importance: float) -> LabelledPage | None:
    address = stated_address(content) or NO_ADDRESS
    link = Link(url=address, source="training")
    page = Page(link=link, url=address, final_url=address, fetched_at=FETCHED_AT, content=content)
    try:
        story = gather(page, DEFAULT_RULES)
    except CrawlError:
        return None
    blocks = story.reading.blocks
    elsewhere = {tuple(words(line)) for line in (story.title[0], *told)}
    asked = [number for number, block in enumerate(blocks) if tuple(words(block.text)) not in elsewhere | {()}]
    if not asked:
        return None
    features = block_features(blocks, story_hints(story.document, story.title[0]))[asked]
    tokens = [words(blocks[number].text) for number in asked]
    labels = np.array(list(_labels(tokens, words(text))))
    weights = np.array([min(len(block), _LONG) ** 0.5 + 1.0 for block in tokens])
    return LabelledPage("", False, features, labels, weights * importance / weights.sum())


def _labels(blocks: Sequence[Sequence[str]], expected: Sequence[str]) -> Iterator[float]:
    whole = f" {' '.join(expected)} "
    runs = set(_runs(expected))
    for block in blocks:
        if len(block) < _SHORT:
            yield float(f" {' '.join(block)} " in whole)
        else:
            own = _runs(block)
            yield sum(run in runs for run in own) / len(own)


def _runs(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[start : start + _RUN]) for start in range(len(tokens) - _RUN + 1)]
