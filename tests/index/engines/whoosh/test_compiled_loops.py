"""Compiled loops find what plain Python finds, and stay within their arrays whatever these hold."""

import random
from collections.abc import Callable
from itertools import accumulate
from math import prod
from typing import NamedTuple

import numpy as np
import pytest

from index.engines.whoosh.collect.result_loops import (
    behind_best,
    first_in_order,
    leading,
    number_counts,
    scored_counts,
    value_counts,
)
from index.engines.whoosh.indexing.held_ids import last_of_each
from index.engines.whoosh.postings.arrays import Array
from index.engines.whoosh.postings.field_lists import FieldLists
from index.engines.whoosh.postings.field_loops import STORY_BITS, pack_field
from index.engines.whoosh.postings.forward_lists import ForwardLists
from index.engines.whoosh.postings.packed_lists import RawLists
from index.engines.whoosh.postings.ranges import gather_ranges, in_order
from index.engines.whoosh.postings.search_loops import first_from, first_string_from, places_of, string_at
from index.engines.whoosh.postings.text_lists import TextLists
from index.engines.whoosh.postings.text_loops import lists_by_doc, pack_forward, pack_text
from index.engines.whoosh.query.score_loops import (
    add_bonus,
    add_found,
    add_rows,
    best_of_both,
    keep_only,
    keep_scored,
    mark,
    narrow,
    raise_some,
    score_rows,
    unite,
)
from index.engines.whoosh.scoring.proximity_loops import raise_nearness
from index.engines.whoosh.segments.byte_codes import join_codes
from index.engines.whoosh.segments.term_dictionary import pack_strings

STORIES = 60


def make_lists(texts: list[dict[int, list[int]]]) -> RawLists:
    """Lists of words, given by the positions of each in each story."""
    rows = [(doc, found) for text in texts for doc, found in sorted(text.items())]
    data, bounds = pack_field(
        np.array([0, *accumulate(map(len, texts))]),
        np.array([doc for doc, _ in rows], np.int32),
        np.array([0, *accumulate(len(found) for _, found in rows)]),
        np.array([position for _, found in rows for position in found], np.int32),
    )
    return RawLists(data, bounds[:-1], bounds[1:], np.array(list(map(len, texts))))


class GivenLists:
    """Lists as a segment would have them (see ListSource)."""

    def __init__(self, lists: RawLists) -> None:
        self.lists = lists

    def raw(self, numbers: Array) -> RawLists:
        data, *columns = self.lists
        return RawLists(data, *(column[numbers] for column in columns))

    def one(self, number: int) -> tuple[Array, int, int, int]:
        data, *columns = self.lists
        start, end, count = (int(column[number]) for column in columns)
        return data, start, end, count

    def sizes(self, numbers: Array) -> Array:
        sizes: Array = self.lists.counts[numbers]
        return sizes


def field_lists(lists: RawLists) -> FieldLists:
    return FieldLists(GivenLists(lists), np.arange(len(lists.counts)), STORIES)


def random_text(chance: random.Random, furthest: int = 20) -> dict[int, list[int]]:
    docs = chance.sample(range(STORIES), chance.randint(1, STORIES))
    return {doc: sorted(chance.sample(range(furthest), chance.randint(1, 8))) for doc in docs}


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
    texts = [text for choice in choices for text in choice]
    bounds = np.array([0, *accumulate(map(len, choices))])
    furthest = len(choices) - 1 + chance.choice((0, 0, 2))
    low, high = chance.choice(((0, STORIES), (7, 40)))
    found = field_lists(make_lists(texts)).stories_in_order(np.arange(len(texts)), bounds, furthest, low, high)
    assert found.tolist() == [doc for doc in range(low, high) if follows(choices, doc, furthest)]


