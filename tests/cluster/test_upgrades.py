"""A database that a newer version has migrated: what only adds to it is no trouble, what changes it stops the old."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from model.errors import NewerDataError
from store.opening import Store, open_store
from tests.cluster.many_desks import Process, make_processes
from tests.cluster.postgresql_server import PostgresqlServer, free_port
from tests.cluster.wire_of_hosts import WireProcess
from tests.desk.desk_process import eventually

pytestmark = pytest.mark.cluster
FAR_AHEAD = 9999


@pytest.fixture
def address(postgresql_server: PostgresqlServer, database: str) -> str:
    return postgresql_server.address(database)


@pytest.fixture
def store(address: str, tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "watching", address)
    yield store
    store.close()


def migrate_further(store: Store, *, usable_from: int) -> None:
    """What a newer version's migration leaves in the database."""
    with store.databases[0].write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :layout"), {"layout": str(FAR_AHEAD)})
        newer = {"oldest": usable_from}
        connection.execute(text("UPDATE counters SET value = :oldest WHERE name = 'usable_from'"), newer)
        connection.execute(text("ALTER TABLE stories ADD COLUMN mood text"))
        connection.execute(text("ALTER TABLE urls ADD COLUMN mood text DEFAULT 'calm'"))


def test_a_layout_that_only_adds_is_opened(store: Store, address: str, tmp_path: Path) -> None:
    migrate_further(store, usable_from=1)
    open_store(tmp_path / "again", address).close()


def test_a_layout_that_this_version_can_not_use_is_refused(store: Store, address: str, tmp_path: Path) -> None:
    migrate_further(store, usable_from=FAR_AHEAD)
    with pytest.raises(NewerDataError, match="upgrade Wiredesk"):
        open_store(tmp_path / "again", address)


def test_processes_go_on_beside_a_newer_version_until_it_needs_what_they_do_not_know(
    store: Store, address: str, tmp_path: Path
) -> None:
    wire = WireProcess(tmp_path / "wire.log", free_port(), hosts=2, stories=4)
    workers, servers = make_processes(
        tmp_path, address, wire.sources("2s"), workers=1, servers=1, per_host_delay="50ms", lease="4s"
    )
    running: list[Process] = [*workers, *servers]
    try:
        for process in running:
            process.start()
        eventually(lambda: store.stories.count() == 4, 30, "all stories")
        migrate_further(store, usable_from=1)
        wire.publish(0)
        wire.correct(1)
        eventually(lambda: store.stories.count() == 5, 30, "a story that was published after the migration")
        eventually(lambda: any(story.version == 2 for story in store.stories.walk()), 30, "the correction")
        assert all(process.is_alive() for process in running)
        migrate_further_for_good(store)
        eventually(lambda: not any(process.is_alive() for process in running), 30, "the old processes to stop")
        for process in running:
            assert "upgrade Wiredesk" in process.log.read_text()
    finally:
        for process in running:
            process.kill()
        wire.stop()


def migrate_further_for_good(store: Store) -> None:
    """The release after it: what the old version needs is gone."""
    with store.databases[0].write() as connection:
        newer = {"oldest": FAR_AHEAD}
        connection.execute(text("UPDATE counters SET value = :oldest WHERE name = 'usable_from'"), newer)
