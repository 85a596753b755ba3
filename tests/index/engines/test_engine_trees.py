"""Query trees, however strange, are answered by the rules of logic."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.base import Engine, IndexReader, Removal
from model.fields import BY_NAME
from model.query import (
    And,
    DateRange,
    Everything,
    Filters,
    Fuzzy,
    Has,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    SearchRequest,
    Status,
    Wildcard,
    Word,
    Words,
)
from model.story import StoredStory

SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)
VOCABULARY = ("mali", "elan", "élan", "run", "running", "the", "u.n.", "al-qaeda", "東京", "1,400", "o'brien")

texts = st.sampled_from(VOCABULARY) | st.text(max_size=8) | st.lists(st.sampled_from(VOCABULARY)).map(" ".join)
names = st.none() | st.sampled_from([*BY_NAME, "lang", "colour"])
days = st.none() | st.dates(date(2023, 12, 1), date(2024, 2, 1)) | st.sampled_from([date.min, date.max])
leaves = (
    st.builds(Word, texts, names)
    | st.builds(Phrase, texts, names, st.integers(-1, 5))
    | st.builds(Prefix, texts, names)
    | st.builds(Wildcard, texts | st.text("*?ae", max_size=4), names)
    | st.builds(Fuzzy, texts, names, st.integers(-1, 3))
    | st.builds(DateRange, days, days, st.sampled_from(["published_at", "first_seen_at", "colour"]))
    | st.builds(Has, st.sampled_from([*BY_NAME, "published_at", "lang", "colour"]))
    | st.builds(Status, st.sampled_from(["live", "withdrawn", "corrected"]))
    | st.just(Everything())
)
clauses = st.deferred(lambda: st.lists(trees, max_size=4).map(tuple))
trees: st.SearchStrategy[Query] = st.deferred(
    lambda: leaves | clauses.map(And) | clauses.map(Or) | clauses.map(Words) | trees.map(Not)
)


@pytest.fixture(scope="module")
def reader(open_engine: Callable[[Path], Engine], tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexReader]:
    engine = open_engine(tmp_path_factory.mktemp("trees"))
    engine.create("one")
    for part in range(3):
        writer = engine.writer("one")
        writer.add(
            StoredStory(
                id=f"s{part}-{number}",
                source=("voa", "bbc")[number % 2],
                headline=" ".join(VOCABULARY[number % 5 : number % 5 + 1 + number % 7]),
                body=(VOCABULARY[number % 11], " ".join(VOCABULARY[number % 3 :])),
                agencies=("AP", "AFP")[: number % 3],
                language=("en", "fr", None)[number % 3],
                version=1 + number % 2,
                status="withdrawn" if number == 5 else "live",
                published_at=datetime(2024, 1, 1 + number, tzinfo=UTC) if number % 4 else None,
                first_seen_at=SEEN_AT,
                seen_at=SEEN_AT,
            )
            for number in range(12)
        )
        writer.remove([Removal(story_id, 0) for story_id in [f"s{part - 1}-0"]])
        writer.commit(part + 1)
    opened = engine.reader("one")
    yield opened
    opened.close()


def ids(reader: IndexReader, query: Query) -> set[str]:
    result = reader.search(SearchRequest(query, limit=1000, sort="score"))
    hits = [hit.id for hit in result.hits]
    assert len(hits) == len(set(hits)) == result.total
    assert [(-hit.score, hit.id) for hit in result.hits] == sorted((-hit.score, hit.id) for hit in result.hits)
    assert sum(count for _, count in result.facets["source"]) == result.total
    return set(hits)


@settings(max_examples=300)
@given(tree=trees, sort=st.sampled_from(["relevance", "score", "newest", "oldest"]), limit=st.integers(-2, 30))
def test_every_tree_is_answered(reader: IndexReader, tree: Query, sort: str, limit: int) -> None:
    whole = reader.search(SearchRequest(tree, limit=1000, sort=sort, now=SEEN_AT))
    page = reader.search(SearchRequest(tree, offset=limit, limit=limit, sort=sort, now=SEEN_AT))
    start = max(0, limit)
    assert page.total == whole.total == len(whole.hits)
    assert page.hits == whole.hits[start : 2 * start]
    assert page.facets == whole.facets


@settings(max_examples=40)
@given(left=leaves, right=leaves)
def test_trees_follow_logic(reader: IndexReader, left: Query, right: Query) -> None:
    one, other = ids(reader, And((Everything(), left))), ids(reader, And((Everything(), right)))
    both = ids(reader, And((Everything(), left, right)))
    if Status("withdrawn") not in (left, right):
        assert both == one & other
        assert ids(reader, And((Everything(), Or((left, right))))) >= both
        assert ids(reader, And((left, Not(left)))) == set()


@settings(max_examples=50)
@given(values=st.dictionaries(st.sampled_from(["source", "agency", "language", "section"]), st.tuples(texts, texts)))
def test_every_filter_is_answered(reader: IndexReader, values: dict[str, tuple[str, ...]]) -> None:
    result = reader.search(SearchRequest(Everything(), filters=Filters(values), limit=1000))
    assert result.total == len(result.hits)
