"""Both engines answer 1,000 random query trees over 19,043 stories alike: the same totals, sets, facets and folds, and
cursors that walk every story once.

With STORIES_OF_TESTS a file of real stories is mixed into those that are made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import pytest

from index.base import IndexReader
from model.query import EngineResult, SearchRequest
from model.story import StoredStory
from tests.index.engines.many_stories import SEEN_AT, made
from tests.index.engines.opening import ENGINES
from tests.index.engines.random_trees import TreeMaker

pytestmark = pytest.mark.cluster

FEW, MANY = (2_000, range(0, 30, 10)), (19_043, range(0, 1_000, 10))
"""Stories, and the numbers of the first of each ten trees."""
_LEAST_PAGE = 60


class Corpus(NamedTuple):
    """Stories and a reader of each engine over them."""

    stories: list[StoredStory]
    readers: Mapping[str, IndexReader]


def opened(number: int, paths: pytest.TempPathFactory) -> Iterator[Corpus]:
    stories = list(made(number))
    readers = {}
    for kind, open_engine in ENGINES.items():
        engine = open_engine(paths.mktemp(kind))
        engine.create("one")
        writer = engine.writer("one", bulk=True)
        writer.add(stories)
        writer.commit(number)
        readers[kind] = engine.reader("one")
    yield Corpus(stories, readers)
    for reader in readers.values():
        reader.close()


@pytest.fixture(scope="module")
def few(opensearch_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    yield from opened(FEW[0], tmp_path_factory)


@pytest.fixture(scope="module")
def many(opensearch_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    yield from opened(MANY[0], tmp_path_factory)


def walked(reader: IndexReader, request: SearchRequest) -> tuple[EngineResult, list[str]]:
    """The first page, and the ids of all pages, each asked for by the sort key of the page before."""
    first = result = reader.search(request)
    ids = [hit.id for hit in result.hits]
    while result.next_key is not None:
        result = reader.search(replace(request, after=result.next_key))
        ids += [hit.id for hit in result.hits]
    return first, ids


def differences(corpus: Corpus, number: int) -> list[str]:
    """What the engines answer differently to a tree, or what one of them does not answer as it must."""
    request = replace(TreeMaker(corpus.stories, number).request(), now=SEEN_AT)
    total = corpus.readers["whoosh"].search(replace(request, limit=0)).total
    request = replace(request, limit=max(_LEAST_PAGE + number % 50, total // 4))
    found = {kind: walked(reader, request) for kind, reader in corpus.readers.items()}
    told = []
    for kind, (first, ids) in found.items():
        if not len(ids) == len(set(ids)) == first.folded_total or first.timed_out:
            told.append(f"{kind}: {len(ids)} walked, {len(set(ids))} different, of {first.folded_total}")
    (one, one_ids), (other, other_ids) = found.values()
    told += [
        f"{name}: {getattr(one, name)} and {getattr(other, name)}"
        for name in ("total", "folded_total", "facets")
        if getattr(one, name) != getattr(other, name)
    ]
    # Of a group either engine may show another copy, where scores are nearly alike.
    groups = {story.id: story.copy_group or story.id for story in corpus.stories} if request.fold else {}
    apart = {groups.get(one, one) for one in one_ids} ^ {groups.get(one, one) for one in other_ids}
    if apart:
        told.append(f"sets: {sorted(apart)[:5]}")
    if request.sort in ("newest", "oldest") and one_ids != other_ids:
        told.append("order")
    return [f"tree {number}: {what}: {request}" for what in told]


@pytest.mark.parametrize("first", FEW[1])
def test_random_trees_are_answered_alike(few: Corpus, first: int) -> None:
    assert [told for number in range(first, first + 10) for told in differences(few, number)] == []


@pytest.mark.long
@pytest.mark.parametrize("first", MANY[1])
def test_random_trees_are_answered_alike_over_many_stories(many: Corpus, first: int) -> None:
    assert [told for number in range(first, first + 10) for told in differences(many, number)] == []