@pytest.mark.parametrize("furthest", [20, 70, 9_000, 3_000_000])
def test_occurrences_are_the_positions_in_the_stories_asked_for(furthest: int) -> None:
    chance = random.Random(furthest)
    texts = [random_text(chance, furthest) for _ in range(3)]
    wanted = np.array(sorted(chance.sample(range(STORIES), 25)))
    expected = [
        (doc << STORY_BITS) | place
        for doc in wanted.tolist()
        for place in sorted(place for text in texts[1:] for place in text.get(doc, ()))
    ]
    assert field_lists(make_lists(texts)).occurrences(np.array([1, 2]), wanted).tolist() == expected


def test_a_story_may_hold_a_word_very_often() -> None:
    text = {3: list(range(0, 9_000, 3)), 5: [1]}
    lists = field_lists(make_lists([text, {3: [8_998]}]))
    assert len(lists.occurrences(np.array([0]), np.array([3, 5]))) == 3_001
    assert lists.stories_in_order(np.array([0, 1]), np.array([0, 1, 2]), 1, 0, STORIES).tolist() == [3]


def test_a_position_that_can_not_be_kept_is_refused() -> None:
    kept = {3: [32_766, 32_767, 32_768, (1 << 30) - 1]}
    keys = field_lists(make_lists([kept])).occurrences(np.array([0]), np.array([3]))
    assert (keys - (3 << STORY_BITS)).tolist() == kept[3]
    with pytest.raises(OverflowError):
        make_lists([{3: [1 << 30]}])


def test_all_rows_of_lists_are_read_as_they_were_written() -> None:
    chance = random.Random(7)
    texts = [random_text(chance, 400) for _ in range(9)]
    docs, counts, positions, sizes = field_lists(make_lists(texts)).every(2, 7)
    rows = [(doc, found) for text in texts[2:7] for doc, found in sorted(text.items())]
    assert docs.tolist() == [doc for doc, _ in rows]
    assert counts.tolist() == [len(found) for _, found in rows]
    assert positions.tolist() == [place for _, found in rows for place in found]
    assert sizes.tolist() == list(map(len, texts[2:7]))
    docs, counts = field_lists(make_lists(texts)).rows_of(np.array([4, 3]))
    rows = [(doc, found) for text in texts[3:5] for doc, found in sorted(text.items())]
    assert list(zip(docs.tolist(), counts.tolist(), strict=True)) == [(doc, len(found)) for doc, found in rows]


class WeightedLists(NamedTuple):
    """Lists with weights in plain arrays, and what they are packed to."""

    starts: Array
    docs: Array
    weights: Array
    masks: Array
    widths: Array
    lists: RawLists


def weighted_lists(seed: int, stories: int = STORIES) -> WeightedLists:
    chance = np.random.default_rng(seed)
    held = chance.random((7, stories)) < chance.random((7, 1))
    starts = np.concatenate(([0], held.sum(axis=1).cumsum()))
    widths = np.array([0, 1, 2, 0, 1, 2, 0], np.uint8)
    rows, docs = np.nonzero(held)
    masks = (chance.integers(1, 1 << 16, len(docs)) & np.array([1, 0xFF, 0xFFFF])[widths[rows]]).astype(np.uint16)
    masks[(masks == 0) | (widths[rows] == 0)] = 1
    plain = starts, docs.astype(np.int32), chance.integers(0, 256, len(docs)).astype(np.uint8), masks, widths
    data, bounds = pack_text(*plain)
    return WeightedLists(*plain, RawLists(data, bounds[:-1], bounds[1:], np.diff(starts)))


