"""Compiled loops find what plain Python finds, and stay within their arrays whatever these hold."""

import random
from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import pytest

from index.engines.whoosh.collect.result_loops import tally
from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.phrase_loops import STORY_BITS, occurrences, phrase_stories
from index.engines.whoosh.postings.search_loops import first_from, ranges_of
from index.engines.whoosh.query.score_loops import add_rows, narrow, raise_all, raise_some, score_rows, unite

STORIES = 60


class Lists(NamedTuple):
    """The lists of a field as files hold them, and where the rows of each word are."""

    docs: Array
    places: Array
    positions: Array
    ranges: Array


def make_lists(texts: list[dict[int, list[int]]]) -> Lists:
    """Lists of words, given by the positions of each in each story."""
    rows = [(doc, found) for text in texts for doc, found in sorted(text.items())]
    bounds = [0, *accumulate(map(len, texts))]
    return Lists(
        np.array([doc for doc, _ in rows], np.int32),
        np.array([0, *accumulate(len(found) for _, found in rows)], np.uint32),
        np.array([position for _, found in rows for position in found], np.uint16),
        np.array(list(pairwise(bounds)), np.int64),
    )


def random_text(chance: random.Random) -> dict[int, list[int]]:
    docs = chance.sample(range(STORIES), chance.randint(1, STORIES))
    return {doc: sorted(chance.sample(range(20), chance.randint(1, 8))) for doc in docs}


def follows(choices: list[list[dict[int, list[int]]]], doc: int, furthest: int) -> bool:
    """Whether a story holds the words in order, by trying all of its positions."""
    first, *others = ([place for text in choice for place in text.get(doc, ())] for choice in choices)
    ends = {(start, start) for start in first}
    for places in others:
        ends = {(start, place) for start, end in ends for place in places if end < place <= start + furthest}
    return bool(ends)


@pytest.mark.parametrize("seed", range(60))
def test_phrases_are_the_stories_that_hold_the_words_in_order(seed: int) -> None:
    chance = random.Random(seed)
    choices = [[random_text(chance) for _ in range(chance.choice((1, 1, 2)))] for _ in range(chance.randint(2, 4))]
    lists = make_lists([text for choice in choices for text in choice])
    bounds = np.array([0, *accumulate(map(len, choices))])
    furthest = len(choices) - 1 + chance.choice((0, 0, 2))
    low, high = chance.choice(((0, STORIES), (7, 40)))
    found = phrase_stories(*lists[:3], lists.ranges, bounds, furthest, low, high)
    assert found.tolist() == [doc for doc in range(low, high) if follows(choices, doc, furthest)]


def test_occurrences_are_the_positions_in_the_stories_asked_for() -> None:
    chance = random.Random(3)
    text = random_text(chance)
    lists = make_lists([random_text(chance), text])
    wanted = np.array(sorted(chance.sample(range(STORIES), 25)))
    start, end = lists.ranges[1].tolist()
    expected = [(doc << STORY_BITS) | place for doc in wanted.tolist() for place in text.get(doc, ())]
    assert occurrences(*lists[:3], start, end, wanted).tolist() == expected


def test_damaged_lists_are_an_error_and_nothing_worse() -> None:
    chance = random.Random(11)
    found = 0
    for _ in range(300):
        lists = make_lists([random_text(chance), random_text(chance)])
        damaged: Array = chance.choice(lists)
        damaged.view(np.uint8).reshape(-1)[:] = np.frombuffer(chance.randbytes(damaged.nbytes), np.uint8)
        start, end = lists.ranges[0].tolist()
        looks: list[Callable[[], Array]] = [
            lambda lists=lists: phrase_stories(*lists, np.array([0, 1, 2]), 1, 0, STORIES),  # type: ignore[misc]
            lambda lists=lists, rows=(start, end): occurrences(*lists[:3], *rows, np.arange(STORIES)),  # type: ignore[misc]
        ]
        for look in looks:
            try:
                look()
            except IndexError:
                found += 1
    assert found > 100


@pytest.mark.parametrize("damaged", [False, True])
def test_what_is_first_from_a_place_on_is_found(damaged: bool) -> None:
    chance = random.Random(5)
    values = np.array([chance.randrange(300) for _ in range(100)], np.int32)
    if not damaged:
        values.sort()
    for value in range(-1, 302):
        place = first_from(values, 10, 90, value)
        assert 10 <= place <= 90
        assert place == 90 or values[place] >= value
        assert damaged or (values[10:place] < value).all()


