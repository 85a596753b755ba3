"""A write that comes when its story is forgotten: it brings the story back to no index."""

from pathlib import Path

import pytest

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from store.opening import open_store
from tests.cluster.index_contents import contents, differences
from tests.cluster.late_writes import MOMENTS, LateWorker, forget_while_frozen
from tests.cluster.many_desks import make_processes
from tests.cluster.postgresql_server import PostgresqlServer, free_port
from tests.cluster.wire_of_hosts import WireProcess

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("frozen_when", MOMENTS)
def test_a_story_that_is_forgotten_while_its_writer_is_frozen_stays_so(
    opensearch_server: str, postgresql_server: PostgresqlServer, database: str, tmp_path: Path, frozen_when: str
) -> None:
    url = postgresql_server.address(database)
    wire = WireProcess(tmp_path / "wire.log", free_port(), hosts=2, stories=4)
    store = open_store(tmp_path / "watching", url)
    index = {"engine": "opensearch", "hosts": [opensearch_server], "name": f"late-{abs(hash(tmp_path))}"}
    others, _ = make_processes(
        tmp_path, url, wire.sources("2s"), workers=1, servers=0, index=index, per_host_delay="50ms", lease="4s"
    )
    late = LateWorker(tmp_path / "late", url, wire, store, index)
    try:
        _, story_id = forget_while_frozen(
            late, others, wire, store, index, moment=MOMENTS[frozen_when], asleep_seconds=2
        )
        assert store.stories.get(story_id) is None
        assert differences(store, contents(opensearch_server, index["name"])) == []
    finally:
        for other in others:
            other.kill()
        late.close()
        store.close()
        wire.stop()
