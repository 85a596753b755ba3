"""Where words stand is read by the cluster's script as it was packed, whatever the terms and however long the story."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from opensearchpy import OpenSearch

from index.engines.opensearch.word_places import MOST_PLACES, MOST_TERMS, PlacesAsked, key_of, packed
from index.relevance.term_forms import STEM_MARK
from model.query import SearchRequest, Word, Words
from model.story import StoredStory
from tests.index.engines.opening import open_opensearch

pytestmark = pytest.mark.cluster

SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)
Held = Mapping[str, tuple[int, Sequence[int]]]

CASES: Mapping[str, Held] = {
    "one term": {"\x02english:mali": (30, [0])},
    "no place, as in a name": {"\x02english:look": (10, [])},
    "the first and the last key": {chr(number): (number, [number, 2 * number]) for number in range(2, 300)},
    "numbers of one byte and of more": {
        "a": (1, [0]),
        "b": (127, [127]),
        "c": (128, [128, 255]),
        "d": (16_383, [16_383, 16_384]),
        "e": (2_097_152, [5, 2_097_157]),
    },
    "many places": {"the": (2000, list(range(0, 4000, 20)))},
    "letters of all kinds": {"\x02:東京": (10, [3]), "\x01élan": (10, [4]), "\x03german:haus": (5, [5])},
}


@pytest.fixture(scope="module")
def read(opensearch_server: str) -> Iterator[Callable[[PlacesAsked, str | None], Mapping[str, tuple[int, list[int]]]]]:
    client = OpenSearch(opensearch_server, timeout=60)
    index = "test-word-places"
    client.indices.delete(index=index, ignore_unavailable=True)
    client.indices.create(
        index=index, body={"mappings": {"properties": {"places": {"type": "binary", "doc_values": True}}}}
    )

    def ask(asked: PlacesAsked, value: str | None) -> Mapping[str, tuple[int, list[int]]]:
        client.index(index=index, id="1", body={} if value is None else {"places": value}, refresh=True)
        answer = client.search(index=index, body={"script_fields": {"found": asked.script()}})
        found = answer["hits"]["hits"][0].get("fields", {}).get("found", [])
        return {term: (own.weight, list(own.positions)) for term, own in asked.read(found).items()}

    yield ask
    client.indices.delete(index=index)
    client.close()


def value_of(held: Held) -> str:
    return packed({t: weight for t, (weight, _) in held.items()}, {t: places for t, (_, places) in held.items()})


@pytest.mark.parametrize("held", CASES.values(), ids=CASES)
def test_what_is_asked_for_is_read(read: Callable[..., Mapping[str, tuple[int, list[int]]]], held: Held) -> None:
    absent = ["no such term", "\x02english:nor this"]
    whole = {term: (weight, list(places)) for term, (weight, places) in held.items()}
    assert read(PlacesAsked("places", [*held, *absent], places=True), value_of(held)) == whole
    weights: Held = {term: (weight, []) for term, (weight, _) in held.items()}
    assert read(PlacesAsked("places", [*absent, *held], places=False), value_of(held)) == weights
    for term in list(held)[:20]:
        assert read(PlacesAsked("places", [term], places=True), value_of(held)) == {term: whole[term]}
    assert read(PlacesAsked("places", absent, places=True), value_of(held)) == {}


def test_a_document_without_words_holds_nothing(read: Callable[..., Mapping[str, tuple[int, list[int]]]]) -> None:
    assert read(PlacesAsked("places", ["a"], places=True), None) == {}


def test_terms_of_one_key_are_one(read: Callable[..., Mapping[str, tuple[int, list[int]]]]) -> None:
    one, other = STEM_MARK + ":plumless", STEM_MARK + ":buckeroo"
    assert key_of(one) == key_of(other)
    value = value_of({one: (10, [1, 7]), other: (20, [4])})
    asked = PlacesAsked("places", [one, other], places=True)
    assert read(asked, value) == {one: (30, [1, 4, 7]), other: (30, [1, 4, 7])}


def test_the_longest_story_is_searched(opensearch_server: str, tmp_path: Path) -> None:
    engine = open_opensearch(tmp_path)
    engine.create("one")
    words = " ".join(f"w{number} mali" for number in range(2 * MOST_TERMS))
    assert 2 * MOST_TERMS > MOST_PLACES
    writer = engine.writer("one")
    for story_id, headline, body in (("long", "Mali gao kidal", (words,)), ("short", "Mali gao", ())):
        story = StoredStory(
            id=story_id, source="s", headline=headline, body=body, version=1, first_seen_at=SEEN_AT, seen_at=SEEN_AT
        )
        writer.add([story])
    writer.commit(1)
    texts = ("mali", "gao", "kidal", "w3", f"w{2 * MOST_TERMS - 1}", "w77", "timbuktu")
    for count in range(2, len(texts) + 1):
        query = Words(tuple(map(Word, texts[:count])))
        result = engine.reader("one").search(SearchRequest(query, sort="score"))
        assert {hit.id for hit in result.hits} == {"long", "short"}
        assert not result.timed_out