@pytest.mark.parametrize("stories", [STORIES, 70_000])
def test_lists_with_weights_are_read_as_they_were_written(stories: int) -> None:
    given = weighted_lists(1, stories)
    lengths = np.random.default_rng(2).integers(0, 256, stories).astype(np.uint8)
    lists = TextLists(GivenLists(given.lists), given.widths, lengths)
    codes = join_codes(given.weights, lengths[given.docs])
    for number in range(7):
        rows = slice(*given.starts[number : number + 2])
        docs, weights, masks, sizes = lists.every(number, number + 1)
        assert docs.tolist() == given.docs[rows].tolist()
        assert weights.tolist() == given.weights[rows].tolist()
        assert masks.tolist() == given.masks[rows].tolist()
        assert sizes.tolist() == [lists.size(number)] == [len(docs)]
    docs, weights, masks, _ = lists.every(2, 6)
    rows = slice(given.starts[2], given.starts[6])
    assert docs.tolist() == given.docs[rows].tolist()
    assert weights.tolist() == given.weights[rows].tolist()
    assert masks.tolist() == given.masks[rows].tolist()
    best = np.zeros(stories, np.uint16)
    for number, bits in ((0, 1), (1, 0b101), (5, 0x8100)):
        rows = slice(*given.starts[number : number + 2])
        meant = given.masks[rows] & bits != 0
        np.maximum.at(best, given.docs[rows][meant], codes[rows][meant])
    assert lists.best_codes(np.array([0, 1, 5]), np.array([1, 0b101, 0x8100], np.uint16)).tolist() == best.tolist()


def test_lists_are_turned_round_and_read_story_by_story() -> None:
    given = weighted_lists(4)
    bounds, numbers, weights = lists_by_doc(given.starts, given.docs, given.weights, STORIES)
    expected = sorted((doc, n) for n in range(7) for doc in given.docs[slice(*given.starts[n : n + 2])].tolist())
    assert list(zip(np.repeat(np.arange(STORIES), np.diff(bounds)).tolist(), numbers.tolist(), strict=True)) == expected
    lists = ForwardLists(*pack_forward(bounds, numbers * 40_000, weights), 7 * 40_000)
    wanted = np.array([3, 4, 59])
    classes, found, counts = lists.rows(wanted)
    parts = [slice(*bounds[doc : doc + 2]) for doc in wanted.tolist()]
    assert classes.tolist() == [40_000 * number for part in parts for number in numbers[part].tolist()]
    assert found.tolist() == [weight for part in parts for weight in weights[part].tolist()]
    assert counts.tolist() == [part.stop - part.start for part in parts]
    assert (lists.sizes(wanted) >= counts).all()


def _damaged(chance: random.Random, lists: RawLists) -> RawLists:
    """Lists one array of which holds anything at all."""
    copies = RawLists(*(array.copy() for array in lists))
    column = chance.choice(copies)
    column.view(np.uint8).reshape(-1)[:] = np.frombuffer(chance.randbytes(column.nbytes), np.uint8)
    return copies


def test_damaged_lists_are_an_error_and_nothing_worse() -> None:
    chance = random.Random(11)
    every, found = np.arange(STORIES), 0
    for _ in range(300):
        fields = field_lists(_damaged(chance, make_lists([random_text(chance), random_text(chance)])))
        given = weighted_lists(3)
        source = GivenLists(_damaged(chance, given.lists))
        text = TextLists(source, given.widths, np.zeros(STORIES, np.uint8))
        both = np.array([0, 1])
        looks: list[Callable[[], object]] = [
            lambda: fields.stories_in_order(both, np.array([0, 1, 2]), 1, 0, STORIES),  # noqa: B023
            lambda: fields.occurrences(both, every),  # noqa: B023
            lambda: fields.rows_of(both),  # noqa: B023
            lambda: fields.every(0, 2),  # noqa: B023
            lambda: score_rows(0, IMPACTS, *text.rows(5), TABLES[0].astype(np.float32), 1.0),  # noqa: B023
            lambda: raise_some(
                np.zeros(STORIES, np.float32),
                every,
                0,
                IMPACTS,
                *text.rows(2),  # noqa: B023
                TABLES[1].astype(np.float32),
                1.0,
            ),
            lambda: text.every(0, 7),  # noqa: B023
            lambda: text.best_codes(both, np.ones(2, np.uint16)),  # noqa: B023
            lambda: ForwardLists(source.lists.data, np.append(source.lists.starts, 9), 50).rows(np.arange(7)),  # noqa: B023
        ]
        for look in looks:
            try:
                look()
            except IndexError:
                found += 1
    assert found > 800


