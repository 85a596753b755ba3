"""Features of the blocks of a page, as one table of numbers.

A row a block, a column a feature: how the text is made, where it stands, what stands around it, and what the page says
of its story elsewhere (headline, JSON-LD's articleBody). Nothing here knows a language, but for the
phrases of boilerplate.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.body.boilerplate_lines import is_boilerplate_line, is_end_line, is_promotion
from crawler.extraction.judgement.block_places import GROUPS, PLACE_BITS, SURROUNDINGS, Places
from crawler.extraction.texts import text_weight, word_key

Numbers = NDArray[np.float64]
_TAGS = ("p", "h2", "h3", "h4", "h5", "li", "td", "th", "blockquote", "pre", "div", "dt", "dd", "section", "span")
_TAG_PLACES = {tag: place for place, tag in enumerate(_TAGS)}
_TAG_COLUMNS = np.eye(len(_TAGS), len(_TAGS) + 1)
_CAPITAL = re.compile("[A-Z]")
_PROSE = 60
_FAR = 12
_NEAR = 4
_BEGINS, _COMPARED, _COMPARED_KEY, _LONGEST_LINE = 60, 200, 80, 400
_ENDING, _END_MARKS, _CLOSING = 8, frozenset(".!?。！？…"), "\"'”»’)）」]"
_TEXT = (
    *("weight", "linked", "bold", "words", "capitals", "sentence", "capital_first", "address"),
    *("in_headline", "in_article_body", "line", "promotion", "end_line"),
)
_WEIGHT, _LINKED, _WORDS, _SENTENCES, _ENDS = (
    _TEXT.index(name) for name in ("weight", "linked", "words", "sentence", "end_line")
)
PHRASES = (_TEXT.index("line"), _TEXT.index("promotion"))
"""The columns of what `phrases_of` tells."""
_NEIGHBOURS = ("weight", "linked", "sentence", "heading")


class StoryHints(NamedTuple):
    """What a page says of its story outside of the text; `article_body` is empty where it is not told."""

    headline: str = ""
    article_body: str = ""


NO_HINTS = StoryHints()


def feature_names() -> tuple[str, ...]:
    """The names of the columns, in order."""
    groups = (*GROUPS, "soft", "hard")
    return (
        *_TEXT,
        *(f"tag_{tag}" for tag in _TAGS),
        *(f"in_{tag}" for tag in SURROUNDINGS),
        *(f"own_{group}" for group in groups),
        *(f"around_{group}" for group in groups),
        *("depth", "depth_from_main"),
        *("index", "from_start", "from_end", "before", "after", "number", "total"),
        *("parent_main", "parent_share", "parent_number", "parent_linked"),
        *("branch_main", "branch_share", "branch_number", "branch_linked", "branch_side"),
        *("since_heading", "heading_level", "heading_ends", "passage_linked", "passage_weight", "passage_share"),
        *(f"{name}_{step}" for step in ("before", "after", "before2", "after2") for name in _NEIGHBOURS),
        *(f"{name}_near" for name in _NEIGHBOURS),
    )


def block_features(blocks: Sequence[TextBlock], hints: StoryHints = NO_HINTS) -> Numbers:
    """The features of each block, one row each."""
    rows = features_without_phrases(blocks, hints)
    rows[:, PHRASES] = [phrases_of(block.text) for block in blocks]
    return rows


def features_without_phrases(blocks: Sequence[TextBlock], hints: StoryHints) -> Numbers:
    """The features of each block but for its phrases, whose columns are 0: these cost as much as all the others."""
    places = Places()
    stood = [places.of(block.element) for block in blocks]
    texts = _texts(blocks, hints)
    heads = np.array([block.is_heading for block in blocks])
    weight, linked = texts[_WEIGHT], texts[_LINKED]
    prose = np.where((weight > _PROSE) & (linked < 0.5), weight * (1 - linked), 0.0)
    mass = max(1.0, prose.sum())
    columns = [
        _logged(texts),
        _TAG_COLUMNS[:, [_TAG_PLACES.get(block.tag, -1) for block in blocks]],
        _bits([place.bits for place in stood], PLACE_BITS),
        _depths([place.depth for place in stood], prose),
        _positions(prose),
        _shares([block.parent for block in blocks], weight, linked, prose, mass)[:4],
        _shares([place.branch for place in stood], weight, linked, prose, mass),
        _passages(blocks, heads, texts, prose, mass),
        _neighbours(heads, texts),
    ]
    rows = np.empty((len(blocks), sum(map(len, columns))))
    np.concatenate(columns, out=rows.T)
    return rows


def phrases_of(text: str) -> tuple[bool, bool]:
    """Whether a text says what boilerplate says, and what promotions say."""
    return len(text) < _LONGEST_LINE and is_boilerplate_line(text), is_promotion(text)


def _texts(blocks: Sequence[TextBlock], hints: StoryHints) -> Numbers:
    """What each text says for itself, a column each; a row a feature, as in all that follows."""
    headline = frozenset(word_key(hints.headline).split())
    whole = word_key(hints.article_body)
    return np.array(
        [(*_looks(block), *_told(block.text, headline, whole), 0.0, 0.0, _announces(block)) for block in blocks],
        dtype=float,
    ).T


def _looks(block: TextBlock) -> tuple[float, ...]:
    """How a text is made."""
    text = block.text
    begins = text[:_BEGINS]
    return (
        text_weight(text),
        min(1.0, block.linked / len(text)),
        min(1.0, block.bold / len(text)),
        text.count(" ") + 1,
        (len(_CAPITAL.findall(begins)) if begins.isascii() else sum(map(str.isupper, begins))) / len(begins),
        text[-_ENDING:].rstrip(_CLOSING)[-1:] in _END_MARKS,
        text[0].isupper(),
        "@" in text or "://" in text or "www." in text,
    )


def _told(text: str, headline: frozenset[str], whole: str) -> tuple[float, ...]:
    """Which share of the first words stands in the headline; whether the articleBody has them: 1, -1, or 0 for none."""
    key = word_key(text[:_COMPARED])
    words = key.split()
    inside = (1.0 if key[:_COMPARED_KEY] in whole else -1.0) if whole and len(key) > 3 else 0.0
    return sum(map(headline.__contains__, words)) / max(1, len(words)), inside


def _announces(block: TextBlock) -> bool:
    """Whether it heads other stories, comments or the like."""
    return block.is_heading and is_end_line(block.text)


def _logged(texts: Numbers) -> Numbers:
    found = texts.copy()
    for row in (_WEIGHT, _WORDS):
        np.log1p(found[row], out=found[row])
    return found


def _bits(values: Sequence[int], number: int) -> Numbers:
    return (np.array(values, dtype=np.int64) >> np.arange(number)[:, None] & 1).astype(float)


def _depths(depths: Sequence[int], prose: Numbers) -> Numbers:
    depth = np.array(depths)
    return np.array([depth, depth - np.bincount(depth, prose).argmax()], dtype=float)


def _positions(prose: Numbers) -> Numbers:
    number = len(prose)
    index = np.arange(number)
    told = np.cumsum(prose)
    total = max(1.0, told[-1])
    return np.array(
        [
            index / number,
            np.minimum(index, _FAR),
            np.minimum(number - 1 - index, _FAR),
            (told - prose) / total,
            (total - told) / total,
            np.full(number, np.log1p(number)),
            np.full(number, np.log1p(total)),
        ]
    )


def _shares(ids: Sequence[int], weight: Numbers, linked: Numbers, prose: Numbers, mass: float) -> Numbers:
    """Of the element around a block: is it the main one, its share of the prose, its size, links, and side of main.

    Of elements with as much prose the first is the main one: ids are places in memory, and their order is none.
    """
    numbers: dict[int, int] = {}
    group = np.array([numbers.setdefault(each, len(numbers)) for each in ids])
    masses = np.bincount(group, prose)
    main = masses.argmax()
    weights = np.bincount(group, weight)
    return np.array(
        [
            group == main,
            masses[group] / mass,
            np.log1p(np.bincount(group))[group],
            (np.bincount(group, weight * linked) / np.maximum(1.0, weights))[group],
            np.sign(group - main),
        ]
    )


def _passages(blocks: Sequence[TextBlock], heads: Numbers, texts: Numbers, prose: Numbers, mass: float) -> Numbers:
    """Of the passage below the last heading: how far above that is, what it says, and what the passage is like."""
    passage = np.cumsum(heads)
    index = np.arange(len(blocks))
    start = np.maximum.accumulate(np.where(heads, index, 0))
    levels = np.array([int(block.tag[1]) if block.is_heading else 0 for block in blocks])
    plain = np.where(heads, 0.0, texts[_WEIGHT])
    weights = np.bincount(passage, plain)
    return np.array(
        [
            np.minimum(index - start, _FAR),
            levels[start],
            texts[_ENDS][start],
            (np.bincount(passage, plain * texts[_LINKED]) / np.maximum(1.0, weights))[passage],
            np.log1p(weights / np.maximum(1, np.bincount(passage)))[passage],
            np.bincount(passage, prose)[passage] / mass,
        ]
    )


def _neighbours(heads: Numbers, texts: Numbers) -> Numbers:
    number = len(heads)
    padded = np.zeros((len(_NEIGHBOURS), number + 2 * _NEAR))
    padded[:, _NEAR:-_NEAR] = np.log1p(texts[_WEIGHT]), texts[_LINKED], texts[_SENTENCES], heads
    beside = {step: padded[:, _NEAR + step : _NEAR + step + number] for step in range(-_NEAR, _NEAR + 1) if step}
    return np.concatenate([*(beside[step] for step in (-1, 1, -2, 2)), sum(beside.values()) / len(beside)])
