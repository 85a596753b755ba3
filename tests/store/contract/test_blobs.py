"""The contract of store.base.Blobs."""

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from model.errors import DamagedBlobError
from store.base import Blobs
from store.blobs.sql_blobs import SqlBlobs
from store.migrations.migrate import migrate
from store.sql.dialects.sqlite import SqliteDatabase

CONTENTS = [b"<p>one", b"", bytes(range(256)) * 40, b"x" * 1_000_000]


def sqlite(directory: Path) -> Blobs:
    database = SqliteDatabase(directory / "pages.db")
    if not (directory / "made").exists():
        migrate(database, "pages")
        (directory / "made").touch()
    return SqlBlobs(database)


def alter_sqlite(directory: Path) -> None:
    database = SqliteDatabase(directory / "pages.db")
    with database.write() as connection:
        connection.execute(text("UPDATE bodies SET content = x'00112233'"))
    database.close()


BACKENDS: dict[str, Callable[[Path], Blobs]] = {"sqlite": sqlite}
ALTERED: dict[str, Callable[[Path], None]] = {"sqlite": alter_sqlite}


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def blobs(backend: str, tmp_path: Path) -> Blobs:
    return BACKENDS[backend](tmp_path)


def all_digests(blobs: Blobs, limit: int = 2) -> list[bytes]:
    found: list[bytes] = []
    while batch := blobs.digests(found[-1] if found else b"", limit):
        assert len(batch) <= limit
        found += batch
    return found


def test_contents_come_back_by_their_sha256(blobs: Blobs) -> None:
    digests = blobs.put_all(CONTENTS)
    assert list(digests) == [hashlib.sha256(content).digest() for content in CONTENTS]
    assert [blobs.get(digest) for digest in digests] == CONTENTS


def test_equal_bytes_are_kept_once(blobs: Blobs) -> None:
    first = blobs.put_all([b"one", b"one"])
    assert list(blobs.put_all([b"one"])) == [first[0]] == [first[1]]
    assert all_digests(blobs) == [first[0]]


def test_all_are_gone_through_in_order(blobs: Blobs) -> None:
    assert all_digests(blobs) == []
    digests = blobs.put_all(CONTENTS)
    assert all_digests(blobs) == sorted(digests)


def test_what_was_dropped_is_gone_and_may_come_again(blobs: Blobs) -> None:
    one, two = blobs.put_all([b"one", b"two"])
    blobs.drop([one])
    blobs.drop([one])
    assert (blobs.get(one), blobs.get(two)) == (None, b"two")
    assert list(blobs.put_all([b"one"])) == [one]
    assert blobs.get(one) == b"one"


def test_unknown_bytes_are_none(blobs: Blobs) -> None:
    assert blobs.get(b"\0" * 32) is None


def test_bytes_that_were_altered_are_never_given_out(backend: str, blobs: Blobs, tmp_path: Path) -> None:
    (digest,) = blobs.put_all([b"one"])
    ALTERED[backend](tmp_path)
    with pytest.raises(DamagedBlobError) as raised:
        blobs.get(digest)
    assert raised.value.digest == digest


def test_another_process_sees_what_was_kept(backend: str, blobs: Blobs, tmp_path: Path) -> None:
    (digest,) = blobs.put_all([b"one"])
    assert BACKENDS[backend](tmp_path).get(digest) == b"one"


def test_many_keep_at_the_same_time(backend: str, blobs: Blobs, tmp_path: Path) -> None:
    own = [os.urandom(200) for _ in range(40)]

    def keep(part: int) -> None:
        mine = BACKENDS[backend](tmp_path)
        for content in (*own[part::4], b"of all"):
            mine.put_all([content])

    threads = [threading.Thread(target=keep, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = [hashlib.sha256(content).digest() for content in (*own, b"of all")]
    assert all_digests(blobs, 9) == sorted(wanted)
