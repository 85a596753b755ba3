"""A bucket or folder that can't be used: one sentence without secrets, a pause, and on by itself."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from model.errors import BlobPlaceError, StoreError
from model.page import Link, Page
from store.blobs.folder_blobs import FolderBlobs
from store.blobs.place import PlaceSettings
from store.blobs.places import open_place
from store.blobs.s3_troubles import trouble_of
from store.directory.disk_trouble import disk_trouble
from store.opening import open_store
from tests.cluster.s3_server import ACCESS_KEY, SECRET_KEY, S3Server, s3_server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = Page(
    link=Link(url="https://example.org/1", source="a"),
    url="https://example.org/1",
    final_url="https://example.org/1",
    fetched_at=NOW,
    content=b"one",
)
ANSWERS = {
    "a key": (
        "403 Forbidden: <Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>geheim</AWSAccessKeyId>",
        "refuses",
    ),
    "a signature": ("403 Forbidden: <Error><Code>SignatureDoesNotMatch</Code><StringToSign>geheim", "refuses the key"),
    "rights": ("403 Forbidden: <Error><Code>AccessDenied</Code><Message>geheim</Message>", "refuses the key"),
    "no XML": ("403 Forbidden: <html>geheim", "refuses the key (403)"),
    "no bucket": ("404 Not Found: <Error><Code>NoSuchBucket</Code>", "is not there: make the bucket"),
    "no server of S3": ("404 Not Found: <html>", "is not there: mend pages.url or pages.endpoint (404)"),
    "full": ("507 Insufficient Storage: <Error><Code>XMinioStorageFull</Code>", "is full (XMinioStorageFull)"),
    "quota": ("400 Bad Request: <Error><Code>QuotaExceeded</Code>", "is full (QuotaExceeded)"),
    "full by its status": ("507 Insufficient Storage: <Error><Code>Whatever</Code>", "is full (Whatever)"),
    "busy": ("503 Slow Down: <Error><Code>SlowDown</Code>", "asks for patience (SlowDown)"),
    "clock": ("403 Forbidden: <Error><Code>RequestTimeTooSkewed</Code>", "finds the clock of this machine wrong"),
    "region": ("301 Moved: <Error><Code>PermanentRedirect</Code>", "is in another region"),
    "a broken server": ("500 Internal Server Error: <Error><Code>InternalError</Code>", "answers with an error (Int"),
    "code of a stranger": ("500 Oops: <Error><Code>geheim geheim</Code>", "answers with an error (500)"),
}


@pytest.mark.parametrize(("answer", "said"), ANSWERS.values(), ids=ANSWERS)
def test_what_servers_answer_is_said_in_words(answer: str, said: str) -> None:
    trouble = trouble_of(RuntimeError(f"Generic S3 error: Server returned non-2xx status code: {answer}"))
    assert trouble.startswith(said)
    assert "geheim" not in trouble


def test_no_keys_at_all_is_said() -> None:
    asked = (
        "Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token in 5s - HTTP error: timed out"
    )
    assert "AWS_ACCESS_KEY_ID" in trouble_of(RuntimeError(asked))


def test_a_library_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "store.blobs.s3_blobs", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(StoreError, match=r"pip install 'wiredesk\[cluster\]'"):
        open_place(PlaceSettings("s3://bucket/prefix"))
    assert isinstance(open_place(PlaceSettings("/srv/pages")), FolderBlobs)


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "pages").write_text("")
    place = open_place(PlaceSettings(str(tmp_path / "pages")))
    with pytest.raises(BlobPlaceError, match=r"pages, where pages are kept, can't be used: (File exists|Not a dir)"):
        place.set_mark("of the tests")


# A real server ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def troubles(good: PlaceSettings, silent: str) -> dict[str, tuple[PlaceSettings, str]]:
    return {
        "another secret": (good._replace(secret_key="geheim"), "refuses the key (SignatureDoesNotMatch)"),
        "another key": (good._replace(access_key="geheim"), "refuses the key (XAdminUserNotFound)"),
        "no bucket": (good._replace(url="s3://nowhere/pages"), "is not there: make the bucket, or mend pages.url"),
        "nobody listens": (good._replace(endpoint="http://127.0.0.1:9"), "can't be reached"),
        "no such host": (good._replace(endpoint="http://nowhere.invalid"), "can't be reached"),
        "silence": (good._replace(endpoint=silent), "does not answer in time"),
    }


TROUBLES = list(troubles(PlaceSettings(""), ""))


@pytest.mark.cluster
@pytest.mark.parametrize("name", TROUBLES)
def test_each_call_says_what_is_wrong_and_no_secret(running: S3Server, silent: str, name: str) -> None:
    from store.blobs.s3_blobs import S3Blobs

    settings, said = troubles(running.settings(), silent)[name]
    place = S3Blobs(settings, deadline=timedelta(seconds=1))
    calls = {
        "put": lambda: place.put_all([b"one"]),
        "get": lambda: place.get(bytes(32)),
        "has": lambda: place.has(bytes(32)),
        "drop": lambda: place.drop([bytes(32)]),
        "digests": lambda: place.digests(b"", 9),
        "mark": place.mark,
        "set_mark": lambda: place.set_mark("of the tests"),
        "probe": place.probe,
    }
    for call, do in calls.items():
        with pytest.raises(BlobPlaceError) as raised:
            do()
        told = str(raised.value)
        assert said in told, call
        assert told.startswith(settings.url)
        assert not any(secret in told for secret in (ACCESS_KEY, SECRET_KEY, "geheim"))
        assert disk_trouble(raised.value) == told
        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__
    place.close()


@pytest.mark.cluster
def test_a_server_that_goes_away_costs_nothing_and_is_found_again(
    running: S3Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(tmp_path / "data", pages_in=running.settings(tmp_path.name))
    first = store.pages.save(PAGE)
    assert store.pages.outside.alarm() is None
    running.stop()
    try:
        with pytest.raises(BlobPlaceError, match="can't be reached"):
            store.pages.load(first)
        with pytest.raises(BlobPlaceError, match="can't be reached"):
            store.pages.save(PAGE.model_copy(update={"content": b"two"}))
        assert "can't be reached" in str(store.pages.outside.alarm())
        assert store.faults.damaged() == {}
        assert "can't be reached" in store.faults.told()[0]
        assert "can't be reached" in str(store.pages.outside.problem())
        store.pages.drop(first)  # a page is forgotten all the same, and its bytes go later
        with pytest.raises(BlobPlaceError):
            store.pages.drop_all([])
    finally:
        running.start()
    assert store.pages.outside.alarm() is None
    assert store.faults.told() == []
    again = store.pages.save(PAGE.model_copy(update={"content": b"two"}))
    assert store.pages.load(again) == PAGE.model_copy(update={"content": b"two"})
    said = capsys.readouterr()
    assert not any(secret in said.out + said.err for secret in (ACCESS_KEY, SECRET_KEY))
    store.close()


@pytest.mark.cluster
def test_keys_come_from_the_environment(running: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL": running.endpoint,
        "AWS_REGION": "us-east-1",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    place = open_place(PlaceSettings(f"s3://desk/{tmp_path.name}"))
    (digest,) = place.put_all([b"one"])
    assert place.get(digest) == b"one"
    assert not any(secret in repr(place) for secret in (ACCESS_KEY, SECRET_KEY))
    place.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_not_be_written_to_is_said(tmp_path: Path) -> None:
    place = FolderBlobs(tmp_path / "pages")
    place.set_mark("of the tests")
    (tmp_path / "pages").chmod(0o500)
    with pytest.raises(BlobPlaceError, match="Permission denied"):
        place.put_all([b"one"])
