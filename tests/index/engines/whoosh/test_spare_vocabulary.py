"""The words of a load are learnt once, by one writer at a time, and are let go of after it."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from config import IndexConfig
from index.engines.whoosh import WhooshEngine
from index.engines.whoosh.indexing.vocabulary import SpareVocabulary, Vocabulary
from model.query import SearchRequest, Word
from model.story import StoredStory

SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)
MANY = 1000


def story(number: int, text: str) -> StoredStory:
    return StoredStory(
        id=f"s{number}",
        source="wire",
        headline=text,
        body=(text,),
        language="en",
        version=1,
        revision=number + 1,
        first_seen_at=SEEN_AT,
        seen_at=SEEN_AT,
    )


def read(vocabulary: Vocabulary, text: str) -> Vocabulary:
    vocabulary.read([text], np.array([vocabulary.kind("en", stemmed=True)], np.int32))
    return vocabulary


def test_a_vocabulary_has_one_user() -> None:
    spare = SpareVocabulary(1_000_000)
    first = read(spare.take(), "the old ferry")
    spare.put_back(first, MANY)
    assert spare.take() is first
    assert spare.take() is not first


def test_it_outlasts_some_small_commits_of_a_load_alone() -> None:
    spare = SpareVocabulary(1_000_000)
    first = spare.take()
    spare.put_back(first, 1)
    assert spare.take() is not first
    spare.put_back(first, MANY)
    for _ in range(4):
        assert spare.take() is first
        spare.put_back(first, 1)
    assert spare.take() is first
    spare.put_back(first, 1)
    assert spare.take() is not first


def test_a_large_one_is_let_go_of() -> None:
    spare = SpareVocabulary(1_000)
    large = read(spare.take(), "the old ferry sank")
    spare.put_back(large, MANY)
    assert spare.take() is not large


@pytest.mark.parametrize("memory_bytes", [1_000_000, 256_000_000])
def test_segments_are_the_same_whatever_words_were_learnt_before(tmp_path: Path, memory_bytes: int) -> None:
    def segments(place: str, batches: list[list[StoredStory]], *, anew: bool) -> list[bytes]:
        limits = IndexConfig(build_memory_bytes=memory_bytes)
        engine = WhooshEngine(tmp_path / place, limits)
        engine.create("one")
        for batch in batches:
            if anew:
                engine = WhooshEngine(tmp_path / place, limits)
            writer = engine.writer("one")
            writer.add(batch)
            writer.commit(batch[-1].revision)
        reader = engine.reader("one")
        assert reader.search(SearchRequest(Word("ferry"))).total == len(batches) * MANY
        reader.close()
        return sorted(path.read_bytes() for path in (tmp_path / place).rglob("*.arrays"))

    batches = [
        [
            story(number, f"the old ferry {number % 37} of part {part}")
            for number in range(part * MANY, (part + 1) * MANY)
        ]
        for part in range(3)
    ]
    found = segments("kept", batches, anew=False)
    assert found
    assert found == segments("anew", batches, anew=True)


def test_a_reading_that_failed_leaves_no_words(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.create("one")
    writer = engine.writer("one")
    writer.add(story(number, "the old ferry") for number in range(MANY))
    writer.commit(MANY)
    writer = engine.writer("one")
    writer.add([story(MANY, "calm water")])
    writer.cancel()
    again = engine.writer("one")
    again.add([story(MANY + 1, "calm water rose")])
    again.commit(MANY + 2)
    assert engine.reader("one").search(SearchRequest(Word("calm"))).total == 1
