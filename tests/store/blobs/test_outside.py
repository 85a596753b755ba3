"""Pages whose bytes are kept outside of the database: never named when they are gone, never lost, never another's."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from model.errors import BlobPlaceError
from model.page import Link, Page
from store.blobs.claims import Ticket, leave, settle, take, take_over
from store.blobs.packing import pack
from store.blobs.page_verification import PageVerification
from store.blobs.place import MARK, PlaceSettings, name_of
from store.blobs.places import open_place
from store.opening import Store, open_store
from tests.store.blobs.conftest import Outside

pytestmark = pytest.mark.sqlite_files("rows that are changed in the file itself")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def page(content: bytes, number: int = 0) -> Page:
    url = f"https://example.org/{number}"
    return Page(link=Link(url=url, source="a"), url=url, final_url=url, fetched_at=NOW, content=content)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path, outside: Outside) -> Iterator[Store]:
    opened = open_store(data, pages_in=outside.settings)
    yield opened
    opened.close()


def change(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "pages.db")) as connection, connection:
        connection.execute(statement)


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "pages.db")) as connection:
        return connection.execute(query).fetchall()


def end_claims(data: Path) -> None:
    """As if an hour had passed."""
    change(data, "UPDATE blob_claims SET ends_at = 0")


def content_of(store: Store, page_id: int) -> bytes | None:
    found = store.pages.load(page_id)
    return None if found is None else found.content


def test_bytes_are_outside_and_rows_inside(store: Store, data: Path, outside: Outside) -> None:
    first, second = store.pages.save_all([page(b"one"), page(b"one", 1)])
    assert store.pages.load(first) == page(b"one")
    assert store.pages.load(second) == page(b"one", 1)
    assert rows(data, "SELECT length(content), size FROM bodies") == [(0, 3)]
    assert [path.parent.name + "/" + path.name for path in outside.files()] == [name_of(pack(b"one").digest)]
    assert rows(data, "SELECT * FROM blob_claims") == []
    assert store.damages() == []


def test_bytes_go_with_the_last_page_that_had_them(store: Store, data: Path, outside: Outside) -> None:
    first, second = store.pages.save_all([page(b"one"), page(b"one", 1)])
    store.pages.drop(first)
    assert content_of(store, second) == b"one"
    store.pages.drop(second)
    assert (outside.files(), store.pages.count()) == ([], 0)
    assert rows(data, "SELECT * FROM blob_claims") == []
    assert content_of(store, store.pages.save(page(b"one"))) == b"one"


def test_retention_removes_what_is_outside(store: Store, outside: Outside) -> None:
    store.pages.save_all([page(b"one"), page(b"two", 1)])
    kept = store.pages.save(page(b"two", 2).model_copy(update={"fetched_at": NOW + timedelta(days=2)}))
    assert store.prune(NOW + timedelta(days=1)).pages == 2
    assert [path.name for path in outside.files()] == [pack(b"two").digest.hex()]
    assert content_of(store, kept) == b"two"


def test_what_was_kept_in_the_store_before_is_read_and_dropped_as_before(data: Path, outside: Outside) -> None:
    before = open_store(data)
    old = before.pages.save(page(b"old"))
    before.close()
    store = open_store(data, pages_in=outside.settings)
    again, new = store.pages.save(page(b"old", 1)), store.pages.save(page(b"new", 2))
    assert [content_of(store, number) for number in (old, again, new)] == [b"old", b"old", b"new"]
    assert len(outside.files()) == 1
    store.pages.drop_all([old, again])
    assert rows(data, "SELECT size FROM bodies") == [(3,)]
    assert store.damages() == []
    store.close()


# Crashes and races -----------------------------------------------------------------------------------------


def test_a_crash_before_the_rows_leaves_bytes_that_are_collected(store: Store, data: Path, outside: Outside) -> None:
    store.pages.outside.keep([pack(b"one")])  # killed here
    assert store.pages.outside.collect() == 0
    assert len(outside.files()) == 1
    end_claims(data)
    assert store.pages.outside.collect() == 1
    assert outside.files() == []


def test_a_crash_between_the_rows_and_the_bytes_leaves_them_to_be_collected(
    store: Store, data: Path, outside: Outside
) -> None:
    store.pages.save(page(b"one"))
    with store.databases[-1].write() as connection:
        connection.execute(text("DELETE FROM pages"))
        connection.execute(text("DELETE FROM bodies"))
        leave(connection, [pack(b"one").digest])  # killed here
    assert store.pages.outside.collect() == 1
    assert outside.files() == []


def test_a_crash_while_bytes_are_removed_leaves_the_claim(store: Store, data: Path, outside: Outside) -> None:
    store.pages.outside.keep([pack(b"one")])
    end_claims(data)
    with store.databases[-1].write() as connection:
        assert take_over(connection, Ticket(), 9) == [pack(b"one").digest]  # killed here
    # Whoever fetches the same bytes at that moment keeps them in the database, and waits for nobody.
    number = store.pages.save(page(b"one"))
    assert rows(data, "SELECT length(content) > 0 FROM bodies") == [(1,)]
    end_claims(data)
    assert store.pages.outside.collect() == 1
    assert (outside.files(), content_of(store, number)) == ([], b"one")


def test_a_writer_that_was_frozen_for_an_hour_names_nothing_that_is_gone(
    store: Store, data: Path, outside: Outside
) -> None:
    blob = pack(b"one")
    kept = store.pages.outside.keep([blob])
    end_claims(data)
    assert store.pages.outside.collect() == 1  # while it was frozen
    other = store.pages.outside.keep([blob])  # and another has claimed the same bytes
    assert kept.ticket is not None
    assert other.ticket is not None
    with store.databases[-1].write() as connection:
        assert not settle(connection, blob.digest, kept.ticket)
        assert settle(connection, blob.digest, other.ticket)


def test_bytes_that_a_row_names_are_never_collected(store: Store, data: Path, outside: Outside) -> None:
    number = store.pages.save(page(b"one"))
    with store.databases[-1].write() as connection:
        leave(connection, [pack(b"one").digest])
    assert store.pages.outside.collect() == 0
    assert rows(data, "SELECT * FROM blob_claims") == []
    assert content_of(store, number) == b"one"


def test_what_nobody_claims_may_be_claimed_once(store: Store) -> None:
    digests = {bytes([number]) * 32 for number in range(3)}
    with store.databases[-1].write() as connection:
        first, second = Ticket(), Ticket()
        assert take(connection, {bytes(32)}, first) == {bytes(32)}
        assert take(connection, digests, second) == digests - {bytes(32)}


def keep_and_drop_at_once(stores: Sequence[Store], turns: int) -> list[BaseException]:
    """Keep the same three pages in all stores side by side, and drop most of them; returns what went wrong."""
    failed: list[BaseException] = []

    def work(own: Store, keeps: int) -> None:
        try:
            for turn in range(turns):
                number = own.pages.save(page(b"%d" % (turn % 3), turn))
                assert content_of(own, number) == b"%d" % (turn % 3)
                if turn % keeps:
                    own.pages.drop(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(own, 2 + at)) for at, own in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_keeping_and_dropping_the_same_bytes_at_once_names_nothing_that_is_gone(
    data: Path, outside: Outside, store: Store
) -> None:
    stores = [open_store(data, pages_in=outside.settings) for _ in range(4)]
    assert keep_and_drop_at_once(stores, turns=15) == []
    end_claims(data)
    store.pages.outside.collect()
    assert store.damages() == []
    named = {str(digest) for (digest,) in rows(data, "SELECT lower(hex(digest)) FROM bodies WHERE length(content) = 0")}
    assert {path.name for path in outside.files()} == named
    for own in stores:
        own.close()


# Damage ----------------------------------------------------------------------------------------------------


def damaged(path: Path) -> None:
    path.write_bytes(b"\0\1\2")


DAMAGES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "missing": (Path.unlink, "its bytes are missing", "pages.db: the bytes of 1 pages are missing from where"),
    "altered": (damaged, "frame header", "pages.db: the bytes of 1 pages are not those that were fetched"),
}


@pytest.mark.parametrize(("do", "reason", "audited"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_told_and_costs_nothing_else(
    store: Store, outside: Outside, do: Callable[[Path], None], reason: str, audited: str
) -> None:
    number, sound = store.pages.save(page(b"one")), store.pages.save(page(b"two", 1))
    do(outside.folder / name_of(pack(b"one").digest))
    assert (content_of(store, number), content_of(store, sound)) == (None, b"two")
    (told,) = store.faults.damaged().values()
    assert reason in told
    (line,) = store.damages()
    assert line.startswith(audited)


def test_verification_looks_for_all_pages(store: Store, outside: Outside) -> None:
    numbers = [store.pages.save(page(b"%d" % number, number)) for number in range(3)]
    (outside.folder / name_of(pack(b"1").digest)).unlink()
    PageVerification(store.pages, store.faults, lambda: NOW).go_on(60)
    assert dict(store.faults.damaged()) == {numbers[1]: "its bytes are missing"}
    days = timedelta(days=1 if store.pages.outside.is_local else 30)
    assert store.pages.verified_every == days


# Which place it is -----------------------------------------------------------------------------------------


def test_a_place_that_is_exchanged_is_noticed_and_no_page_is_called_lost(
    store: Store, data: Path, outside: Outside
) -> None:
    number = store.pages.save(page(b"one"))
    away = outside.folder.with_name("away")
    shutil.copytree(outside.folder, away)
    shutil.rmtree(outside.folder)
    outside.folder.mkdir()  # as the folder below a mount point
    with pytest.raises(BlobPlaceError, match="does not hold the pages of this desk"):
        store.pages.load(number)
    assert store.faults.damaged() == {}
    assert (told := store.pages.outside.problem()) is not None
    assert "does not hold the pages of this desk" in told
    assert (alarm := store.pages.outside.alarm()) is not None
    assert alarm.startswith("crawling pauses: ")
    assert store.faults.told() == [alarm.removeprefix("crawling pauses: ")]
    shutil.copytree(away, outside.folder, dirs_exist_ok=True)
    assert store.pages.outside.alarm() is None
    assert (store.faults.told(), content_of(store, number)) == ([], b"one")


def test_two_desks_never_share_a_place(store: Store, tmp_path: Path, outside: Outside) -> None:
    store.pages.save(page(b"one"))
    other = open_store(tmp_path / "other", pages_in=outside.settings)
    with pytest.raises(BlobPlaceError, match="holds the pages of another desk"):
        other.pages.save(page(b"one"))
    assert other.pages.count() == 0
    assert (told := other.pages.outside.problem()) is not None
    assert "another desk" in told
    other.close()


def test_pages_that_are_kept_where_pages_url_does_not_name_are_not_lost(
    store: Store, data: Path, outside: Outside
) -> None:
    number = store.pages.save(page(b"one"))
    without = open_store(data)
    with pytest.raises(BlobPlaceError, match=r"is not named by pages\.url"):
        without.pages.load(number)
    assert without.faults.damaged() == {}
    assert content_of(without, without.pages.save(page(b"two", 1))) == b"two"
    assert "is not named by pages.url" in str(without.pages.outside.problem())
    without.close()


def test_a_place_that_was_copied_goes_on_elsewhere(store: Store, data: Path, outside: Outside, tmp_path: Path) -> None:
    number = store.pages.save(page(b"one"))
    shutil.copytree(outside.folder, tmp_path / "copy")
    if not (tmp_path / "copy" / MARK).exists():
        pytest.fail("the mark is no file of the place")
    moved = open_store(data, pages_in=PlaceSettings(str(tmp_path / "copy")))
    shutil.rmtree(outside.folder)
    assert content_of(moved, number) == b"one"
    assert rows(data, "SELECT url FROM page_place") == [(str(tmp_path / "copy"),)]
    moved.close()


def test_a_look_at_a_place_changes_nothing(data: Path, outside: Outside) -> None:
    store = open_store(data, pages_in=outside.settings)
    assert store.pages.outside.problem() is None
    assert rows(data, "SELECT * FROM page_place") == []
    place = open_place(outside.settings)
    assert place.mark() is None
    place.close()
    store.close()
