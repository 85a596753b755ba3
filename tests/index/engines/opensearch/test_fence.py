"""Two processes write to one index, one of which was frozen: what it sends late is refused, each story stands once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from opensearchpy import OpenSearch

from index.base import IndexWriter, Removal
from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
from index.engines.opensearch.documents import document_of
from index.engines.opensearch.mapping import index_body
from model.errors import LockHeldError, NoIndexError
from model.story import StoredStory

pytestmark = pytest.mark.cluster

MAY, JUNE = datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)


def story(story_id: str, position: int, seen_at: datetime = MAY) -> StoredStory:
    given = {"source": "voa", "headline": f"zebra {position}", "version": position, "seen_at": seen_at}
    return StoredStory.model_validate({**given, "id": story_id, "revision": position, "first_seen_at": seen_at})


@pytest.fixture
def settings(opensearch_server: str, tmp_path: Path) -> OpenSearchSettings:
    return OpenSearchSettings((opensearch_server,), name=f"fence-{abs(hash(tmp_path))}", most_stories=30)


@pytest.fixture
def client(opensearch_server: str, settings: OpenSearchSettings) -> Iterator[OpenSearch]:
    client = OpenSearch(opensearch_server)
    yield client
    for index in client.indices.get_alias(index=f"{settings.name}.*"):
        client.indices.delete(index=index)
    client.close()


@pytest.fixture
def engines(settings: OpenSearchSettings, client: OpenSearch) -> tuple[OpenSearchEngine, OpenSearchEngine]:
    """Two processes' engines; the first has made the live index "one"."""
    first = OpenSearchEngine(settings)
    first.create("one")
    first.promote("one")
    return first, OpenSearchEngine(settings)


class FrozenError(Exception):
    """Ends nothing: what a frozen process does next is done by the test."""


def frozen_before_its_bulk(engine: OpenSearchEngine, stories: list[StoredStory]) -> Callable[[], None]:
    """A process that has looked up where its stories go, and is stopped; returns what it does when it wakes up."""
    writer = engine.writer("one")
    writer.add(stories)
    requests: Any = writer._requests
    send = requests.send

    def stop(lines: list[Any]) -> list[Any]:
        requests.send = send
        held.extend(lines)
        raise FrozenError

    held: list[Any] = []
    requests.send = stop
    with pytest.raises(FrozenError):
        writer.commit(10)
    assert held

    def wake() -> None:
        send(held)

    return wake


def write(writer: IndexWriter, *stories: StoredStory, gone: tuple[Removal, ...] = (), checkpoint: int) -> None:
    writer.add(stories)
    writer.remove(gone)
    writer.commit(checkpoint)


def standing(client: OpenSearch, settings: OpenSearchSettings) -> list[tuple[str, str]]:
    """What stands where, of all that is a story."""
    client.indices.refresh(index=f"{settings.name}.*")
    body = {"query": {"terms": {"state": ["live", "withdrawn"]}}, "size": 1000}
    hits = client.search(index=f"{settings.name}.*", body=body)["hits"]["hits"]
    return sorted((hit["_id"], hit["_index"].removeprefix(f"{settings.name}.")) for hit in hits)


def late(client: OpenSearch, settings: OpenSearchSettings, part: str, sent: StoredStory) -> None:
    """What a server sends on that took a request in before another process took over."""
    index = f"{settings.name}.one.{part}"
    if not client.indices.exists(index=index):
        client.indices.create(index=index, body=index_body(1, {}))
    client.index(
        index=index, id=sent.id, body=document_of(sent), version=sent.revision + 1, version_type="external_gte"
    )


Engines = tuple[OpenSearchEngine, OpenSearchEngine]


