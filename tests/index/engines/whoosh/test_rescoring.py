"""Rescoring: what lifts one story above another that holds the same words as often."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import pytest

from index.engines.whoosh import WhooshEngine
from index.engines.whoosh.segments.segment import SegmentView
from model.query import SearchRequest, Word, Words
from model.story import StoredStory

SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)
QUESTION = "why did the ferry sink off the island of Lamoa"
FILLER = ("harvest", "budget", "football", "weather", "museum", "election", "railway", "orchestra")


def story(story_id: str, *body: str) -> StoredStory:
    return StoredStory(
        id=story_id,
        source="wire",
        headline="news",
        body=body,
        language="en",
        version=1,
        first_seen_at=SEEN_AT,
        seen_at=SEEN_AT,
    )


def others(number: int) -> list[StoredStory]:
    """Stories of other things, so that the words of a question are rare."""
    return [story(f"other-{n}", f"the {FILLER[n % 8]} of the {FILLER[n // 8 % 8]} did well") for n in range(number)]


def ranked(directory: Path, stories: Sequence[StoredStory], question: str, *, commits: int = 1) -> dict[str, float]:
    """The stories found, the best first, and their scores."""
    engine = WhooshEngine(directory)
    engine.create("one")
    for part in range(commits):
        writer = engine.writer("one")
        writer.add(stories[part::commits])
        writer.commit(part + 1)
    reader = engine.reader("one")
    try:
        query = Words(tuple(map(Word, question.split())))
        return {hit.id: hit.score for hit in reader.search(SearchRequest(query, sort="score", limit=100)).hits}
    finally:
        reader.close()


def test_a_passage_that_holds_the_question_ranks_before_a_story_that_scatters_it(tmp_path: Path) -> None:
    words = [word for word in QUESTION.split() if word != "the"]
    padding = [" ".join(chain.from_iterable(repeat(FILLER, 5)))] * len(words)
    scattered = [f"{word} {pad}" for word, pad in zip(words, padding, strict=True)]
    together = [" ".join(words), *padding]
    found = ranked(tmp_path, [story("scattered", *scattered), story("together", *together), *others(60)], QUESTION)
    assert list(found)[:2] == ["together", "scattered"]


def test_a_passage_ends_with_its_paragraph(tmp_path: Path) -> None:
    words = QUESTION.split()
    told = [story("one", " ".join(words)), story("two", " ".join(words[:5]), " ".join(words[5:]))]
    found = ranked(tmp_path, [*told, *others(60)], QUESTION)
    assert found["one"] > found["two"]


@pytest.mark.parametrize("commits", [1, 5])
def test_what_is_like_the_answers_ranks_before_what_is_not(tmp_path: Path, commits: int) -> None:
    answers = [story(f"answer-{n}", f"{QUESTION} captain rescue lifeboat {FILLER[n]}") for n in range(4)]
    like, unlike = "the ferry captain rescue lifeboat", "the ferry museum railway orchestra"
    found = ranked(
        tmp_path, [story("unlike", unlike), *answers, story("like", like), *others(60)], QUESTION, commits=commits
    )
    assert list(found)[4] == "like"
    assert found["like"] > 1.2 * found["unlike"]


def test_a_word_whose_stories_were_merged_away_harms_nothing(tmp_path: Path) -> None:
    """A merge keeps the words of deleted stories in the dictionary, with empty lists."""
    engine = WhooshEngine(tmp_path)
    engine.create("one")
    about = f"{QUESTION} captain rescue lifeboat"
    batches = [
        [story(f"answer-{n}", about) for n in range(4)] + others(60),
        [*(story(f"moved-{n}", about) for n in range(2)), story("stays", QUESTION)],
        [story(f"moved-{n}", QUESTION) for n in range(2)],  # the second segment has so many gaps that it is rewritten
    ]
    for checkpoint, batch in enumerate(batches, 1):
        writer = engine.writer("one")
        writer.add(batch)
        writer.commit(checkpoint)
    reader = engine.reader("one")
    query = Words(tuple(map(Word, QUESTION.split())))
    found = [hit.id for hit in reader.search(SearchRequest(query, sort="score", limit=100)).hits]
    assert {f"answer-{n}" for n in range(4)} | {"moved-0", "moved-1", "stays"} <= set(found)
    reader.close()


def test_a_word_of_one_answer_alone_makes_nothing_like_it(tmp_path: Path) -> None:
    answers = [story(f"answer-{n}", QUESTION if n else f"{QUESTION} captain") for n in range(12)]
    compared = [story("captain", "the ferry captain"), story("baker", "the ferry baker"), story("bakers", "a baker")]
    found = ranked(tmp_path, [*answers, *compared, *others(60)], QUESTION)
    assert found["captain"] == pytest.approx(found["baker"])


def test_the_forward_index_holds_the_lists_story_by_story(tmp_path: Path) -> None:
    stories = [story(f"s{n}", " ".join(FILLER[n % 5 : n % 7 + 2]), "the ferry") for n in range(30)]
    ranked(tmp_path, stories, QUESTION, commits=3)
    paths = list(tmp_path.glob("one/*.arrays"))
    assert paths
    for view in map(SegmentView, paths):
        told = {}
        for doc in range(view.size):
            classes, codes, _ = view.words_of_stories(np.array([doc]))
            told[doc] = dict(zip(classes.tolist(), (codes >> 8).tolist(), strict=True))
        listed: dict[int, dict[int, int]] = {doc: {} for doc in range(view.size)}
        for number in range(len(view.classes)):
            docs, weights, _, _ = view.text.every(number, number + 1)
            for doc, weight in zip(docs.tolist(), weights.tolist(), strict=True):
                listed[doc][number] = weight
        assert told == listed