def test_rows_of_one_story_are_put_together_where_lists_are_in_disorder() -> None:
    ordered = np.array([0, 0, 2]), np.array([1, 4, 0]), np.array([1, 2, 1]), np.array([7, 3, 9, 5])
    assert all(map(np.array_equal, in_order(*ordered), ordered))
    lists, docs, counts, positions = in_order(
        np.array([0, 0, 0, 0, 2]), np.array([1, 4, 0, 4, 0]), np.array([1, 2, 1, 1, 1]), np.array([7, 3, 9, 5, 6, 8])
    )
    assert lists.tolist() == [0, 0, 0, 2]
    assert docs.tolist() == [0, 1, 4, 0]
    assert counts.tolist() == [1, 1, 3, 1]
    assert positions.tolist() == [5, 7, 3, 6, 9, 8]


def test_ranges_are_gathered_and_held_to_their_array() -> None:
    values = np.arange(20, dtype=np.int32)
    assert gather_ranges(np.array([3, 0, 18]), np.array([2, 0, 2]), values).tolist() == [3, 4, 18, 19]
    with pytest.raises(IndexError):
        gather_ranges(np.array([3, 18]), np.array([2, 3]), values)


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


def test_places_are_those_of_the_words_that_have_lists() -> None:
    assert places_of(np.array([2, 3, 7, 9], np.int32), np.array([0, 3, 4, 9, 12])).tolist() == [1, 3]


@pytest.mark.parametrize("damaged", [False, True])
def test_strings_are_found_among_their_bytes(damaged: bool) -> None:
    chance = random.Random(6)
    held = sorted({"".join(chance.choices("aäb", k=chance.randrange(4))) for _ in range(40)}, key=str.encode)
    blob, offsets = pack_strings(held)
    if damaged:
        offsets = np.array([chance.randrange(-9, len(blob) + 9) for _ in offsets], np.int64)
    for wanted in (*held, "c", "aaaa", "ä" * 5, "\uffff"):
        key = np.frombuffer(wanted.encode(), np.uint8)
        place, number = first_string_from(blob, offsets, key), string_at(blob, offsets, key)
        assert 0 <= place <= len(held)
        assert number in (-1, place)
        assert damaged or number == (held.index(wanted) if wanted in held else -1)
        assert number < 0 or blob[offsets[number] : offsets[number + 1]].tobytes() == wanted.encode()


def test_strings_are_found_by_the_last_that_is_the_same() -> None:
    chance = random.Random(8)
    held = ["".join(chance.choices("aäb", k=chance.randrange(4))) for _ in range(60)]
    wanted = [*dict.fromkeys(held), "c", "aaaa", "ä" * 5]
    order = np.array(sorted(range(60), key=lambda number: held[number].encode()), np.int32)
    last = {string: number for number, string in enumerate(held)}
    found = last_of_each(*pack_strings(held), order, *pack_strings(wanted))
    assert found.tolist() == [last.get(string, -1) for string in wanted]
    with pytest.raises(ValueError, match="out of range"):
        last_of_each(*pack_strings(held), order + 60, *pack_strings(wanted))
    assert last_of_each(*pack_strings([]), order[:0], *pack_strings(["a", ""])).tolist() == [-1, -1]


def expected_scores(given: WeightedLists, number: int, lengths: Array, values: Array) -> tuple[Array, Array]:
    """The stories of a list, and what each is worth, its masks being worth `values`."""
    rows = slice(*given.starts[number : number + 2])
    masks = np.minimum(given.masks[rows].astype(np.int64), len(values) - 1)
    codes = join_codes(given.weights[rows], lengths[given.docs[rows]])
    return given.docs[rows], IMPACTS[codes] * values[masks]


