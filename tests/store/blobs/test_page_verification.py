"""Pages that the disk has altered are found, whoever reads them, and told of."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from model.page import Link, Page
from store.blobs.page_verification import PageVerification
from store.opening import Store, open_store
from tests.store.behind import change_rows

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGES = 10
_OF_1, _OF_2, _OF_4 = (f"WHERE digest = (SELECT digest FROM pages WHERE id = {number})" for number in (1, 2, 4))
DAMAGES = {
    "bytes that are no zstd": f"UPDATE bodies SET content = :bytes {_OF_4}",
    "bytes of another page": f"UPDATE bodies SET content = (SELECT content FROM bodies {_OF_2}) {_OF_4}",
    "no bytes": f"DELETE FROM bodies {_OF_4}",
    "broken headers": "UPDATE pages SET headers = '{' WHERE id = 4",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    for number in range(PAGES):
        url = f"https://example.org/{number}"
        content = f"{number} is read".encode()
        opened.pages.save(Page(link=Link(url=url, source="a"), url=url, final_url=url, fetched_at=NOW, content=content))
    yield opened
    opened.close()


def change(store: Store, statement: str) -> None:
    change_rows(store.databases[-1], statement, **({"bytes": b"\x00\xff"} if ":bytes" in statement else {}))


class Days:
    """A clock that is moved by hand; turns of a reading end after three pages."""

    def __init__(self, store: Store) -> None:
        self.now = NOW
        ticks = count()
        self.reading = PageVerification(
            store.pages, store.faults, lambda: self.now, monotonic=lambda: float(next(ticks))
        )

    def turn(self) -> None:
        self.reading.go_on(4)


@pytest.mark.parametrize("statement", DAMAGES.values(), ids=DAMAGES.keys())
def test_whoever_stumbles_over_a_damaged_page_enters_it(store: Store, tmp_path: Path, statement: str) -> None:
    change(store, statement)
    assert store.faults.told() == []
    assert store.pages.load(4) is None
    assert store.pages.load(5) is not None
    other = open_store(tmp_path)
    assert list(other.faults.damaged()) == [4]
    other.close()
    (line,) = store.faults.told()
    assert line.startswith(f"{store.databases[-1].name}: 1 page(s) as fetched can't be read (numbers 4: ")
    assert line.endswith("; restore a backup")


def test_a_pruned_page_is_no_damage(store: Store) -> None:
    store.pages.drop(4)
    assert store.pages.load(4) is None
    assert store.faults.told() == []


def test_all_pages_are_read_in_turns_once_a_day(store: Store, tmp_path: Path) -> None:
    change(store, DAMAGES["bytes of another page"])
    days = Days(store)
    reached = []
    for _ in range(5):
        days.turn()
        reached.append(store.faults.reading().reached)
    assert reached == [3, 6, 9, 0, 0]
    assert list(store.faults.damaged()) == [4]
    change(store, f"UPDATE bodies SET content = :bytes {_OF_1}")
    days.turn()
    assert list(store.faults.damaged()) == [4]
    days.now += timedelta(days=1)
    days.turn()
    assert sorted(store.faults.damaged()) == [1, 4]


def test_a_reading_goes_on_after_a_restart(store: Store) -> None:
    Days(store).turn()
    Days(store).turn()
    assert store.faults.reading().reached == 6


def test_what_is_sound_again_or_gone_is_told_of_no_more(store: Store, tmp_path: Path) -> None:
    for page_id in (2, 4, PAGES + 5):
        store.faults.add(page_id, "it was damaged")
    change(store, DAMAGES["no bytes"])
    store.pages.drop(2)
    days = Days(store)
    for _ in range(4):
        days.turn()
    assert store.faults.damaged() == {4: "its bytes are missing"}


@pytest.mark.sqlite_files("bytes of a file that were altered")
def test_a_file_that_can_not_be_read_is_told_of(store: Store, tmp_path: Path) -> None:
    store.checkpoint()
    store.close()
    content = bytearray((tmp_path / "pages.db").read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    (tmp_path / "pages.db").write_bytes(content)
    days = Days(store)
    days.turn()
    (line,) = store.faults.told()
    assert "malformed" in line
    assert store.faults.reading().reached == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"damaged": 3}', '{"damaged": {"x": 1}, "reading": {}}'])
def test_a_record_that_can_not_be_read_is_none(store: Store, tmp_path: Path, text: str) -> None:
    store.faults.add(4, "it was damaged")
    (tmp_path / "run" / "faults.json").write_text(text)
    assert store.faults.told() == []
    store.faults.add(5, "it is damaged")
    assert json.loads((tmp_path / "run" / "faults.json").read_text())["damaged"] == {"5": "it is damaged"}


def test_the_record_is_bounded(store: Store) -> None:
    for page_id in range(1, 150):
        store.faults.add(page_id, "it is damaged")
    assert len(store.faults.damaged()) == 100
    (line,) = store.faults.told()
    name = store.databases[-1].name
    assert line.startswith(f"{name}: 100 or more pages as fetched can't be read (numbers 1, 2, 3, 4, 5, …: ")
