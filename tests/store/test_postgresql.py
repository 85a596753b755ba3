"""The store on a PostgreSQL server that refuses, stops, starts or waits in vain."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from model.errors import StorageTroubleError, StoreError
from store.blobs.page_verification import PageVerification
from store.opening import Store, open_store
from store.sql.crawl_state import UrlState
from store.sql.dialects import postgresql
from store.sql.dialects.postgresql import PostgresqlDatabase
from store.sql.rows import Sighting
from tests.cluster.postgresql_server import PostgresqlServer, free_port
from tests.store.contract.made_stories import NOW, save
from tests.store.contract.test_feed_under_load import story_of

pytestmark = pytest.mark.cluster


@pytest.fixture
def own_server() -> Iterator[PostgresqlServer]:
    """A server that may be stopped."""
    server = PostgresqlServer()
    server.make_database("desk")
    yield server
    server.remove()


@pytest.fixture
def store(postgresql_server: PostgresqlServer, database: str, tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path, postgresql_server.address(database))
    yield store
    store.close()


@pytest.mark.parametrize(
    ("address", "trouble"),
    [
        pytest.param("postgresql://desk:secret-word@127.0.0.1:{free}/desk", "can't be reached", id="nobody listens"),
        pytest.param(
            "postgresql://desk:secret-word@127.0.0.1:{port}/empty", "password authentication failed", id="bad password"
        ),
        pytest.param(
            "postgresql://nobody:secret-word@127.0.0.1:{port}/empty", "password authentication failed", id="bad user"
        ),
        pytest.param("postgresql://desk:{password}@127.0.0.1:{port}/nothing", "does not exist", id="no database"),
    ],
)
def test_a_server_that_can_not_be_used_is_told_of_in_one_sentence(
    postgresql_server: PostgresqlServer, tmp_path: Path, address: str, trouble: str
) -> None:
    good = postgresql_server.address("empty")
    password = good.partition("desk:")[2].partition("@")[0]
    with pytest.raises(StorageTroubleError) as raised:
        open_store(tmp_path, address.format(free=free_port(), port=postgresql_server.port, password=password))
    assert trouble in raised.value.trouble
    assert "\n" not in str(raised.value)
    assert "secret-word" not in str(raised.value)
    assert password not in str(raised.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_each_spelling_of_an_address_is_taken(
    postgresql_server: PostgresqlServer, database: str, tmp_path: Path, scheme: str
) -> None:
    open_store(tmp_path, postgresql_server.address(database).replace("postgresql", scheme, 1)).close()


def test_other_databases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="only postgresql"):
        open_store(tmp_path, "mysql://desk:secret-word@127.0.0.1/desk")
    with pytest.raises(StoreError, match="no address of a database") as raised:
        open_store(tmp_path, "desk:secret-word")
    assert "secret-word" not in str(raised.value)


@pytest.mark.parametrize("abruptly", [False, True], ids=["in order", "abruptly"])
def test_a_restart_of_the_server_is_not_noticed_afterwards(
    own_server: PostgresqlServer, tmp_path: Path, abruptly: bool
) -> None:
    store = open_store(tmp_path, own_server.address("desk"))
    story_id = save(store, "story")
    own_server.restart(abruptly=abruptly)
    assert store.stories.get(story_id) is not None
    own_server.restart(abruptly=abruptly)
    save(store, "another")
    assert store.feed.position() == 2
    store.close()


def test_a_writer_that_holds_the_others_up_is_told_of_in_one_sentence(
    store: Store, postgresql_server: PostgresqlServer, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = PostgresqlDatabase(postgresql_server.address(database))
    monkeypatch.setattr(
        postgresql, "_WRITE", postgresql._WRITE.replace("lock_timeout = '30s'", "lock_timeout = '50ms'")
    )
    with patient.change(), pytest.raises(StorageTroubleError, match="can't be used") as raised:
        save(store, "story")
    assert raised.value.trouble == "another writer has held the database for 30 seconds"
    patient.close()
    assert save(store, "another")


def test_a_writer_that_stood_still_is_told_of_in_one_sentence(
    postgresql_server: PostgresqlServer, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = postgresql._WRITE.replace("transaction_session_timeout = '15s'", "transaction_session_timeout = '50ms'")
    assert impatient != postgresql._WRITE
    monkeypatch.setattr(postgresql, "_WRITE", impatient)
    frozen = PostgresqlDatabase(postgresql_server.address(database))
    with pytest.raises(StorageTroubleError, match="can't be used") as raised, frozen.write() as connection:
        time.sleep(0.3)
        connection.execute(text("SELECT 1"))
    assert raised.value.trouble == "this process stood still for 15 seconds while it wrote"
    with frozen.write() as connection:
        assert connection.execute(text("SELECT 2")).scalar() == 2
    frozen.close()


def test_a_server_that_is_being_restarted_is_waited_for(own_server: PostgresqlServer, tmp_path: Path) -> None:
    open_store(tmp_path, own_server.address("desk")).close()
    pauses: list[float] = []

    def start_at_the_third(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            own_server.start()

    database = PostgresqlDatabase(own_server.address("desk"), pause=start_at_the_third)
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    own_server.stop()
    with database.write() as connection:
        assert connection.execute(text("SELECT 2")).scalar() == 2
    assert len(pauses) >= 3
    database.close()


def test_a_page_that_can_not_be_read_while_the_server_is_away_is_not_called_damaged(
    own_server: PostgresqlServer, tmp_path: Path
) -> None:
    store = open_store(tmp_path, own_server.address("desk"))
    own_server.stop()
    with pytest.raises(StorageTroubleError, match="can't be used"):
        store.pages.load(1)
    PageVerification(store.pages, store.faults, lambda: NOW).go_on(60)
    own_server.start()
    assert store.faults.damaged() == {}
    store.close()


def test_what_was_under_way_when_the_server_stopped_is_not_kept(own_server: PostgresqlServer, tmp_path: Path) -> None:
    store = open_store(tmp_path, own_server.address("desk"))
    with pytest.raises(StorageTroubleError), store.stories.writing() as writing:
        writing.insert(story_of("first"), Sighting(NOW), story_id="first")
        own_server.stop(abruptly=True)
        writing.insert(story_of("second"), Sighting(NOW), story_id="second")
    with pytest.raises(StorageTroubleError, match="can't be used"):
        store.stories.count()
    own_server.start()
    assert store.stories.count() == 0
    save(store, "story")
    assert store.feed.position() == 1
    store.close()


def write_and_wait(address: str, directory: Path, started: "multiprocessing.synchronize.Event") -> None:
    with open_store(directory, address).stories.writing() as writing:
        writing.insert(story_of("frozen"), Sighting(NOW), story_id="frozen")
        started.set()
        time.sleep(600)


def test_a_writer_that_is_frozen_does_not_stop_the_others(
    store: Store, postgresql_server: PostgresqlServer, database: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    arguments = (postgresql_server.address(database), tmp_path_factory.mktemp("frozen"), started)
    frozen = context.Process(target=write_and_wait, args=arguments)
    frozen.start()
    assert started.wait(120)
    assert frozen.pid is not None
    os.kill(frozen.pid, signal.SIGSTOP)
    try:
        save(store, "story")  # waits until the server has ended the other's transaction
        assert [story.headline for story in store.stories.walk()] == ["A headline of story"]
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
        frozen.terminate()
        frozen.join()


def test_a_sign_that_the_server_refuses_is_left_out(store: Store) -> None:
    state = UrlState("https://example.org/a", "wire", "NEW", NOW, etag='"a\0b"')
    store.crawl.save_urls([state])
    assert store.crawl.url(state.url) == state._replace(etag='"ab"')


def test_versions_stand_in_the_partition_of_the_month_in_which_their_story_was_first_seen(store: Store) -> None:
    now, long_ago = datetime.now(UTC), datetime(1999, 12, 31, tzinfo=UTC)
    for name, at in (("new", now), ("old", long_ago)):
        save(store, name, seen_at=at)
        save(store, name, "Another headline", seen_at=now)
    with store.databases[0].read() as connection:
        found = connection.exec_driver_sql(
            "SELECT tableoid::regclass::text, count(*) FROM versions GROUP BY 1 ORDER BY 1"
        ).all()
    assert [tuple(row) for row in found] == [(f"versions_{now:%Y_%m}", 2), ("versions_of_other_months", 2)]
