"""Blocks of articles with the answer whether they are the story's: what the block score is trained on.

A block is story as far as its runs of three words stand in the expected text; one of fewer than five words has to stand
there whole. Headline and deck are told elsewhere and not asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.pages.articles import Article
from benchmarks.pages.metric import words
from crawler.extraction.judgement.block_features import Numbers, block_features
from crawler.extraction.site_rules import DEFAULT_RULES
from crawler.extraction.story import gather, story_hints
from model.errors import CrawlError

_RUN, _SHORT, _LONG = 3, 5, 120
_OF_A_PAGE, _OF_A_PLAIN_STORY = 30.0, 7.5


class LabelledPage(NamedTuple):
    """The blocks of a page, a row each: features, labels between 0 and 1, and how much each counts."""

    group: str
    kept_apart: bool
    features: Numbers
    labels: Numbers
    importance: Numbers


def labelled_pages(articles: Iterable[Article]) -> Iterator[LabelledPage]:
    """Every article that can be read and has a block to ask for."""
    for article in articles:
        try:
            story = gather(article.page, DEFAULT_RULES)
        except CrawlError:
            continue
        blocks = story.reading.blocks
        elsewhere = {tuple(words(line)) for line in (story.title[0], *article.deck)} | {()}
        asked = [number for number, block in enumerate(blocks) if tuple(words(block.text)) not in elsewhere]
        if not asked:
            continue
        features = block_features(blocks, story_hints(story.document, story.title[0]))[asked]
        tokens = [words(blocks[number].text) for number in asked]
        labels = np.array(list(_labels(tokens, words(article.text))))
        weights = np.array([min(len(block), _LONG) ** 0.5 + 1.0 for block in tokens])
        weights *= (_OF_A_PLAIN_STORY if article.origin == "plain" else _OF_A_PAGE) / weights.sum()
        yield LabelledPage(article.group, article.kept_apart, features, labels, weights)


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
