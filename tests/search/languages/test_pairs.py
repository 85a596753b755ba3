"""Words that people type, and sentences of stories that they mean or don't mean, in many languages.

A file of `pairs/` is named after the language of its sentences. A line is a mark, a sentence and a word:

    + sentence | word     the word finds the sentence
    ! sentence | word     the word must not find it, though the words look alike
    - sentence | word     the word should find it and doesn't
    x sentence | word     the word should not find it and does

All sentences of all languages stand in one index, as stories of a desk do.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from index.base import IndexReader
from index.engines.whoosh import WhooshEngine
from model.query import SearchRequest
from model.story import StoredStory
from search.highlight.deadline import HighlightDeadline
from search.highlight.matched_fields import PassageMatcher, positive_leaves
from search.query.parser import parse

SEEN = datetime(2024, 1, 1, tzinfo=UTC)
LEAST_FOUND = 0.92
MOST_WRONG = 0.10
LEAST_LANGUAGES = 32


class Pair(NamedTuple):
    """A line of a file."""

    language: str
    number: int
    mark: str
    sentence: str
    word: str

    @property
    def id(self) -> str:
        return f"{self.language}-{self.number}"

    @property
    def story(self) -> StoredStory:
        return StoredStory(
            id=self.id,
            version=1,
            first_seen_at=SEEN,
            seen_at=SEEN,
            source="herald",
            headline="…",
            body=(self.sentence,),
            language=self.language,
        )


def _read(path: Path) -> Iterator[Pair]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            sentence, _, word = line[1:].partition("|")
            yield Pair(path.stem, number, line[0], sentence.strip(), word.strip())


PAIRS = tuple(pair for path in sorted(Path(__file__).parent.glob("pairs/*.txt")) for pair in _read(path))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexReader]:
    engine = WhooshEngine(tmp_path_factory.mktemp("pairs"))
    engine.create("pairs")
    writer = engine.writer("pairs")
    writer.add([pair.story for pair in PAIRS])
    writer.commit(1)
    engine.promote("pairs")
    reader = engine.reader()
    yield reader
    reader.close()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.id} {pair.mark} {pair.word}")
def test_a_word_finds_what_it_should_and_what_is_marked_is_what_matched(pair: Pair, reader: IndexReader) -> None:
    query = parse(pair.word, date(2024, 1, 1)).query
    hits = reader.search(SearchRequest(query, sort="score", limit=len(PAIRS))).hits
    is_found = pair.id in {hit.id for hit in hits}
    assert is_found == (pair.mark in "+x")
    matcher = PassageMatcher(positive_leaves(query), HighlightDeadline())
    (passages,) = matcher.passages([pair.story])
    assert bool(passages) == is_found


@pytest.mark.parametrize("language", sorted({pair.language for pair in PAIRS}))
def test_what_is_marked_is_what_matched(language: str, reader: IndexReader) -> None:
    stories = {pair.id: pair.story for pair in PAIRS if pair.language == language}
    others = {pair.id: pair.story for pair in PAIRS[:: max(1, len(PAIRS) // 20)]}
    looked_at = stories | others
    for word in sorted({word for story in stories.values() for word in story.body[0].split()}):
        query = parse(word, date(2024, 1, 1)).query
        hits = reader.search(SearchRequest(query, sort="score", limit=len(PAIRS))).hits
        matcher = PassageMatcher(positive_leaves(query), HighlightDeadline())
        found = zip(looked_at, matcher.passages([*looked_at.values()]), strict=True)
        marked = {name for name, passages in found if passages}
        if len(positive_leaves(query)) == 1:
            assert marked == {hit.id for hit in hits} & looked_at.keys(), word


def test_nearly_all_words_find_their_sentences_and_few_find_others() -> None:
    wanted = [pair for pair in PAIRS if pair.mark in "+-"]
    others = [pair for pair in PAIRS if pair.mark in "!x"]
    assert len(PAIRS) >= 300
    assert len({pair.language for pair in PAIRS}) >= LEAST_LANGUAGES
    assert sum(pair.mark == "+" for pair in wanted) >= LEAST_FOUND * len(wanted)
    assert sum(pair.mark == "x" for pair in others) <= MOST_WRONG * len(others)
