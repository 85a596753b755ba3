"""Folding: of near-identical stories the first in order is a hit; the same search unfolded says which that is."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.base import Engine, IndexReader
from model.query import And, Everything, Filters, Not, Or, Query, SearchRequest, Sort, Status, Word, Words
from model.story import StoredStory

NOW = datetime(2024, 5, 20, 12, tzinfo=UTC)
COUNT = 900
WORDS = ["harbour", "council", "storm", "ferry", "lamp", "pier", "stone", "seal"]


def make_story(number: int, chance: random.Random) -> StoredStory:
    """Every third story is in a group of up to four; some copies have the very same text and day."""
    group = f"group{number // 12}" if number % 3 == 0 else None
    words = chance.choices(WORDS, k=6) if chance.random() < 0.7 else WORDS[:4]
    return StoredStory(
        id=f"{chance.randrange(10**9):09d}",
        source=chance.choice(("voa", "bbc", "dw")),
        headline=" ".join(words),
        version=1,
        status="withdrawn" if chance.random() < 0.05 else "live",
        language="en",
        published_at=NOW - timedelta(days=chance.randrange(12)),
        first_seen_at=NOW,
        seen_at=NOW,
        copy_group=group,
    )


def all_stories() -> dict[str, StoredStory]:
    chance = random.Random(7)
    return {story.id: story for story in (make_story(number, chance) for number in range(COUNT))}


STORIES = all_stories()


@pytest.fixture(scope="module")
def reader(open_engine: Callable[[Path], Engine], tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexReader]:
    """All stories, in several commits, some of them put in again and in another group."""
    engine = open_engine(tmp_path_factory.mktemp("folding"))
    engine.create("one")
    stories = list(STORIES.values())
    for revision, start in enumerate(range(0, COUNT, 300), 1):
        writer = engine.writer("one")
        writer.add(stories[start : start + 300])
        writer.commit(revision)
    writer = engine.writer("one")
    for number, story in enumerate(stories[::50]):
        STORIES[story.id] = story.model_copy(update={"copy_group": None if number % 2 else "another"})
    writer.add(STORIES[story.id] for story in stories[::50])
    writer.commit(9)
    reader = engine.reader("one")
    yield reader
    reader.close()


QUERIES: list[tuple[str, Query]] = [
    ("any words", Words((Word("harbour"), Word("storm"), Word("pier")))),
    ("or", Or((Word("ferry"), Word("lamp")))),
    ("all words", And((Word("harbour"), Word("council")))),
    ("everything", Everything()),
    ("without", And((Everything(), Not(Word("seal"))))),
    ("withdrawn", And((Status("withdrawn"), Word("harbour")))),
    ("rare", And((Word("harbour"), Word("seal"), Word("stone"), Word("pier")))),
    ("nothing", Word("nowhere")),
]
SORTS: tuple[Sort, ...] = ("relevance", "score", "newest", "oldest")


def unfolded(reader: IndexReader, request: SearchRequest) -> list[str]:
    """What folding leaves of the whole answer, worked out story by story."""
    found = reader.search(SearchRequest(request.query, request.filters, request.sort, limit=COUNT, now=request.now))
    seen: set[str] = set()
    left = []
    for hit in found.hits:
        group = STORIES[hit.id].copy_group
        if group is None or group not in seen:
            left.append(hit.id)
        seen.add(group or hit.id)
    return left


@pytest.mark.parametrize("filters", [Filters(), Filters({"source": ("bbc",)})], ids=["all", "filtered"])
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("query", [pytest.param(query, id=name) for name, query in QUERIES])
def test_the_first_of_each_group_is_left(reader: IndexReader, query: Query, sort: Sort, filters: Filters) -> None:
    request = SearchRequest(query, filters, sort, limit=COUNT, fold=True, now=NOW)
    expected = unfolded(reader, request)
    answer = reader.search(request)
    assert [hit.id for hit in answer.hits] == expected
    assert answer.folded_total == len(expected)
    plain = reader.search(SearchRequest(query, filters, sort, limit=3, now=NOW))
    assert (answer.total, answer.facets) == (plain.total, plain.facets)
    assert plain.folded_total == plain.total


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("query", [pytest.param(query, id=name) for name, query in QUERIES])
def test_pages_lie_side_by_side(reader: IndexReader, query: Query, sort: Sort) -> None:
    expected = unfolded(reader, SearchRequest(query, sort=sort, now=NOW))
    pages: list[str] = []
    while True:
        request = SearchRequest(query, sort=sort, offset=len(pages), limit=70, fold=True, now=NOW, facets=False)
        page = reader.search(request).hits
        pages += [hit.id for hit in page]
        if not page:
            break
    assert pages == expected
    request = SearchRequest(query, sort=sort, limit=70, fold=True, now=NOW, facets=False)
    by_key: list[str] = []
    result = reader.search(request)
    while result.hits:
        by_key += [hit.id for hit in result.hits]
        if result.next_key is None:
            break
        result = reader.search(replace(request, after=result.next_key))
    assert by_key == expected


def test_counts_alone(reader: IndexReader) -> None:
    request = SearchRequest(Word("harbour"), limit=0, fold=True)
    answer = reader.search(request)
    assert answer.hits == ()
    assert answer.folded_total == len(unfolded(reader, request)) < answer.total
