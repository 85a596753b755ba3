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
from crawler.extraction.judgement.block_places import GROUPS, SURROUNDINGS, Place, Places
from crawler.extraction.texts import text_weight, word_key

Numbers = NDArray[np.float64]
_SENTENCE = re.compile(r"[.!?。！？…][\"'”»’)）」\]]*$")
_TAGS = ("p", "h2", "h3", "h4", "h5", "li", "td", "th", "blockquote", "pre", "div", "dt", "dd", "section", "span")
_TAG_PLACES = {tag: place for place, tag in enumerate(_TAGS)}
_TAG_COLUMNS = np.vstack([np.eye(len(_TAGS)), np.zeros(len(_TAGS))])
_CAPITAL = re.compile("[A-Z]")
_PROSE = 60
_FAR = 12
_BEGINS, _COMPARED, _COMPARED_KEY, _LONGEST_LINE = 60, 200, 80, 400
_TEXT = (
    *("weight", "linked", "bold", "words", "capitals", "sentence", "capital_first", "address"),
    *("in_headline", "in_article_body", "line", "promotion", "end_line"),
)
_WEIGHT, _LINKED, _WORDS, _SENTENCES, _ENDS = (
    _TEXT.index(name) for name in ("weight", "linked", "words", "sentence", "end_line")
)
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
    places = Places()
    stood = [places.of(block.element) for block in blocks]
    texts = _texts(blocks, hints)
    weight, linked = texts[:, _WEIGHT], texts[:, _LINKED]
    prose = np.where((weight > _PROSE) & (linked < 0.5), weight * (1 - linked), 0.0)
    columns = [
        _logged(texts),
        _TAG_COLUMNS[[_TAG_PLACES.get(block.tag, -1) for block in blocks]],
        _bits([place.tags for place in stood], len(SURROUNDINGS)),
        _bits([place.own for place in stood], len(GROUPS) + 2),
        _bits([place.around for place in stood], len(GROUPS) + 2),
        _depths(stood, prose),
        _positions(prose),
        _shares([block.parent for block in blocks], weight, linked, prose)[:, :4],
        _shares([place.branch for place in stood], weight, linked, prose),
        _passages(blocks, texts, prose),
        _neighbours(blocks, texts),
    ]
    return np.hstack(columns)


def _texts(blocks: Sequence[TextBlock], hints: StoryHints) -> Numbers:
    headline = frozenset(word_key(hints.headline).split())
    whole = word_key(hints.article_body)
    rows = [(*_looks(block), *_told(block.text, headline, whole), *_phrases(block)) for block in blocks]
    return np.array(rows, dtype=float)


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
        _SENTENCE.search(text[-8:]) is not None,
        text[0].isupper(),
        "@" in text or "://" in text or "www." in text,
    )


def _told(text: str, headline: frozenset[str], whole: str) -> tuple[float, ...]:
    """Which share of the first words stands in the headline; whether the articleBody has them: 1, -1, or 0 for none."""
    key = word_key(text[:_COMPARED])
    words = key.split()
    inside = (1.0 if key[:_COMPARED_KEY] in whole else -1.0) if whole and len(key) > 3 else 0.0
    return sum(map(headline.__contains__, words)) / max(1, len(words)), inside


def _phrases(block: TextBlock) -> tuple[float, ...]:
    """Whether it says what boilerplate says."""
    line = len(block.text) < _LONGEST_LINE and is_boilerplate_line(block.text)
    return line, is_promotion(block.text), block.is_heading and is_end_line(block.text)


def _logged(texts: Numbers) -> Numbers:
    found = texts.copy()
    for column in (_WEIGHT, _WORDS):
        found[:, column] = np.log1p(found[:, column])
    return found


def _bits(values: Sequence[int], number: int) -> Numbers:
    return (np.array(values, dtype=np.int64)[:, None] >> np.arange(number) & 1).astype(float)


def _depths(stood: Sequence[Place], prose: Numbers) -> Numbers:
    depth = np.array([place.depth for place in stood], dtype=float)
    weights = np.bincount(depth.astype(np.int64), prose)
    return np.column_stack([depth, depth - weights.argmax()])


def _positions(prose: Numbers) -> Numbers:
    number = len(prose)
    index = np.arange(number, dtype=float)
    told = np.cumsum(prose)
    total = max(1.0, told[-1])
    return np.column_stack(
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


def _shares(ids: Sequence[int], weight: Numbers, linked: Numbers, prose: Numbers) -> Numbers:
    """Of the element around a block: is it the main one, its share of the prose, its size, links, and side of main.

    Of elements with as much prose the first is the main one: ids are places in memory, and their order is none.
    """
    numbers: dict[int, int] = {}
    places = [numbers.setdefault(each, len(numbers)) for each in ids]
    group = np.array(places)
    first = np.array([places.index(number) for number in range(len(numbers))])
    masses = np.bincount(group, prose)
    main = int(masses.argmax())
    weights = np.bincount(group, weight)
    return np.column_stack(
        [
            group == main,
            masses[group] / max(1.0, prose.sum()),
            np.log1p(np.bincount(group)[group]),
            (np.bincount(group, weight * linked) / np.maximum(1.0, weights))[group],
            np.sign(first[group] - first[main]),
        ]
    )


def _passages(blocks: Sequence[TextBlock], texts: Numbers, prose: Numbers) -> Numbers:
    """Of the passage below the last heading: how far above that is, what it says, and what the passage is like."""
    heads = np.array([block.is_heading for block in blocks])
    passage = np.cumsum(heads)
    index = np.arange(len(blocks))
    starts = np.zeros(passage[-1] + 1, dtype=np.int64)
    starts[passage[heads]] = index[heads]
    levels = np.array([int(block.tag[1]) if block.is_heading else 0 for block in blocks])
    ends = texts[:, _ENDS]
    below = np.where(passage > 0, 1.0, 0.0)
    weight, linked = texts[:, _WEIGHT], texts[:, _LINKED]
    plain = np.where(heads, 0.0, weight)
    weights = np.bincount(passage, plain)
    return np.column_stack(
        [
            np.minimum(index - starts[passage], _FAR),
            levels[starts[passage]] * below,
            ends[starts[passage]] * below,
            (np.bincount(passage, plain * linked) / np.maximum(1.0, weights))[passage],
            np.log1p((weights / np.maximum(1, np.bincount(passage)))[passage]),
            np.bincount(passage, prose)[passage] / max(1.0, prose.sum()),
        ]
    )


def _neighbours(blocks: Sequence[TextBlock], texts: Numbers) -> Numbers:
    heads = np.array([block.is_heading for block in blocks], dtype=float)
    own = np.column_stack([np.log1p(texts[:, _WEIGHT]), texts[:, _LINKED], texts[:, _SENTENCES], heads])
    number = len(own)
    nothing = np.zeros((4, own.shape[1]))
    padded = np.vstack([nothing, own, nothing])
    steps = [padded[4 + step : 4 + step + number] for step in (-1, 1, -2, 2)]
    near = np.mean([padded[4 + step : 4 + step + number] for step in range(-4, 5) if step], axis=0)
    return np.hstack([*steps, near])