IMPACTS = np.random.default_rng(9).random(1 << 16).astype(np.float32)
TABLES = (np.array([0.5]), np.array([0, 0.5, 0, 1]), np.concatenate(([0], np.linspace(1, 2, 5_000))))


@pytest.mark.parametrize("stories", [STORIES, 3_000])
@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("table", TABLES)
def test_scores_are_added_where_they_belong(stories: int, number: int, table: Array) -> None:
    given, chance = weighted_lists(number, stories), np.random.default_rng(2)
    lengths, scale = chance.integers(0, 256, stories).astype(np.uint8), np.float32(1.7)
    table = table.astype(np.float32)
    docs, values = expected_scores(given, number, lengths, table * scale)
    rows = *TextLists(GivenLists(given.lists), given.widths, lengths).rows(number), table, float(scale)
    held, expected = docs[values > 0], np.zeros(stories, np.float32)
    expected[docs] = values

    found, scores = score_rows(5, IMPACTS, *rows)
    assert found.tolist() == (held + 5).tolist()
    assert scores.tolist() == expected[held].tolist()

    totals, hits = np.full(stories, 2, np.float32), np.zeros(stories, np.uint8)
    add_rows(totals, hits, IMPACTS, *rows)
    add_rows(totals, hits[:0], IMPACTS, *rows)
    assert totals.tolist() == (np.float32(2) + expected + expected).tolist()
    assert hits.tolist() == (expected > 0).tolist()

    add_found(totals, hits, found - 5, scores)
    assert totals.tolist() == (np.float32(2) + expected + expected + expected).tolist()
    assert hits.tolist() == (2 * (expected > 0)).tolist()

    wanted = np.flatnonzero(chance.random(stories) < chance.choice((0.01, 0.5))).astype(np.int32)
    some = np.zeros(len(wanted), np.float32)
    raise_some(some, wanted + 100, 100, IMPACTS, *rows)
    assert some.tolist() == expected[wanted].tolist()

    narrowed, sums = narrow(wanted, np.ones(len(wanted), np.float32), IMPACTS, *rows)
    assert narrowed.tolist() == wanted[expected[wanted] > 0].tolist()
    assert sums.tolist() == (np.float32(1) + expected[narrowed]).tolist()
    kept = keep_scored(wanted, np.ones(len(wanted), np.float32), some)
    assert [column.tolist() for column in kept] == [narrowed.tolist(), sums.tolist()]


@pytest.mark.parametrize("held", [1.0, 0.3, 0.03, 0.002])
@pytest.mark.parametrize("asked", [0.9, 0.2, 0.01, 0.0005])
def test_stories_are_found_in_lists_of_any_density(held: float, asked: float) -> None:
    chance, stories = np.random.default_rng(4), 200_000
    docs, wanted = (np.flatnonzero(chance.random(stories) < share).astype(np.int32) for share in (held, asked))
    weights, masks = chance.integers(0, 256, len(docs)).astype(np.uint8), np.ones(len(docs), np.uint16)
    data, bounds = pack_text(np.array([0, len(docs)]), docs, weights, masks, np.zeros(1, np.uint8))
    rows = data, 0, int(bounds[1]), len(docs), 0, np.zeros(stories, np.uint8), TABLES[0].astype(np.float32), 1.0
    found, sums = narrow(wanted, np.ones(len(wanted), np.float32), IMPACTS, *rows)
    among = np.isin(docs, wanted)
    assert found.tolist() == docs[among].tolist()
    assert sums.tolist() == (np.float32(1) + IMPACTS[weights[among].astype(np.int64) << 8] * np.float32(0.5)).tolist()


def test_stories_that_there_are_not_are_an_error() -> None:
    given = weighted_lists(1)
    rows = *TextLists(GivenLists(given.lists), given.widths, np.zeros(STORIES, np.uint8)).rows(1), TABLES[0], 1.0
    with pytest.raises(IndexError):
        add_rows(np.zeros(4, np.float32), np.zeros(4, np.uint8), IMPACTS, *rows)


