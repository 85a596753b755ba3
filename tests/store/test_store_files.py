"""The files of the store: migrations, transactions and pages."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text

from model.errors import NewerDataError, StorageTroubleError, StoreError
from model.page import Link, Page
from store.migrations.migrate import HEADS, alembic_config
from store.opening import open_store
from store.sql.crawl_state import SourceState, SqlCrawlState, UrlState
from store.sql.dialects.sqlite import SqliteDatabase
from store.sql.key_runs.tables import sqlite_metadata
from store.sql.tables import hosts, metadata, pages_metadata

pytestmark = pytest.mark.sqlite_files("the two files, what is beside them and how they are opened")

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def page(content: bytes, url: str = "https://example.org/1") -> Page:
    link = Link(url=url, source="wire", title="Title", published_at=NOW)
    return Page(link=link, url=url, final_url=url, fetched_at=NOW, content=content, headers={"etag": '"1"'})


@pytest.mark.parametrize("name", ["stories", "pages"])
def test_migrations_make_the_tables_that_the_code_describes(tmp_path: Path, name: str) -> None:
    open_store(tmp_path).close()
    described = {"stories": [metadata, sqlite_metadata], "pages": pages_metadata}[name]
    with SqliteDatabase(tmp_path / f"{name}.db").read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": False}), described)
    assert differences == []
    assert ScriptDirectory.from_config(alembic_config(name)).get_current_head() == HEADS[name]


def test_data_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with sqlite3.connect(tmp_path / "stories.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(NewerDataError, match="upgrade Wiredesk"):
        open_store(tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "stories.db").write_bytes(b"no database at all, but long enough to be read as one" * 50)
    with pytest.raises(StoreError, match="can't be used: file is not a database"):
        open_store(tmp_path)


def test_a_damaged_database_is_trouble_with_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "stories.db"
    path.write_bytes(b"no database at all, but long enough to be read as one" * 50)
    with pytest.raises(StorageTroubleError) as raised, SqliteDatabase(path).read() as connection:
        connection.execute(text("SELECT 1"))
    assert raised.value.trouble == "a database is damaged; run `check`, and restore a backup"


def test_a_mistake_in_a_statement_is_no_trouble_with_the_disk(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreError) as raised,
        SqliteDatabase(tmp_path / "stories.db").read() as connection,
    ):
        connection.execute(text("SELECT * FROM nothing"))
    assert not isinstance(raised.value, StorageTroubleError)


def test_writers_wait_for_each_other_and_lose_nothing(tmp_path: Path) -> None:
    open_store(tmp_path).close()

    def count_up(name: str) -> None:
        database = SqliteDatabase(tmp_path / "stories.db")
        for _ in range(25):
            with database.write() as connection:
                value = connection.execute(text("SELECT value FROM counters WHERE name = 'revision'")).scalar_one()
                connection.execute(
                    text("UPDATE counters SET value = :value WHERE name = 'revision'"), {"value": value + 1}
                )
        database.close()

    threads = [threading.Thread(target=count_up, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with SqliteDatabase(tmp_path / "stories.db").read() as connection:
        assert connection.execute(text("SELECT value FROM counters WHERE name = 'revision'")).scalar_one() == 100


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    database = SqliteDatabase(tmp_path / "stories.db")
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(insert(hosts).values(host="a:80", failures=1))
        _ = 1 / 0
    with database.read() as connection:
        assert connection.execute(select(hosts)).all() == []
    database.close()


def test_pages_come_back_byte_for_byte_with_their_evidence(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    kept = page(b"<html>\xff\x00caf\xe9</html>")
    assert store.pages.load(store.pages.save(kept)) == kept
    assert store.pages.load(12345) is None
    store.close()


def test_equal_bytes_are_kept_once_and_go_with_the_last_page(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first, second = store.pages.save(page(b"same")), store.pages.save(page(b"same", "https://example.org/2"))
    store.pages.drop(first)
    found = store.pages.load(second)
    assert found is not None
    assert found.content == b"same"
    store.pages.drop(second)
    with SqliteDatabase(tmp_path / "pages.db").read() as connection:
        assert connection.execute(text("SELECT count(*) FROM bodies")).scalar_one() == 0
    store.close()


def test_crawl_state_is_kept_and_replaced(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    crawl: SqlCrawlState = store.crawl
    state = UrlState("https://example.org/1", "wire", "NEW", NOW, recheck_at=NOW, etag='"1"')
    crawl.save_urls([state])
    crawl.save_urls([state._replace(outcome="UNCHANGED", visits=1)])
    assert crawl.url(state.url) == state._replace(outcome="UNCHANGED", visits=1)
    assert [due.url for due in crawl.due("wire", NOW, 10)] == [state.url]
    assert crawl.due("other", NOW, 10) == []
    crawl.change_source("wire", lambda state: state._replace(failures=2, last_error="refused"))
    assert crawl.source("wire").failures == 2
    assert crawl.source("never") == SourceState("never")
    crawl.save_host("example.org:443", retry_at=NOW, failures=3)
    assert crawl.hosts()["example.org:443"] == (NOW, 3)
    store.close()
