"""Indexes of former formats answer as they did, and their segments become ones of today when they are merged."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.base import Removal
from index.engines.whoosh import WhooshEngine
from index.engines.whoosh.indexing.background_merge import LargeMerge
from index.engines.whoosh.indexing.merge_policy import choose_all
from index.engines.whoosh.postings.arrays import MappedArrays
from index.engines.whoosh.schema import make_schema
from index.engines.whoosh.segments.publishing import CommitLog
from model.query import (
    EngineResult,
    Everything,
    Fuzzy,
    Or,
    Phrase,
    Prefix,
    Query,
    SearchRequest,
    Wildcard,
    Word,
    Words,
)
from model.story import Caption, StoredStory
from tests.index.engines.whoosh.former_segments import make_former

SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)
WORDS = ("march", "marches", "marching", "marché", "flood", "floods", "Umweltschutzmaßnahmen", "Umweltschutz", "talk")
QUERIES: tuple[Query, ...] = (
    *map(Word, WORDS),
    *(Word(word, "body") for word in WORDS),
    *(Phrase(f"{one} {other}") for one in WORDS for other in WORDS[:3]),
    Phrase("flood talk", slop=2),
    Phrase("march", "caption"),
    Prefix("umwelt"),
    Prefix("m", "body"),
    Wildcard("*oo*"),
    Fuzzy("flods"),
    Or((Word("marché"), Word("AFP", "agency"))),
    Words(tuple(map(Word, WORDS))),
    Everything(),
)


def story(number: int, chance: random.Random) -> StoredStory:
    return StoredStory(
        id=f"s{number}",
        source="voa",
        headline=" ".join(chance.choices(WORDS, k=4)),
        body=tuple(" ".join(chance.choices(WORDS, k=chance.randint(1, 60))) for _ in range(chance.randint(1, 9))),
        captions=(Caption(text=" ".join(chance.choices(WORDS, k=5))),),
        agencies=("AFP",) if number % 3 else (),
        language=("de", "en")[number % 2],
        version=1,
        first_seen_at=SEEN_AT,
        seen_at=SEEN_AT + timedelta(minutes=number),
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An index of several segments, with gaps."""
    engine, chance = WhooshEngine(tmp_path), random.Random(3)
    engine.create("one")
    for commit, size in enumerate((300, 90, 30)):
        writer = engine.writer("one")
        writer.add(story(1000 * commit + number, chance) for number in range(size))
        writer.remove([Removal(f"s{1000 * (commit - 1) + number}", 2) for number in range(0, 20, 3)])
        writer.commit(commit + 1)
    return tmp_path / "one"


def answers(directory: Path) -> list[EngineResult]:
    reader = WhooshEngine(directory.parent).reader(directory.name)
    found = [
        reader.search(SearchRequest(query, limit=60, facets=True, explain=True, sort=sort))
        for query in QUERIES
        for sort in ("relevance", "newest")
    ]
    reader.close()
    return found


@pytest.mark.parametrize("parts", [True, False])
def test_segments_of_former_formats_answer_alike(directory: Path, parts: bool) -> None:
    expected = answers(directory)
    paths = list(directory.glob("*.arrays"))
    assert len(paths) > 1
    for path in paths:
        make_former(path, parts=parts)
    found = answers(directory)
    if parts:
        assert found == expected
    else:
        assert [result.total for result in found[-6:]] == [result.total for result in expected[-6:]]
    assert sum(result.total for result in found) > 5_000


def test_segments_of_former_formats_are_merged_into_ones_of_today(directory: Path) -> None:
    for path in directory.glob("*.arrays"):
        make_former(path)
    expected = answers(directory)
    merge = LargeMerge(CommitLog(directory, make_schema()), 20_000, choose_all)
    assert merge.prepare()
    assert merge.finish()
    (path,) = directory.glob("*.arrays")
    assert "text.lists" in MappedArrays(path)
    found = answers(directory)
    assert [result.total for result in found] == [result.total for result in expected]
    assert [_ids(result) for result in found[1::2]] == [_ids(result) for result in expected[1::2]]


def _ids(result: EngineResult) -> list[str]:
    return [hit.id for hit in result.hits]
