"""The engine on real servers: what they hold stays, what they can't take in now is taken in later."""

import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from opensearchpy import OpenSearch

from deploy.cluster.opensearch_jars import NodesError
from deploy.cluster.opensearch_nodes import OpenSearchNodes
from index.base import Removal
from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
from index.engines.opensearch.writing.bulk import BulkLine, BulkRequests, RefusedLine
from index.engines.opensearch.writing.writer import CHECKPOINT
from model.errors import EngineTroubleError, NoIndexError, QueryError
from model.query import Everything, Fuzzy, Prefix, SearchRequest, Wildcard, Word, Words
from model.story import StoredStory

pytestmark = pytest.mark.cluster

SERIES = os.environ.get("OPENSEARCH_SERIES_OF_TESTS", "2")


def story(number: int, month: int = 5, **values: object) -> StoredStory:
    seen_at = datetime(2024, month, 1, tzinfo=UTC)
    given = {"source": "voa", "headline": f"zebra {number}", "version": 1, "first_seen_at": seen_at, "seen_at": seen_at}
    return StoredStory.model_validate({**given, "id": f"s{number:05}", "revision": number, **values})


def write(engine: OpenSearchEngine, *stories: StoredStory, checkpoint: int) -> None:
    writer = engine.writer("one")
    writer.add(stories)
    writer.commit(checkpoint)


def held(engine: OpenSearchEngine) -> list[str]:
    return sorted(story_id for story_id, _ in engine.reader("one").ids())


@pytest.fixture
def settings(opensearch_server: str, tmp_path: Path) -> OpenSearchSettings:
    return OpenSearchSettings((opensearch_server,), name=f"servers-{abs(hash(tmp_path))}")


@pytest.fixture
def client(opensearch_server: str) -> Iterator[OpenSearch]:
    client = OpenSearch(opensearch_server)
    yield client
    client.close()


@pytest.fixture
def engine(settings: OpenSearchSettings) -> OpenSearchEngine:
    engine = OpenSearchEngine(settings)
    engine.create("one")
    return engine


def indexes(client: OpenSearch, settings: OpenSearchSettings) -> list[str]:
    return sorted(name.removeprefix(f"{settings.name}.one.") for name in client.indices.get(index=f"{settings.name}.*"))