def test_lists_are_united_with_their_scores_and_hits() -> None:
    left, right = np.array([1, 4, 6], np.int32), np.array([0, 4, 9], np.int32)
    scores = np.array([0.1, 0.2, 0.3], np.float32)
    docs, sums, hits = unite(left, scores, np.array([1, 2, 1], np.uint8), right, scores)
    assert docs.tolist() == [0, 1, 4, 6, 9]
    assert sums.tolist() == [scores[0], scores[0], scores[1] + scores[1], scores[2], scores[2]]
    assert hits.tolist() == [1, 1, 3, 1, 1]


def test_of_two_lists_the_better_score_counts() -> None:
    left, right = np.array([1, 4, 6], np.int32), np.array([0, 4, 9], np.int32)
    docs, best = best_of_both(left, np.array([1, 2, 3], np.float32), right, np.array([3, 1, 2], np.float32))
    assert (docs.tolist(), best.tolist()) == ([0, 1, 4, 6, 9], [3, 1, 2, 3, 2])


@pytest.mark.parametrize("number", [0, 1, 10, 700, 2000])
@pytest.mark.parametrize("size", [0, 1, 255, 1000])
def test_those_that_lead_are_found_with_how_many_score(size: int, number: int) -> None:
    chance = np.random.default_rng(size)
    scores = np.round(chance.random(size) * (chance.random(size) < 0.7), 2).astype(np.float32)
    count, bound, rows = leading(scores, number, 1.5)
    positive = np.sort(scores[scores > 0])[::-1]
    assert count == len(positive)
    expected = positive[number - 1] if 0 < number <= len(positive) else np.float32(0)
    assert bound == expected
    near = scores >= max(np.float32(bound / 1.5), np.finfo(np.float32).tiny)
    assert rows.tolist() == (np.flatnonzero(near).tolist() if number else [])


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("number", [0, 1, 10, 90])
@pytest.mark.parametrize("different", [1, 7, 10_000])
def test_the_first_in_order_are_found_with_all_that_share_the_last_key(
    different: int, number: int, backwards: bool
) -> None:
    chance = np.random.default_rng(different)
    keys = chance.integers(0, different, 300)
    scores = np.where(chance.random(300) < 0.3, chance.random(300), 0).astype(np.float32)
    order = np.argsort(keys).astype(np.int32)
    in_order = order[::-1] if backwards else order
    matching = [row for row in in_order.tolist() if scores[row] > 0]
    for most in (0, 1, 60, 299, 300, 1000):
        rows, are_all = first_in_order(scores, order, keys, number, most, backwards)
        last = keys[matching[min(max(1, number), len(matching)) - 1]]
        reached = [row for row in in_order.tolist() if (keys[row] >= last if backwards else keys[row] <= last)]
        assert are_all == (len(reached) < most or most >= len(order))
        assert not are_all or rows.tolist() == [row for row in reached if scores[row] > 0]


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_of_those_that_lead_is_exact_over_all_magnitudes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = np.exp(rng.normal(0, rng.choice([0.001, 1, 15]), 20_000)).astype(np.float32)
    number = int(rng.integers(1, 500))
    assert leading(scores, number, 1.0)[1] == np.sort(scores)[-number]


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("seed", range(10))
def test_all_but_the_best_of_each_group_are_behind(seed: int, kind: type) -> None:
    rng = np.random.default_rng(seed)
    groups = np.sort(rng.integers(0, 60, 200))
    docs = rng.permutation(1000)[:200]
    places = np.full(1000, -1, np.int32)
    places[docs] = np.arange(200)
    found = docs[np.sort(rng.permutation(200)[:150])]
    keys = rng.integers(0, 4, 150).astype(kind)
    best: dict[int, int] = {}
    for row, doc in enumerate(found):
        group = int(groups[places[doc]])
        if group not in best or keys[row] > keys[best[group]]:
            best[group] = row
    behind = behind_best(groups, places, found, keys)
    assert sorted(behind.tolist()) == sorted(set(range(150)) - set(best.values()))
    assert behind_best(groups, places, found[:0], keys[:0]).tolist() == []


