"""Copies of whole desks: every table goes over, row by row, whatever the rows hold and whoever writes meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, update

from model.errors import LockHeldError, StoreError
from model.page import Link, Page
from store.maintenance.audit import audit
from store.opening import Store, look_at_store, open_store
from store.sql.dialects.sqlite import SqliteDatabase
from store.sql.dialects.text_keys import add_keys, drop_keys
from store.sql.leases import SqlLeases
from store.sql.tables import (
    bodies,
    copy_texts,
    counters,
    metadata,
    pages,
    pages_metadata,
    publisher_ids,
    stories,
    urls,
    versions,
)
from store.transfer.copied_tables import NOT_COPIED, copied_tables
from store.transfer.desk_copy import LEASE, Copied, DeskCopy, refuse_workers
from store.transfer.marker import desk_number, mark_unfinished
from store.transfer.targets import CopyTarget, look_at_target, open_target, parse_target
from tests.store.behind import keys_of_texts
from tests.store.contract.made_stories import save
from tests.store.transfer.every_table import ROWS, fill, rows_of

if TYPE_CHECKING:
    from tests.cluster.postgresql_server import PostgresqlServer

pytestmark = pytest.mark.sqlite_files("files that are copied")
LEFT = frozenset({*NOT_COPIED, "counters"})


def quiet(what: str, done: int, total: int) -> None:
    """No progress is shown."""


def copy(store: Store, place: CopyTarget, still: AbstractContextManager[object] | None = None) -> Copied:
    number = desk_number(store.databases[0])
    databases = open_target(place, number)
    try:
        return DeskCopy(store.databases, databases, quiet).run(number, still or nullcontext())
    finally:
        for database in databases:
            database.close()


def compared(store: Store, place: CopyTarget) -> Copied:
    databases = look_at_target(place)
    try:
        return DeskCopy(store.databases, databases, quiet).compare()
    finally:
        for database in databases:
            database.close()


def opened(place: CopyTarget, tmp_path: Path) -> Store:
    return open_store(place.folder or tmp_path / "data of another machine", place.url)


def digests(copied: Copied) -> dict[str, tuple[int, str]]:
    return {table.name: (table.rows, table.digest) for table in copied.tables}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "here")
    fill(store)
    yield store
    store.close()


def test_every_table_is_copied_or_named_with_the_reason() -> None:
    known = {table.name for tables in (metadata, pages_metadata) for table in tables.sorted_tables}
    copied = {one.name for one in copied_tables()}
    assert copied | (set(NOT_COPIED) & known) == known
    assert not copied & set(NOT_COPIED)
    assert all(one.key_columns() for one in copied_tables())


def test_every_row_of_every_table_goes_over(store: Store, place: CopyTarget, tmp_path: Path) -> None:
    made = copy(store, place)
    assert all(table.rows >= ROWS and table.is_same for table in made.tables)
    there = opened(place, tmp_path)
    expected = rows_of(store, apart_from=LEFT)
    found = rows_of(there, apart_from=LEFT)
    seen = {row[0]: row[4] for row in expected["stories"]}
    expected["versions"] = sorted(((*row[:7], seen[row[0]]) for row in expected["versions"]), key=repr)
    assert found == expected
    assert rows_of(there)["leases"] != rows_of(store)["leases"]
    there.close()


def test_keys_that_stand_in_runs_go_over_one_by_one(store: Store, place: CopyTarget, tmp_path: Path) -> None:
    rows = [(key * 7919 % 100_003 * 2**40, key) for key in range(9000)]
    for begin in range(0, 9000, 3000):
        with store.databases[0].change() as connection:
            add_keys(connection, sorted(rows[begin : begin + 3000]))
    before = keys_of_texts(store.databases[0])
    assert before.issuperset(rows)
    made = copy(store, place)
    there = opened(place, tmp_path)
    assert keys_of_texts(there.databases[0]) == before
    with there.databases[0].change() as connection:  # in SQLite they come into a run
        add_keys(connection, [(1, 2**50)])
        drop_keys(connection, [(1, 2**50)])
    assert digests(compared(store, place)) == digests(made)
    with there.databases[0].change() as connection:
        drop_keys(connection, sorted(rows)[:5])
    assert {table.name: table.unlike for table in compared(store, place).tables if table.unlike} == {"copy_keys": 5}
    there.close()


@pytest.mark.cluster
def test_there_and_back_again(
    store: Store, tmp_path: Path, new_database: str, postgresql_server: "PostgresqlServer"
) -> None:
    there = CopyTarget(url=postgresql_server.address(new_database))
    made = copy(store, there)
    on_postgresql = opened(there, tmp_path)
    back = CopyTarget(folder=tmp_path / "back")
    assert digests(copy(on_postgresql, back)) == digests(made)
    on_postgresql.close()
    again = opened(back, tmp_path)
    assert digests(compared(store, back)) == digests(made)
    assert again.problems() == []
    again.close()


def test_numbers_go_on_above_the_highest_that_was_ever_given(tmp_path: Path, place: CopyTarget) -> None:
    store = open_store(tmp_path / "here")
    link = Link(url="https://example.org/", source="wire")
    page = Page(link=link, url=link.url, final_url=link.url, fetched_at=datetime(2026, 3, 1, tzinfo=UTC), content=b"x")
    numbers = [store.pages.save(page) for _ in range(5)]
    store.pages.drop_all(numbers[2:])
    store.runs.begin("wire", ["https://example.org/feed"], page.fetched_at)
    copy(store, place)
    store.close()
    there = opened(place, tmp_path)
    assert there.pages.save(page) > numbers[-1]
    there.runs.begin("wire", ["https://example.org/feed"], page.fetched_at)
    assert len(there.runs.of_source("wire")) == 2
    there.close()


def change(store: Store, number: int) -> None:
    """Change, add and remove rows of several tables, as a crawl and its upkeep do."""
    base, archive = store.databases[0], store.databases[-1]
    name = f"id {number % ROWS:03}"
    with base.change() as connection:
        connection.execute(update(counters).where(counters.c.name == "revision").values(value=10**6 + number))
        connection.execute(update(stories).where(stories.c.id == name).values(revision=10**6 + number))
        connection.execute(update(versions).where(versions.c.story_id == name).values(reading=f"{{{number}}}"))
    with base.write() as connection:
        connection.execute(delete(publisher_ids).where(publisher_ids.c.story_id == name))
        text = connection.execute(select(copy_texts).where(copy_texts.c.story_id.like(f"%{number % ROWS:03}"))).first()
        if text is not None:  # the text of a story gets another number
            connection.execute(delete(copy_texts).where(copy_texts.c.number == text.number))
            connection.execute(insert(copy_texts), {**text._mapping, "number": 10**6 + number})
        row = {"url": f"u{number}", "source": "s", "outcome": "NEW", "visits": 1, "failures": 0}
        connection.execute(insert(urls), {**row, "visited_at": datetime.now(UTC)})
    with archive.write() as connection:
        connection.execute(insert(bodies), {"digest": f"n{number}".encode(), "content": b"c", "size": 1})
        row = {"url": "u", "final_url": "u", "status": 200, "headers": "{}", "link": "{}"}
        connection.execute(insert(pages), {**row, "fetched_at": datetime.now(UTC), "digest": f"n{number}".encode()})
        connection.execute(delete(pages).where(pages.c.id == number % ROWS))


class Writer:
    """Goes on changing a store in a thread of its own, until it is stopped."""

    def __init__(self, store: Store) -> None:
        self.changes = 0
        self._store = store
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        yield

    def _run(self) -> None:
        while not self._stopping.is_set():
            change(self._store, self.changes)
            self.changes += 1


def test_what_is_written_meanwhile_goes_over(store: Store, place: CopyTarget) -> None:
    writer = Writer(store)
    copy(store, place, writer.stopped())
    assert writer.changes > 0
    assert all(table.is_same for table in compared(store, place).tables)


def test_the_copy_is_one_state_though_nobody_stops_writing(store: Store, place: CopyTarget, tmp_path: Path) -> None:
    writer = Writer(store)
    try:
        copy(store, place)
    finally:
        writer.stop()
    there = opened(place, tmp_path)
    with there.databases[0].read() as connection:
        position = connection.execute(select(counters.c.value).where(counters.c.name == "revision")).scalar_one()
        highest = connection.execute(select(stories.c.revision).order_by(stories.c.revision.desc())).scalar()
        last = connection.execute(select(stories.c.id).where(stories.c.revision == position)).scalar()
        reading = connection.execute(select(versions.c.reading).where(versions.c.story_id == last)).scalar()
    there.close()
    assert position == highest
    assert reading == f"{{{position - 10**6}}}"


def test_a_second_run_goes_on_where_the_first_was_ended(store: Store, place: CopyTarget, tmp_path: Path) -> None:
    class EndedError(Exception):
        pass

    number = desk_number(store.databases[0])

    def end(what: str, done: int, total: int) -> None:
        if done > total / 2:
            raise EndedError

    databases = open_target(place, number)
    with pytest.raises(EndedError):
        DeskCopy(store.databases, databases, end).run(number, nullcontext())
    for database in databases:
        database.close()
    with pytest.raises(StoreError, match="unfinished copy"):
        opened(place, tmp_path)
    looked = look_at_store(place.folder or tmp_path, place.url)
    with pytest.raises(StoreError, match="unfinished copy"):
        looked.layouts()
    looked.close()
    made = copy(store, place)
    assert all(table.is_same for table in made.tables)
    assert all(table.is_same for table in compared(store, place).tables)
    opened(place, tmp_path).close()


def test_what_keeps_the_last_pass_off_leaves_an_unfinished_copy(
    store: Store, place: CopyTarget, tmp_path: Path
) -> None:
    @contextmanager
    def crawling() -> Iterator[None]:
        raise LockHeldError("crawl", "pid 1")
        yield

    with pytest.raises(LockHeldError):
        copy(store, place, crawling())
    with pytest.raises(StoreError, match="unfinished copy"):
        opened(place, tmp_path)
    copy(store, place)
    opened(place, tmp_path).close()


def test_a_place_that_holds_a_desk_is_left_alone(store: Store, place: CopyTarget, tmp_path: Path) -> None:
    there = opened(place, tmp_path)
    with there.databases[0].write() as connection:
        row = {"url": "u", "source": "s", "outcome": "NEW", "visits": 1, "failures": 0}
        connection.execute(insert(urls), {**row, "visited_at": datetime.now(UTC)})
    before = rows_of(there)
    with pytest.raises(StoreError, match="holds a desk already"):
        copy(store, place)
    assert rows_of(there) == before
    there.close()


def test_an_empty_desk_is_a_place(store: Store, place: CopyTarget, tmp_path: Path) -> None:
    opened(place, tmp_path).close()
    assert all(table.is_same for table in copy(store, place).tables)


def test_a_finished_copy_is_not_copied_over(store: Store, place: CopyTarget) -> None:
    copy(store, place)
    with pytest.raises(StoreError, match="holds a desk already"):
        copy(store, place)


def test_an_unfinished_copy_of_another_desk_is_left_alone(store: Store, place: CopyTarget, tmp_path: Path) -> None:
    there = opened(place, tmp_path)
    mark_unfinished(there.databases[0], desk_number(store.databases[0]) + 1)
    there.close()
    with pytest.raises(StoreError, match="of another desk"):
        copy(store, place)


def test_two_copies_into_one_place_are_refused(store: Store, place: CopyTarget) -> None:
    number = desk_number(store.databases[0])
    databases = open_target(place, number)
    assert SqlLeases(databases[0]).acquire(LEASE, "machine:1", 600) is not None
    with pytest.raises(StoreError, match="another process copies"):
        DeskCopy(store.databases, databases, quiet, patience_seconds=0).run(number, nullcontext())
    for database in databases:
        database.close()


@pytest.mark.parametrize(
    ("held", "said"),
    [("notes.txt", "holds notes.txt"), ("pages.db", "holds pages.db"), ("index", "holds index")],
)
def test_a_folder_that_holds_anything_else_is_left_alone(store: Store, tmp_path: Path, held: str, said: str) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / held).write_text("mine")
    with pytest.raises(StoreError, match=said):
        copy(store, CopyTarget(folder=folder))
    assert [path.name for path in folder.iterdir()] == [held]


def test_the_data_directory_of_the_desk_itself_may_hold_what_was_made_from_the_store(
    store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "there"
    (folder / "index").mkdir(parents=True)
    databases = open_target(CopyTarget(folder=folder), 1, own_folder=folder)
    assert all(isinstance(database, SqliteDatabase) for database in databases)


def test_the_comparison_tells_what_differs(store: Store, place: CopyTarget, tmp_path: Path) -> None:
    copy(store, place)
    there = opened(place, tmp_path)
    with there.databases[0].write() as connection:
        connection.execute(update(urls).where(urls.c.url.like("%007")).values(visits=77))
        connection.execute(delete(counters).where(counters.c.name.like("%008")))
    with there.databases[-1].write() as connection:
        connection.execute(update(bodies).where(bodies.c.digest.in_([b"digest 003\0\xff"])).values(content=b"altered"))
    there.close()
    found = {table.name: table for table in compared(store, place).tables if not table.is_same}
    assert {name: table.unlike for name, table in found.items()} == {"urls": 1, "counters": 1, "bodies": 1}
    assert found["counters"].rows == found["counters"].rows_there + 1


@pytest.mark.cluster
def test_nul_characters_are_replaced_on_postgresql_and_told(
    store: Store, tmp_path: Path, new_database: str, postgresql_server: "PostgresqlServer"
) -> None:
    place = CopyTarget(url=postgresql_server.address(new_database))
    with store.databases[0].write() as connection:
        connection.execute(update(urls).where(urls.c.url.like("%005")).values(etag="a\0b\0", detail="\0"))
    made = copy(store, place)
    assert [text.column for text in made.replaced] == ["detail", "etag"]
    assert "005" in str(made.replaced[0])
    again = compared(store, place)
    assert all(table.is_same for table in again.tables)
    assert again.replaced == made.replaced
    there = opened(place, tmp_path)
    with there.databases[0].read() as connection:
        found = connection.execute(select(urls.c.etag).where(urls.c.url.like("%005"))).scalar()
    there.close()
    assert found == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"url": "https://example.org/a\0b"}, r"urls https://example.org/a\\0b holds a NUL character"),
        ({"url": "https://example.org/", "visits": 2**40}, "urls https://example.org/: .*out of range"),
    ],
    ids=["NUL in a key", "number too large"],
)
def test_a_row_that_postgresql_cannot_keep_is_named(
    store: Store, new_database: str, postgresql_server: "PostgresqlServer", values: dict[str, object], said: str
) -> None:
    row = {"source": "s", "outcome": "NEW", "visits": 1, "failures": 0, "visited_at": datetime.now(UTC)}
    with store.databases[0].write() as connection:
        connection.execute(insert(urls), {**row, **values})
    with pytest.raises(StoreError, match=said):
        copy(store, CopyTarget(url=postgresql_server.address(new_database)))


def test_a_copy_holds_together(tmp_path: Path, place: CopyTarget) -> None:
    store = open_store(tmp_path / "here")
    for number in range(30):
        save(store, f"n{number}")
    copy(store, place)
    there = opened(place, tmp_path)
    assert list(audit(there.databases[0], there.databases[-1], there.pages.outside)) == []
    assert list(there.stories.walk()) == list(store.stories.walk())
    assert there.feed.changes(0, 100) == store.feed.changes(0, 100)
    save(there, "n30")
    assert there.feed.position() > store.feed.position()
    there.close()
    store.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://desk@host/name", CopyTarget(url="postgresql://desk@host/name")),
        ("postgresql+psycopg://desk@host/name", CopyTarget(url="postgresql+psycopg://desk@host/name")),
        ("postgres://desk@host/name", CopyTarget(url="postgres://desk@host/name")),
        ("/srv/desk", CopyTarget(folder=Path("/srv/desk"))),
        ("sqlite:////srv/desk", CopyTarget(folder=Path("/srv/desk"))),
        ("sqlite:///desk", CopyTarget(folder=Path.cwd() / "desk")),
        ("desk", CopyTarget(folder=Path.cwd() / "desk")),
    ],
)
def test_places_are_named(text: str, expected: CopyTarget) -> None:
    assert parse_target(text) == expected


@pytest.mark.parametrize(
    "text", ["", "sqlite:///", "mysql://u:secret@h/d", "postgresql://", "postgresql://u:secret@host:port/d", "a\0b"]
)
def test_what_is_no_place_is_refused_without_a_word_of_it(text: str) -> None:
    with pytest.raises(ValueError, match="expected postgresql://") as error:
        parse_target(text)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://desk:secret@host/name", "postgresql://desk@host/name?password=secret", "postgresql://:secret@/d"],
)
def test_a_place_is_shown_without_its_password(url: str) -> None:
    assert "secret" not in CopyTarget(url=url).shown + CopyTarget(url=url).tool_address


def test_a_worker_that_crawls_is_named(store: Store) -> None:
    lease = SqlLeases(store.databases[0]).acquire("source:wire", "machine:1", 600)
    assert lease is not None
    with pytest.raises(LockHeldError, match="machine:1"):
        refuse_workers(store.databases[0])
    SqlLeases(store.databases[0]).release(lease)
    refuse_workers(store.databases[0])