def test_stories_lie_by_month_of_first_sight_and_stay_there(
    engine: OpenSearchEngine, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    write(engine, story(1), story(2, month=6), checkpoint=2)
    engine.promote("one")
    write(engine, story(3, month=7), checkpoint=3)
    assert indexes(client, settings) == ["2024-05", "2024-06", "2024-07", "base"]
    # Another month is told of a story that is there: it changes where it stands.
    write(engine, story(1, month=7, revision=4), checkpoint=4)
    assert held(engine) == ["s00001", "s00002", "s00003"]
    assert sorted(client.indices.get_alias(name=settings.name)) == sorted(
        f"{settings.name}.one.{part}" for part in indexes(client, settings)
    )
    assert engine.reader().count() == 3
    # A tombstone stands where its story stood, and one of a story that never was among what belongs to no month.
    writer = engine.writer("one")
    writer.remove([Removal("s00002", 5), Removal("never", 5)])
    writer.commit(5)
    write(engine, story(2, month=6, revision=4), checkpoint=6)
    assert held(engine) == ["s00001", "s00003"]


def test_a_full_month_goes_on_in_another_index(client: OpenSearch, settings: OpenSearchSettings) -> None:
    small = OpenSearchSettings(settings.hosts, name=settings.name, most_stories=30)
    engine = OpenSearchEngine(small)
    engine.create("one")
    for start in range(1, 121, 20):
        write(engine, *(story(number) for number in range(start, start + 20)), checkpoint=start + 19)
    assert indexes(client, settings) == ["2024-05", "2024-05.2", "2024-05.3", "base"]
    other = OpenSearchEngine(small)  # which has counted nothing itself
    write(other, *(story(number, revision=200 + number) for number in range(1, 50)), checkpoint=300)
    assert held(engine) == [f"s{number:05}" for number in range(1, 121)]


def test_what_a_checkpoint_tells_of_is_shown_before_it_is_written(
    engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shards show what they hold one after the other, and a writer may be killed in between."""
    write(engine, story(1), checkpoint=1)
    shown: list[list[str]] = []
    send = BulkRequests.send

    def watched(requests: BulkRequests, lines: Iterable[BulkLine]) -> list[RefusedLine]:
        sent = list(lines)
        if any(isinstance(line.document, Mapping) and line.document["id"] == CHECKPOINT for line in sent):
            shown.append(held(engine))
        return send(requests, sent)

    monkeypatch.setattr(BulkRequests, "send", watched)
    writer = engine.writer("one")
    writer.add([story(2), story(3, month=7)])
    writer.remove([Removal("s00001", 4)])
    writer.commit(4)
    assert shown == [["s00002", "s00003"]]
    assert engine.reader("one").checkpoint() == 4


def test_a_full_disk_is_told_and_waited_for(
    engine: OpenSearchEngine, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    write(engine, story(1), checkpoint=1)

    def block(value: bool | None) -> None:
        body = {"index.blocks.read_only_allow_delete": value}
        client.indices.put_settings(index=f"{settings.name}.*", body=body)

    block(True)  # as the server does by itself
    with pytest.raises(EngineTroubleError, match="is full"):
        write(engine, story(2), checkpoint=2)
    assert engine.reader("one").search(SearchRequest(Word("zebra"))).total == 1
    assert engine.writer("one").checkpoint() == 1
    block(None)
    write(engine, story(2), checkpoint=2)
    assert held(engine) == ["s00001", "s00002"]


def test_a_query_of_very_many_words_in_a_row_is_answered_or_refused_as_such(engine: OpenSearchEngine) -> None:
    sentence = "oil prices rise as ministers of many countries meet behind closed doors in the old harbour town"
    write(engine, story(1, headline=sentence, body=[sentence], language="en"), checkpoint=1)
    words = sentence.split()
    rows = [
        Word("-".join(words[start % 12 : start % 12 + 6]), field) for start in range(12) for field in (None, "body")
    ]
    reader = engine.reader("one")
    assert reader.search(SearchRequest(Words(tuple(rows[:8])))).total == 1
    with suppress(QueryError):  # by the node's own limit
        assert reader.search(SearchRequest(Words(tuple(rows)))).total == 1
    for long in (Prefix("x" * 3000), Wildcard("*x" * 900), Fuzzy("x" * 3000), Word("x" * 3000)):
        assert reader.search(SearchRequest(long)).total == 0
    for long in (Prefix("x" * 3000, "site"), Wildcard("*x" * 900, "source"), Fuzzy("x" * 3000, "section")):
        with pytest.raises(QueryError, match="over 900 characters"):  # a keyword may be as long
            reader.search(SearchRequest(long))


def test_an_index_that_is_gone_is_not_made_by_a_late_write(
    engine: OpenSearchEngine, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    write(engine, story(1), checkpoint=1)
    late = engine.writer("one")
    late.add([story(2)])
    client.indices.delete(index=f"{settings.name}.one.base")
    with pytest.raises(NoIndexError):
        late.commit(2)
    assert "base" not in indexes(client, settings)


def test_a_server_that_comes_back_holds_all_and_takes_in_what_waited(tmp_path: Path) -> None:
    nodes = OpenSearchNodes(tmp_path / "nodes", heap="256m", series=SERIES)
    try:
        nodes.start()
    except NodesError as error:
        nodes.stop()
        pytest.skip(f"NO OPENSEARCH: {error}")
    try:
        engine = OpenSearchEngine(OpenSearchSettings(tuple(nodes.addresses)))
        engine.create("one")
        engine.promote("one")
        write(engine, *(story(number) for number in range(1, 301)), checkpoint=300)
        nodes.send(0, signal.SIGKILL)
        reader = engine.reader()
        for ask in (engine.live, reader.count, lambda: write(engine, story(301), checkpoint=301)):
            with pytest.raises(EngineTroubleError, match="can't be reached"):
                ask()
        nodes.launch(0)
        nodes.wait()
        assert reader.search(SearchRequest(Everything())).total == 300
        write(engine, story(301), checkpoint=301)
        assert len(held(engine)) == 301
        nodes.send(0, signal.SIGSTOP)
        result = None
        with pytest.raises(EngineTroubleError, match="does not answer in time"):
            result = engine.reader("one").search(SearchRequest(Everything(), timeout_seconds=0.5))
        assert result is None
        nodes.send(0, signal.SIGCONT)
        assert engine.reader("one").checkpoint() == 301
    finally:
        nodes.stop()


@pytest.mark.long
def test_facets_of_very_many_values_say_that_they_are_not_exact(engine: OpenSearchEngine) -> None:
    writer = engine.writer("one", bulk=True)
    writer.add(story(number, section=f"Section {number}") for number in range(1, 10_102))
    writer.commit(10_101)
    result = engine.reader("one").search(SearchRequest(Everything(), limit=0, fold=True))
    assert (result.total, result.folded_total, result.facets_exact) == (10_101, 10_101, False)
    few = engine.reader("one").search(SearchRequest(Word("77"), limit=0))
    assert few.facets_exact