def test_what_a_frozen_process_sends_is_refused_and_forgotten_stays_forgotten(
    engines: Engines, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    first, second = engines
    wake = frozen_before_its_bulk(first, [story("x", 10), story("y", 9)])
    write(second.writer("one"), story("y", 9), gone=(Removal("x", 20),), checkpoint=20)
    with pytest.raises(LockHeldError, match="taken one over"):
        wake()
    assert standing(client, settings) == [("y", "one.2024-05")]
    # Past the time for which the cluster remembers what was deleted, and in the first process's next life, too.
    write(first.writer("one"), story("x", 10), story("z", 21), checkpoint=21)
    assert standing(client, settings) == [("y", "one.2024-05"), ("z", "one.2024-05")]
    with pytest.raises(LockHeldError):
        wake()


def test_a_story_whose_first_sight_changed_stands_once(
    engines: Engines, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    first, second = engines
    wake = frozen_before_its_bulk(first, [story("x", 10)])
    write(second.writer("one"), story("x", 12, JUNE), checkpoint=12)
    with pytest.raises(LockHeldError):
        wake()
    assert standing(client, settings) == [("x", "one.2024-06")]


def test_two_processes_in_turn_write_without_harm(
    engines: Engines, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    """A month is rolled over by either; each takes over by itself when it opens a writer."""
    for turn in range(8):
        stories = [story(f"s{turn * 10 + number}", turn * 10 + number + 1) for number in range(10)]
        write(engines[turn % 2].writer("one"), *stories, checkpoint=turn * 10 + 10)
    assert len(standing(client, settings)) == 80
    assert {part for _, part in standing(client, settings)} >= {"one.2024-05", "one.2024-05.2", "one.2024-05.3"}
    assert engines[0].reader().count() == 80


def test_a_writer_goes_on_no_more_once_another_was_opened(engines: Engines) -> None:
    writer = engines[0].writer("one")
    engines[1].writer("one")
    engines[0].writer("one")  # its process takes over again, but what the first has looked up may be wrong by now
    writer.add([story("x", 1)])
    with pytest.raises(LockHeldError):
        writer.commit(1)
    with pytest.raises(LockHeldError):
        engines[1].promote("one")


def test_an_index_that_the_former_writer_made_late_is_taken_in(
    engines: Engines, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    first, second = engines
    token = first._fence.kept("one").token
    writer = second.writer("one")
    made = f"{settings.name}.one.2024-05"
    client.indices.create(index=made, body={**index_body(1, {}), "aliases": {f"{made}.w{token}": {}}})
    write(writer, story("x", 1), checkpoint=1)
    assert standing(client, settings) == [("x", "one.2024-05")]
    aliases = client.indices.get_alias(index=made)[made]["aliases"]
    assert f"{made}.w{token}" not in aliases
    assert settings.name in aliases
    with pytest.raises(LockHeldError):
        first._months._create(first._fence.kept("one"), f"{settings.name}.one.2024-07")


@pytest.mark.parametrize("is_known", [True, False], ids=["same process", "next process"])
def test_what_a_server_sends_on_late_is_taken_out(
    engines: Engines, client: OpenSearch, settings: OpenSearchSettings, is_known: bool
) -> None:
    first, second = engines
    first.writer("one")
    writer = second.writer("one")
    write(writer, story("moved", 12, JUNE), story("other", 13), gone=(Removal("x", 20),), checkpoint=20)
    late(client, settings, "2024-05", story("x", 10))
    late(client, settings, "2024-05", story("moved", 11))
    assert len(standing(client, settings)) == 4  # nobody has looked yet
    process = second if is_known else OpenSearchEngine(settings)
    write(process.writer("one"), story("news", 21), *([] if is_known else [story("moved", 22)]), checkpoint=22)
    assert standing(client, settings) == [("moved", "one.2024-06"), ("news", "one.2024-05"), ("other", "one.2024-05")]
    late(client, settings, "2024-07", story("x", 10))
    client.indices.refresh(index=f"{settings.name}.*")
    process._parts.late._looked_at.clear()
    process.writer("one")  # of a desk where nothing is published, too
    assert ("x", "one.2024-07") not in standing(client, settings)


def test_promoted_is_what_is_still_held_and_in_place_of_what_is_live(
    engines: Engines, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    first, second = engines
    write(first.writer("one"), story("x", 1), checkpoint=1)
    first.create("two")
    write(first.writer("two", bulk=True), story("x", 1), checkpoint=1)
    second.writer("two")  # another rebuild has taken the name over
    with pytest.raises(LockHeldError):
        first.promote("two")
    assert second.live().name == "one"
    second.promote("two")
    # A month's index of the former live one, made at that moment, is no part of the live one.
    first._months.forget("one")
    write(first.writer("one"), story("y", 2, JUNE), checkpoint=2)
    live = sorted(client.indices.get_alias(name=settings.name))
    assert live == [f"{settings.name}.two.2024-05", f"{settings.name}.two.base"]
    assert first.live().name == "two"


def test_an_index_that_became_live_meanwhile_is_not_discarded(
    engines: Engines, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    first, second = engines
    first.create("two")
    parts, lives = first._all_parts("two"), first._live_names()
    second.promote("two")
    assert not first._removed(parts, lives)
    assert second.live().name == "two"
    assert not second.discard("two")
    assert client.indices.exists(index=f"{settings.name}.two.base")


def test_what_is_left_of_an_index_is_named_and_discarded(
    engines: Engines, client: OpenSearch, settings: OpenSearchSettings
) -> None:
    late(client, settings, "2024-05", story("x", 1))
    client.indices.create(index=f"{settings.name}.gone.2024-05", body=index_body(1, {}))
    assert set(engines[0].names()) == {"one", "gone"}
    assert engines[0].discard("gone")
    assert set(engines[0].names()) == {"one"}
    with pytest.raises(NoIndexError):
        engines[0].writer("gone")
