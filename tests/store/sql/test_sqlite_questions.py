"""What searches ask of a SQLite file past SQLAlchemy's transactions: the same rows, and trouble told as elsewhere."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select, text

from model.errors import StorageTroubleError, StoreError
from store.opening import open_store
from store.sql.dialects.sqlite import SqliteDatabase
from store.sql.tables import sources

pytestmark = pytest.mark.sqlite_files("PostgreSQL is asked in a transaction")

DUE = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
WANTED = select(sources.c.name, sources.c.next_due_at, sources.c.failures).where(sources.c.name >= bindparam("least"))
BOUND = WANTED.where(sources.c.failures < 2).order_by(sources.c.name).limit(2)
NUMBER = text("SELECT :one + 1")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    open_store(tmp_path).close()
    opened = SqliteDatabase(tmp_path / "stories.db")
    named = [
        {"name": f"s{number}", "failures": number, "next_due_at": DUE + timedelta(hours=number)} for number in range(4)
    ]
    with opened.write() as connection:
        connection.execute(insert(sources), [*named[1:]])
        connection.execute(insert(sources).values(name="s0", failures=0))
    yield opened
    opened.close()


@pytest.mark.parametrize("question", [WANTED, BOUND])
def test_rows_are_those_of_a_transaction(database: SqliteDatabase, question: object) -> None:
    asked = database.ask(question, {"least": "s0"})  # type: ignore[arg-type]
    with database.read() as connection:
        rows = connection.execute(question, {"least": "s0"}).all()  # type: ignore[call-overload]
    assert [tuple(row) for row in asked] == [tuple(row) for row in rows]
    assert len(asked) >= 2
    assert asked[0][1] is None
    assert asked[1][1] == DUE + timedelta(hours=1)


def test_it_sees_what_was_written_since_it_last_asked(database: SqliteDatabase) -> None:
    assert len(database.ask(WANTED, {"least": "s1"})) == 3
    with database.write() as connection:
        connection.execute(insert(sources).values(name="s9", failures=0))
        assert len(database.ask(WANTED, {"least": "s1"})) == 3
    assert len(database.ask(WANTED, {"least": "s1"})) == 4


def test_it_keeps_no_log_from_being_folded_back(database: SqliteDatabase) -> None:
    database.ask(WANTED, {"least": ""})
    with database.write() as connection:
        connection.execute(insert(sources).values(name="s9", failures=0))
    database.checkpoint()
    assert [size.log for size in database.sizes()] == [0]


def test_many_threads_ask_at_once(database: SqliteDatabase) -> None:
    answers: list[object] = []

    def ask(number: int) -> None:
        numbers = range(1000 * number, 1000 * number + 200)
        answers.extend(database.ask(NUMBER, {"one": one})[0][0] - one for one in numbers)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [1] * 1600


def test_of_many_connections_few_are_kept(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.sql.dialects.sqlite_questions._MOST_KEPT", 1)
    questions = database._questions
    questions.ask(NUMBER, {"one": 1})
    one, other = questions._connection(), questions._connection()
    questions._give_back(one)
    questions._give_back(other)
    assert [*questions._free] == [one]
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        other.execute("SELECT 1")


def test_trouble_is_told_as_elsewhere_and_the_next_question_is_answered(database: SqliteDatabase) -> None:
    with pytest.raises(StoreError, match="no such table: lost") as raised:
        database.ask(text("SELECT * FROM lost"), {})
    assert not isinstance(raised.value, StorageTroubleError)
    assert database.ask(NUMBER, {"one": 1}) == [(2,)]


def test_a_damaged_file_is_trouble_with_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "stories.db"
    path.write_bytes(b"no database at all, but long enough to be read as one" * 50)
    database = SqliteDatabase(path, read_only=True)
    with pytest.raises(StorageTroubleError, match="file is not a database") as raised:
        database.ask(WANTED, {"least": ""})
    assert raised.value.trouble == "a database is damaged; run `check`, and restore a backup"


def test_what_a_mapped_file_has_grown_by_is_seen(database: SqliteDatabase) -> None:
    database.checkpoint()
    before = len(database.ask(WANTED, {"least": ""}))
    maps = Path("/proc/self/maps")
    assert str(database.path) + "\n" not in maps.read_text()
    database.map()
    assert len(database.ask(WANTED, {"least": ""})) == before
    assert str(database.path) + "\n" in maps.read_text()
    with database.write() as connection:
        connection.execute(insert(sources), [{"name": f"t{number:05}" * 20, "failures": 0} for number in range(5000)])
    assert len(database.ask(WANTED, {"least": ""})) == before + 5000
    database.checkpoint()
    assert len(database.ask(WANTED, {"least": ""})) == before + 5000


def test_a_desk_that_is_looked_at_only_is_asked_too(database: SqliteDatabase) -> None:
    looking = SqliteDatabase(database.path, read_only=True)
    assert [row[0] for row in looking.ask(WANTED, {"least": "s2"})] == ["s2", "s3"]
    looking.close()


def test_closed_with_the_database(database: SqliteDatabase) -> None:
    database.ask(WANTED, {"least": ""})
    (connection,) = database._questions._free
    database.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
