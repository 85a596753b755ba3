"""The learned score of blocks: its features, its trees, and what it may decide."""

import json
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup

from crawler.extraction.body.blocks import TextBlock, read_blocks
from crawler.extraction.body.roles import (
    LIKE_STORIES,
    VETO,
    WEAK,
    BlockEvidence,
    against,
    score_of,
    unlike_stories,
)
from crawler.extraction.document.soups import STORY_MARK
from crawler.extraction.judgement import block_score
from crawler.extraction.judgement.block_features import NO_HINTS, StoryHints, block_features, feature_names
from crawler.extraction.judgement.block_score import BlockTrees, block_scores, bundled_trees

SENTENCE = "The water reached the market hall of the old town, where the traders had moved their goods on Thursday."
PAGE = f"""
<div {STORY_MARK}="1" class="story-body">
  <p>{SENTENCE}</p>
  <h2>Flood reaches the old town</h2>
  <p>And the river rose: 1,204 cubic metres a second, the most since <a href="/1988">1988</a>.</p>
  <ul class="related-links"><li><a href="/2">Sea wall falls</a></li><li><a href="/3">A bridge is lost</a></li></ul>
  <aside class="author-bio"><p>Jane Doe writes about rivers and the sea.</p></aside>
</div>
"""
HINTS = StoryHints("Flood reaches the old town", SENTENCE)
FEATURES = [
    ("text of a paragraph", 0, {"tag_p": 1, "sentence": 1, "linked": 0, "capital_first": 1}),
    ("what the page says elsewhere", 0, {"in_headline": 6 / 19, "in_article_body": 1}),
    ("a heading", 1, {"tag_h2": 1, "in_headline": 1, "since_heading": 0, "heading_level": 2, "in_article_body": -1}),
    ("below a heading", 2, {"since_heading": 1, "heading_level": 2, "heading_before": 1, "words": np.log(14)}),
    ("beside the story's paragraphs", 2, {"parent_main": 1, "branch_side": 0}),
    ("a link in a list", 3, {"linked": 1, "tag_li": 1, "in_ul": 1, "own_related": 1, "around_hard": 1}),
    ("about the author", 5, {"around_author": 1, "in_aside": 1, "parent_main": 0, "branch_side": 1, "from_end": 0}),
]


def blocks_of(markup: str) -> list[TextBlock]:
    soup = BeautifulSoup(markup, "lxml", multi_valued_attributes=None)
    container = soup.find(attrs={STORY_MARK: True})
    assert container is not None
    return read_blocks(container, container, {})


@pytest.mark.parametrize(("position", "expected"), [case[1:] for case in FEATURES], ids=[name for name, *_ in FEATURES])
def test_features_of_a_block(position: int, expected: dict[str, float]) -> None:
    row = block_features(blocks_of(PAGE), HINTS)[position]
    told = dict(zip(feature_names(), row.tolist(), strict=True))
    assert {name: told[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("parents", [(1, 2), (2, 1)], ids=["ascending", "descending"])
def test_of_elements_with_as_much_text_the_first_is_the_main_one_wherever_they_lie_in_memory(
    parents: tuple[int, int],
) -> None:
    features = block_features([TextBlock(SENTENCE, "p", parent=parent) for parent in parents])
    assert features[:, feature_names().index("parent_main")].tolist() == [1, 0]


def test_every_feature_is_named_and_finite() -> None:
    features = block_features(blocks_of(PAGE), NO_HINTS)
    assert features.shape == (6, len(feature_names()))
    assert np.isfinite(features).all()
    assert len(set(feature_names())) == len(feature_names())


def test_a_single_block_has_features() -> None:
    assert np.isfinite(block_features([TextBlock("漢", "p")])).all()


def test_the_score_is_a_sum_over_the_leaves_of_all_trees() -> None:
    trees = BlockTrees(
        0.5,
        np.array([[0, 1], [1, 1]]),
        np.array([[1.0, 2.0], [0.0, 3.0]]),
        np.array([[-4.0, -3.0, -2.0, -1.0], [0.1, 0.2, 0.3, 0.4]]),
    )
    found = trees.scores(np.array([[0.0, 0.0], [2.0, 5.0], [1.5, 2.5]]))
    odds = np.array([0.5 - 4.0 + 0.1, 0.5 - 1.0 + 0.4, 0.5 - 1.0 + 0.3])
    assert found == pytest.approx(1 / (1 + np.exp(-odds)))


def test_the_least_score_is_that_of_the_worst_answers_to_the_questions_left_out() -> None:
    trees = BlockTrees(
        0.5,
        np.array([[0, 1], [1, 0]]),
        np.array([[1.0, 2.0], [2.0, 1.0]]),
        np.array([[-4.0, -5.0, -2.0, -1.0], [0.1, 0.2, 0.4, 0.3]]),
    )
    found = trees.at_least({1}).scores(np.array([[0.0, 0.0], [2.0, 0.0]]))
    odds = np.array([0.5 - 5.0 + 0.1, 0.5 - 2.0 + 0.2])
    assert found == pytest.approx(1 / (1 + np.exp(-odds)))


BUTTONS = TextBlock("Sign up for our newsletter", "li", linked=26)
JUDGED = {
    "story and promotion": [TextBlock(SENTENCE, "p"), BUTTONS, TextBlock("Read more", "p", linked=9)],
    "story alone": [TextBlock(SENTENCE, "p")] * 3,
    "words of promotions in a sentence": [TextBlock(SENTENCE, "p"), TextBlock("Subscribe to our newsletter now.", "p")],
    "links": [TextBlock(f"Sea wall falls for the {number}th time", "li", linked=30) for number in range(9)],
    "the page": blocks_of(PAGE),
}


@pytest.mark.parametrize("blocks", JUDGED.values(), ids=JUDGED)
@pytest.mark.parametrize("hints", [NO_HINTS, HINTS], ids=["no hints", "hints"])
def test_the_scores_are_those_of_all_features_below_one_half(blocks: list[TextBlock], hints: StoryHints) -> None:
    scores = bundled_trees().scores(block_features(blocks, hints)).tolist()
    expected = {position: score for position, score in enumerate(scores) if score < LIKE_STORIES}
    assert block_scores(blocks, hints) == pytest.approx(expected)


def test_only_blocks_that_nothing_else_was_seen_in_are_scored() -> None:
    caption = TextBlock("A bridge", "figcaption", seen=against("in the caption of a picture", VETO))
    scores = block_scores([caption, TextBlock(SENTENCE, "p"), BUTTONS], NO_HINTS)
    assert scores.keys() == {2}
    assert 0 < scores[2] < LIKE_STORIES
    assert block_scores([caption], NO_HINTS) == {}


def test_a_score_speaks_against_a_block_as_far_as_it_is_sure() -> None:
    beside = BlockEvidence("a sentence in plain type beside the story's paragraphs", WEAK)
    assert score_of(unlike_stories(0.05)) < 0.5
    assert score_of([*unlike_stories(0.05), beside]) < 0.5
    assert score_of([*unlike_stories(0.4), beside]) > 0.5
    assert not [*unlike_stories(0.5), *unlike_stories(0.99)]


def test_the_table_says_what_it_was_trained_on() -> None:
    table = json.loads((Path(block_score.__file__).parents[1] / "tables" / "block_score.json").read_text("utf-8"))
    assert "CC BY 4.0" in table["licence"]
    assert table["cross_validated"].keys() == table["kept_apart"].keys()
    assert bundled_trees().leaves.shape == (len(table["trees"]), 2 ** bundled_trees().columns.shape[1])