@pytest.mark.parametrize("kind", [np.uint16, np.uint32])
@pytest.mark.parametrize("stories", [0, 1, 150, 1024, 5000])
def test_numbers_of_stories_are_counted(stories: int, kind: type) -> None:
    chance = np.random.default_rng(stories)
    columns = chance.integers(0, 7, (2, stories)).astype(kind)
    scores = chance.choice(np.array([0, 0, 0.5, 3], np.float32), stories)
    docs = np.flatnonzero(scores > 0)
    expected = [np.bincount(column[docs], minlength=9) for column in columns]
    for size in (3, 9):
        of_all = [counts[:size].tolist() for counts in expected]
        assert number_counts(columns, docs, size).tolist() == of_all
        assert scored_counts(columns, scores, size).tolist() == of_all


@pytest.mark.parametrize("seed", range(20))
def test_what_all_lists_hold_has_its_bonus(seed: int) -> None:
    rng = np.random.default_rng(seed)
    totals, hits = rng.random(STORIES, np.float32), rng.integers(0, 4, STORIES).astype(np.uint8)
    expected = totals + np.where(hits == 3, np.float32(0.5), np.float32(0))
    add_bonus(totals, hits, 3, np.float32(0.5))
    assert totals.tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(40))
def test_the_nearest_pair_of_two_words_counts(seed: int) -> None:
    rng = random.Random(seed)
    left, right = (
        sorted({(rng.randrange(STORIES) << STORY_BITS) | rng.randrange(30) for _ in range(rng.randrange(150))})
        for _ in range(2)
    )
    docs = sorted(rng.sample(range(STORIES), STORIES // 2))
    best = np.zeros(len(docs), np.float32)
    raise_nearness(np.array(left, np.int64), np.array(right, np.int64), np.array(docs, np.int64), 8, best)
    expected = [0.0] * len(docs)
    for row, doc in enumerate(docs):
        for key in left:
            distances = [abs(key - other) for other in right if other >> STORY_BITS == key >> STORY_BITS == doc]
            if distances and 0 < min(distances) <= 8:
                expected[row] = max(expected[row], float(np.float32(1 / min(distances))))
    assert best.tolist() == expected


@pytest.mark.parametrize("seed", range(20))
def test_a_mask_takes_the_scores_of_the_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    totals, docs = rng.random(STORIES, np.float32), rng.permutation(STORIES)[:20].astype(np.int32)
    mask, expected = np.zeros(STORIES, np.bool_), np.zeros(STORIES, np.float32)
    expected[docs] = totals[docs]
    mark(mask, np.append(docs, [-1, STORIES]).astype(np.int32))
    assert np.flatnonzero(mask).tolist() == sorted(docs.tolist())
    keep_only(totals, mask)
    assert totals.tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_values_of_facets_that_are_counted_together_are_counted_apart(seed: int) -> None:
    rng = random.Random(seed)
    sizes = [rng.randrange(1, 5) for _ in range(3)]
    together = np.array([rng.choice([0, rng.randrange(9)]) for _ in range(prod(sizes))], np.int64)
    facets = together.reshape(sizes)
    for place, size in enumerate(sizes):
        sets = [rng.sample(range(6), rng.randrange(4)) for _ in range(size)]
        starts = np.array([0, *accumulate(map(len, sets))])
        values = np.array([value for own in sets for value in own], np.int64)
        of_sets = facets.sum(axis=tuple({0, 1, 2} - {place})).tolist()
        found = value_counts(together, prod(sizes[place + 1 :]), starts, values, 6)
        expected = [sum(count for own, count in zip(sets, of_sets, strict=True) if value in own) for value in range(6)]
        assert found.tolist() == expected
