"""The contract of store.base.Blobs."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from model.errors import DamagedBlobError
from store.base import Blobs
from store.blobs.folder_blobs import FolderBlobs
from store.blobs.place import MARK, BlobPlace, name_of
from store.blobs.places import open_place
from store.blobs.sql_blobs import SqlBlobs
from store.migrations.migrate import migrate
from store.sql.dialects.sqlite import SqliteDatabase
from tests.cluster.s3_server import BUCKET, S3Server, s3_server

CONTENTS = [b"<p>one", b"", bytes(range(256)) * 40, b"x" * 1_000_000]


class SqliteBackend:
    """Blobs in the database of pages."""

    def __init__(self, directory: Path, server: S3Server | None) -> None:
        self._directory = directory
        migrate(SqliteDatabase(directory / "pages.db"), "pages")

    def __call__(self) -> Blobs:
        return SqlBlobs(SqliteDatabase(self._directory / "pages.db"))

    def alter(self, digest: bytes) -> None:
        database = SqliteDatabase(self._directory / "pages.db")
        with database.write() as connection:
            connection.execute(text("UPDATE bodies SET content = x'00112233'"))
        database.close()


class FolderBackend:
    """Blobs in a folder."""

    def __init__(self, directory: Path, server: S3Server | None) -> None:
        self.folder = directory / "pages"
        FolderBlobs(self.folder).set_mark("of the tests")

    def __call__(self) -> BlobPlace:
        return FolderBlobs(self.folder)

    def alter(self, digest: bytes) -> None:
        (self.folder / name_of(digest)).write_bytes(b"\0\x11\x22\x33")


class S3Backend(FolderBackend):
    """Blobs in a bucket: versitygw keeps an object in a file of the same name."""

    def __init__(self, directory: Path, server: S3Server | None) -> None:
        assert server is not None
        self.settings = server.settings(directory.name)
        self.folder = server.folder / BUCKET / directory.name

    def __call__(self) -> BlobPlace:
        return open_place(self.settings)


Backend = SqliteBackend | FolderBackend | S3Backend
PLACES = ["folder", pytest.param("s3", marks=pytest.mark.cluster)]
BACKENDS: dict[str, Callable[[Path, S3Server | None], Backend]] = {
    "sqlite": SqliteBackend,
    "folder": FolderBackend,
    "s3": S3Backend,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(params=["sqlite", *PLACES])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    server = request.getfixturevalue("server") if request.param == "s3" else None
    return BACKENDS[request.param](tmp_path, server)


@pytest.fixture
def blobs(backend: Backend) -> Blobs:
    return backend()


@pytest.fixture
def outside(backend: Backend) -> FolderBackend:
    assert isinstance(backend, FolderBackend)
    return backend


@pytest.fixture
def place(outside: FolderBackend) -> BlobPlace:
    return outside()


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


def test_more_than_a_request_holds_are_gone_through(blobs: Blobs) -> None:
    digests = sorted(blobs.put_all([str(number).encode() for number in range(1100)]))
    assert all_digests(blobs, 1070) == digests
    assert list(blobs.digests(digests[500], 2)) == digests[501:503]
    blobs.drop(digests[1:])
    assert all_digests(blobs) == digests[:1]


def test_what_was_dropped_is_gone_and_may_come_again(blobs: Blobs) -> None:
    one, two = blobs.put_all([b"one", b"two"])
    blobs.drop([one])
    blobs.drop([one])
    assert (blobs.get(one), blobs.get(two)) == (None, b"two")
    assert list(blobs.put_all([b"one"])) == [one]
    assert blobs.get(one) == b"one"


def test_unknown_bytes_are_none(blobs: Blobs) -> None:
    assert blobs.get(b"\0" * 32) is None


def test_bytes_that_were_altered_are_never_given_out(backend: Backend, blobs: Blobs) -> None:
    (digest,) = blobs.put_all([b"one"])
    backend.alter(digest)
    with pytest.raises(DamagedBlobError) as raised:
        blobs.get(digest)
    assert raised.value.digest == digest


def test_another_process_sees_what_was_kept(backend: Backend, blobs: Blobs) -> None:
    (digest,) = blobs.put_all([b"one"])
    assert backend().get(digest) == b"one"


def test_many_keep_at_the_same_time(backend: Backend, blobs: Blobs) -> None:
    own = [os.urandom(200) for _ in range(40)]

    def keep(part: int) -> None:
        mine = backend()
        for content in (*own[part::4], b"of all"):
            mine.put_all([content])

    threads = [threading.Thread(target=keep, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = [hashlib.sha256(content).digest() for content in (*own, b"of all")]
    assert all_digests(blobs, 9) == sorted(wanted)


# Places outside of the database ----------------------------------------------------------------------------

of_places = pytest.mark.parametrize("backend", PLACES, indirect=True)


@of_places
def test_a_look_tells_what_there_is_without_reading_it(place: BlobPlace) -> None:
    (digest,) = place.put_all([b"one"])
    assert (place.has(digest), place.has(b"\0" * 32)) == (True, False)


@of_places
def test_nothing_is_overwritten(outside: FolderBackend, place: BlobPlace) -> None:
    (digest,) = place.put_all([b"one"])
    kept = (outside.folder / name_of(digest)).stat().st_mtime_ns
    assert place.put_all([b"one"]) == [digest]
    assert (outside.folder / name_of(digest)).stat().st_mtime_ns == kept


@of_places
def test_a_mark_stays_as_it_was_made_and_is_no_blob(outside: FolderBackend, place: BlobPlace) -> None:
    place.set_mark("of the tests")
    place.set_mark("of another desk")
    assert place.mark() == "of the tests"
    assert all_digests(place) == []
    assert (outside.folder / MARK).exists()


@of_places
def test_a_probe_leaves_nothing(outside: FolderBackend, place: BlobPlace) -> None:
    place.probe()
    assert not any("probe" in path.name for path in outside.folder.rglob("*"))


@of_places
def test_what_is_no_blob_is_passed_over(outside: FolderBackend, place: BlobPlace) -> None:
    digests = sorted(place.put_all([b"one", b"two"]))
    for name in ("00/notes.txt", f"{digests[0].hex()[:2]}/{digests[0].hex()}.0f.new", "README", f"zz/{'0' * 64}"):
        (outside.folder / name).parent.mkdir(exist_ok=True)
        (outside.folder / name).write_bytes(b"x")
    assert all_digests(place) == digests
