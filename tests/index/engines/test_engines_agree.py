"""Both engines answer every query tree with the same stories: the embedded one is what the other is measured by."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.base import IndexReader, Removal
from model.query import Filters, Fuzzy, Phrase, Prefix, Query, SearchRequest, Sort, Wildcard, Word, Words
from model.story import Caption, StoredStory
from tests.index.engines.opening import ENGINES
from tests.index.engines.test_engine_trees import names, trees

pytestmark = pytest.mark.cluster

SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)
SENTENCES = {
    "en": (
        "The U.N. sent 1,400 soldiers to Mali.",
        "Running battles went on near Gao, al-Qaeda said.",
        "It ran a run.",
    ),
    "fr": ("L'élan des marchés ne faiblit pas.", "Les marchés gardent leur élan."),
    "de": ("Die Krankenhäuser kosten Geld.", "Umweltschutzmaßnahmen der Länder", "Das Haus am See, ein Krankenhaus"),
    "ja": ("東京で強い地震がありました。", "東京都の発表"),
    "ru": ("Дома стоят у реки", "В Москве открыли дом"),
    "es": ("Las casas de Bogotá", "La casa del niño"),
    "ar": ("والكتاب في المدرسة",),
    "ko": ("2024년에 서울에서 열린 회의",),
    "tr": ("İstanbul'da evlerin önünde",),
    "cy": ("Cynhaliwyd y cyfarfod yng Nghaerdydd",),
    None: ("a an at it", "ab ba abc cab", "straße ÆØŁ @handle x_y 3.14 covid19"),
}
WORDS = sorted({word.strip(".,'") for texts in SENTENCES.values() for text in texts for word in text.split()})


def make_story(number: int) -> StoredStory:
    languages = list(SENTENCES)
    language = languages[number % len(languages)]
    own = SENTENCES[language]
    return StoredStory(
        id=f"s{number * 37 % 400:03}",
        source=("voa", "bbc", "World  Service")[number % 3],
        headline=own[number % len(own)],
        deck=own[0] if number % 4 == 0 else None,
        body=tuple(own[(number + place) % len(own)] for place in range(number % 4)),
        byline=("Anne Look", "José Running")[: number % 3],
        captions=(Caption(text=own[-1], credit="Jerome Delay/AP"),) if number % 5 == 0 else (),
        agencies=("AP", "Agence France-Presse")[: number % 3],
        tags=("conflict", "Sahel region")[: number % 3],
        section="Économie" if number % 7 == 0 else None,
        language=language,
        version=1 + number % 2,
        status="withdrawn" if number % 11 == 5 else "live",
        published_at=SEEN_AT + timedelta(days=number - 100) if number % 4 else None,
        first_seen_at=SEEN_AT + timedelta(days=number % 90),
        seen_at=SEEN_AT,
        copy_group=f"g{number // 7}" if number % 7 < 3 else None,
        revision=number + 1,
    )


@pytest.fixture(scope="module")
def readers(opensearch_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[IndexReader, ...]]:
    opened = []
    for kind, open_engine in ENGINES.items():
        engine = open_engine(tmp_path_factory.mktemp(kind))
        engine.create("one")
        for part in range(4):
            writer = engine.writer("one")
            writer.add(make_story(number) for number in range(part * 100, part * 100 + 100))
            writer.remove([Removal(f"s{part * 90:03}", 1000)])
            writer.commit(part * 100 + 100)
        opened.append(engine.reader("one"))
    yield tuple(opened)
    for reader in opened:
        reader.close()


def everything_of(reader: IndexReader, request: SearchRequest, size: int) -> list[str]:
    """The ids of all pages, each asked for by the sort key of the page before."""
    found: list[str] = []
    while True:
        result = reader.search(replace(request, limit=size))
        found += [hit.id for hit in result.hits]
        if result.next_key is None:
            return found
        request = replace(request, after=result.next_key)


def assert_alike(readers: tuple[IndexReader, ...], request: SearchRequest) -> None:
    one, other = (reader.search(replace(request, limit=1000)) for reader in readers)
    assert {hit.id for hit in one.hits} == {hit.id for hit in other.hits} or request.fold
    assert (one.total, one.folded_total, one.facets) == (other.total, other.folded_total, other.facets)
    assert len(other.hits) == other.folded_total


texts = st.sampled_from(WORDS) | st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
pieces = st.sampled_from(WORDS).flatmap(lambda word: st.integers(0, 4).map(lambda cut: word[cut : cut + 4]))
leaves = (
    st.builds(Word, texts, names)
    | st.builds(Phrase, texts, names, st.integers(0, 4))
    | st.builds(Prefix, pieces, names)
    | st.builds(Wildcard, pieces.map(lambda piece: f"*{piece}*") | pieces.map(lambda piece: f"{piece[:1]}?*"), names)
    | st.builds(Fuzzy, texts | pieces, names, st.integers(0, 2))
)


@settings(max_examples=300)
@given(leaf=leaves)
def test_every_leaf_has_the_same_stories(readers: tuple[IndexReader, ...], leaf: Query) -> None:
    assert_alike(readers, SearchRequest(leaf, now=SEEN_AT))


@settings(max_examples=300)
@given(
    tree=trees,
    sort=st.sampled_from(["relevance", "score", "newest", "oldest"]),
    fold=st.booleans(),
    source=st.sampled_from([(), ("bbc",), ("world service", "VOA")]),
)
def test_every_tree_has_the_same_stories(
    readers: tuple[IndexReader, ...], tree: Query, sort: Sort, fold: bool, source: tuple[str, ...]
) -> None:
    assert_alike(readers, SearchRequest(tree, Filters({"source": source}), sort, fold=fold, now=SEEN_AT))


@settings(max_examples=60)
@given(
    query=leaves | st.lists(leaves, min_size=2, max_size=7).map(tuple).map(Words),
    sort=st.sampled_from(["relevance", "score", "newest", "oldest"]),
    fold=st.booleans(),
    size=st.integers(1, 40).map(lambda number: 7 + number),
)
def test_pages_walk_every_story_once(
    readers: tuple[IndexReader, ...], query: Query, sort: Sort, fold: bool, size: int
) -> None:
    request = SearchRequest(query, sort=sort, fold=fold, now=SEEN_AT)
    for reader in readers:
        whole = [hit.id for hit in reader.search(replace(request, limit=1000)).hits]
        assert everything_of(reader, request, size) == whole
        assert len(set(whole)) == len(whole)


@settings(max_examples=100)
@given(query=leaves, sort=st.sampled_from(["newest", "oldest"]), fold=st.booleans())
def test_by_date_the_order_is_the_same(readers: tuple[IndexReader, ...], query: Query, sort: Sort, fold: bool) -> None:
    request = SearchRequest(query, sort=sort, fold=fold, limit=1000, now=SEEN_AT)
    one, other = ([hit.id for hit in reader.search(request).hits] for reader in readers)
    assert one == other


@settings(max_examples=40)
@given(
    query=st.lists(st.builds(Word, st.sampled_from(WORDS)) | leaves, min_size=1, max_size=7).map(tuple).map(Words),
    sort=st.sampled_from(["relevance", "score"]),
)
def test_the_parts_of_a_score_add_up(readers: tuple[IndexReader, ...], query: Query, sort: Sort) -> None:
    request = SearchRequest(query, sort=sort, limit=5, explain=True, now=SEEN_AT)
    for hits in (reader.search(request).hits for reader in readers):
        for hit in hits:
            assert sum(part.score for part in hit.parts) == pytest.approx(hit.score, rel=1e-3, abs=1e-4)