def test_ranges_are_those_of_the_words_that_have_lists() -> None:
    words, starts = np.array([2, 3, 7, 9], np.int32), np.array([0, 4, 5, 8, 11])
    assert ranges_of(words, starts, np.array([0, 3, 4, 9, 12])).tolist() == [[4, 5], [8, 11]]


def test_scores_are_added_where_they_belong() -> None:
    chance = np.random.default_rng(2)
    docs = np.flatnonzero(chance.random(STORIES) < 0.5).astype(np.int32)
    codes, masks = chance.integers(0, 9, (2, len(docs))).astype(np.uint16)
    impacts, table = chance.random(9).astype(np.float32), np.array([0, 0.5, 0, 1], np.float32)
    scale = np.float32(1.7)
    rows = docs, codes, masks, table, scale
    values = impacts[codes] * (table * scale)[np.minimum(masks, 3)]
    held, expected = docs[values > 0], np.zeros(STORIES, np.float32)
    expected[docs] = values

    found, scores = score_rows(5, impacts, *rows)
    assert found.tolist() == (held + 5).tolist()
    assert scores.tolist() == expected[held].tolist()

    totals, hits = np.full(STORIES, 2, np.float32), np.zeros(STORIES, np.uint8)
    add_rows(totals, hits, impacts, *rows)
    assert totals.tolist() == (np.float32(2) + expected).tolist()
    assert hits.tolist() == (expected > 0).tolist()

    best = np.full(STORIES, 0.3, np.float32)
    raise_all(best, impacts, *rows)
    assert best.tolist() == np.maximum(expected, np.float32(0.3)).tolist()

    wanted = np.arange(3, STORIES, 2, dtype=np.int32)
    some = np.zeros(len(wanted), np.float32)
    raise_some(some, wanted + 100, 100, impacts, *rows)
    assert some.tolist() == expected[wanted].tolist()

    narrowed, sums = narrow(wanted, np.ones(len(wanted), np.float32), impacts, *rows)
    assert narrowed.tolist() == wanted[expected[wanted] > 0].tolist()
    assert sums.tolist() == (np.float32(1) + expected[narrowed]).tolist()


def test_rows_of_stories_that_there_are_not_add_nothing() -> None:
    totals, hits, best = np.zeros(4, np.float32), np.zeros(4, np.uint8), np.zeros(4, np.float32)
    ones = np.ones(3, np.uint16)
    rows = np.array([-1, 2, 4], np.int32), ones, ones, np.ones(1, np.float32), np.float32(1)
    add_rows(totals, hits, np.ones(9, np.float32), *rows)
    raise_all(best, np.ones(9, np.float32), *rows)
    assert totals.tolist() == hits.tolist() == best.tolist() == [0, 0, 1, 0]


def test_lists_are_united_with_their_scores_and_hits() -> None:
    left, right = np.array([1, 4, 6], np.int32), np.array([0, 4, 9], np.int32)
    scores = np.array([0.1, 0.2, 0.3], np.float32)
    docs, sums, hits = unite(left, scores, np.array([1, 2, 1], np.uint8), right, scores)
    assert docs.tolist() == [0, 1, 4, 6, 9]
    assert sums.tolist() == [scores[0], scores[0], scores[1] + scores[1], scores[2], scores[2]]
    assert hits.tolist() == [1, 1, 3, 1, 1]


@pytest.mark.parametrize("number", [0, 1, 10, 700, 2000])
@pytest.mark.parametrize("size", [0, 1, 255, 1000])
def test_the_tally_says_how_many_score_and_what_the_best_score_at_least(size: int, number: int) -> None:
    chance = np.random.default_rng(size)
    scores = np.round(chance.random(size) * (chance.random(size) < 0.7), 2).astype(np.float32)
    count, bound = tally(scores.view(np.int32), number)
    positive = np.sort(scores[scores > 0])[::-1]
    assert count == len(positive)
    expected = positive[number - 1] if 0 < number <= len(positive) else np.float32(0)
    assert np.int32(bound).view(np.float32) == expected
